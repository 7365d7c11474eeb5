"""Every page has one address, and nobody is sent to http on the way."""

from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from portal_app.serving.trailing_slash import TrailingSlashRedirect
from tests.support.asgi import request


async def _says_its_path(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(scope["path"])(scope, receive, send)


def _send(folder: Path, method: str, path: str) -> httpx.Response:
    for page in ("", "login", "gift-vouchers/checkout"):
        (folder / page).mkdir(parents=True, exist_ok=True)
        (folder / page / "index.html").touch()
    return request(TrailingSlashRedirect(_says_its_path, folder), method, path)


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/login", "/login/"),
        ("/gift-vouchers/checkout", "/gift-vouchers/checkout/"),
        ("/gift-vouchers", "/gift-vouchers"),
        ("/", "/"),
        ("/nope", "/nope"),
        ("/login.html", "/login.html"),
    ],
)
def test_a_page_is_served_without_a_redirect(
    tmp_path: Path, path: str, served: str
) -> None:
    answer = _send(tmp_path, "GET", path)
    assert (answer.status_code, answer.text) == (200, served)


def test_the_address_with_a_slash_leads_to_the_one_without(tmp_path: Path) -> None:
    answer = _send(tmp_path, "GET", "/login/?next=%2Fa%3Fb")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        "/login?next=%2Fa%3Fb",
    )


def test_a_post_goes_where_it_was_sent(tmp_path: Path) -> None:
    assert _send(tmp_path, "POST", "/login").text == "/login"
