from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import channels, contacts
from portal_app.domain.customers.contact_rules import (
    MAX_CONTACTS,
    ContactForm,
    EmailEntry,
    PhoneEntry,
)
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.domain.customers.test_profiles import secrets_sent
from tests.support.accounts import at_once, sent, stored

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TOM = ContactForm(
    role="partner",
    first_name="Tom",
    last_name="Chen",
    other_names=("Tommy",),
    emails=(EmailEntry("tom@example.com"), EmailEntry("t@work.example.com", True)),
    phones=(PhoneEntry("0412 345 679"),),
    told_about=("quotes", "booking_updates", "nonsense"),
    may=("book",),
)


def test_a_contact_is_kept_with_role_and_rights(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    assert (view.name, view.role_name, view.other_names) == (
        "Tom Chen",
        "Partner",
        ["Tommy"],
    )
    assert [(e.email, e.primary, e.verified) for e in view.emails] == [
        ("tom@example.com", False, False),
        ("t@work.example.com", True, False),
    ]
    assert [phone.text for phone in view.phones] == ["0412 345 679"]
    assert (view.told_about_text, view.may_text) == (
        "Booking updates, Quotes",
        "Book appointments",
    )
    assert sorted(secrets_sent(db)) == ["t@work.example.com", "tom@example.com"]
    db.call(channels.confirm, secrets_sent(db)["tom@example.com"])
    (view,) = db.query(contacts.contacts, her)
    assert [email.verified for email in view.emails] == [True, False]


def test_a_repeated_request_adds_one(db: Database, her: Actor) -> None:
    add = partial(contacts.add_contact, db, her, TOM, "r1")
    at_once(add, add)
    add()
    assert len(db.query(contacts.contacts, her)) == 1
    assert len(sent(db)) == 2


def test_changing_sends_a_mail_to_new_emails_only(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    emails = (EmailEntry("tom@example.com", True), EmailEntry("third@example.com"))
    form = replace(TOM, role="assistant", emails=emails, phones=())
    contacts.save_contact(db, her, view.id, form, view.version)
    (view,) = db.query(contacts.contacts, her)
    assert (view.role, view.version, view.phones) == ("assistant", 2, [])
    assert [(email.email, email.primary) for email in view.emails] == [
        ("tom@example.com", True),
        ("third@example.com", False),
    ]
    assert len(sent(db)) == 3


def test_who_saves_second_is_shown_what_differs(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    contacts.save_contact(db, her, view.id, replace(TOM, first_name="Tim"), 1)
    before = stored(db)
    with pytest.raises(ChangedMeanwhile) as refused:
        contacts.save_contact(db, her, view.id, replace(TOM, may=("view",)), 1)
    assert refused.value.changes == [
        Change("first_name", "First name", "Tom", "Tim"),
        Change("may", "May", "See bookings", "Book appointments"),
    ]
    assert stored(db) == before


def test_every_wrong_field_is_named(db: Database, her: Actor) -> None:
    before = stored(db)
    form = replace(TOM, role="boss", first_name="", emails=(), phones=())
    with pytest.raises(InvalidInput) as refused:
        contacts.add_contact(db, her, form, "r1")
    assert refused.value.fields == {
        "role": "Please choose a role.",
        "first_name": "Please enter the first name.",
        "emails.0": "Please enter an e-mail for what they are told about.",
    }
    with pytest.raises(InvalidInput) as refused:
        contacts.add_contact(
            db, her, replace(TOM, emails=(), phones=(), told_about=()), "r1"
        )
    assert refused.value.fields == {
        "emails.0": "Please enter an e-mail or a phone number."
    }
    assert stored(db) == before


def test_contacts_are_ordered_and_removed(db: Database, her: Actor) -> None:
    for number, name in enumerate(("Tom", "Ann", "Eve")):
        form = replace(TOM, first_name=name, emails=(), told_about=())
        contacts.add_contact(db, her, form, f"r{number}")
    tom, ann, eve = [view.id for view in db.query(contacts.contacts, her)]
    db.call(contacts.order_contacts, her, [eve, "missing", tom])
    names = [view.first_name for view in db.query(contacts.contacts, her)]
    assert names == ["Eve", "Tom", "Ann"]
    db.call(contacts.remove_contact, her, tom)
    db.call(contacts.remove_contact, her, tom)
    names = [view.first_name for view in db.query(contacts.contacts, her)]
    assert names == ["Eve", "Ann"]
    assert ann != eve


def test_contacts_of_others_are_as_if_they_were_not(
    db: Database, her: Actor, him: Actor
) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    before = stored(db)
    answers = []
    for contact_id in (view.id, "missing"):
        with pytest.raises(NotFound) as refused:
            contacts.save_contact(db, him, contact_id, TOM, 1)
        answers.append(refused.value.message)
        with pytest.raises(NotFound) as refused:
            db.call(contacts.remove_contact, him, contact_id)
        answers.append(refused.value.message)
        db.call(contacts.order_contacts, him, [contact_id])
    assert answers[:2] == answers[2:]
    assert db.query(contacts.contacts, him) == []
    assert stored(db) == before


@pytest.mark.parametrize("actor", [SYSTEM, Actor(), Actor(audience=Audience.GUEST)])
def test_only_customers_have_contacts(db: Database, her: Actor, actor: Actor) -> None:
    before = stored(db)
    for attempt in (
        lambda: db.query(contacts.contacts, actor),
        lambda: contacts.add_contact(db, actor, TOM, "r1"),
        lambda: contacts.save_contact(db, actor, "x", TOM, 1),
        lambda: db.call(contacts.remove_contact, actor, "x"),
        lambda: db.call(contacts.restore_contact, actor, "x"),
        lambda: db.call(contacts.order_contacts, actor, []),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert stored(db) == before


def test_no_more_contacts_than_fit(db: Database, her: Actor) -> None:
    form = replace(TOM, emails=(), told_about=())
    for number in range(MAX_CONTACTS):
        contacts.add_contact(db, her, form, f"r{number}")
    before = stored(db)
    with pytest.raises(Conflict):
        contacts.add_contact(db, her, form, "more")
    assert stored(db) == before


def test_a_removal_is_taken_back_whole(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    contacts.add_contact(db, her, replace(TOM, first_name="Ann"), "r2")
    db.call(channels.confirm, secrets_sent(db)["tom@example.com"])
    before = db.query(contacts.contacts, her)
    db.call(contacts.remove_contact, her, before[0].id)
    assert db.query(contacts.contacts, her) == before[1:]
    for _ in range(2):
        db.call(contacts.restore_contact, her, before[0].id)
    back = db.query(contacts.contacts, her)
    assert [replace(view, version=1) for view in back] == before
    assert len(sent(db)) == 4


def test_a_removed_contact_s_e_mail_is_confirmed_no_more(
    db: Database, her: Actor
) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    secret = secrets_sent(db)["tom@example.com"]
    db.call(contacts.remove_contact, her, view.id)
    before = (stored(db), sent(db))
    with pytest.raises(LinkInvalid):
        db.call(channels.confirm, secret)
    with pytest.raises(NotFound):
        channels.send_again(db, her, view.emails[0].id)
    with pytest.raises(NotFound):
        contacts.save_contact(db, her, view.id, TOM, view.version)
    assert (stored(db), sent(db)) == before


def test_a_removed_contact_is_forgotten_after_a_day(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    contacts.add_contact(db, her, replace(TOM, first_name="Ann"), "r2")
    tom, ann = db.query(contacts.contacts, her)
    with frozen(NOW):
        db.call(contacts.remove_contact, her, tom.id)
    with frozen(NOW + timedelta(days=1)):
        assert db.call(contacts.purge) == 0
    with frozen(NOW + timedelta(days=1, microseconds=1)):
        assert db.call(contacts.purge) == 1
        assert db.call(contacts.purge) == 0
    with pytest.raises(NotFound):
        db.call(contacts.restore_contact, her, tom.id)
    assert db.query(contacts.contacts, her) == [ann]


def test_others_cannot_take_a_removal_back(
    db: Database, her: Actor, him: Actor
) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.contacts, her)
    db.call(contacts.remove_contact, her, view.id)
    before = stored(db)
    answers = []
    for contact_id in (view.id, "missing"):
        with pytest.raises(NotFound) as refused:
            db.call(contacts.restore_contact, him, contact_id)
        answers.append(refused.value.message)
    assert answers[0] == answers[1]
    assert stored(db) == before


def test_a_removal_is_not_taken_back_where_there_is_no_room(
    db: Database, her: Actor
) -> None:
    form = replace(TOM, emails=(), told_about=())
    for number in range(MAX_CONTACTS):
        contacts.add_contact(db, her, form, f"r{number}")
    first = db.query(contacts.contacts, her)[0]
    db.call(contacts.remove_contact, her, first.id)
    contacts.add_contact(db, her, form, "more")
    before = stored(db)
    with pytest.raises(Conflict):
        db.call(contacts.restore_contact, her, first.id)
    assert stored(db) == before
