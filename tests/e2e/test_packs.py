"""A pack makes an empty business, and the customer's forms follow from it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import Session, col, select

from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.fields.models import FieldDefinition, FieldValue
from portal_app.domain.packs import service as packs
from tests.e2e import steps
from tests.support.contents import contents
from tests.support.mailbox import Mailbox
from tests.support.people import Person
from tests.support.pictures import PDF
from tests.support.server import ROOT, RunningPortal, running_portal
from tests.support.trades import Asked, Trade, trade

NewContext = Callable[[], BrowserContext]
DAY, LATER_DAY = "2020-03-03", "2031-03-03"
DAYS = {DAY: "Tuesday, March 3, 2020", LATER_DAY: "Monday, March 3, 2031"}


@pytest.fixture(scope="module", params=packs.shipped())
def name(request: pytest.FixtureRequest) -> str:
    """Each of the packs that come with the portal."""
    return str(request.param)


@pytest.fixture(scope="module")
def pack(name: str) -> Trade:
    """What its file says."""
    return trade(name)


@pytest.fixture(scope="module")
def portal(
    name: str, tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox
) -> Iterator[RunningPortal]:
    """A portal with nothing but that pack in it; not the demo business."""
    folder = tmp_path_factory.mktemp(name)
    told = _import(f"sqlite:///{folder / 'portal.db'}", name)
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


def _answer_to(asked: Asked, form: list[Asked]) -> str:
    """One fitting answer; of choices, the first that has something else shown."""
    deciding = [one.needs[1] for one in form if one.needs and one.needs[0] == asked.key]
    keys = ["yes", "no"] if asked.kind == "yes_no" else list(asked.choices)
    if keys:
        return next((key for key in keys if any(key in d for d in deciding)), keys[0])
    return {
        "number": asked.minimum,
        "date": LATER_DAY if asked.future else DAY,
        "file": "paper.pdf",
        "signature": "Ada Tester",
    }.get(asked.kind, f"About {asked.key}")


def _answers(form: list[Asked]) -> dict[str, str]:
    """An answer to every field that is shown with these answers."""
    given: dict[str, str] = {}
    for asked in form:
        shown = asked.needs is None or given.get(asked.needs[0]) in asked.needs[1]
        if shown and asked.editable:
            given[asked.key] = _answer_to(asked, form)
    return given


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


def _fill_in(form: Locator, asked: Asked, answer: str) -> None:
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
        case "file":
            form.locator(f"#field-{asked.key}").set_input_files(
                {"name": answer, "mimeType": "application/pdf", "buffer": PDF}
            )
            expect(form.get_by_role("link", name=answer)).to_be_visible()
        case "signature":
            group = form.get_by_role("group", name=asked.name)
            group.get_by_role("button", name="Type your name instead").click()
            group.get_by_label("Type your name", exact=True).fill(answer)
        case _:
            field.fill(answer)


def _radio(form: Locator, key: str, answer: str) -> Locator:
    return form.locator(f'[name="field.{key}"][value="{answer}"]')


def _fill_in_all(form: Locator, asked: list[Asked]) -> dict[str, str]:
    """Fill in the whole form from the top, as what is shown unfolds."""
    answers = _answers(asked)
    unconditional = [one.name for one in asked if one.needs is None and one.editable]
    expect(form.locator(".field-label").filter(visible=True).last).to_be_visible()
    assert [label for label in _labels(form, "field-") if label in unconditional] == (
        unconditional
    )
    for one in asked:
        if one.key in answers:
            _fill_in(form, one, answers[one.key])
    return answers


def _words(asked: list[Asked], answers: dict[str, str]) -> dict[str, str]:
    """Answers as a person reads them."""
    return {
        one.name: _words_of(one, answers[one.key])
        for one in asked
        if one.key in answers
    }


def _words_of(asked: Asked, answer: str) -> str:
    match asked.kind:
        case "yes_no":
            return answer.capitalize()
        case "choice" | "choices":
            return asked.choices[answer]
        case "number":
            return f"{answer} {asked.unit}".strip()
        case "date":
            return DAYS[answer]
        case _:
            return answer


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
    pack: Trade,
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
    _expect_facts(page, _words(pack.customer, own))

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
    _expect_facts(page, _words(pack.dependent, answers))

    with portal.database.read() as tx:
        me = tx.exec(select(Customer.id).where(Customer.email == customer.email)).one()
        it = tx.exec(select(Dependent.id).where(Dependent.customer_id == me)).one()
        assert _kept(tx, me) == set(own)
        assert _kept(tx, it) == set(answers)


def test_importing_it_again_or_a_broken_one_changes_nothing(
    portal: RunningPortal, pack: Trade, tmp_path: Path
) -> None:
    before = contents(portal.database)
    url = str(portal.database.engine.url)
    again = _import(url, pack.name)
    assert again.returncode == 0
    assert again.stdout.endswith(" was imported already. Nothing was changed.\n")
    text = packs.shipped_text(pack.name)
    line = text[: text.index('kind = "')].count("\n") + 1
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace('kind = "', 'kind = "x', 1), encoding="utf-8")
    refused = _import(url, str(broken))
    assert refused.returncode == 1
    assert f"line {line}" in refused.stderr
    assert contents(portal.database) == before
