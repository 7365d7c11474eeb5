from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.customers.rules import (
    MAX_CONTACTS,
    ContactForm,
    EmailEntry,
    PhoneEntry,
)
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.domain.customers.test_profiles import secrets_sent
from tests.support.accounts import (
    run_concurrently,
    sent_messages,
    snapshot_without_logs,
)

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


def test_a_contact_is_stored_with_role_and_rights(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
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
    db.call(contact_points.verify_contact_email, secrets_sent(db)["tom@example.com"])
    (view,) = db.query(contacts.list_contacts, her)
    assert [email.verified for email in view.emails] == [True, False]


def test_a_repeated_request_adds_one(db: Database, her: Actor) -> None:
    add = partial(contacts.add_contact, db, her, TOM, "r1")
    run_concurrently(add, add)
    add()
    assert len(db.query(contacts.list_contacts, her)) == 1
    assert len(sent_messages(db)) == 2


def test_changing_sends_a_mail_to_new_emails_only(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
    emails = (EmailEntry("tom@example.com", True), EmailEntry("third@example.com"))
    form = replace(TOM, role="assistant", emails=emails, phones=())
    contacts.update_contact(db, her, view.id, form, view.version)
    (view,) = db.query(contacts.list_contacts, her)
    assert (view.role, view.version, view.phones) == ("assistant", 2, [])
    assert [(email.email, email.primary) for email in view.emails] == [
        ("tom@example.com", True),
        ("third@example.com", False),
    ]
    assert len(sent_messages(db)) == 3


def test_the_second_save_gets_an_edit_conflict(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
    contacts.update_contact(db, her, view.id, replace(TOM, first_name="Tim"), 1)
    before = snapshot_without_logs(db)
    with pytest.raises(EditConflict) as refused:
        contacts.update_contact(db, her, view.id, replace(TOM, may=("view",)), 1)
    assert refused.value.changes == [
        Change("first_name", "First name", "Tom", "Tim"),
        Change("may", "May", "See bookings", "Book appointments"),
    ]
    assert snapshot_without_logs(db) == before


def test_every_wrong_field_is_named(db: Database, her: Actor) -> None:
    before = snapshot_without_logs(db)
    form = replace(TOM, role="boss", first_name="", emails=(), phones=())
    with pytest.raises(InvalidInput) as refused:
        contacts.add_contact(db, her, form, "r1")
    assert refused.value.fields == {
        "role": "Please choose a role.",
        "first_name": "Please enter the first name.",
        "emails.0": "Please enter an email for what they are told about.",
    }
    with pytest.raises(InvalidInput) as refused:
        contacts.add_contact(
            db, her, replace(TOM, emails=(), phones=(), told_about=()), "r1"
        )
    assert refused.value.fields == {
        "emails.0": "Please enter an email or a phone number."
    }
    assert snapshot_without_logs(db) == before


def test_contacts_are_ordered_and_removed(db: Database, her: Actor) -> None:
    for number, name in enumerate(("Tom", "Ann", "Eve")):
        form = replace(TOM, first_name=name, emails=(), told_about=())
        contacts.add_contact(db, her, form, f"r{number}")
    tom, ann, eve = [view.id for view in db.query(contacts.list_contacts, her)]
    db.call(contacts.order_contacts, her, [eve, "missing", tom])
    names = [view.first_name for view in db.query(contacts.list_contacts, her)]
    assert names == ["Eve", "Tom", "Ann"]
    db.call(contacts.remove_contact, her, tom)
    db.call(contacts.remove_contact, her, tom)
    names = [view.first_name for view in db.query(contacts.list_contacts, her)]
    assert names == ["Eve", "Ann"]
    assert ann != eve


def test_contacts_of_others_are_not_found(db: Database, her: Actor, him: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
    before = snapshot_without_logs(db)
    answers = []
    for contact_id in (view.id, "missing"):
        with pytest.raises(NotFound) as refused:
            contacts.update_contact(db, him, contact_id, TOM, 1)
        answers.append(refused.value.message)
        with pytest.raises(NotFound) as refused:
            db.call(contacts.remove_contact, him, contact_id)
        answers.append(refused.value.message)
        db.call(contacts.order_contacts, him, [contact_id])
    assert answers[:2] == answers[2:]
    assert db.query(contacts.list_contacts, him) == []
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("actor", [SYSTEM, Actor(), Actor(audience=Audience.GUEST)])
def test_only_customers_have_contacts(db: Database, her: Actor, actor: Actor) -> None:
    before = snapshot_without_logs(db)
    for attempt in (
        lambda: db.query(contacts.list_contacts, actor),
        lambda: contacts.add_contact(db, actor, TOM, "r1"),
        lambda: contacts.update_contact(db, actor, "x", TOM, 1),
        lambda: db.call(contacts.remove_contact, actor, "x"),
        lambda: db.call(contacts.restore_contact, actor, "x"),
        lambda: db.call(contacts.order_contacts, actor, []),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert snapshot_without_logs(db) == before


def test_the_number_of_contacts_is_limited(db: Database, her: Actor) -> None:
    form = replace(TOM, emails=(), told_about=())
    for number in range(MAX_CONTACTS):
        contacts.add_contact(db, her, form, f"r{number}")
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        contacts.add_contact(db, her, form, "more")
    assert snapshot_without_logs(db) == before


def test_restoring_keeps_all_rights(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    contacts.add_contact(db, her, replace(TOM, first_name="Ann"), "r2")
    db.call(contact_points.verify_contact_email, secrets_sent(db)["tom@example.com"])
    before = db.query(contacts.list_contacts, her)
    db.call(contacts.remove_contact, her, before[0].id)
    assert db.query(contacts.list_contacts, her) == before[1:]
    for _ in range(2):
        db.call(contacts.restore_contact, her, before[0].id)
    back = db.query(contacts.list_contacts, her)
    assert [replace(view, version=1) for view in back] == before
    assert len(sent_messages(db)) == 4


def test_the_email_of_a_removed_contact_cannot_be_verified(
    db: Database, her: Actor
) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
    secret = secrets_sent(db)["tom@example.com"]
    db.call(contacts.remove_contact, her, view.id)
    before = (snapshot_without_logs(db), sent_messages(db))
    with pytest.raises(LinkInvalid):
        db.call(contact_points.verify_contact_email, secret)
    with pytest.raises(NotFound):
        contact_points.resend_verification(db, her, view.emails[0].id)
    with pytest.raises(NotFound):
        contacts.update_contact(db, her, view.id, TOM, view.version)
    assert (snapshot_without_logs(db), sent_messages(db)) == before


def test_removed_contacts_are_purged_after_a_day(db: Database, her: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    contacts.add_contact(db, her, replace(TOM, first_name="Ann"), "r2")
    tom, ann = db.query(contacts.list_contacts, her)
    with frozen(NOW):
        db.call(contacts.remove_contact, her, tom.id)
    with frozen(NOW + timedelta(days=1)):
        assert db.call(contacts.purge) == 0
    with frozen(NOW + timedelta(days=1, microseconds=1)):
        assert db.call(contacts.purge) == 1
        assert db.call(contacts.purge) == 0
    with pytest.raises(NotFound):
        db.call(contacts.restore_contact, her, tom.id)
    assert db.query(contacts.list_contacts, her) == [ann]


def test_others_cannot_restore_a_contact(db: Database, her: Actor, him: Actor) -> None:
    contacts.add_contact(db, her, TOM, "r1")
    (view,) = db.query(contacts.list_contacts, her)
    db.call(contacts.remove_contact, her, view.id)
    before = snapshot_without_logs(db)
    answers = []
    for contact_id in (view.id, "missing"):
        with pytest.raises(NotFound) as refused:
            db.call(contacts.restore_contact, him, contact_id)
        answers.append(refused.value.message)
    assert answers[0] == answers[1]
    assert snapshot_without_logs(db) == before


def test_restoring_respects_the_limit(db: Database, her: Actor) -> None:
    form = replace(TOM, emails=(), told_about=())
    for number in range(MAX_CONTACTS):
        contacts.add_contact(db, her, form, f"r{number}")
    first = db.query(contacts.list_contacts, her)[0]
    db.call(contacts.remove_contact, her, first.id)
    contacts.add_contact(db, her, form, "more")
    before = snapshot_without_logs(db)
    with pytest.raises(Conflict):
        db.call(contacts.restore_contact, her, first.id)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("may", [("view",), ("view", "book")])
def test_who_sees_bookings_needs_an_email_for_the_links(
    db: Database, her: Actor, may: tuple[str, ...]
) -> None:
    form = replace(TOM, emails=(), told_about=(), may=may)
    before = snapshot_without_logs(db)
    with pytest.raises(InvalidInput) as refused:
        contacts.add_contact(db, her, form, "r1")
    assert refused.value.fields == {
        "emails.0": "Please enter an email: the link to a booking is sent to it."
    }
    assert snapshot_without_logs(db) == before
    contacts.add_contact(db, her, replace(form, may=("book",)), "r1")
    assert len(db.query(contacts.list_contacts, her)) == 1
