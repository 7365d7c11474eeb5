"""Who hears of a booking, and what: the customer, the office, the contacts."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.bookings import confirmation, drafts, guests, queries
from portal_app.domain.bookings.rules import notified_text
from portal_app.domain.customers import contacts, locations
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from tests.support.accounts import (
    STRANGER,
    outbox_messages,
    redeem_ticket,
    resolve_session,
    run_concurrently,
    snapshot_without_logs,
)
from tests.support.contacts import ANN, TOM, add_contact
from tests.support.sample_business import (
    CONTACT,
    HOME,
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)
from tests.support.statements import statements_of

pytestmark = [
    pytest.mark.each_database,
    pytest.mark.usefixtures("monday_morning"),
]

WITHOUT_VIEW = replace(TOM, may=())


def book(db: Database, actor: Actor, email: str = CONTACT.email) -> str:
    draft = ready_draft(db, actor)
    if email != CONTACT.email:
        contact = replace(CONTACT, email=email)
        draft = db.call(drafts.choose_contact, actor, draft.id, contact)
    return confirmation.confirm(db, actor, draft.id, draft.shown)


def notified(db: Database) -> dict[str, dict[str, Any]]:
    """What each contact was sent."""
    return {
        mail.recipient: mail.payload
        for mail in outbox_messages(db)
        if mail.kind == "booking_told"
    }


def secret_of(db: Database, recipient: str) -> str:
    return str(notified(db)[recipient]["path"]).partition("link=")[2]


def test_a_contact_reads_service_day_and_time_and_nothing_else(
    db: Database, maya: Actor
) -> None:
    add_contact(db, maya, WITHOUT_VIEW)
    book(db, maya)
    payload = notified(db)["tom@example.com"]
    assert payload.pop("stop_path").startswith("/stop-mails?token=")
    assert payload == {
        "customer": "Maya Chen",
        "contact": "Tom Chen",
        "service": "Dog walk",
        "day": "Tuesday, 3 November 2026",
        "time": "9:00\u202fam – 9:30\u202fam",
    }
    assert [link.contact for link in db.query(guests.booking_links, maya)] == [""]


def test_a_contact_who_may_see_bookings_gets_a_link_of_their_own(
    db: Database, maya: Actor
) -> None:
    add_contact(db, maya)
    add_contact(db, maya, replace(ANN, may=("view",)))
    number = book(db, maya)
    secrets = [secret_of(db, one) for one in ("tom@example.com", "ann@example.com")]
    assert notified(db)["tom@example.com"]["number"] == number
    tom, ann = (
        redeem_ticket(db, guests.open_link(db, STRANGER, secret).ticket)
        for secret in secrets
    )
    for guest in (tom, ann):
        assert guest.audience is Audience.GUEST
        assert db.query(queries.get_booking, guest, number).number == number
    links = {one.contact: one for one in db.query(guests.booking_links, maya)}
    assert set(links) == {"", "Tom Chen", "Ann"}
    db.call(guests.switch_off_link, maya, links["Tom Chen"].id)
    with pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, secrets[0])
    assert guests.open_link(db, STRANGER, secrets[1]).number == number


def test_more_contacts_take_no_more_statements(db: Database, maya: Actor) -> None:
    counts = []
    for form, hours in ((TOM, 0), (replace(ANN, may=("view",)), 1)):
        add_contact(db, maya, form)
        draft = ready_draft(db, maya, starts_at=TUESDAY_NINE + timedelta(hours=hours))
        home = db.call(locations.save_location, maya, HOME)
        draft = db.call(drafts.choose_location, maya, draft.id, home)
        with statements_of(db) as executed:
            confirmation.confirm(db, maya, draft.id, draft.shown)
        counts.append(len(executed))
    assert counts[0] == counts[1] <= 24
    assert len(notified(db)) == 2


@pytest.mark.parametrize("by", ["removing", "no longer letting them view"])
def test_contact_link_ends_with_the_permission(
    db: Database, maya: Actor, by: str
) -> None:
    tom = add_contact(db, maya)
    number = book(db, maya)
    secret = secret_of(db, "tom@example.com")
    ticket = guests.open_link(db, STRANGER, secret).ticket
    cookie = db.call(accounts.redeem_ticket, STRANGER, ticket).secret
    pending = guests.open_link(db, STRANGER, secret).ticket
    assert resolve_session(db, cookie).audience is Audience.GUEST

    if by == "removing":
        db.call(contacts.remove_contact, maya, tom)
    else:
        contacts.update_contact(db, maya, tom, WITHOUT_VIEW, 1)
    before = snapshot_without_logs(db)
    assert resolve_session(db, cookie).audience is Audience.PUBLIC
    with pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, secret)
    assert snapshot_without_logs(db) == before
    assert redeem_ticket(db, pending).audience is Audience.PUBLIC
    links = {one.contact: one.active for one in db.query(guests.booking_links, maya)}
    assert links == {"": True, "Tom Chen": False}

    if by == "removing":
        db.call(contacts.restore_contact, maya, tom)
    else:
        contacts.update_contact(db, maya, tom, TOM, 2)
    assert guests.open_link(db, STRANGER, secret).number == number
    assert resolve_session(db, cookie).audience is Audience.GUEST


def test_a_link_that_was_switched_off_stays_off_when_its_contact_comes_back(
    db: Database, maya: Actor
) -> None:
    tom = add_contact(db, maya)
    book(db, maya)
    of_tom = next(one for one in db.query(guests.booking_links, maya) if one.contact)
    db.call(guests.switch_off_link, maya, of_tom.id)
    db.call(contacts.remove_contact, maya, tom)
    db.call(contacts.restore_contact, maya, tom)
    with pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, secret_of(db, "tom@example.com"))


def test_contacts_that_are_not_notified(db: Database, maya: Actor) -> None:
    """Not those told of other things, not confirmed, or removed."""
    add_contact(db, maya, replace(TOM, told_about=("invoices", "quotes")))
    add_contact(db, maya, ANN, confirmed=False)
    eve = replace(ANN, first_name="Eve", emails=(EmailEntry("eve@example.com"),))
    db.call(contacts.remove_contact, maya, add_contact(db, maya, eve))
    number = book(db, maya)
    assert notified(db) == {}
    (event,) = db.query(queries.get_booking, maya, number).history
    assert event.told == ""


def test_contact_who_gets_the_confirmation_gets_no_second_mail(
    db: Database, maya: Actor
) -> None:
    """By whichever of their emails the booking was made."""
    emails = (EmailEntry("tom@example.com"), EmailEntry("t@work.example.com", True))
    add_contact(db, maya, replace(TOM, emails=emails))
    add_contact(db, maya, ANN)
    book(db, maya, email="tom@example.com")
    to = [
        (mail.kind, mail.recipient)
        for mail in outbox_messages(db)
        if "booking" in mail.kind
    ]
    assert sorted(to) == [
        ("booking_confirmed", "tom@example.com"),
        ("booking_received", "hello@brightside.example"),
        ("booking_told", "ann@example.com"),
    ]


def test_concurrent_confirmations_notify_everybody_once(
    db: Database, maya: Actor
) -> None:
    add_contact(db, maya)
    add_contact(db, maya, ANN)
    draft = ready_draft(db, maya)
    again = partial(confirmation.confirm, db, maya, draft.id, draft.shown)
    first, second = run_concurrently(again, again)
    assert first == second == again()
    booked = [mail for mail in outbox_messages(db) if mail.kind.startswith("booking")]
    assert len(booked) == 4
    assert len({mail.dedupe_key for mail in booked}) == 4


def test_history_shows_the_customer_who_was_notified(db: Database, maya: Actor) -> None:
    add_contact(db, maya)
    add_contact(db, maya, ANN)
    number = book(db, maya)
    (event,) = db.query(queries.get_booking, maya, number).history
    assert event.told == "Tom Chen and Ann were told by email."
    guest = redeem_ticket(
        db, guests.open_link(db, STRANGER, secret_of(db, "tom@example.com")).ticket
    )
    (event,) = db.query(queries.get_booking, guest, number).history
    assert event.told == ""


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["Tom"], "Tom was told by email."),
        (["Tom", "Ann"], "Tom and Ann were told by email."),
        (["Tom", "Ann", "Eve"], "Tom, Ann and Eve were told by email."),
    ],
)
def test_names_in_a_sentence(names: list[str], text: str) -> None:
    assert notified_text(names) == text


def test_the_office_reads_who_may_speak_for_the_customer(
    db: Database, maya: Actor
) -> None:
    add_contact(db, maya, replace(TOM, may=("book",)))
    add_contact(db, maya, replace(ANN, may=("view", "book")), confirmed=False)
    add_contact(
        db, maya, replace(TOM, first_name="Eve", phones=(PhoneEntry("0412 345 670"),))
    )
    book(db, maya)
    (mail,) = (mail for mail in outbox_messages(db) if mail.kind == "booking_received")
    assert mail.payload["speakers"] == [
        {"who": "Tom Chen, Partner", "phone": "0412 345 679"},
        {"who": "Ann, Receptionist", "phone": ""},
    ]
    (mail,) = (mail for mail in outbox_messages(db) if mail.kind == "booking_confirmed")
    assert "speakers" not in mail.payload


def test_contacts_of_other_customers_are_not_notified(
    db: Database, maya: Actor
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    add_contact(db, noah)
    book(db, maya)
    assert notified(db) == {}
