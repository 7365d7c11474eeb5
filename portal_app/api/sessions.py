"""Routes that sign in with a ticket and sign out.

Nothing else sets the session cookie.
"""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal_app.api import cookies
from portal_app.api.authentication import RequestAuthenticator
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import CUSTOMER
from portal_app.domain.accounts.views import SignedIn
from portal_app.domain.bookings import draft_owners
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import hash_secret
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

SESSION_COOKIE = "portal"
_SEE_OTHER = 303
_DEVICE_SECONDS = 365 * 24 * 3600
_FIRST_PAGE = "/bookings"
_FIRST_PAGES = {"office": "/office", "fieldworker": "/"}


def see_other(path: str) -> Response:
    """Go on with a GET of this path; nobody keeps the answer."""
    return RedirectResponse(
        path, status_code=_SEE_OTHER, headers={"cache-control": "no-store"}
    )


class TicketRedeemer:
    """Redeems tickets.

    Args:
        database: Where tickets and sessions are.
        settings: For the cookies.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def redeem(
        self, request: Request, actor: Actor, ticket: str, next_path: str
    ) -> Response:
        """Open a session and let the browser go on signed in.

        Args:
            request: Of the browser.
            actor: Who asks; the session they had is ended.
            ticket: Single use.
            next_path: Where the person wanted to go; not to be trusted.

        Raises:
            NotFound: If the ticket is unknown, used or expired.
        """
        settings = self._settings
        devices = cookies.read_device_secrets(settings, request.headers)
        visitor = cookies.read_cookie(settings, request.headers, cookies.VISITOR_COOKIE)
        signed_in = await run_in_threadpool(
            self._database.call,
            draft_owners.redeem_ticket,
            actor,
            ticket,
            devices,
            hash_secret(visitor) if visitor else "",
        )
        if signed_in.code_secret:
            return self._ask_for_code(signed_in, next_path)
        answer = see_other(_landing(signed_in.role, signed_in.path, next_path))
        lifetime = int((signed_in.expires_at - utc_now()).total_seconds())
        cookies.set_cookie(
            answer,
            settings,
            SESSION_COOKIE,
            signed_in.secret,
            lifetime if signed_in.remembered else None,
        )
        if signed_in.device_secret:
            cookies.set_cookie(
                answer,
                settings,
                cookies.DEVICE_COOKIE,
                cookies.device_cookie_value(signed_in.device_secret, devices),
                _DEVICE_SECONDS,
            )
        for waiting in (cookies.PENDING_IDENTITY_COOKIE, cookies.CODE_COOKIE):
            cookies.delete_cookie(answer, settings, waiting)
        if visitor and signed_in.role == CUSTOMER:
            cookies.delete_cookie(answer, settings, cookies.VISITOR_COOKIE)
        return answer

    def _ask_for_code(self, signed_in: SignedIn, next_path: str) -> Response:
        """Let the browser give a code before it gets a session."""
        answer = see_other(f"/login/code?{urlencode({'next': local_path(next_path)})}")
        lifetime = int((signed_in.expires_at - utc_now()).total_seconds())
        cookies.set_cookie(
            answer,
            self._settings,
            cookies.CODE_COOKIE,
            signed_in.code_secret,
            lifetime,
        )
        return answer


def _landing(role: str, own_path: str, next_path: str) -> str:
    if own_path:
        return own_path  # a guest sees one record only
    wanted = local_path(next_path, _FIRST_PAGE)
    return _FIRST_PAGES.get(role, wanted) if wanted == _FIRST_PAGE else wanted


_FORBIDDEN = 403
_TOO_LARGE = 413
_MAX_BODY_BYTES = 8192
_NO_STORE = {"cache-control": "no-store"}


def session_routes(database: Database, settings: Settings) -> list[Route]:
    """The routes that sign in and out."""
    callers = RequestAuthenticator(database, settings)
    signing_in = TicketRedeemer(database, settings)

    def refusal(request: Request) -> Response | None:
        """What a request gets that none of our own pages sends."""
        if not callers.is_same_origin(request):
            return PlainTextResponse(
                "This form was not sent from the portal. "
                "Please open the portal and try again.",
                status_code=_FORBIDDEN,
                headers=_NO_STORE,
            )
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
            return Response(status_code=_TOO_LARGE)
        return None

    async def sign_in(request: Request) -> Response:
        if refused := refusal(request):
            return refused
        form = await request.form(max_files=0, max_fields=4)
        target = local_path(str(form.get("next", "")))
        try:
            return await signing_in.redeem(
                request,
                await callers.who(request),
                str(form.get("ticket", "")),
                target,
            )
        except DomainError:
            query = urlencode({"expired": "1", "next": target})
            return see_other(f"/login?{query}")

    async def sign_out(request: Request) -> Response:
        if refused := refusal(request):
            return refused
        await run_in_threadpool(
            database.call, accounts.sign_out, await callers.who(request)
        )
        answer = see_other("/")
        cookies.delete_cookie(answer, settings, SESSION_COOKIE)
        return answer

    return [
        Route("/api/auth/session", sign_in, methods=["POST"]),
        Route("/api/auth/logout", sign_out, methods=["POST"]),
    ]
