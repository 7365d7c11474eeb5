"""A quote from the wizard's last step to the customer's decision."""

from collections.abc import Iterator

import pytest

from portal_app.domain.bookings import drafts
from portal_app.domain.quotes import queries
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.state.bookings.booking_list import BookingsState
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.office.quotes import (
    OfficeQuoteDialogState,
    OfficeQuotesState,
    OfficeQuoteState,
)
from portal_app.state.quotes.quote import QuoteDecisionState, QuotesState, QuoteState
from portal_app.state.quotes.request import WizardRequestState
from tests.support.quotes import (
    GARDEN,
    GardenBusiness,
    answered,
    create_garden_business,
    link_secret,
    request_draft,
    requested_quote,
    sent_quote,
)
from tests.support.sample_business import NOW, new_customer
from tests.support.tabs import Tab, redirect_targets
from tests.support.wiring import wired


@pytest.fixture
def business(sqlite_db: Database) -> Iterator[GardenBusiness]:
    with wired(database=sqlite_db), frozen(NOW):
        yield sqlite_db.call(create_garden_business)


@pytest.fixture
def maya(sqlite_db: Database, business: GardenBusiness) -> Actor:
    return sqlite_db.call(new_customer)


def _opened(number: str, who: Actor, **query: str) -> Tab:
    tab = Tab(f"/quotes/{number}", who, **query)
    tab.fire(QuoteState.load)
    return tab


def test_the_wizard_sends_a_request_without_time_and_price(
    sqlite_db: Database, maya: Actor
) -> None:
    draft_id, version = sqlite_db.call(request_draft, maya)
    tab = Tab(f"/book/{GARDEN.slug}", maya, step="overview", draft=draft_id)
    tab.fire(BookingWizardState.load)
    book = tab.state(BookingWizardState)
    assert (book.phase, book.step, book.on_request, book.total) == (
        "open",
        "overview",
        True,
        "",
    )
    assert "time" not in [step.key for step in book.steps]
    form = {"preferred_times": "Mornings", "shown": str(version)}
    events = tab.fire(WizardRequestState.send, form)
    [row] = sqlite_db.query(queries.my_quotes, maya).rows
    assert redirect_targets(events) == [f"/quotes/{row.number}"]
    # Coming back to the draft leads to what it became.
    again = Tab(f"/book/{GARDEN.slug}", maya, step="overview", draft=draft_id)
    assert redirect_targets(again.fire(BookingWizardState.load)) == [
        f"/quotes/{row.number}"
    ]


def test_what_is_wrong_is_said_where_it_is(sqlite_db: Database, maya: Actor) -> None:
    draft_id, version = sqlite_db.call(request_draft, maya)
    tab = Tab(f"/book/{GARDEN.slug}", maya, step="overview", draft=draft_id)
    tab.fire(BookingWizardState.load)
    form = {"preferred_times": "a" * 501, "shown": str(version)}
    tab.fire(WizardRequestState.send, form)
    state = tab.state(WizardRequestState)
    assert state.errors == {"preferred_times": "Please use at most 500 characters."}
    tab.fire(WizardRequestState.send, {"shown": str(version - 1)})
    assert state.problem.startswith("This request was changed in another window.")
    assert sqlite_db.query(queries.my_quotes, maya).total == 0


def test_the_office_answers_and_sends(
    sqlite_db: Database, maya: Actor, business: GardenBusiness
) -> None:
    number = requested_quote(sqlite_db, maya)
    tab = Tab("/office/quotes", business.office)
    tab.fire(OfficeQuotesState.load)
    assert [row.number for row in tab.state(OfficeQuotesState).rows] == [number]
    tab.go(f"/office/quotes/{number}")
    tab.fire(OfficeQuoteState.load)
    state = tab.state(OfficeQuoteState)
    form = {
        "version": "0",
        "request": "first",
        "lines.0.description": "Planting",
        "lines.0.quantity": "2",
        "lines.0.unit": "nothing",
        "hours": "3",
        "valid_days": "14",
    }
    tab.fire(OfficeQuoteState.save, form)
    assert state.errors == {"lines.0": "Please enter a number."}
    tab.fire(OfficeQuoteState.save, form | {"lines.0.unit": "150"})
    assert (state.errors, state.quote.preview.total) == ({}, "$300")
    tab.fire(OfficeQuoteDialogState.save_template, {"name": "Plants", "request": "t"})
    assert [name for _, name in state.quote.templates] == ["Plants"]
    tab.fire(OfficeQuoteState.send, state.quote.form.version)
    assert state.quote.status == "sent"
    shown = sqlite_db.query(queries.get_quote, maya, number)
    assert (shown.can_decide, shown.shown.total) == (True, "$300")
    # A template fills in the next version.
    template = state.quote.templates[0][0]
    tab.fire(OfficeQuoteState.use_template, {"template": template})
    assert (state.quote.form.number, state.quote.preview.total) == (2, "$300")
    tab.fire(
        OfficeQuoteDialogState.delete_template, {"template": template, "request": "d"}
    )
    assert state.quote.templates == []
    tab.fire(OfficeQuoteDialogState.turn_down, {"reason": "Sorry", "request": "n"})
    assert (state.quote.status, state.quote.answerable) == ("turned_down", False)


def test_accepting_leads_to_choosing_a_time(
    sqlite_db: Database, maya: Actor, business: GardenBusiness
) -> None:
    shown = sent_quote(sqlite_db, maya, business.office)
    tab = _opened(shown.number, maya)
    state = tab.state(QuoteState)
    assert (state.found, state.quote.signed_in, len(state.signature)) == (True, True, 1)
    form = {"version": "1", "request": "a", "field.signature": ""}
    tab.fire(QuoteDecisionState.accept, form)
    decision = tab.state(QuoteDecisionState)
    assert decision.errors == {"signature": "Please sign with your name."}
    events = tab.fire(
        QuoteDecisionState.accept, form | {"field.signature": "typed:Maya Chen"}
    )
    assert redirect_targets(events) == [state.quote.draft]
    assert state.quote.status == "accepted"
    draft_id = state.quote.draft.partition("draft=")[2]
    draft = sqlite_db.query(drafts.get_draft, maya, draft_id)
    assert [step for step in draft.steps if step not in draft.done] == ["time"]
    wizard = Tab(f"/book/{GARDEN.slug}", maya, step="options", draft=draft_id)
    wizard.fire(BookingWizardState.load)
    book = wizard.state(BookingWizardState)
    assert (book.step, book.agreed, book.total) == ("time", shown.number, "$399.50")


def test_a_superseded_version_is_not_accepted(
    sqlite_db: Database, maya: Actor, business: GardenBusiness
) -> None:
    shown = sent_quote(sqlite_db, maya, business.office)
    tab = _opened(shown.number, maya)
    answered(sqlite_db, business.office, shown.number, 2)
    form = {"version": "1", "request": "a", "field.signature": "typed:Maya Chen"}
    [said] = tab.fire(QuoteDecisionState.accept, form)
    assert said.payload == {
        "kind": "error",
        "text": "We have sent you a newer version of this quote in the meantime. "
        "Please look at that one.",
    }
    state = tab.state(QuoteState)
    assert (state.quote.status, state.quote.shown.number) == ("sent", 2)


def test_whoever_has_the_link_decides_and_nobody_else(
    sqlite_db: Database, maya: Actor, business: GardenBusiness
) -> None:
    shown = sent_quote(sqlite_db, maya, business.office)
    stranger = Actor(address="198.18.0.1")
    assert not _opened(shown.number, stranger).state(QuoteState).found
    tab = _opened(shown.number, stranger, link=link_secret(sqlite_db))
    state = tab.state(QuoteState)
    assert (state.found, state.signature, state.quote.signed_in) == (True, [], False)
    tab.fire(
        QuoteDecisionState.decline,
        {"version": "1", "request": "d", "reason": "Too dear"},
    )
    assert (state.quote.status, state.quote.can_decide) == ("declined", False)


def test_my_bookings_has_a_list_of_quotes(
    sqlite_db: Database, maya: Actor, business: GardenBusiness
) -> None:
    shown = sent_quote(sqlite_db, maya, business.office)
    tab = Tab("/bookings", maya, when="quotes")
    tab.fire(BookingsState.load)
    tab.fire(QuotesState.load)
    assert tab.state(BookingsState).when == "quotes"
    [row] = tab.state(QuotesState).rows
    assert (row.number, row.status_text, row.total, row.expires) == (
        shown.number,
        "Waiting for you",
        "$399.50",
        "Mon, 16 Nov",
    )
