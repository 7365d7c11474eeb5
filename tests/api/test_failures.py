"""A request that cannot be answered gets words, and a way to come back."""

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from portal_app.api.failures import failure_handlers
from portal_app.kernel.db import DatabaseUnavailable
from tests.support.asgi import request

AWAY = "We cannot reach our database just now. Please try again in a moment."
OURS = "Something went wrong on our side. Please try again."
TYPED = "violet-otter-canoe-77"


def _ask(
    error: Exception, path: str, accept: str, method: str = "GET"
) -> httpx.Response:
    async def failing(_request: Request) -> Response:
        raise error

    portal = Starlette(
        routes=[Route(path, failing, methods=["GET", "POST"])],
        exception_handlers=failure_handlers(),
    )

    async def server(scope: dict, receive: object, send: object) -> None:
        try:
            await portal(scope, receive, send)  # type: ignore[arg-type]
        except RuntimeError:
            """What the server logs, after Starlette has answered."""

    return request(server, method, path, headers={"accept": accept})


def _outage() -> Exception:
    return DatabaseUnavailable(OperationalError("", {}, Exception("refused")))


def test_a_page_is_drawn_and_comes_back_by_itself() -> None:
    answer = _ask(_outage(), "/services", "text/html,application/xhtml+xml")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1>Back in a moment</h1>" in answer.text
    assert f"<p>{AWAY}</p>" in answer.text
    assert '<meta http-equiv="refresh" content="5" />' in answer.text
    assert "{" not in answer.text.rpartition("</style>")[2]
    # As when the browser is offline, and in the portal's typeface.
    assert "background: var(--canvas);" in answer.text
    assert "font-family: Figtree;" in answer.text


@pytest.mark.parametrize(
    ("path", "method", "accept"),
    [
        ("/api/files/x", "GET", "image/webp,*/*"),
        ("/api/auth/logout", "POST", "*/*"),
        ("/api/uploads", "POST", "application/json"),
    ],
)
def test_the_rest_is_told_in_words(path: str, method: str, accept: str) -> None:
    answer = _ask(_outage(), path, accept, method)
    assert (answer.status_code, answer.json()) == (503, {"message": AWAY})
    assert answer.headers["retry-after"] == "5"


def test_a_form_that_was_sent_leads_to_a_page_that_sends_nothing() -> None:
    answer = _ask(_outage(), "/api/auth/session", "text/html", "POST")
    assert answer.status_code == 503
    assert f"<p>{AWAY}</p>" in answer.text
    assert "refresh" not in answer.text.partition("</style>")[0]
    assert '<a href="/">Try again</a>' in answer.text


def test_a_mistake_of_ours_is_no_outage_and_tells_nothing() -> None:
    error = RuntimeError(TYPED)
    with capture_logs() as lines:
        page = _ask(error, "/services", "text/html")
        answer = _ask(error, "/api/brand.css", "text/css")
    assert (page.status_code, answer.status_code) == (500, 500)
    assert answer.json() == {"message": OURS}
    assert OURS in page.text
    assert "refresh" not in page.text.partition("</style>")[0]
    assert "retry-after" not in page.headers
    assert TYPED not in page.text + answer.text
    assert lines == []  # the server logs it, once
