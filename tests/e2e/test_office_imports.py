"""The office brings a spreadsheet in: looks, corrects, imports, and takes it out."""

import csv
import io
import secrets
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from sqlmodel import col, select

from portal_app.domain.customers.models import Customer
from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.e2e.input_methods import InputMethod, input_method_of
from tests.e2e.page_paths import OFFICE_ACCOUNT
from tests.support.server import RunningPortal

NewContext = Callable[[], BrowserContext]
HEAD = ("Email", "First name", "Phone", "Shoe size")


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def _table(*rows: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD, *rows])
    return text.getvalue().encode("cp1252")


def _check(page: Page, hands: InputMethod, name: str, content: bytes) -> None:
    page.get_by_label("File", exact=True).set_input_files([_file(name, content)])
    expect(page.get_by_role("link", name=name)).to_be_visible()
    hands.press(page.get_by_role("button", name="Check the file"))
    title = f"Customers from {name}"
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_a_spreadsheet_is_looked_at_corrected_imported_and_exported(
    new_context: NewContext, portal: RunningPortal, device: str, watch: Watch
) -> None:
    watch.expected.append("422.*/api/uploads")
    page = steps.arrive_signed_in(new_context(), portal, OFFICE_ACCOUNT)
    hands = input_method_of(device, page)
    unique = secrets.token_hex(5)
    emails = [f"zoe-{unique}@example.com", f"noah-{unique}@example.com"]
    page.goto(f"{portal.url}/office/import")
    steps.alive(page)

    # No table at all is refused where it is chosen.
    page.get_by_label("File", exact=True).set_input_files(
        [_file("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 99)]
    )
    expect(page.get_by_text("This is no table.")).to_be_visible()

    # The first try: one row is wrong, and says so beside its cell.
    wrong = [(emails[0], "Zoë", "12", "38"), (emails[1], "Noah", "", "44")]
    _check(page, hands, "first.csv", _table(*wrong))
    expect(page.get_by_text("Refused rows: 1")).to_be_visible()
    expect(page.get_by_text("These columns are left out: Shoe size")).to_be_visible()
    hands.press(page.get_by_role("button", name="Refused 1"))
    rows = page.get_by_role("listitem").filter(has_text="Row ")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Please enter a phone number such as")
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)
    page.reload()
    steps.alive(page)
    expect(rows).to_have_count(1)
    hands.press(page.get_by_role("button", name="Choose another file"))

    # Corrected, it is stored whole.
    right = [(emails[0], "Zoë", "0412 345 678", "38"), wrong[1]]
    _check(page, hands, "second.csv", _table(*right))
    expect(page.get_by_role("button", name="Added 2")).to_be_visible()
    hands.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_text("2 added, 0 changed, 0 left as they were.")).to_be_visible()
    with portal.database.read() as tx:
        stored = tx.exec(select(Customer).where(col(Customer.email).in_(emails))).all()
    assert {(row.first_name, row.phone, row.account_id) for row in stored} == {
        ("Zoë", "+61412345678", None),
        ("Noah", "", None),
    }

    # What is exported changes nothing when it comes back.
    hands.press(page.get_by_role("button", name="Import another file"))
    with page.expect_download() as download:
        hands.press(
            page.get_by_role("link", name="Customers: Present data (CSV)", exact=True)
        )
    content = Path(download.value.path()).read_bytes()
    assert emails[0] in content.decode("utf-8-sig")
    _check(page, hands, "export.csv", content)
    expect(page.get_by_role("button", name="Changed 0")).to_be_visible()
    expect(page.get_by_role("button", name="Added 0")).to_be_visible()
    expect(page.get_by_role("button", name="Refused 0")).to_be_visible()
    hands.press(page.get_by_role("button", name="Cancel"))
    expect(page.get_by_role("heading", name="Import a file")).to_be_visible()
