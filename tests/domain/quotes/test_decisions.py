"""Accepting, declining, asking for changes: once per version, and in time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.bookings import confirmation, draft_repetition, drafts
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.models import Booking, BookingLine
from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.customers.rules import ContactForm, EmailEntry
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.quotes import answers, decisions, expiry, queries
from portal_app.domain.quotes.decisions import Accepted, ShownVersion
from portal_app.domain.quotes.models import Quote, QuoteDecision
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.support.quotes import (
    TOTAL_MINOR,
    GardenBusiness,
    answered,
    link_secret,
    sent_quote,
)
from tests.support.sample_business import (
    NOW,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.snapshots import database_snapshot
from tests.support.uploads import upload_file

SIGNED = "typed:Maya Chen"


def _mails(db: Database) -> list[str]:
    with db.read() as tx:
        return [one.kind for one in tx.exec(select(OutboxMessage).order_by("id"))]


def test_an_accepted_quote_leads_to_choosing_a_time_at_its_price(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    assert db.call(decisions.accept, maya, shown, SIGNED) == Accepted()
    quote = db.query(queries.get_quote, maya, shown.number)
    assert (quote.status, quote.can_decide, quote.booking) == ("accepted", False, "")
    assert quote.shown.decision == (
        "Accepted on Monday, 2 November 2026, signed by Maya Chen."
    )
    assert quote.draft.startswith(
        "/book/garden-makeover?step=time&return=overview&draft="
    )
    draft_id = quote.draft.partition("draft=")[2]
    draft = db.query(drafts.get_draft, maya, draft_id)
    assert (draft.total_minor, draft.minutes, draft.agreed, draft.on_request) == (
        TOTAL_MINOR,
        180,
        shown.number,
        False,
    )
    assert (draft.steps, draft.done) == (
        ["time", "contact", "questions"],
        ["contact", "questions"],
    )
    draft = db.call(drafts.choose_time, maya, draft_id, TUESDAY_NINE)
    number = confirmation.confirm(db, maya, draft_id, draft.shown)
    with db.read() as tx:
        booking = tx.exec(select(Booking).where(Booking.number == number)).one()
        lines = tx.exec(
            select(BookingLine.description, BookingLine.total_minor)
            .where(BookingLine.booking_id == booking.id)
            .order_by(BookingLine.position)
        ).all()
    assert (booking.total_minor, booking.status) == (TOTAL_MINOR, "confirmed")
    assert lines == [("Planting", 300_00), ("Clearing", 99_50)]
    assert db.query(queries.get_quote, maya, shown.number).booking == number


def test_what_is_agreed_is_not_chosen_anew(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    db.call(decisions.accept, maya, shown, SIGNED)
    draft_id = db.query(queries.get_quote, maya, shown.number).draft.partition(
        "draft="
    )[2]
    db.call(drafts.choose_time, maya, draft_id, TUESDAY_NINE)
    assert not db.query(draft_repetition.repetition_view, maya, draft_id).offered
    before = database_snapshot(db)
    with pytest.raises(Conflict, match=f"agreed in quote {shown.number}"):
        db.call(drafts.choose_options, maya, draft_id, {"size": "small"})
    weekly = RepetitionForm(unit="weekly")
    with pytest.raises(Conflict, match="The quote is for one visit"):
        db.call(draft_repetition.choose_repetition, maya, draft_id, weekly)
    assert database_snapshot(db) == before


def test_accepting_books_the_time_that_was_proposed(
    db: Database, maya: Actor, business: GardenBusiness
) -> None:
    shown = sent_quote(
        db,
        maya,
        business.office,
        starts_day="2026-11-03",
        starts_time="09:00",
        fieldworker_id=business.gardener,
    )
    accepted = db.call(decisions.accept, maya, shown, SIGNED)
    with db.read() as tx:
        booking = tx.exec(select(Booking)).one()
    assert accepted == Accepted(booking=booking.number)
    assert booking.starts_at == TUESDAY_NINE
    assert booking.ends_at == TUESDAY_NINE + timedelta(hours=3)
    assert booking.fieldworker_id == business.gardener
    # The same answer again, and nothing else.
    before = database_snapshot(db)
    assert db.call(decisions.accept, maya, shown, SIGNED) == accepted
    assert database_snapshot(db) == before


def test_a_proposed_time_that_went_meanwhile_leaves_the_quote_accepted(
    db: Database, maya: Actor, business: GardenBusiness
) -> None:
    proposed = {"starts_day": "2026-11-03", "starts_time": "09:00"}
    first = sent_quote(db, maya, business.office, **proposed)
    other = db.call(new_customer, "noah@example.com")
    second = sent_quote(db, other, business.office, **proposed)
    db.call(decisions.accept, other, second, SIGNED)
    accepted = db.call(decisions.accept, maya, first, SIGNED)
    assert accepted == Accepted(notice=decisions.TIME_GONE)
    quote = db.query(queries.get_quote, maya, first.number)
    assert (quote.status, quote.booking) == ("accepted", "")
    assert [event.text for event in quote.history][:2] == [
        "The time that was proposed was taken in the meantime.",
        "Version 1 was accepted, signed by Maya Chen.",
    ]
    draft_id = quote.draft.partition("draft=")[2]
    assert db.query(drafts.get_draft, maya, draft_id).starts_at == ""


def test_declining_says_why(db: Database, maya: Actor, office: Actor) -> None:
    shown = sent_quote(db, maya, office)
    db.call(decisions.decline, maya, shown, " Too  dear ")
    quote = db.query(queries.get_office_quote, office, shown.number)
    assert quote.status == "declined"
    assert quote.history[0].text == "Version 1 was declined. “Too  dear”"
    before = database_snapshot(db)
    db.call(decisions.decline, maya, shown, "Again")
    assert database_snapshot(db) == before
    with pytest.raises(Conflict, match="declined already"):
        db.call(decisions.accept, maya, shown, SIGNED)
    assert database_snapshot(db) == before
    assert _mails(db) == ["quote_requested", "quote_sent", "quote_decided"]


def test_changes_are_asked_for_in_words_and_answered_by_another_version(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    with pytest.raises(InvalidInput) as refused:
        db.call(decisions.ask_for_changes, maya, shown, " ")
    assert refused.value.fields == {
        "reason": "Please tell us what should be different."
    }
    db.call(decisions.ask_for_changes, maya, shown, "Without planting, please.")
    with pytest.raises(Conflict, match="You asked for changes"):
        db.call(decisions.accept, maya, shown, SIGNED)
    second = answered(db, office, shown.number, 2, notes="Without planting.")
    before = database_snapshot(db)
    with pytest.raises(Conflict, match="a newer version"):
        db.call(decisions.accept, maya, shown, SIGNED)
    assert database_snapshot(db) == before
    db.call(decisions.accept, maya, second, SIGNED)
    quote = db.query(queries.get_quote, maya, shown.number)
    assert [one.decision for one in (quote.shown, *quote.earlier)] == [
        "Accepted on Monday, 2 November 2026, signed by Maya Chen.",
        "Changes asked for on Monday, 2 November 2026.",
    ]


def test_a_quote_can_be_accepted_until_its_last_day_ends(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    # The 16th of November ends in Sydney.
    end = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
    with frozen(end):
        before = database_snapshot(db)
        with pytest.raises(Conflict, match="has expired"):
            db.call(decisions.accept, maya, shown, SIGNED)
        assert database_snapshot(db) == before
        quote = db.query(queries.get_quote, maya, shown.number)
        assert (quote.status, quote.can_decide) == ("expired", False)
        assert quote.problem == "This quote has expired. Please ask us for a new one."
    with frozen(end - timedelta(seconds=1)):
        assert db.call(decisions.accept, maya, shown, SIGNED) == Accepted()


def test_an_expired_quote_gets_another_version(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    with frozen(NOW + timedelta(days=15)):
        assert expiry.close_expired(db) == 1
        assert expiry.close_expired(db) == 0
        second = answered(db, office, shown.number, 2)
        assert db.call(decisions.accept, maya, second, SIGNED) == Accepted()


def test_only_a_name_is_a_signature(db: Database, maya: Actor, office: Actor) -> None:
    shown = sent_quote(db, maya, office)
    before = database_snapshot(db)
    for signature in ("", "typed:", "typed:  ", "typed:" + "a" * 161, "typed:<b>"):
        with pytest.raises(InvalidInput) as refused:
            db.call(decisions.accept, maya, shown, signature)
        assert list(refused.value.fields) == ["signature"]
    with pytest.raises(InvalidInput) as refused:
        db.call(decisions.accept, maya, shown, "file:01UNKNOWN")
    assert refused.value.fields == {
        "signature": "Your signature was lost on the way. Please sign again."
    }
    assert database_snapshot(db) == before


def test_a_drawn_signature_is_kept_with_the_version(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    drawing = upload_file(db, maya, "signature")
    db.call(decisions.accept, maya, shown, f"file:{drawing.id}")
    version = db.query(queries.get_quote, maya, shown.number).shown
    assert version.signature_url == f"/api/files/{drawing.id}"
    assert version.decision.endswith("signed by Maya Chen.")
    by_link = db.query(queries.get_quote, Actor(), shown.number, link_secret(db))
    assert by_link.shown.signature_url == ""


def test_contacts_who_hear_of_quotes_are_told_that_there_is_one(
    db: Database, maya: Actor, office: Actor
) -> None:
    form = ContactForm(
        role="other",
        first_name="Tom",
        emails=(EmailEntry("tom@example.com", primary=True),),
        told_about=("quotes",),
    )
    contacts.add_contact(db, maya, form, "r1")
    with db.read() as tx:
        [mail] = tx.exec(select(OutboxMessage)).all()
    token = str(mail.payload["path"]).partition("token=")[2]
    db.call(contact_points.verify_contact_email, token)
    sent_quote(db, maya, office)
    with db.read() as tx:
        told = tx.exec(
            select(OutboxMessage).where(OutboxMessage.kind == "quote_told")
        ).one()
    assert told.recipient == "tom@example.com"
    assert sorted(told.payload) == ["contact", "customer", "service", "stop_path"]


def test_a_link_opens_one_quote_and_decides(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    stranger = Actor(address="198.18.0.1")
    secret = link_secret(db)
    other = db.call(new_customer, "noah@example.com")
    foreign = sent_quote(db, other, office)
    for number, link in (
        (shown.number, ""),
        (shown.number, "wrong"),
        (foreign.number, secret),
    ):
        with pytest.raises(NotFound):
            db.query(queries.get_quote, stranger, number, link)
    before = database_snapshot(db)
    quote = db.query(queries.get_quote, stranger, shown.number, secret)
    assert (quote.can_decide, quote.signed_in) == (True, False)
    assert database_snapshot(db) == before
    by_link = ShownVersion(shown.number, 1, secret)
    assert db.call(decisions.accept, stranger, by_link, SIGNED) == Accepted()
    with db.read() as tx:
        decision = tx.exec(select(QuoteDecision)).one()
    assert (decision.by_link, decision.account_id, decision.signed_name) == (
        True,
        None,
        "Maya Chen",
    )


def test_somebody_elses_quote_is_none(db: Database, maya: Actor, office: Actor) -> None:
    shown = sent_quote(db, maya, office)
    noah = db.call(new_customer, "noah@example.com")
    before = database_snapshot(db)
    with pytest.raises(NotFound):
        db.query(queries.get_quote, noah, shown.number)
    with pytest.raises(NotFound):
        db.call(decisions.accept, noah, shown, SIGNED)
    with pytest.raises(NotAllowed):
        db.query(queries.get_office_quote, noah, shown.number)
    with pytest.raises(NotAllowed):
        db.call(answers.send_answer, maya, shown.number, 1)
    assert database_snapshot(db) == before


def test_a_link_runs_out(db: Database, maya: Actor, office: Actor) -> None:
    shown = sent_quote(db, maya, office)
    secret = link_secret(db)
    stranger = Actor(audience=Audience.PUBLIC)
    with frozen(NOW + timedelta(days=46)), pytest.raises(NotFound):
        db.query(queries.get_quote, stranger, shown.number, secret)


def test_the_customer_is_warned_once_two_days_before(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    with frozen(NOW + timedelta(days=12)):
        assert expiry.warn_of_expiry(db) == 0
    with frozen(NOW + timedelta(days=13)):
        assert expiry.warn_of_expiry(db) == 1
        assert expiry.warn_of_expiry(db) == 0
        [row] = db.query(queries.office_quotes, office, "soon").rows
        assert (row.number, row.expires_soon) == (shown.number, True)
    assert _mails(db)[-1] == "quote_expires"
    with db.read() as tx:
        assert tx.exec(select(Quote.status)).one() == "sent"


def test_other_drafts_of_the_service_stay_apart(
    db: Database, maya: Actor, office: Actor
) -> None:
    shown = sent_quote(db, maya, office)
    db.call(decisions.accept, maya, shown, SIGNED)
    again = sent_quote(db, maya, office)
    assert db.call(decisions.accept, maya, again, SIGNED) == Accepted()


def test_nothing_is_booked_without_a_price(
    db: Database, maya: Actor, business: GardenBusiness
) -> None:
    draft = ready_draft(db, maya, slug="garden-makeover", answers={"size": "small"})
    before = database_snapshot(db)
    with pytest.raises(Conflict):
        confirmation.confirm(db, maya, draft.id, draft.shown)
    assert database_snapshot(db) == before
