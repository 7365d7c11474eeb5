"""Sign-in and sign-out: the only places that set or clear the session cookie.

Both are POSTs from our own pages and end in a full navigation, so that the
socket is opened anew with the new cookie. A sign-in redeems a single-use ticket
that the log-in page got for a right password.
"""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal_app.api.guard import allowed_origins, cookie_name, session_secret
from portal_app.api.requests import client_address
from portal_app.domain.accounts import service as accounts
from portal_app.domain.customers import service as customers
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import hash_secret
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

_SEE_OTHER = 303
_FORBIDDEN = 403
_TOO_LARGE = 413
_MOST_BYTES = 8192
_NOT_KEPT = {"cache-control": "no-store"}


def session_routes(database: Database, settings: Settings) -> list[Route]:
    """The routes that sign in and out."""
    origins = frozenset(allowed_origins(settings))

    def refusal(request: Request) -> Response | None:
        """What a request gets that none of our own pages sends."""
        if request.headers.get("origin") not in origins:
            return PlainTextResponse(
                "This form was not sent from the portal. "
                "Please open the portal and try again.",
                status_code=_FORBIDDEN,
                headers=_NOT_KEPT,
            )
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MOST_BYTES:
            return Response(status_code=_TOO_LARGE)
        return None

    async def sender(request: Request) -> Actor:
        """Who sent a request, by the cookie it carries."""
        address = client_address(request, settings)
        device = request.headers.get("user-agent", "")[:200]
        secret = session_secret(settings, request.headers)
        if not secret:
            return Actor(address=address, device=device)
        return await run_in_threadpool(
            database.query,
            customers.resolve_actor,
            hash_secret(secret),
            address,
            device,
        )

    async def sign_in(request: Request) -> Response:
        if refused := refusal(request):
            return refused
        form = await request.form(max_files=0, max_fields=4)
        target = local_path(str(form.get("next", "")))
        try:
            signed_in = await run_in_threadpool(
                database.call,
                accounts.redeem_ticket,
                await sender(request),
                str(form.get("ticket", "")),
            )
        except DomainError:
            query = urlencode({"expired": "1", "next": target})
            return _go_to(f"/login?{query}")
        answer = _go_to(target)
        lifetime = int((signed_in.expires_at - utc_now()).total_seconds())
        answer.set_cookie(
            cookie_name(settings),
            signed_in.secret,
            max_age=lifetime if signed_in.remembered else None,
            path="/",
            httponly=True,
            samesite="lax",
            secure=settings.is_https,
        )
        return answer

    async def sign_out(request: Request) -> Response:
        if refused := refusal(request):
            return refused
        await run_in_threadpool(database.call, accounts.sign_out, await sender(request))
        answer = _go_to("/")
        answer.delete_cookie(
            cookie_name(settings),
            path="/",
            httponly=True,
            samesite="lax",
            secure=settings.is_https,
        )
        return answer

    return [
        Route("/api/auth/session", sign_in, methods=["POST"]),
        Route("/api/auth/logout", sign_out, methods=["POST"]),
    ]


def _go_to(path: str) -> Response:
    return RedirectResponse(path, status_code=_SEE_OTHER, headers=_NOT_KEPT)
