"""Signing in at a provider: the way there, and the way back.

``start`` is a plain link of our own pages, a navigation, so that the policy for
forms (``form-action 'self'``) stays as narrow as it is. ``callback`` is where the
provider sends the browser. Whatever goes wrong ends on the log-in page (or on My
Account, where a provider was to be connected) with a code that the page turns
into a sentence: nothing a provider says is ever shown or followed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api import cookies
from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.guard import allowed_origins
from portal_app.api.sessions import TicketRedeemer, see_other
from portal_app.domain.accounts import security_log, sign_in_methods
from portal_app.domain.accounts.rules import PROVIDERS, MethodDisabled, ProviderProfile
from portal_app.domain.sign_in import provider_flows as flows
from portal_app.domain.sign_in import social_sign_in
from portal_app.domain.sign_in.provider_flows import Flow, FlowRefused
from portal_app.integrations.oauth.provider import (
    FlowSecrets,
    Provider,
    ProviderUnavailable,
    ResponseRejected,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, DomainError, NotAllowed, TooManyAttempts
from portal_app.kernel.ids import new_secret
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

log = structlog.get_logger("oauth")

_NOT_FOUND, _NO_CONTENT, _TOO_LARGE = 404, 204, 413
_PENDING_IDENTITY_SECONDS = 3600
_MAX_BODY_BYTES = 16_384
_MAX_PARAMETER_LENGTH = 4096
_DENIALS = frozenset(
    {"access_denied", "user_cancelled_authorize", "user_cancelled_login"}
)
# A page that is fetched ahead, or by another site, begins nothing.
_SAME_SITE_FETCHES = frozenset({"same-origin", "none"})
_LOGGED_CODES = frozenset({"strange", "replayed", "rejected"})


@dataclass(frozen=True)
class SignInRefused(Exception):
    """Why somebody is sent back; ``code`` is one that the pages know."""

    code: str


@dataclass(frozen=True, slots=True)
class _CallbackParameters:
    """What came back with the browser."""

    state: str
    code: str
    error: str


class ProviderRoutes:
    """The way to the configured providers and back.

    Args:
        database: Where flows, identities and sessions are.
        settings: Our addresses, for cookies and for the way back.
        providers: The configured ones, by name.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        providers: Mapping[str, Provider],
    ) -> None:
        self._database = database
        self._settings = settings
        self._providers = providers
        self._callers = RequestAuthenticator(database, settings)
        self._signing_in = TicketRedeemer(database, settings)
        self._origins = frozenset(allowed_origins(settings))

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider's page."""
        name = request.path_params["provider"]
        if name not in PROVIDERS:
            return Response(status_code=_NOT_FOUND)
        if request.method == "HEAD" or _is_prefetch(request):
            return Response(status_code=_NO_CONTENT)
        connect = "connect" in request.query_params
        try:
            return await self._start(request, name, connect=connect)
        except SignInRefused as refusal:
            return _redirect_with_code(name, refusal.code, connect=connect)

    async def callback(self, request: Request) -> Response:
        """Take the provider's answer from the browser's address."""
        name = request.path_params["provider"]
        if name not in PROVIDERS:
            return Response(status_code=_NOT_FOUND)
        if request.method == "HEAD":
            return Response(status_code=_NO_CONTENT)
        given = request.query_params
        answer = _CallbackParameters(
            state=_text_parameter(given.get("state")),
            code=_text_parameter(given.get("code")),
            error=_text_parameter(given.get("error")),
        )
        who = await self._callers.who(request)
        browser = cookies.read_cookie(
            self._settings, request.headers, cookies.FLOW_COOKIE
        )
        flow: Flow | None = None
        try:
            flow = await self._finish(name, answer, browser)
            profile = await self._profile(request, name, answer, browser, flow)
            if flow.account_id is not None:
                return await self._connect(who, name, profile, flow)
            return await self._sign_in(request, who, name, profile, flow)
        except SignInRefused as refusal:
            code = refusal.code
        except Exception:
            # A bug of ours; the person stands between two sites and needs a page.
            log.exception("callback failed", provider=name)
            code = "broken"
        if code in _LOGGED_CODES:
            await self._note(who, name, code)
        return _redirect_with_code(
            name,
            code,
            connect=flow is not None and flow.account_id is not None,
            next_path=flow.next_path if flow else "",
        )

    async def posted(self, request: Request) -> Response:
        """Take an answer that the provider's page posted, and pass it on.

        Another site's form brings no cookie of ours. The GET it is answered with
        does, so the browser is recognised there; the name, which Apple tells only
        once, waits with the flow and not in an address.
        """
        name = request.path_params["provider"]
        provider = self._providers.get(name)
        if provider is None or not provider.answers_by_post:
            return Response(status_code=_NOT_FOUND)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
            return Response(status_code=_TOO_LARGE)
        form = await request.form(max_files=0, max_fields=12)
        given = {
            field: _text_parameter(form.get(field))
            for field in ("state", "code", "error")
            if form.get(field)
        }
        first_name, last_name = _posted_name(form.get("user"))
        if given.get("state") and (first_name or last_name):
            await run_in_threadpool(
                self._database.call,
                flows.save_name,
                name,
                given["state"],
                first_name,
                last_name,
            )
        return see_other(f"/api/auth/{name}/callback?{urlencode(given)}")

    async def _start(self, request: Request, name: str, *, connect: bool) -> Response:
        provider = self._configured(name)
        if not self._is_from_our_page(request, strictly=connect):
            raise SignInRefused("strange")
        browser = (
            cookies.read_cookie(self._settings, request.headers, cookies.FLOW_COOKIE)
            or new_secret()
        )
        try:
            state = await run_in_threadpool(
                flows.begin,
                self._database,
                await self._callers.who(request),
                name,
                browser,
                local_path(request.query_params.get("next"), ""),
                connect=connect,
            )
            address = await provider.address(
                self._redirect_uri(request, name), state, _flow_secrets(state, browser)
            )
        except MethodDisabled:
            raise SignInRefused("off") from None
        except TooManyAttempts:
            raise SignInRefused("wait") from None
        except NotAllowed:
            raise SignInRefused("strange") from None
        except ProviderUnavailable:
            raise SignInRefused("unavailable") from None
        except ResponseRejected:
            raise SignInRefused("rejected") from None
        answer = see_other(address)
        answer.headers["referrer-policy"] = "no-referrer"
        cookies.set_cookie(
            answer,
            self._settings,
            cookies.FLOW_COOKIE,
            browser,
            int(flows.FLOW_LIFETIME.total_seconds()),
        )
        return answer

    async def _finish(
        self, name: str, answer: _CallbackParameters, browser: str
    ) -> Flow:
        self._configured(name)
        try:
            return await run_in_threadpool(
                self._database.call, flows.finish, name, answer.state, browser
            )
        except FlowRefused as refused:
            # Not every provider says which sign-in was given up.
            known = answer.error and not answer.state
            raise SignInRefused(
                _code_of_error(answer.error) if known else str(refused.reason)
            ) from None

    async def _profile(
        self,
        request: Request,
        name: str,
        answer: _CallbackParameters,
        browser: str,
        flow: Flow,
    ) -> ProviderProfile:
        if answer.error:
            raise SignInRefused(_code_of_error(answer.error))
        if not answer.code:
            raise SignInRefused("rejected")
        try:
            return await self._configured(name).profile(
                self._redirect_uri(request, name),
                answer.code,
                _flow_secrets(answer.state, browser),
                flow.first_name,
                flow.last_name,
            )
        except ProviderUnavailable:
            raise SignInRefused("unavailable") from None
        except ResponseRejected:
            raise SignInRefused("rejected") from None

    async def _sign_in(
        self,
        request: Request,
        who: Actor,
        name: str,
        profile: ProviderProfile,
        flow: Flow,
    ) -> Response:
        try:
            arrival = await run_in_threadpool(
                social_sign_in.sign_in_by_provider, self._database, who, profile
            )
            if isinstance(arrival, social_sign_in.SignedInByProvider):
                return await self._signing_in.redeem(
                    request, who, arrival.ticket, flow.next_path
                )
        except MethodDisabled:
            raise SignInRefused("off") from None
        except TooManyAttempts:
            raise SignInRefused("wait") from None
        except DomainError:
            raise SignInRefused("refused") from None
        query = f"?{urlencode({'next': flow.next_path})}" if flow.next_path else ""
        answer = see_other(f"/login/connect{query}")
        cookies.set_cookie(
            answer,
            self._settings,
            cookies.PENDING_IDENTITY_COOKIE,
            arrival.offer,
            _PENDING_IDENTITY_SECONDS,
        )
        log.info("provider needs more", provider=name, kind=type(arrival).__name__)
        return answer

    async def _connect(
        self, who: Actor, name: str, profile: ProviderProfile, flow: Flow
    ) -> Response:
        if who.account_id != flow.account_id:
            # Somebody else signed in meanwhile, or nobody is any more.
            raise SignInRefused("strange")
        try:
            await run_in_threadpool(
                self._database.call, sign_in_methods.connect, who, profile
            )
        except MethodDisabled:
            raise SignInRefused("off") from None
        except Conflict:
            raise SignInRefused("taken") from None
        except DomainError:
            raise SignInRefused("refused") from None
        return see_other(f"/account/security?{urlencode({'connected': name})}")

    async def _note(self, who: Actor, name: str, code: str) -> None:
        await run_in_threadpool(
            self._database.call,
            security_log.record,
            who,
            "provider_refused",
            detail=f"{PROVIDERS[name]}: {code}",
        )

    def _configured(self, name: str) -> Provider:
        provider = self._providers.get(name)
        if provider is None:
            raise SignInRefused("off")
        return provider

    def _is_from_our_page(self, request: Request, *, strictly: bool) -> bool:
        """Whether a link of ours was followed, as far as the browser tells.

        To connect a provider it must have been one; to sign in, an address that
        was typed or kept as a bookmark will do.
        """
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin" if strictly else site in _SAME_SITE_FETCHES
        referer = request.headers.get("referer", "")
        return not strictly or any(
            referer.startswith(f"{origin}/") for origin in self._origins
        )

    def _redirect_uri(self, request: Request, name: str) -> str:
        """Where the provider sends the browser: the origin it is at already."""
        here = f"http://{request.headers.get('host', '')}"
        origin = here if here in self._origins else self._settings.base_url
        return f"{origin}/api/auth/{name}/callback"


def oauth_routes(
    database: Database, settings: Settings, providers: Mapping[str, Provider]
) -> list[Route]:
    """The routes of signing in at a provider.

    Args:
        database: Where flows, identities and sessions are.
        settings: Our addresses.
        providers: The configured ones, by name.
    """
    routes = ProviderRoutes(database, settings, providers)
    return [
        Route("/api/auth/{provider}/start", routes.start, methods=["GET"]),
        Route("/api/auth/{provider}/callback", routes.callback, methods=["GET"]),
        Route("/api/auth/{provider}/callback", routes.posted, methods=["POST"]),
    ]


def _flow_secrets(state: str, browser: str) -> FlowSecrets:
    return FlowSecrets(
        verifier=flows.verifier_of(state, browser),
        nonce=flows.nonce_of(state, browser),
    )


def _redirect_with_code(
    name: str, code: str, *, connect: bool, next_path: str = ""
) -> Response:
    """Back to where the person came from, with a code and never with words."""
    query = {"problem": code, "provider": name}
    if connect:
        return see_other(f"/account/security?{urlencode(query)}")
    if next_path:
        query["next"] = next_path
    return see_other(f"/login?{urlencode(query)}")


def _code_of_error(error: str) -> str:
    if error in _DENIALS:
        return "denied"
    return "unavailable" if error == "temporarily_unavailable" else "rejected"


def _text_parameter(value: Any) -> str:
    """A text of the length such things have; anything else is an empty one."""
    if not isinstance(value, str) or len(value) > _MAX_PARAMETER_LENGTH:
        return ""
    return value


def _posted_name(user: Any) -> tuple[str, str]:
    """The name in the ``user`` field of Apple's form, first and last."""
    try:
        said = json.loads(_text_parameter(user))["name"]
        names = said.get("firstName"), said.get("lastName")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""
    first, last = (name if isinstance(name, str) else "" for name in names)
    return first, last


def _is_prefetch(request: Request) -> bool:
    return "prefetch" in request.headers.get("sec-purpose", "") or "prefetch" in (
        request.headers.get("purpose", "")
    )
