"""Customers are told of papers that end: on exact days, once each."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from portal_app.domain.accounts.models import Account
from portal_app.domain.business.models import Business
from portal_app.domain.dependents import reminding, rules, service
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.notifications import service as notifications
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import at_once, outbox
from tests.support.contents import contents
from tests.support.handing_in import hand_in
from tests.support.household import adopt, define_household, pet
from tests.support.shop import NOW, new_customer, open_shop
from tests.support.statements import statements_of

pytestmark = pytest.mark.each_database

END = date(2026, 12, 24)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


@pytest.fixture
def rex(db: Database, maya: Actor) -> str:
    return adopt(db, maya)


def keep(
    db: Database, actor: Actor, rex: str, expires_on: date = END, **form: str
) -> str:
    file = hand_in(db, actor, "document")
    named = form or {"kind": "vaccination"}
    return db.call(
        service.add_document,
        actor,
        rex,
        DocumentForm(file_id=file.id, expires_on=expires_on.isoformat(), **named),
    )


def noon(day: date) -> datetime:
    """Noon of a day in Sydney, with or without daylight saving."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def mails(db: Database) -> list[dict[str, Any]]:
    return [mail.payload for mail in outbox(db) if mail.kind == "document_ends"]


def test_on_three_days_and_on_no_other(db: Database, maya: Actor, rex: str) -> None:
    keep(db, maya, rex)
    written: dict[int, list[str]] = {}
    for days in range(40, -20, -1):
        with frozen(noon(END - timedelta(days=days))):
            if service.remind_of_ends(db):
                written[days] = [mails(db)[-1]["ends"]]
    assert written == {30: ["expires soon"], 7: ["expires soon"], -1: ["has expired"]}


def test_what_the_mail_says(db: Database, maya: Actor, rex: str) -> None:
    paper = keep(db, maya, rex)
    for days in (30, -1):
        with frozen(noon(END - timedelta(days=days))):
            service.remind_of_ends(db)
    said = {
        "path": f"/dependents/{rex}",
        "customer": "Maya",
        "kind": "Pet",
        "dependent": "Rex",
        "document": "Vaccination certificate",
        "day": "Thursday, 24 December 2026",
    }
    assert mails(db) == [
        said | {"expired": False, "ends": "expires soon"},
        said | {"expired": True, "ends": "has expired"},
    ]
    assert [(mail.recipient, mail.dedupe_key) for mail in outbox(db)] == [
        ("maya@example.com", f"document_ends:{paper}:2026-12-24:month"),
        ("maya@example.com", f"document_ends:{paper}:2026-12-24:ended"),
    ]


def test_running_again_and_again_tells_once(
    db: Database, maya: Actor, rex: str
) -> None:
    keep(db, maya, rex)
    for hour in range(48):
        with frozen(noon(END - timedelta(days=30)) + timedelta(hours=hour)):
            assert service.remind_of_ends(db) == (hour == 0)


def test_two_workers_at_the_same_instant_tell_once(
    db: Database, maya: Actor, rex: str
) -> None:
    for name in ("Bella", "Coco", "Daisy"):
        keep(db, maya, adopt(db, maya, pet(name), key=name))
    keep(db, maya, rex)
    with frozen(noon(END - timedelta(days=7))):
        written = at_once(*[partial(service.remind_of_ends, db)] * 4)
    assert sum(count for count in written if isinstance(count, int)) == 4
    assert sorted(mail["dependent"] for mail in mails(db)) == [
        "Bella",
        "Coco",
        "Daisy",
        "Rex",
    ]


def test_what_was_missed_is_told_for_two_days_more(
    db: Database, maya: Actor, rex: str
) -> None:
    keep(db, maya, rex)
    for days, told in ((27, 0), (28, 1), (4, 1), (5, 2), (-4, 2), (-3, 3)):
        with frozen(noon(END - timedelta(days=days))):
            service.remind_of_ends(db)
        assert len(mails(db)) == told


def test_none_is_told_again_when_mails_are_forgotten(
    db: Database, maya: Actor, rex: str
) -> None:
    """What is kept of a mail outlasts the days on which it could be written."""
    keep(db, maya, rex)
    taker = _Taker()
    for days in range(31, -60, -1):
        with frozen(noon(END - timedelta(days=days))):
            service.remind_of_ends(db)
            notifications.deliver_due(db, taker)
            db.call(notifications.purge)
    assert taker.taken == ["document_ends"] * 3


class _Taker:
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
def test_a_day_begins_where_the_business_is(
    db: Database, maya: Actor, rex: str, zone: str, midnight: datetime
) -> None:
    db.call(lambda tx: setattr(tx.get_one(Business, 1), "timezone", zone))
    keep(db, maya, rex)
    with frozen(midnight - timedelta(microseconds=1)):
        assert service.remind_of_ends(db) == 0
    with frozen(midnight):
        assert service.remind_of_ends(db) == 1


@pytest.mark.parametrize(
    ("ends", "minute_before"),
    [
        # Thirty days before lie before the clocks go forward on 4 October 2026 …
        (date(2026, 10, 20), datetime(2026, 9, 19, 13, 59, tzinfo=UTC)),
        # … and before they go back on 4 April 2027.
        (date(2027, 4, 20), datetime(2027, 3, 20, 12, 59, tzinfo=UTC)),
    ],
)
def test_days_are_counted_across_a_change_of_the_clocks(
    db: Database, maya: Actor, rex: str, ends: date, minute_before: datetime
) -> None:
    keep(db, maya, rex, ends)
    with frozen(minute_before):
        assert service.remind_of_ends(db) == 0
    with frozen(minute_before + timedelta(minutes=1)):
        assert service.remind_of_ends(db) == 1


def test_a_changed_date_starts_anew(db: Database, maya: Actor, rex: str) -> None:
    paper = keep(db, maya, rex)
    today = END - timedelta(days=30)
    with frozen(noon(today)):
        service.remind_of_ends(db)
        (document,) = db.query(service.dependent, maya, rex).documents
        later = DocumentForm(
            kind="vaccination",
            file_id=document.file.id,
            expires_on=(END + timedelta(days=10)).isoformat(),
        )
        db.call(service.save_document, maya, paper, later, 1)
        assert service.remind_of_ends(db) == 0
    with frozen(noon(today + timedelta(days=10))):
        assert service.remind_of_ends(db) == 1
    assert [mail["day"] for mail in mails(db)] == [
        "Thursday, 24 December 2026",
        "Sunday, 3 January 2027",
    ]


def told_of(db: Database, days: int = 30) -> int:
    with frozen(noon(END - timedelta(days=days))):
        return service.remind_of_ends(db)


def test_a_paper_with_a_newer_one_of_its_kind_is_not_told_of(
    db: Database, maya: Actor, rex: str
) -> None:
    keep(db, maya, rex)
    keep(db, maya, rex, END + timedelta(days=365))
    assert [told_of(db, days) for days in (30, 7, -1)] == [0, 0, 0]


def test_an_older_one_another_kind_or_another_s_replaces_nothing(
    db: Database, maya: Actor, rex: str
) -> None:
    bella = adopt(db, maya, pet("Bella"), key="bella")
    keep(db, maya, rex)
    keep(db, maya, rex, END - timedelta(days=1000))
    keep(db, maya, rex, END + timedelta(days=365), name="Letter")
    keep(db, maya, bella, END + timedelta(days=365))
    assert told_of(db) == 1
    assert mails(db)[0]["dependent"] == "Rex"


def test_of_two_that_end_on_the_same_day_one_is_told_of(
    db: Database, maya: Actor, rex: str
) -> None:
    keep(db, maya, rex)
    keep(db, maya, rex)
    assert told_of(db) == 1


def test_papers_of_no_kind_are_each_told_of_by_name(
    db: Database, maya: Actor, rex: str
) -> None:
    keep(db, maya, rex, name="Passport")
    keep(db, maya, rex, END + timedelta(days=365), name="Passport")
    keep(db, maya, rex, name="Pedigree")
    assert told_of(db) == 2
    assert sorted(mail["document"] for mail in mails(db)) == ["Passport", "Pedigree"]


def test_who_is_left_alone(db: Database, maya: Actor, rex: str) -> None:
    """Archived dependents, closed accounts, papers that are gone or never end."""
    removed = keep(db, maya, rex, name="Removed")
    db.call(service.remove_document, maya, removed)
    file = hand_in(db, maya, "document")
    db.call(
        service.add_document, maya, rex, DocumentForm(name="For ever", file_id=file.id)
    )
    bella = adopt(db, maya, pet("Bella"), key="bella")
    keep(db, maya, bella)
    db.call(service.archive, maya, bella)
    noah = db.call(new_customer, "noah@example.com")
    keep(db, noah, adopt(db, noah))
    db.call(
        lambda tx: setattr(tx.get_one(Account, noah.account_id), "disabled_at", NOW)
    )
    before = contents(db)
    assert [told_of(db, days) for days in (30, 7, -1)] == [0, 0, 0]
    assert contents(db) == before
    db.call(service.restore, maya, bella)
    assert told_of(db) == 1


def test_many_are_told_in_pieces_with_one_query_each(
    db: Database, maya: Actor, rex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c", "d", "e"):
        keep(db, maya, rex, name=name)
    with statements_of(db) as asked:
        assert told_of(db) == 5
    reads = [sql for sql, _ in asked if "FROM dependent_document" in sql]
    assert len(reads) == 1
    monkeypatch.setattr(reminding, "_AT_ONCE", 2)
    with statements_of(db) as asked:
        assert told_of(db, 7) == 5
    reads = [sql for sql, _ in asked if "FROM dependent_document" in sql]
    assert len(reads) == 3
    assert len(mails(db)) == 10


def test_the_days_of_one_day() -> None:
    today = date(2026, 11, 24)
    assert rules.reminders(today) == {
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
