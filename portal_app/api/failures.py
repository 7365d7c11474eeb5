"""What a request gets that cannot be answered: words, and when to come back."""

from pathlib import Path
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from portal_app.kernel.errors import UNEXPECTED_ERROR, Unavailable, outage_behind
from portal_app.settings import ROOT

log = structlog.get_logger("requests")

RETRY_SECONDS = 5
_DRAWING = Path(__file__).with_name("unavailable.html")
_OFFLINE_PAGE = ROOT / "assets" / "offline.html"
_UNAVAILABLE, _BROKEN = 503, 500
_BROKEN_TITLE = "Something went wrong"
_UNAVAILABLE_TITLE = "Back in a moment"


def failure_response(request: Request, error: Exception) -> Response:
    """Answer a request that failed, in the way it was asked.

    A page gets a drawn page that tries again by itself, a form or script gets JSON
    with ``message``, anything else a line of text. An outage is a 503 with
    ``Retry-After``, a mistake of ours a 500.
    """
    outage = outage_behind(error)
    if outage:
        log.warning("something does not answer", exc_info=error)
    status = _UNAVAILABLE if outage else _BROKEN
    words = outage.message if outage else UNEXPECTED_ERROR
    headers = {"cache-control": "no-store"}
    if outage:
        headers["retry-after"] = str(RETRY_SECONDS)
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        repeatable = request.method in {"GET", "HEAD"}
        return HTMLResponse(
            _page(words, outage is not None, repeatable), status, headers
        )
    if request.url.path.startswith("/api/"):
        return JSONResponse({"message": words}, status, headers)
    return PlainTextResponse(words, status, headers)


def failure_handlers() -> dict[Any, Any]:
    """For Starlette: which errors of a route are answered here."""

    async def failed(request: Request, error: Exception) -> Response:
        return failure_response(request, error)

    return {Unavailable: failed, Exception: failed}


def _page(words: str, outage: bool, repeatable: bool) -> str:
    refresh = f'<meta http-equiv="refresh" content="{RETRY_SECONDS}" />'
    return (
        _DRAWING.read_text("utf-8")
        .replace("{style}", _shared_style())
        .replace("{refresh}", refresh if outage and repeatable else "")
        .replace("{title}", _UNAVAILABLE_TITLE if outage else _BROKEN_TITLE)
        .replace("{words}", words)
        # What a form sent is not sent again by a link.
        .replace('href=""', 'href=""' if repeatable else 'href="/"')
    )


def _shared_style() -> str:
    """What both pages wear; the other holds it, for it is kept without any file."""
    page = _OFFLINE_PAGE.read_text("utf-8")
    return page.partition("<style>")[2].partition("</style>")[0]
