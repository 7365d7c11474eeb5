"""The office books for a customer, by the customer's own wizard."""

from dataclasses import replace

import pytest
from sqlmodel import select

from portal_app.domain.bookings import (
    confirmation,
    draft_owners,
    drafts,
    office_view,
    on_behalf,
    queries,
)
from portal_app.domain.bookings.models import Booking, BookingDraft, BookingEvent
from portal_app.domain.customers import office_search
from portal_app.domain.customers.office_search import (
    FoundCustomerView,
    NewCustomerForm,
)
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.accounts import sent_messages
from tests.support.sample_business import CONTACT, HOME, NOW, TUESDAY_NINE
from tests.support.snapshots import database_snapshot

LEA = Actor(Audience.OFFICE, address="198.51.100.7")
READER = Actor(Audience.READER)
TOM = NewCustomerForm("Tom", "Reid", "tom@example.com", "0491 570 157")


def acting(db: Database, draft_id: str, who: Actor = LEA) -> Actor:
    return db.query(on_behalf.acting_for, who, draft_id)


def test_the_office_books_as_the_customer(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        draft_id = db.call(on_behalf.open_for, LEA, maya.customer_id, "dog-walk")
        lea = acting(db, draft_id)
        assert (lea.audience, lea.customer_id, lea.on_behalf) == (
            Audience.CUSTOMER,
            maya.customer_id,
            True,
        )
        assert db.query(on_behalf.booked_for, lea).name == "Maya Chen"
        assert db.query(on_behalf.booked_for, maya).name == ""
        db.call(drafts.choose_time, lea, draft_id, TUESDAY_NINE)
        db.call(drafts.choose_address, lea, draft_id, HOME)
        draft = db.call(drafts.choose_contact, lea, draft_id, CONTACT)
        number = confirmation.confirm(db, lea, draft_id, draft.shown)
        booking = db.query(queries.get_booking, maya, number)
        shown = db.query(office_view.office_booking, READER, number)
    assert {event.who for event in booking.history} == {"The office"}
    assert {event.who for event in shown.booking.history} == {"The office"}
    with db.read() as tx:
        events = tx.exec(select(BookingEvent)).all()
        assert {event.by for event in events} == {"office"}
        assert tx.exec(select(Booking.customer_id)).all() == [maya.customer_id]
    assert ("booking_confirmed", "maya@example.com") in sent_messages(db)


def test_the_customers_own_draft_is_another_one(db: Database, maya: Actor) -> None:
    with frozen(NOW):
        own = db.call(drafts.open_draft, maya, "dog-walk").id
        draft_id = db.call(on_behalf.open_for, LEA, maya.customer_id, "dog-walk")
        again = db.call(on_behalf.open_for, LEA, maya.customer_id, "dog-walk")
        assert (draft_id == again, draft_id != own) == (True, True)
        lea = acting(db, draft_id)
        for who, draft in ((maya, draft_id), (lea, own)):
            with pytest.raises(NotFound):
                db.query(drafts.get_draft, who, draft)
        # What a browser began is adopted in place of the customer's own alone.
        assert maya.account_id is not None
        visitor = Actor(visitor_hash="v" * 64)
        db.call(drafts.open_draft, visitor, "dog-walk")
        db.call(draft_owners.adopt_drafts, maya.account_id, "v" * 64)
    with db.read() as tx:
        rows = tx.exec(select(BookingDraft.id, BookingDraft.by_office)).all()
    assert (draft_id, True) in rows
    assert own not in [ident for ident, _ in rows]
    assert len(rows) == 2


def test_only_the_office_acts_and_only_with_its_own_drafts(
    db: Database, maya: Actor
) -> None:
    with frozen(NOW):
        own = db.call(drafts.open_draft, maya, "dog-walk").id
        draft_id = db.call(on_behalf.open_for, LEA, maya.customer_id, "dog-walk")
    for who in (READER, maya, Actor(), Actor(Audience.FIELDWORKER)):
        assert acting(db, draft_id, who) == who
    for named in ("", own, "nothing"):
        assert acting(db, named) == LEA
    before = database_snapshot(db)
    for who in (READER, maya):
        with pytest.raises(NotAllowed):
            db.call(on_behalf.open_for, who, maya.customer_id, "dog-walk")
    for customer, slug in (("nobody", "dog-walk"), (maya.customer_id, "nothing")):
        with pytest.raises(NotFound):
            db.call(on_behalf.open_for, LEA, customer, slug)
    assert database_snapshot(db) == before


def test_who_acts_for_a_customer_may_do_nothing_else() -> None:
    lea = replace(LEA, audience=Audience.CUSTOMER, customer_id="c", on_behalf=True)
    assert lea.may(frozenset({Audience.CUSTOMER, Audience.ON_BEHALF}))
    assert lea.may(frozenset({Audience.PUBLIC}))
    for one in set(Audience) - {Audience.ON_BEHALF, Audience.PUBLIC}:
        assert not lea.may(frozenset({one}))
    for who in (LEA, READER, Actor()):
        assert not who.may(frozenset({Audience.ON_BEHALF}))


def test_customers_are_found_and_written_down(db: Database, maya: Actor) -> None:
    tom_id = db.call(office_search.add_customer, LEA, TOM)
    tom = FoundCustomerView(tom_id, "Tom Reid", "tom@example.com", "0491 570 157")
    for asked in ("tom", "reid TOM", "tom@ex", "0491 570 157", "+61 491570157"):
        assert db.query(office_search.find_customers, LEA, asked) == [tom]
    assert db.query(office_search.found_customer, LEA, tom_id) == tom
    assert db.query(office_search.find_customers, LEA, "tom nobody") == []
    # Maya's sign-up was never proven: she is found once it is.
    assert db.query(office_search.find_customers, LEA, "maya") == []
    before = database_snapshot(db)
    assert db.call(office_search.add_customer, LEA, TOM) == tom_id
    with pytest.raises(InvalidInput) as refused:
        db.call(office_search.add_customer, LEA, replace(TOM, first_name="Tim"))
    assert refused.value.fields == {
        "email": "Tom Reid is a customer with this email already."
    }
    with pytest.raises(InvalidInput) as refused:
        db.call(office_search.add_customer, LEA, NewCustomerForm("", "", "x", "1"))
    assert set(refused.value.fields) == {"first_name", "email", "phone"}
    for who in (READER, maya):
        with pytest.raises(NotAllowed):
            db.call(office_search.add_customer, who, TOM)
        with pytest.raises(NotAllowed):
            db.query(office_search.find_customers, who, "tom")
    assert database_snapshot(db) == before
