"""Booking without an account, and who finds the booking."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.bookings import (
    confirmation,
    drafts,
    guest_bookings,
    queries,
)
from portal_app.domain.bookings.guest_bookings import GUESTS_BY_EMAIL
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers.models import Customer, Location
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, TooManyAttempts
from portal_app.kernel.ids import hash_secret
from tests.domain.bookings.test_visitors_drafts import (
    MINE,
    OTHERS,
    chosen_draft,
    redeemed,
)
from tests.support.accounts import outbox_messages
from tests.support.people import new_customer as new_person
from tests.support.sample_business import TUESDAY_NINE, create_sample_business
from tests.support.snapshots import database_snapshot

pytestmark = pytest.mark.usefixtures("monday_morning")

EMAIL = "gia@example.com"
GIA = BookingContactForm("Gia Rossi", EMAIL, "0491 570 156", details=None)


@pytest.fixture
def shop(db: Database) -> Database:
    db.call(create_sample_business)
    _switch(db, on=True)
    return db


def _switch(db: Database, *, on: bool) -> None:
    with db.write() as tx:
        tx.get_one(Business, 1).guests_may_book = on


def _ready(
    db: Database,
    who: Actor = MINE,
    email: str = EMAIL,
    starts_at: datetime = TUESDAY_NINE,
) -> DraftView:
    """A visitor's draft that waits to be confirmed."""
    draft = chosen_draft(db, who, starts_at=starts_at)
    db.call(drafts.choose_contact, who, draft, replace(GIA, email=email))
    notes = "The gate sticks."
    return db.call(drafts.answer_questions, who, draft, DetailsForm(), notes)


def _book(db: Database, draft: DraftView, who: Actor = MINE) -> str:
    shown = draft.shown
    return guest_bookings.confirm_as_guest(db, who, draft.id, shown).number


def test_a_guest_books_and_sees_that_booking_only(shop: Database) -> None:
    draft = _ready(shop)
    assert draft.steps == ["options", "address", "time", "contact", "questions"]
    assert draft.ready

    found = guest_bookings.confirm_as_guest(shop, MINE, draft.id, draft.shown)

    with shop.read() as tx:
        booking = tx.exec(select(Booking)).one()
        customer = tx.exec(select(Customer)).one()
        assert tx.exec(select(Location)).all() == []
    assert (booking.number, booking.customer_id) == (found.number, customer.id)
    assert (booking.contact_phone, booking.notes) == (
        "+61491570156",
        "The gate sticks.",
    )
    assert (customer.account_id, customer.first_name, customer.last_name) == (
        None,
        "Gia",
        "Rossi",
    )
    assert (customer.email, customer.phone) == (EMAIL, "")
    mail = next(m for m in outbox_messages(shop) if m.kind == "booking_confirmed")
    assert (mail.recipient, mail.payload["number"]) == (EMAIL, found.number)
    assert mail.payload["path"].startswith("/login/booking?link=")
    signed_in = shop.call(accounts.redeem_ticket, MINE, found.ticket, ())
    guest = shop.query(
        session_lookup.resolve_actor, hash_secret(signed_in.secret), "", ""
    )
    assert (guest.audience, guest.booking_id) == (Audience.GUEST, booking.id)
    assert shop.query(queries.get_booking, guest, found.number).number == found.number


def test_a_second_click_is_the_same_booking_and_a_new_visit_a_new_draft(
    shop: Database,
) -> None:
    draft = _ready(shop)
    assert _book(shop, draft) == _book(shop, draft)
    again = drafts.open_visitor_draft(shop, MINE, "home-clean")
    assert (again.id == draft.id, again.done) == (False, ["options"])
    with shop.read() as tx:
        assert len(tx.exec(select(Booking)).all()) == 1
        assert len(tx.exec(select(BookingDraft)).all()) == 2


def test_where_guests_may_not_book_nothing_happens(shop: Database) -> None:
    draft = _ready(shop)
    _switch(shop, on=False)
    assert not shop.query(drafts.guests_are_welcome, MINE, draft.id)
    before = database_snapshot(shop)
    for step in (
        lambda: shop.call(drafts.choose_contact, MINE, draft.id, GIA),
        lambda: confirmation.confirm(shop, MINE, draft.id, draft.shown),
    ):
        with pytest.raises(NotAllowed) as refused:
            step()
        assert refused.value.message == "Please sign up or log in to book this."
    assert database_snapshot(shop) == before


def test_a_service_that_needs_a_file_needs_an_account(shop: Database) -> None:
    draft = chosen_draft(shop)
    with shop.read() as tx:
        service = tx.exec(select(Service).where(Service.slug == "home-clean")).one()
    photo = Definition(key="photo", name="Photo", kind="file", required=True)
    scope = schema.service_scope(service.id)
    shop.call(schema.define_fields, SYSTEM, scope, [photo])
    assert not shop.query(drafts.guests_are_welcome, MINE, draft)
    optional = replace(photo, required=False)
    shop.call(schema.define_fields, SYSTEM, scope, [optional])
    assert shop.query(drafts.guests_are_welcome, MINE, draft)
    # It is asked of those who can answer it.
    assert shop.query(drafts.questions_form, MINE, draft).fields == []


def test_required_answers_are_asked_of_guests_too(shop: Database) -> None:
    draft = _ready(shop)
    with shop.read() as tx:
        service = tx.exec(select(Service).where(Service.slug == "home-clean")).one()
    door = Definition(key="door", name="Door code", required=True)
    scope = schema.service_scope(service.id)
    shop.call(schema.define_fields, SYSTEM, scope, [door])
    with pytest.raises(InvalidInput) as refused:
        confirmation.confirm(shop, MINE, draft.id, draft.shown)
    assert list(refused.value.fields) == ["questions"]
    form = DetailsForm(answers={"door": "1234"})
    ready = shop.call(drafts.answer_questions, MINE, draft.id, form, "")
    assert _book(shop, ready)


def test_an_email_with_an_account_is_neither_told_nor_changed(shop: Database) -> None:
    person = new_person(shop, "Victoria")
    with shop.read() as tx:
        owner = tx.exec(select(Customer)).one().model_dump()
    number = _book(shop, _ready(shop, email=person.email))
    with shop.read() as tx:
        customers = {row.id: row.model_dump() for row in tx.exec(select(Customer))}
        booking = tx.exec(select(Booking)).one()
    assert customers[owner["id"]] == owner
    assert booking.customer_id != owner["id"]

    who = redeemed(shop, person, "")
    assert who.customer_id == owner["id"]
    assert shop.query(queries.get_booking, who, number).number == number
    with shop.read() as tx:
        assert tx.exec(select(Customer)).one().model_dump() == owner


def test_one_email_gets_so_many_bookings_an_hour(shop: Database) -> None:
    draft = _ready(shop)
    for _ in range(GUESTS_BY_EMAIL.attempts):
        _book(shop, draft)
    theirs = _ready(shop, OTHERS, starts_at=TUESDAY_NINE + timedelta(days=1))
    before = len(outbox_messages(shop))
    with pytest.raises(TooManyAttempts):
        _book(shop, theirs, OTHERS)
    assert len(outbox_messages(shop)) == before
    with shop.read() as tx:
        assert len(tx.exec(select(Booking)).all()) == 1
