"""Steps on the pages of dependents, and what is stored of them."""

from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.dependents.rules import DependentForm
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.files.models import StoredFile
from tests.support.people import Person, actor_of, session_cookie
from tests.support.server import RunningPortal


def keep(
    portal: RunningPortal, person: Person, kind: str, name: str, **answers: Any
) -> str:
    """A dependent of this person; its id."""
    [added] = keep_all(
        portal, person, (kind, DependentForm(name=name, answers=answers))
    )
    return added


def keep_all(
    portal: RunningPortal, person: Person, *wanted: tuple[str, DependentForm]
) -> list[str]:
    """Several, each with its type; their ids."""
    who = actor_of(portal.database, session_cookie(portal.database, person))
    return [
        portal.database.call(dependents.add_dependent, who, kind, form, "")
        for kind, form in wanted
    ]


def values(portal: RunningPortal, dependent: str) -> dict[str, str]:
    """What is stored in the fields of a dependent, as text."""

    def read(tx: Session) -> dict[str, str]:
        rows = tx.exec(
            select(FieldDefinition.key, FieldValue.text)
            .join(FieldDefinition, col(FieldDefinition.id) == FieldValue.definition_id)
            .where(FieldValue.subject_id == dependent)
        )
        return {key: text for key, text in rows if text}

    return portal.database.query(read)


def row_of(portal: RunningPortal, dependent: str) -> Dependent:
    """A dependent as it is stored."""
    with portal.database.read() as tx:
        return tx.get_one(Dependent, dependent)


def own(portal: RunningPortal, person: Person) -> list[Dependent]:
    """Every dependent of this person."""

    def read(tx: Session) -> list[Dependent]:
        mine = (
            select(Dependent)
            .join(Customer, col(Customer.id) == Dependent.customer_id)
            .where(Customer.email == person.email)
        )
        return list(tx.exec(mine))

    return portal.database.query(read)


def dialog(page: Page) -> Locator:
    """The dialog that is open."""
    return page.locator("dialog[open]")


def press(page: Page, name: str) -> None:
    """Press a button of the dialog that is open."""
    dialog(page).get_by_role("button", name=name, exact=True).click()


def save(page: Page) -> None:
    """Save the dialog that is open; ends when it is closed."""
    press(page, "Save")
    expect(dialog(page)).to_have_count(0)


def hand_in(page: Page, field: str, name: str, content: bytes) -> None:
    """Choose a file for a field; ends when it is uploaded."""
    page.locator(f"#field-{field}").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    expect(page.get_by_role("link", name=name)).to_be_visible()


def file_of(portal: RunningPortal, file_id: str) -> StoredFile:
    """A file as it is stored."""
    with portal.database.read() as tx:
        return tx.get_one(StoredFile, file_id)


def draw_signature(page: Page) -> None:
    """Draw on the pad; ends when it is handed in."""
    pad = page.locator(".signature-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 70, steps=5)
    page.mouse.up()
    expect(page.get_by_text("Your signature is ready.")).to_be_visible()
