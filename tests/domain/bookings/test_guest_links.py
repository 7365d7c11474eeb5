"""Links in mails: one booking, for a time, until they are switched off."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from portal_app.domain.accounts import credentials, email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.bookings import confirmation, guests, queries
from portal_app.domain.bookings.models import BookingLink
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    STRANGER,
    newest_link,
    outbox_messages,
    redeem_ticket,
    resolve_session,
    security_event_kinds,
    set_switches,
    snapshot_without_logs,
)
from tests.support.sample_business import (
    TUESDAY_NINE,
    new_customer,
    ready_draft,
)

pytestmark = pytest.mark.usefixtures("monday_morning")

ENDS = TUESDAY_NINE + timedelta(minutes=30)


@pytest.fixture
def number(db: Database, maya: Actor) -> str:
    draft = ready_draft(db, maya)
    return confirmation.confirm(db, maya, draft.id, draft.shown)


def link(db: Database) -> str:
    return newest_link(db, "booking_confirmed")


def test_the_mail_s_link_opens_its_booking_again_and_again(
    db: Database, maya: Actor, number: str
) -> None:
    for _ in range(2):
        ticket = guests.open_link(db, STRANGER, link(db))
        actor = redeem_ticket(db, ticket.ticket)
        assert (ticket.number, actor.audience) == (number, Audience.GUEST)
        assert db.query(queries.get_booking, actor, number).number == number
        with pytest.raises(NotAllowed):
            db.query(queries.my_bookings, actor)
    assert security_event_kinds(db) == ["link_opened"] * 2


def test_only_the_customers_mail_has_a_link(
    db: Database, maya: Actor, number: str
) -> None:
    paths = {mail.kind: mail.payload.get("path") for mail in outbox_messages(db)}
    assert paths == {
        "booking_received": None,
        "booking_confirmed": f"/login/booking?link={link(db)}",
    }
    with db.read() as tx:
        row = tx.exec(select(BookingLink)).one()
    assert (row.token_hash, row.expires_at) == (
        hash_secret(link(db)),
        ENDS + timedelta(days=30),
    )
    assert link(db) not in repr(row)


def test_link_expires_thirty_days_after_the_visit(
    db: Database, maya: Actor, number: str
) -> None:
    end = ENDS + timedelta(days=30)
    before = snapshot_without_logs(db)
    with frozen(end), pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, link(db))
    assert snapshot_without_logs(db) == before
    with frozen(end):
        assert db.query(guests.booking_links, maya) == []
    with frozen(end - timedelta(microseconds=1)):
        assert guests.open_link(db, STRANGER, link(db)).number == number
    with frozen(end + timedelta(days=30, microseconds=1)):
        assert db.call(guests.purge_links) == 1


def test_switched_off_link_ends_its_guest_sessions(
    db: Database, maya: Actor, number: str
) -> None:
    secret = link(db)
    ticket = guests.open_link(db, STRANGER, secret).ticket
    signed_in = db.call(accounts.redeem_ticket, STRANGER, ticket)
    pending = guests.open_link(db, STRANGER, secret).ticket
    (view,) = db.query(guests.booking_links, maya)
    assert (view.number, view.service, view.active) == (number, "Dog walk", True)
    assert (view.created, view.last_used) == (
        "Monday, 2 November 2026",
        "Mon, 2 Nov, 8:00\u202fam",
    )
    db.call(guests.switch_off_link, maya, view.id)
    assert resolve_session(db, signed_in.secret).audience is Audience.PUBLIC
    with pytest.raises(NotFound):
        db.call(accounts.redeem_ticket, STRANGER, pending)
    with pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, secret)
    db.call(guests.switch_off_link, maya, view.id)
    (view,) = db.query(guests.booking_links, maya)
    assert view.active is False
    assert security_event_kinds(db) == [
        "link_opened",
        "link_opened",
        "link_switched_off",
    ]


def test_another_customers_link_is_not_found(
    db: Database, maya: Actor, number: str
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    (view,) = db.query(guests.booking_links, maya)
    assert db.query(guests.booking_links, noah) == []
    guest = redeem_ticket(db, guests.open_link(db, STRANGER, link(db)).ticket)
    before = snapshot_without_logs(db)
    for link_id in (view.id, "nonsense"):
        with pytest.raises(NotFound):
            db.call(guests.switch_off_link, noah, link_id)
    for actor in (guest, STRANGER):
        with pytest.raises(NotAllowed):
            db.call(guests.switch_off_link, actor, view.id)
    assert snapshot_without_logs(db) == before


@pytest.mark.parametrize("secret", ["", "nonsense", "ключ", "x" * 10_000])
def test_invalid_link_is_refused(
    db: Database, maya: Actor, number: str, secret: str
) -> None:
    before = snapshot_without_logs(db)
    with pytest.raises(LinkInvalid):
        guests.open_link(db, STRANGER, secret)
    assert snapshot_without_logs(db) == before


def test_other_secrets_are_not_accepted_as_links(
    db: Database, maya: Actor, number: str
) -> None:
    """A link opens no account, resets nothing and verifies nothing."""
    secret = link(db)
    before = snapshot_without_logs(db)
    for attempt, error in (
        (partial(db.call, accounts.redeem_ticket, STRANGER, secret), NotFound),
        (
            partial(db.call, email_verification.verify_email, STRANGER, secret),
            LinkInvalid,
        ),
        (
            partial(credentials.reset_password, db, STRANGER, secret, "sunny-otter-42"),
            LinkInvalid,
        ),
    ):
        with pytest.raises(error):
            attempt()
    assert snapshot_without_logs(db) == before


def test_links_are_independent_of_the_number_sign_in(
    db: Database, maya: Actor, number: str
) -> None:
    set_switches(db, booking_number=False)
    actor = redeem_ticket(db, guests.open_link(db, STRANGER, link(db)).ticket)
    assert actor.audience is Audience.GUEST
