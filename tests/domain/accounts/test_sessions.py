"""Where somebody is signed in, browsers that are known, and the log of it all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from portal_app.domain.accounts import security_log, service, sessions
from portal_app.domain.accounts.models import KnownDevice, SecurityEvent
from portal_app.domain.accounts.rules import device_text, network_text
from portal_app.domain.accounts.views import SignedIn
from portal_app.domain.sign_in import session_lookup
from portal_app.domain.sign_in import sign_up as customers
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from portal_app.kernel.ids import hash_secret
from tests.support.accounts import (
    FORM,
    PASSWORD,
    STRANGER,
    HashingCalls,
    outbox_messages,
    resolve_session,
    security_event_kinds,
    sent_messages,
    set_switches,
    set_up_business,
    sign_in_customer,
    snapshot_without_logs,
)

pytestmark = pytest.mark.each_database

EMAIL = FORM.email
PHONE = Actor(
    address="2001:db8:1:2::3",
    device="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
)


@pytest.fixture(autouse=True)
def _maya(db: Database, hashing: HashingCalls) -> None:
    set_up_business(db)
    customers.create_active_customer(db, FORM)


def enter(db: Database, actor: Actor = STRANGER, *device_secrets: str) -> SignedIn:
    ticket = service.sign_in(db, actor, EMAIL, PASSWORD, remember=False)
    return db.call(service.redeem_ticket, actor, ticket, device_secrets)


def test_sessions_are_listed_this_one_first(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        here = resolve_session(db, enter(db).secret)
    with frozen(start + timedelta(minutes=5)):
        enter(db, PHONE)
        views = db.query(sessions.list_sessions, here)
    assert [(v.current, v.device, v.place, v.method) for v in views] == [
        (True, "Firefox", "Network 203.0.113.x", "Password"),
        (False, "Safari on iPhone", "Network 2001:db8:1:x", "Password"),
    ]
    assert views[0].last_seen_at == start.isoformat()


def test_an_ended_session_is_refused_at_its_next_event(db: Database) -> None:
    here = resolve_session(db, enter(db).secret)
    phone = enter(db, PHONE)
    there = resolve_session(db, phone.secret)
    db.call(sessions.end_session, here, there.session_id or "")
    assert resolve_session(db, phone.secret).audience is Audience.PUBLIC
    assert [v.current for v in db.query(sessions.list_sessions, here)] == [True]
    with pytest.raises(NotFound):
        db.call(sessions.end_session, here, there.session_id or "")


def test_ending_other_sessions_keeps_the_current_one(db: Database) -> None:
    first = enter(db)
    others = [enter(db, PHONE), enter(db)]
    assert db.call(sessions.end_other_sessions, resolve_session(db, first.secret)) == 2
    assert resolve_session(db, first.secret).audience is Audience.CUSTOMER
    for other in others:
        assert resolve_session(db, other.secret).audience is Audience.PUBLIC
    assert db.call(sessions.end_other_sessions, resolve_session(db, first.secret)) == 0


def test_a_session_of_another_account_is_not_found(db: Database) -> None:
    here = resolve_session(db, enter(db).secret)
    customers.create_active_customer(db, replace(FORM, email="noah@example.com"))
    noah = sign_in_customer(db, "noah@example.com")
    before = snapshot_without_logs(db)
    for session_id in (here.session_id or "", "nonsense"):
        with pytest.raises(NotFound):
            db.call(sessions.end_session, noah, session_id)
    assert snapshot_without_logs(db) == before


def test_sessions_last_as_long_as_the_business_says(db: Database) -> None:
    set_switches(db, session_hours=3, remembered_days=7)
    with frozen(utc_now()):
        assert enter(db).expires_at == utc_now() + timedelta(hours=3)
        ticket = service.sign_in(db, STRANGER, EMAIL, PASSWORD, remember=True)
        kept = db.call(service.redeem_ticket, STRANGER, ticket)
        assert kept.expires_at == utc_now() + timedelta(days=7)
        later = utc_now() + timedelta(hours=2)
    with frozen(later):
        secret = enter(db).secret
    with frozen(later + timedelta(hours=2)):
        session_lookup.resolve_session(db, hash_secret(secret), "", "")
    with frozen(later + timedelta(hours=5) - timedelta(microseconds=1)):
        assert resolve_session(db, secret).audience is Audience.CUSTOMER
    with frozen(later + timedelta(hours=5)):
        assert resolve_session(db, secret).audience is Audience.PUBLIC


def test_the_owner_is_notified_of_an_unknown_browser_once(db: Database) -> None:
    first = enter(db)
    assert sent_messages(db) == []
    assert enter(db, STRANGER, first.device_secret).device_secret == (
        first.device_secret
    )
    assert sent_messages(db) == []
    second = enter(db, PHONE)
    (mail,) = outbox_messages(db)
    assert (mail.kind, mail.recipient) == ("new_device", EMAIL)
    assert {k: mail.payload[k] for k in ("path", "device", "place")} == {
        "path": "/account/security",
        "device": "Safari on iPhone",
        "place": "Network 2001:db8:1:x",
    }
    enter(db, PHONE, second.device_secret)
    assert len(sent_messages(db)) == 1
    assert security_event_kinds(db).count("new_device") == 1


def test_a_browser_cannot_choose_its_device_secret(db: Database) -> None:
    enter(db)
    chosen = "chosen-by-somebody"
    assert enter(db, STRANGER, chosen).device_secret != chosen
    assert len(sent_messages(db)) == 1
    with db.read() as tx:
        hashes = list(tx.exec(select(KnownDevice.token_hash)))
    assert hash_secret(chosen) not in hashes


def test_a_browser_known_to_one_account_is_not_known_to_another(
    db: Database,
) -> None:
    mine = enter(db).device_secret
    customers.create_active_customer(db, replace(FORM, email="noah@example.com"))
    sign_in_customer(db, "noah@example.com")
    ticket = service.sign_in(db, STRANGER, "noah@example.com", PASSWORD, False)
    db.call(service.redeem_ticket, STRANGER, ticket, (mine,))
    assert sent_messages(db) == [("new_device", "noah@example.com")]


def test_the_office_reads_the_security_log(db: Database) -> None:
    start = utc_now()
    with frozen(start), pytest.raises(InvalidInput):
        service.sign_in(db, PHONE, "nobody@example.com", PASSWORD, False)
    with frozen(start + timedelta(minutes=1)):
        enter(db)
    view = db.query(security_log.read_page, SYSTEM)
    assert [(row.kind, row.text, row.about) for row in view.rows] == [
        ("sign_in", "Logged in. By password.", EMAIL),
        (
            "sign_in_failed",
            "A log-in was refused: wrong email or password.",
            "nobody@example.com",
        ),
    ]
    assert (view.rows[1].address, view.rows[1].device) == (
        "2001:db8:1:2::3",
        "Safari on iPhone",
    )
    only = db.query(security_log.read_page, SYSTEM, 1, "sign_in")
    assert [row.kind for row in only.rows] == ["sign_in"]
    with db.read() as tx:
        text = repr(tx.exec(select(SecurityEvent)).all())
    assert PASSWORD not in text


def test_the_log_has_pages_of_fifty(db: Database) -> None:
    with db.write() as tx:
        for _ in range(51):
            security_log.record(tx, STRANGER, "robot")
    pages = [db.query(security_log.read_page, SYSTEM, page) for page in (1, 2, 3)]
    assert [(len(page.rows), page.has_more) for page in pages] == [
        (50, True),
        (1, False),
        (0, False),
    ]


def test_only_the_office_reads_the_log(db: Database) -> None:
    for actor in (STRANGER, resolve_session(db, enter(db).secret)):
        with pytest.raises(NotAllowed):
            db.query(security_log.read_page, actor)


def test_every_event_kind_has_a_text(db: Database) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        db.call(security_log.record, STRANGER, "gossip")


def test_the_log_is_kept_for_180_days(db: Database) -> None:
    start = utc_now()
    with frozen(start):
        db.call(security_log.record, STRANGER, "robot")
    with frozen(start + timedelta(days=180)):
        assert db.call(security_log.purge) == 0
    with frozen(start + timedelta(days=180, microseconds=1)):
        assert db.call(security_log.purge) == 1


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux) Chrome/140 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Safari/605", "Safari on Mac"),
        ("Firefox", "Firefox"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_device_text(user_agent: str, words: str) -> None:
    assert device_text(user_agent) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("203.0.113.7", "Network 203.0.113.x"),
        ("::ffff:203.0.113.7", "Network 203.0.113.x"),
        ("2001:db8:1:2::3", "Network 2001:db8:1:x"),
        ("127.0.0.1", "This computer"),
        ("::1", "This computer"),
        ("nonsense", ""),
    ],
)
def test_network_text(address: str, words: str) -> None:
    assert network_text(address) == words
