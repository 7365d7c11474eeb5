"""Customers are told of papers that end: on exact days, once each."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from portal_app.domain.accounts.models import Account
from portal_app.domain.business.models import Business
from portal_app.domain.dependents import documents, reminders, rules, service
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.notifications import outbox as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import outbox_messages, run_concurrently
from tests.support.dependents import add_pet, cat_form, define_dependent_types
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of
from tests.support.uploads import upload_file

pytestmark = pytest.mark.each_database

END = date(2026, 12, 24)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(create_sample_business)
    db.call(define_dependent_types)
    return db.call(new_customer)


@pytest.fixture
def rex(db: Database, maya: Actor) -> str:
    return add_pet(db, maya)


def add_certificate(
    db: Database, actor: Actor, rex: str, expires_on: date = END, **form: str
) -> str:
    file = upload_file(db, actor, "document")
    named = form or {"kind": "vaccination"}
    return db.call(
        documents.add_document,
        actor,
        rex,
        DocumentForm(file_id=file.id, expires_on=expires_on.isoformat(), **named),
    )


def noon(day: date) -> datetime:
    """Noon of a day in Sydney, with or without daylight saving."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def reminder_payloads(db: Database) -> list[dict[str, Any]]:
    return [
        mail.payload for mail in outbox_messages(db) if mail.kind == "document_ends"
    ]


def test_reminders_are_sent_on_three_days_only(
    db: Database, maya: Actor, rex: str
) -> None:
    add_certificate(db, maya, rex)
    written: dict[int, list[str]] = {}
    for days in range(40, -20, -1):
        with frozen(noon(END - timedelta(days=days))):
            if reminders.remind_of_expiring_documents(db):
                written[days] = [reminder_payloads(db)[-1]["ends"]]
    assert written == {30: ["expires soon"], 7: ["expires soon"], -1: ["has expired"]}


def test_the_content_of_the_reminder(db: Database, maya: Actor, rex: str) -> None:
    paper = add_certificate(db, maya, rex)
    for days in (30, -1):
        with frozen(noon(END - timedelta(days=days))):
            reminders.remind_of_expiring_documents(db)
    said = {
        "path": f"/dependents/{rex}",
        "customer": "Maya",
        "kind": "Pet",
        "dependent": "Rex",
        "document": "Vaccination certificate",
        "day": "Thursday, 24 December 2026",
    }
    assert reminder_payloads(db) == [
        said | {"expired": False, "ends": "expires soon"},
        said | {"expired": True, "ends": "has expired"},
    ]
    assert [(mail.recipient, mail.dedupe_key) for mail in outbox_messages(db)] == [
        ("maya@example.com", f"document_ends:{paper}:2026-12-24:month"),
        ("maya@example.com", f"document_ends:{paper}:2026-12-24:ended"),
    ]


def test_repeated_runs_remind_once(db: Database, maya: Actor, rex: str) -> None:
    add_certificate(db, maya, rex)
    for hour in range(48):
        with frozen(noon(END - timedelta(days=30)) + timedelta(hours=hour)):
            assert reminders.remind_of_expiring_documents(db) == (hour == 0)


def test_concurrent_workers_remind_once(db: Database, maya: Actor, rex: str) -> None:
    for name in ("Bella", "Coco", "Daisy"):
        add_certificate(db, maya, add_pet(db, maya, cat_form(name), key=name))
    add_certificate(db, maya, rex)
    with frozen(noon(END - timedelta(days=7))):
        written = run_concurrently(
            *[partial(reminders.remind_of_expiring_documents, db)] * 4
        )
    assert sum(count for count in written if isinstance(count, int)) == 4
    assert sorted(mail["dependent"] for mail in reminder_payloads(db)) == [
        "Bella",
        "Coco",
        "Daisy",
        "Rex",
    ]


def test_a_missed_reminder_is_sent_up_to_two_days_late(
    db: Database, maya: Actor, rex: str
) -> None:
    add_certificate(db, maya, rex)
    for days, told in ((27, 0), (28, 1), (4, 1), (5, 2), (-4, 2), (-3, 3)):
        with frozen(noon(END - timedelta(days=days))):
            reminders.remind_of_expiring_documents(db)
        assert len(reminder_payloads(db)) == told


def test_purging_the_outbox_repeats_no_reminder(
    db: Database, maya: Actor, rex: str
) -> None:
    """What is kept of a mail outlasts the days on which it could be written."""
    add_certificate(db, maya, rex)
    taker = _RecordingMailer()
    for days in range(31, -60, -1):
        with frozen(noon(END - timedelta(days=days))):
            reminders.remind_of_expiring_documents(db)
            notifications.deliver_due(db, taker)
            db.call(notifications.purge)
    assert taker.taken == ["document_ends"] * 3


class _RecordingMailer:
    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, kind: str, *_rest: object, **_more: object) -> None:
        self.taken.append(kind)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        # Of 24 November; in Sydney daylight saving began on 4 October.
        ("Australia/Sydney", datetime(2026, 11, 23, 13, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 24, 0, 0, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
    ],
)
def test_days_are_counted_in_the_business_time_zone(
    db: Database, maya: Actor, rex: str, zone: str, midnight: datetime
) -> None:
    db.call(lambda tx: setattr(tx.get_one(Business, 1), "timezone", zone))
    add_certificate(db, maya, rex)
    with frozen(midnight - timedelta(microseconds=1)):
        assert reminders.remind_of_expiring_documents(db) == 0
    with frozen(midnight):
        assert reminders.remind_of_expiring_documents(db) == 1


@pytest.mark.parametrize(
    ("ends", "minute_before"),
    [
        # Thirty days before lie before the clocks go forward on 4 October 2026 …
        (date(2026, 10, 20), datetime(2026, 9, 19, 13, 59, tzinfo=UTC)),
        # … and before they go back on 4 April 2027.
        (date(2027, 4, 20), datetime(2027, 3, 20, 12, 59, tzinfo=UTC)),
    ],
)
def test_days_are_counted_across_daylight_saving_changes(
    db: Database, maya: Actor, rex: str, ends: date, minute_before: datetime
) -> None:
    add_certificate(db, maya, rex, ends)
    with frozen(minute_before):
        assert reminders.remind_of_expiring_documents(db) == 0
    with frozen(minute_before + timedelta(minutes=1)):
        assert reminders.remind_of_expiring_documents(db) == 1


def test_changing_the_expiry_date_restarts_reminders(
    db: Database, maya: Actor, rex: str
) -> None:
    paper = add_certificate(db, maya, rex)
    today = END - timedelta(days=30)
    with frozen(noon(today)):
        reminders.remind_of_expiring_documents(db)
        (document,) = db.query(service.get_dependent, maya, rex).documents
        later = DocumentForm(
            kind="vaccination",
            file_id=document.file.id,
            expires_on=(END + timedelta(days=10)).isoformat(),
        )
        db.call(documents.save_document, maya, paper, later, 1)
        assert reminders.remind_of_expiring_documents(db) == 0
    with frozen(noon(today + timedelta(days=10))):
        assert reminders.remind_of_expiring_documents(db) == 1
    assert [mail["day"] for mail in reminder_payloads(db)] == [
        "Thursday, 24 December 2026",
        "Sunday, 3 January 2027",
    ]


def reminders_after(db: Database, days: int = 30) -> int:
    with frozen(noon(END - timedelta(days=days))):
        return reminders.remind_of_expiring_documents(db)


def test_a_replaced_document_is_not_reminded(
    db: Database, maya: Actor, rex: str
) -> None:
    add_certificate(db, maya, rex)
    add_certificate(db, maya, rex, END + timedelta(days=365))
    assert [reminders_after(db, days) for days in (30, 7, -1)] == [0, 0, 0]


def test_only_a_newer_document_of_the_same_kind_and_dependent_replaces(
    db: Database, maya: Actor, rex: str
) -> None:
    bella = add_pet(db, maya, cat_form("Bella"), key="bella")
    add_certificate(db, maya, rex)
    add_certificate(db, maya, rex, END - timedelta(days=1000))
    add_certificate(db, maya, rex, END + timedelta(days=365), name="Letter")
    add_certificate(db, maya, bella, END + timedelta(days=365))
    assert reminders_after(db) == 1
    assert reminder_payloads(db)[0]["dependent"] == "Rex"


def test_two_documents_expiring_on_one_day_send_one_reminder(
    db: Database, maya: Actor, rex: str
) -> None:
    add_certificate(db, maya, rex)
    add_certificate(db, maya, rex)
    assert reminders_after(db) == 1


def test_documents_without_a_kind_are_reminded_by_name(
    db: Database, maya: Actor, rex: str
) -> None:
    add_certificate(db, maya, rex, name="Passport")
    add_certificate(db, maya, rex, END + timedelta(days=365), name="Passport")
    add_certificate(db, maya, rex, name="Pedigree")
    assert reminders_after(db) == 2
    assert sorted(mail["document"] for mail in reminder_payloads(db)) == [
        "Passport",
        "Pedigree",
    ]


def test_archived_dependents_and_disabled_accounts_get_no_reminder(
    db: Database, maya: Actor, rex: str
) -> None:
    """Archived dependents, closed accounts, papers that are gone or never end."""
    removed = add_certificate(db, maya, rex, name="Removed")
    db.call(documents.remove_document, maya, removed)
    file = upload_file(db, maya, "document")
    db.call(
        documents.add_document,
        maya,
        rex,
        DocumentForm(name="For ever", file_id=file.id),
    )
    bella = add_pet(db, maya, cat_form("Bella"), key="bella")
    add_certificate(db, maya, bella)
    db.call(service.archive_dependent, maya, bella)
    noah = db.call(new_customer, "noah@example.com")
    add_certificate(db, noah, add_pet(db, noah))
    db.call(
        lambda tx: setattr(tx.get_one(Account, noah.account_id), "disabled_at", NOW)
    )
    before = database_snapshot(db)
    assert [reminders_after(db, days) for days in (30, 7, -1)] == [0, 0, 0]
    assert database_snapshot(db) == before
    db.call(service.restore_dependent, maya, bella)
    assert reminders_after(db) == 1


def test_reminders_are_sent_in_batches_with_one_query_each(
    db: Database, maya: Actor, rex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c", "d", "e"):
        add_certificate(db, maya, rex, name=name)
    with statements_of(db) as asked:
        assert reminders_after(db) == 5
    reads = [sql for sql, _ in asked if "FROM dependent_document" in sql]
    assert len(reads) == 1
    monkeypatch.setattr(reminders, "_BATCH_SIZE", 2)
    with statements_of(db) as asked:
        assert reminders_after(db, 7) == 5
    reads = [sql for sql, _ in asked if "FROM dependent_document" in sql]
    assert len(reads) == 3
    assert len(reminder_payloads(db)) == 10


def test_expiries_to_remind_on_one_day() -> None:
    today = date(2026, 11, 24)
    assert rules.expiries_to_remind(today) == {
        date(2026, 12, 24): "month",
        date(2026, 12, 23): "month",
        date(2026, 12, 22): "month",
        date(2026, 12, 1): "week",
        date(2026, 11, 30): "week",
        date(2026, 11, 29): "week",
        date(2026, 11, 23): "ended",
        date(2026, 11, 22): "ended",
        date(2026, 11, 21): "ended",
    }
