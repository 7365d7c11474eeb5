"""Sign-in and sign-out: the only places that set or clear the session cookie.

Both are POSTs from our own pages and end in a full navigation, so that the
socket is opened anew with the new cookie. A sign-in redeems a single-use ticket
that the log-in page got for a right password.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal_app.api.guard import allowed_origins, cookie_name, session_secret
from portal_app.api.requests import client_address, local_path
from portal_app.domain.accounts import service as accounts
from portal_app.domain.customers import service as customers
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings

_SEE_OTHER = 303
_FORBIDDEN = 403


def session_routes(database: Database, settings: Settings) -> list[Route]:
    """The routes that sign in and out."""
    origins = frozenset(allowed_origins(settings))

    def foreign(request: Request) -> bool:
        return request.headers.get("origin") not in origins

    def anonymous(request: Request) -> Actor:
        return Actor(
            address=client_address(request, settings),
            device=request.headers.get("user-agent", "")[:200],
        )

    async def sign_in(request: Request) -> Response:
        if foreign(request):
            return Response(status_code=_FORBIDDEN)
        form = await request.form(max_files=0, max_fields=4)
        target = local_path(str(form.get("next", "")))
        try:
            signed_in = await run_in_threadpool(
                database.call,
                accounts.redeem_ticket,
                anonymous(request),
                str(form.get("ticket", "")),
            )
        except DomainError:
            return RedirectResponse("/login?expired=1", status_code=_SEE_OTHER)
        answer = RedirectResponse(target, status_code=_SEE_OTHER)
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
        if foreign(request):
            return Response(status_code=_FORBIDDEN)
        secret = session_secret(settings, request.headers)
        if secret:
            asked_by = anonymous(request)
            who = await run_in_threadpool(
                database.query,
                customers.resolve_actor,
                hash_secret(secret),
                asked_by.address,
                asked_by.device,
            )
            await run_in_threadpool(database.call, accounts.sign_out, who)
        answer = RedirectResponse("/", status_code=_SEE_OTHER)
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
