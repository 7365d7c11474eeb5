"""What contacts are told about and may do, and how they stop the mails to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points, contacts
from portal_app.domain.customers.contacts import (
    BOOK,
    VIEW,
    AuthorisedContact,
    active_contacts,
    has_right,
)
from portal_app.domain.customers.rules import EmailEntry, PhoneEntry
from portal_app.domain.customers.views import EmailView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import snapshot_without_logs
from tests.support.contacts import (
    ANN,
    TOM,
    add_contact,
    confirm_email,
    confirmation_secret,
)
from tests.support.statements import statements_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def told(db: Database, actor: Actor, topic: str = "booking_updates") -> list[str]:
    assert actor.customer_id is not None
    found = db.query(active_contacts, actor.customer_id).to_notify(topic)
    return [f"{one.name} <{one.email}>" for one in found]


def email_of(db: Database, actor: Actor) -> EmailView:
    (view,) = db.query(contacts.list_contacts, actor)
    (email,) = view.emails
    return email


def test_contacts_to_notify_are_in_the_customers_order(
    db: Database, her: Actor, him: Actor
) -> None:
    tom = add_contact(db, her, replace(TOM, told_about=("booking_updates", "quotes")))
    ann = add_contact(db, her, replace(ANN, told_about=("invoices", "booking_updates")))
    add_contact(db, him, replace(TOM, emails=(EmailEntry("of-him@example.com"),)))
    assert told(db, her) == ["Tom Chen <tom@example.com>", "Ann <ann@example.com>"]
    assert told(db, her, "quotes") == ["Tom Chen <tom@example.com>"]
    assert told(db, her, "invoices") == ["Ann <ann@example.com>"]
    db.call(contacts.order_contacts, her, [ann, tom])
    assert told(db, her) == ["Ann <ann@example.com>", "Tom Chen <tom@example.com>"]


def test_contacts_are_read_in_one_query(db: Database, her: Actor) -> None:
    for form in (TOM, ANN):
        add_contact(db, her, form)
    assert her.customer_id is not None
    with statements_of(db) as asked_for:
        found = db.query(active_contacts, her.customer_id)
    assert len(found.to_notify("booking_updates")) == 2
    assert len(asked_for) == 1


def test_only_verified_emails_are_notified(db: Database, her: Actor) -> None:
    work, home = EmailEntry("t@work.example.com", True), EmailEntry("tom@example.com")
    add_contact(db, her, replace(TOM, emails=(home, work)), confirmed=False)
    assert told(db, her) == []
    confirm_email(db, "tom@example.com")
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    confirm_email(db, "t@work.example.com")
    assert told(db, her) == ["Tom Chen <t@work.example.com>"]


def test_a_removed_contact_is_not_notified_until_restored(
    db: Database, her: Actor, him: Actor
) -> None:
    tom = add_contact(db, her, replace(TOM, may=("view", "book")))
    assert her.customer_id is not None
    assert db.query(has_right, tom, VIEW)
    db.call(contacts.remove_contact, her, tom)
    assert told(db, her) == []
    assert db.query(active_contacts, her.customer_id).authorised() == []
    assert [db.query(has_right, tom, right) for right in (VIEW, BOOK)] == [False] * 2
    db.call(contacts.restore_contact, her, tom)
    db.call(contacts.restore_contact, her, tom)
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    assert db.query(has_right, tom, VIEW)


def test_authorised_contacts(db: Database, her: Actor) -> None:
    assert her.customer_id is not None
    phones = (PhoneEntry("0412 345 678"), PhoneEntry("0412 345 679", primary=True))
    add_contact(db, her, replace(TOM, may=("view", "book"), phones=phones))
    add_contact(db, her, replace(ANN, may=("book",)), confirmed=False)
    add_contact(
        db,
        her,
        replace(
            ANN,
            first_name="Eve",
            emails=(),
            told_about=(),
            phones=(PhoneEntry("0412 345 670"),),
        ),
    )
    with statements_of(db) as asked_for:
        found = db.query(active_contacts, her.customer_id).authorised()
    assert found == [
        AuthorisedContact("Tom Chen", "Partner", "+61412345679"),
        AuthorisedContact("Ann", "Receptionist", ""),
    ]
    assert len(asked_for) == 1


def stop_secret(db: Database, actor: Actor) -> str:
    email_id = email_of(db, actor).id
    return db.call(contact_points.create_stop_link, email_id).partition("token=")[2]


def test_a_recipient_can_stop_mails(db: Database, her: Actor) -> None:
    add_contact(db, her)
    first = confirmation_secret(db, "tom@example.com")
    secret = stop_secret(db, her)
    assert db.call(contact_points.stop_mails, secret) == "tom@example.com"
    before = snapshot_without_logs(db)
    assert db.call(contact_points.stop_mails, secret) == "tom@example.com"
    assert snapshot_without_logs(db) == before
    assert told(db, her) == []
    email = email_of(db, her)
    assert (email.verified, email.stopped) == (False, True)
    with pytest.raises(LinkInvalid):
        db.call(contact_points.verify_contact_email, first)
    assert snapshot_without_logs(db) == before


def test_a_stopped_email_can_be_verified_again(db: Database, her: Actor) -> None:
    add_contact(db, her)
    secret = stop_secret(db, her)
    db.call(contact_points.stop_mails, secret)
    contact_points.resend_verification(db, her, email_of(db, her).id)
    assert told(db, her) == []
    confirm_email(db, "tom@example.com")
    email = email_of(db, her)
    assert (email.verified, email.stopped) == (True, False)
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    db.call(contact_points.stop_mails, secret)
    assert told(db, her) == []


@pytest.mark.parametrize("secret", ["", "nonsense", "ключ", "x" * 10_000])
def test_invalid_stop_links_are_refused(db: Database, her: Actor, secret: str) -> None:
    add_contact(db, her)
    stop_secret(db, her)
    before = snapshot_without_logs(db)
    for wrong in (secret, confirmation_secret(db, "tom@example.com")):
        with pytest.raises(LinkInvalid):
            db.call(contact_points.stop_mails, wrong)
    assert snapshot_without_logs(db) == before


def test_a_link_to_stop_mails_lives_for_400_days(db: Database, her: Actor) -> None:
    add_contact(db, her)
    with frozen(NOW):
        secret = stop_secret(db, her)
    before = snapshot_without_logs(db)
    with frozen(NOW + timedelta(days=400)), pytest.raises(LinkInvalid):
        db.call(contact_points.stop_mails, secret)
    assert snapshot_without_logs(db) == before
    with frozen(NOW + timedelta(days=400)):
        assert db.call(contact_points.purge_stop_links) == 0
    with frozen(NOW + timedelta(days=400, microseconds=1)):
        assert db.call(contact_points.purge_stop_links) == 1


def test_the_stop_link_of_a_removed_email_is_refused(db: Database, her: Actor) -> None:
    add_contact(db, her)
    secret = stop_secret(db, her)
    (view,) = db.query(contacts.list_contacts, her)
    form = replace(TOM, emails=(EmailEntry("new@example.com"),))
    contacts.update_contact(db, her, view.id, form, view.version)
    before = snapshot_without_logs(db)
    with pytest.raises(LinkInvalid):
        db.call(contact_points.stop_mails, secret)
    assert snapshot_without_logs(db) == before
