"""The change log leaves as a file, for the office alone."""

import csv
import io

import httpx
import pytest
from starlette.applications import Starlette

from portal_app.api.changes_export import changes_export_routes
from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyForm
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.accounts import HashingCalls, set_up_business
from tests.support.asgi import ORIGIN, request
from tests.support.people import Person, actor_of, new_customer, session_cookie

LEA = Person("lea@example.com", "Lea", "Office")
PATH = "/api/office/changes.csv"


@pytest.fixture
def office(sqlite_db: Database, hashing: HashingCalls) -> str:
    set_up_business(sqlite_db)
    accounts.create_account(sqlite_db, LEA.email, "office", LEA.password)
    cookie = session_cookie(sqlite_db, LEA)
    form = PolicyForm(title="=1+1", text="Kept in a safe.")
    sqlite_db.call(policies.add_policy, actor_of(sqlite_db, cookie), form, "r1")
    return cookie


def ask(db: Database, path: str, cookie: str = "", how: str = "GET") -> httpx.Response:
    settings = Settings(_env_file=None, base_url=ORIGIN)
    app = Starlette(routes=changes_export_routes(db, settings))
    return request(app, how, path, headers={"cookie": cookie} if cookie else {})


def test_the_office_gets_what_it_asks_for(sqlite_db: Database, office: str) -> None:
    answer = ask(sqlite_db, f"{PATH}?kind=Policy", office)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="changes-'
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3:] for row in rows] == [
        *[["Who", "From", "What was done", "Kind", "Name", "Field", "Before", "After"]],
        [LEA.email, "test", "added", "Policy", "'=1+1", "Title", "", "'=1+1"],
        [LEA.email, "test", "added", "Policy", "'=1+1", "Text", "", "Kept in a safe."],
    ]
    # An odd date asks for nothing.
    odd = f"{PATH}?kind=Policy&from=soon&to=2026-99-99"
    assert ask(sqlite_db, odd, office).content == answer.content
    nobody = ask(sqlite_db, f"{PATH}?person=x", office)
    assert nobody.content.decode("utf-8-sig").count("\r\n") == 1
    head = ask(sqlite_db, PATH, office, "HEAD")
    assert (head.status_code, head.content) == (200, b"")


def test_nobody_else_gets_it(sqlite_db: Database, office: str) -> None:
    customer = session_cookie(sqlite_db, new_customer(sqlite_db))
    for cookie in ("", customer, "portal=made-up"):
        answer = ask(sqlite_db, PATH, cookie)
        assert (answer.status_code, answer.text) == (404, "We could not find that.")
