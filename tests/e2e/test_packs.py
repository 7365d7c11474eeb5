"""A pack makes an empty business, and the customer's forms follow from it."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from tests.e2e import steps
from tests.support.mailbox import Mailbox
from tests.support.pack_answers import DAY, LATER_DAY, answers_to, words_of
from tests.support.packs import PackField, ShippedPack, read_shipped_pack
from tests.support.people import Person
from tests.support.server import ROOT, RunningPortal, running_portal

NewContext = Callable[[], BrowserContext]
# It asks with every kind of field but the file, which has a test of its own.
NAME = "clinic"
DAYS = {DAY: "Tuesday, March 3, 2020", LATER_DAY: "Monday, March 3, 2031"}


@pytest.fixture(scope="module")
def pack() -> ShippedPack:
    """What its file says."""
    return read_shipped_pack(NAME)


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox
) -> Iterator[RunningPortal]:
    """A portal with nothing but that pack in it; not the demo business."""
    folder = tmp_path_factory.mktemp(NAME)
    told = _import(f"sqlite:///{folder / 'portal.db'}", NAME)
    assert told.returncode == 0, told.stderr
    assert " is imported: " in told.stdout
    with running_portal(folder, mailbox) as running:
        yield running


def _alive(page: Page) -> None:
    """As ``steps.alive``, of a business that has no name yet and is no demo."""
    brand = page.get_by_role("banner").get_by_role("link", name="My business")
    expect(brand).to_be_visible()


def _visit(page: Page, path: str) -> None:
    page.goto(path)
    _alive(page)


def _reload(page: Page) -> None:
    page.reload()
    _alive(page)


def _import(database_url: str, file: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal_app", "pack", "import", file],
        cwd=ROOT,
        env={"PORTAL_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )


def _labels(form: Locator, ids: str) -> list[str]:
    """The labels of the business's fields that can be seen, in their order."""
    return form.evaluate(
        """(form, ids) => [...form.querySelectorAll(".field-label")]
            .filter((label) => label.checkVisibility())
            .filter((label) => label.htmlFor
                ? label.htmlFor.startsWith(ids)
                : label.parentElement.querySelector(`[id^="${ids}"]`))
            .map((label) => label.firstChild.textContent)""",
        ids,
    )  # type: ignore[no-any-return]


def _fill_in(form: Locator, asked: PackField, answer: str) -> None:
    field = form.locator(f'[name="field.{asked.key}"]')
    match asked.kind:
        case "yes_no":
            _radio(form, asked.key, answer).check()
        case "choices":
            words = asked.choices[answer]
            group = form.get_by_role("group", name=asked.name)
            group.get_by_role("checkbox", name=words, exact=True).check()
        case "choice" if field.first.evaluate("field => field.type") == "radio":
            _radio(form, asked.key, answer).check()
        case "choice":
            field.select_option(label=asked.choices[answer])
        case "signature":
            group = form.get_by_role("group", name=asked.name)
            group.get_by_role("button", name="Type your name instead").click()
            group.get_by_label("Type your name", exact=True).fill(answer)
        case _:
            field.fill(answer)


def _radio(form: Locator, key: str, answer: str) -> Locator:
    return form.locator(f'[name="field.{key}"][value="{answer}"]')


def _fill_in_all(form: Locator, asked: list[PackField]) -> dict[str, str]:
    """Fill in the whole form from the top, as what is shown unfolds."""
    answers = answers_to(asked)
    unconditional = [one.name for one in asked if one.needs is None and one.editable]
    expect(form.locator(".field-label").filter(visible=True).last).to_be_visible()
    assert [label for label in _labels(form, "field-") if label in unconditional] == (
        unconditional
    )
    for one in asked:
        if one.key in answers:
            _fill_in(form, one, answers[one.key])
    return answers


def _expect_facts(page: Page, expected: dict[str, str]) -> None:
    facts = {term: " ".join(lines) for term, lines in steps.facts(page).items()}
    for term, words in expected.items():
        assert words in facts[term], f"{term}: {facts[term]}"


def _kept(tx: Session, subject: str) -> set[str]:
    rows = tx.exec(
        select(FieldDefinition.key)
        .join(FieldValue, col(FieldDefinition.id) == FieldValue.definition_id)
        .where(FieldValue.subject_id == subject)
    )
    return set(rows)


def test_the_customers_forms_follow_from_it(
    new_context: NewContext,
    portal: RunningPortal,
    customer: Person,
    pack: ShippedPack,
) -> None:
    page = steps.arrive_signed_in(new_context(), portal, customer)

    # About themselves.
    _visit(page, "/account")
    steps.button(page, "Edit answers").click()
    dialog = page.locator("dialog[open]")
    own = _fill_in_all(dialog, pack.customer)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    _reload(page)
    _expect_facts(page, words_of(pack.customer, own, DAYS))

    # Whom or what they book for, by the name the business gives it.
    menu = page.get_by_role("navigation").get_by_role("link", name=pack.plural)
    menu.first.click()
    expect(steps.heading(page, pack.plural)).to_be_visible()
    _visit(page, f"/dependents/add?type={pack.type_key}")
    expect(steps.heading(page, f"Add {pack.singular.lower()}")).to_be_visible()
    form = page.locator("main form")
    form.locator('[name="name"]').fill("Our first")
    answers = _fill_in_all(form, pack.dependent)
    form.get_by_role("button", name="Save", exact=True).click()
    expect(steps.heading(page, "Our first")).to_be_visible()
    _reload(page)
    _expect_facts(page, words_of(pack.dependent, answers, DAYS))

    with portal.database.read() as tx:
        me = tx.exec(select(Customer.id).where(Customer.email == customer.email)).one()
        it = tx.exec(select(Dependent.id).where(Dependent.customer_id == me)).one()
        assert _kept(tx, me) == set(own)
        assert _kept(tx, it) == set(answers)
