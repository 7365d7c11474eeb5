"""The button of mail programs that stops mails, see RFC 8058.

Only a POST stops anything: whoever merely opens the address, such as a scanner of
mails, is led to the page that asks.
"""

from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points
from portal_app.kernel.db import Database

_PATH = "/api/mail/stop-mails"
_MAX_TOKEN_LENGTH = 100
_SEE_OTHER = 303


def stop_mails_routes(database: Database) -> list[Route]:
    """``/api/mail/stop-mails``: the same answer, whatever the link is worth."""

    async def stop(request: Request) -> Response:
        token = request.query_params.get("token", "")[:_MAX_TOKEN_LENGTH]
        with suppress(LinkInvalid):
            await run_in_threadpool(database.call, contact_points.stop_mails, token)
        return PlainTextResponse(
            "No more of these emails come.", headers={"cache-control": "no-store"}
        )

    async def ask(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/stop-mails{query}", _SEE_OTHER)

    return [
        Route(_PATH, ask, methods=["GET"]),
        Route(_PATH, stop, methods=["POST"]),
    ]
