"""Tables leave as files, for the office alone."""

import csv
import io

import httpx
import pytest
from starlette.applications import Starlette

from portal_app.api.table_exports import table_export_routes
from portal_app.domain.accounts import service as accounts
from portal_app.kernel.db import Database
from portal_app.settings import Settings
from tests.support.accounts import HashingCalls, set_up_business
from tests.support.asgi import ORIGIN, request
from tests.support.people import Person, new_customer, new_reader, session_cookie

LEA = Person("lea@example.com", "Lea", "Office")
PATH = "/api/office/export"


@pytest.fixture
def office(sqlite_db: Database, hashing: HashingCalls) -> str:
    set_up_business(sqlite_db)
    accounts.create_account(sqlite_db, LEA.email, "office", LEA.password)
    return session_cookie(sqlite_db, LEA)


def ask(db: Database, path: str, cookie: str = "", how: str = "GET") -> httpx.Response:
    settings = Settings(_env_file=None, base_url=ORIGIN)
    app = Starlette(routes=table_export_routes(db, settings))
    return request(app, how, path, headers={"cookie": cookie} if cookie else {})


def test_the_office_gets_what_is_there_and_templates(
    sqlite_db: Database, office: str
) -> None:
    person = new_customer(sqlite_db, "Ada")
    answer = ask(sqlite_db, f"{PATH}/customers.csv", office)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith(
        'attachment; filename="customers-'
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [
        ["Email", "First name"],
        [person.email, "Ada"],
    ]
    template = ask(sqlite_db, f"{PATH}/customers.csv?template=1", office)
    assert template.headers["content-disposition"] == (
        'attachment; filename="customers-template.csv"'
    )
    assert template.content == answer.content.splitlines(keepends=True)[0]
    head = ask(sqlite_db, f"{PATH}/team.xlsx", office, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("name", ["customers.csv", "customers.xlsx", "team.csv"])
def test_nobody_else_gets_it(sqlite_db: Database, office: str, name: str) -> None:
    customer = session_cookie(sqlite_db, new_customer(sqlite_db))
    reader = session_cookie(sqlite_db, new_reader(sqlite_db))
    for cookie in ("", customer, reader, "portal=made-up"):
        answer = ask(sqlite_db, f"{PATH}/{name}", cookie)
        assert (answer.status_code, answer.text) == (404, "We could not find that.")


@pytest.mark.parametrize("name", ["customers.pdf", "bookings.csv", ".csv"])
def test_there_is_no_other_table(sqlite_db: Database, office: str, name: str) -> None:
    assert ask(sqlite_db, f"{PATH}/{name}", office).status_code == 404
