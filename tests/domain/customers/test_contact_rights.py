"""What contacts are told about and may do, and how they stop the mails to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import channels, contacts
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.contact_rights import BOOK, VIEW, Speaker, may_still
from portal_app.domain.customers.contact_rules import EmailEntry, PhoneEntry
from portal_app.domain.customers.views import EmailView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import stored
from tests.support.contacts import ANN, TOM, asked, confirm, contact_of
from tests.support.statements import statements_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def told(db: Database, actor: Actor, topic: str = "booking_updates") -> list[str]:
    assert actor.customer_id is not None
    found = db.query(customers.told_about, actor.customer_id, topic)
    return [f"{one.name} <{one.email}>" for one in found]


def email_of(db: Database, actor: Actor) -> EmailView:
    (view,) = db.query(contacts.contacts, actor)
    (email,) = view.emails
    return email


def test_each_topic_has_its_people_in_the_customer_s_order(
    db: Database, her: Actor, him: Actor
) -> None:
    tom = contact_of(db, her, replace(TOM, told_about=("booking_updates", "quotes")))
    ann = contact_of(db, her, replace(ANN, told_about=("invoices", "booking_updates")))
    contact_of(db, him, replace(TOM, emails=(EmailEntry("of-him@example.com"),)))
    assert told(db, her) == ["Tom Chen <tom@example.com>", "Ann <ann@example.com>"]
    assert told(db, her, "quotes") == ["Tom Chen <tom@example.com>"]
    assert told(db, her, "invoices") == ["Ann <ann@example.com>"]
    db.call(contacts.order_contacts, her, [ann, tom])
    assert told(db, her) == ["Ann <ann@example.com>", "Tom Chen <tom@example.com>"]


def test_it_is_asked_in_one_query(db: Database, her: Actor) -> None:
    for form in (TOM, ANN):
        contact_of(db, her, form)
    assert her.customer_id is not None
    with statements_of(db) as asked_for:
        db.query(customers.told_about, her.customer_id, "booking_updates")
    assert len(asked_for) == 1


def test_only_a_confirmed_e_mail_is_told(db: Database, her: Actor) -> None:
    work, home = EmailEntry("t@work.example.com", True), EmailEntry("tom@example.com")
    contact_of(db, her, replace(TOM, emails=(home, work)), confirmed=False)
    assert told(db, her) == []
    confirm(db, "tom@example.com")
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    confirm(db, "t@work.example.com")
    assert told(db, her) == ["Tom Chen <t@work.example.com>"]


def test_a_removed_contact_is_told_nothing_until_that_is_taken_back(
    db: Database, her: Actor, him: Actor
) -> None:
    tom = contact_of(db, her, replace(TOM, may=("view", "book")))
    assert her.customer_id is not None
    assert db.query(may_still, tom, VIEW)
    db.call(contacts.remove_contact, her, tom)
    assert told(db, her) == []
    assert db.query(customers.speakers, her.customer_id) == []
    assert [db.query(may_still, tom, right) for right in (VIEW, BOOK)] == [False] * 2
    db.call(contacts.restore_contact, her, tom)
    db.call(contacts.restore_contact, her, tom)
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    assert db.query(may_still, tom, VIEW)


def test_who_may_speak_for_the_customer(db: Database, her: Actor) -> None:
    assert her.customer_id is not None
    phones = (PhoneEntry("0412 345 678"), PhoneEntry("0412 345 679", primary=True))
    contact_of(db, her, replace(TOM, may=("view", "book"), phones=phones))
    contact_of(db, her, replace(ANN, may=("book",)), confirmed=False)
    contact_of(
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
        found = db.query(customers.speakers, her.customer_id)
    assert found == [
        Speaker("Tom Chen", "Partner", "+61412345679"),
        Speaker("Ann", "Receptionist", ""),
    ]
    assert len(asked_for) == 1


def stop_secret(db: Database, actor: Actor) -> str:
    email_id = email_of(db, actor).id
    return db.call(channels.stop_path, email_id).partition("token=")[2]


def test_who_reads_the_mails_stops_them(db: Database, her: Actor) -> None:
    contact_of(db, her)
    first = asked(db, "tom@example.com")
    secret = stop_secret(db, her)
    assert db.call(channels.stop, secret) == "tom@example.com"
    before = stored(db)
    assert db.call(channels.stop, secret) == "tom@example.com"
    assert stored(db) == before
    assert told(db, her) == []
    email = email_of(db, her)
    assert (email.verified, email.stopped) == (False, True)
    with pytest.raises(LinkInvalid):
        db.call(channels.confirm, first)
    assert stored(db) == before


def test_whoever_stopped_them_is_asked_again_and_may_confirm(
    db: Database, her: Actor
) -> None:
    contact_of(db, her)
    secret = stop_secret(db, her)
    db.call(channels.stop, secret)
    channels.send_again(db, her, email_of(db, her).id)
    assert told(db, her) == []
    confirm(db, "tom@example.com")
    email = email_of(db, her)
    assert (email.verified, email.stopped) == (True, False)
    assert told(db, her) == ["Tom Chen <tom@example.com>"]
    db.call(channels.stop, secret)
    assert told(db, her) == []


@pytest.mark.parametrize("secret", ["", "nonsense", "ключ", "x" * 10_000])
def test_what_stops_nothing(db: Database, her: Actor, secret: str) -> None:
    contact_of(db, her)
    stop_secret(db, her)
    before = stored(db)
    for wrong in (secret, asked(db, "tom@example.com")):
        with pytest.raises(LinkInvalid):
            db.call(channels.stop, wrong)
    assert stored(db) == before


def test_a_link_to_stop_mails_lives_for_400_days(db: Database, her: Actor) -> None:
    contact_of(db, her)
    with frozen(NOW):
        secret = stop_secret(db, her)
    before = stored(db)
    with frozen(NOW + timedelta(days=400)), pytest.raises(LinkInvalid):
        db.call(channels.stop, secret)
    assert stored(db) == before
    with frozen(NOW + timedelta(days=400)):
        assert db.call(channels.purge) == 0
    with frozen(NOW + timedelta(days=400, microseconds=1)):
        assert db.call(channels.purge) == 1


def test_the_link_of_an_e_mail_taken_away_stops_nothing(
    db: Database, her: Actor
) -> None:
    contact_of(db, her)
    secret = stop_secret(db, her)
    (view,) = db.query(contacts.contacts, her)
    form = replace(TOM, emails=(EmailEntry("new@example.com"),))
    contacts.save_contact(db, her, view.id, form, view.version)
    before = stored(db)
    with pytest.raises(LinkInvalid):
        db.call(channels.stop, secret)
    assert stored(db) == before
