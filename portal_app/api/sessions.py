"""Signing in by a ticket, and signing out.

Both are POSTs from our own pages and end in a full navigation, so that the
socket is opened anew with the new cookie. A sign-in redeems a single-use ticket
that the log-in page got for a right password.
"""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal_app.api import cookies
from portal_app.api.callers import Callers
from portal_app.api.signing_in import SESSION, SigningIn, go_to
from portal_app.domain.accounts import service as accounts
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.paths import local_path
from portal_app.settings import Settings

_FORBIDDEN = 403
_TOO_LARGE = 413
_MOST_BYTES = 8192
_NOT_KEPT = {"cache-control": "no-store"}


def session_routes(database: Database, settings: Settings) -> list[Route]:
    """The routes that sign in and out."""
    callers = Callers(database, settings)
    signing_in = SigningIn(database, settings)

    def refusal(request: Request) -> Response | None:
        """What a request gets that none of our own pages sends."""
        if not callers.is_ours(request):
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
            return go_to(f"/login?{query}")

    async def sign_out(request: Request) -> Response:
        if refused := refusal(request):
            return refused
        await run_in_threadpool(
            database.call, accounts.sign_out, await callers.who(request)
        )
        answer = go_to("/")
        cookies.drop(answer, settings, SESSION)
        return answer

    return [
        Route("/api/auth/session", sign_in, methods=["POST"]),
        Route("/api/auth/logout", sign_out, methods=["POST"]),
    ]
