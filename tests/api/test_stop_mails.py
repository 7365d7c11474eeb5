"""The button of mail programs: a POST stops the mails, a GET changes nothing."""

import pytest
from starlette.applications import Starlette

from portal_app.api.stop_mails import stop_mails_routes
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points
from portal_app.kernel.db import Database
from tests.support.asgi import request


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets by which mails were stopped; all but ``good`` are worth nothing."""
    used: list[str] = []

    def stop(_tx: object, secret: str) -> str:
        if secret != "good":
            raise LinkInvalid
        used.append(secret)
        return "tom@example.com"

    monkeypatch.setattr(contact_points, "stop_mails", stop)
    return used


def test_a_get_leads_to_the_page_that_asks(
    sqlite_db: Database, stopped: list[str]
) -> None:
    app = Starlette(routes=stop_mails_routes(sqlite_db))
    answer = request(app, "GET", "/api/mail/stop-mails?token=good")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/stop-mails?token=good",
    )
    assert stopped == []


def test_a_post_stops_them_and_tells_nobody_what_a_link_is_worth(
    sqlite_db: Database, stopped: list[str]
) -> None:
    app = Starlette(routes=stop_mails_routes(sqlite_db))
    answers = [
        request(app, "POST", f"/api/mail/stop-mails?token={token}")
        for token in ("good", "bad", "")
    ]
    said = {(one.status_code, one.text) for one in answers}
    assert said == {(200, "No more of these emails come.")}
    assert stopped == ["good"]
