"""Who changed what, from what to what: by person, thing and date, and as a file."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from portal_app.domain.accounts import service as accounts
from portal_app.domain.change_log import history
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.office import change_history
from portal_app.domain.office.change_history import THE_PORTAL, ChangesFilter
from portal_app.domain.office.views import DifferenceView
from portal_app.kernel.audiences import STAFF, SYSTEM, Actor, Audience
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from tests.support.accounts import PASSWORD, set_up_business

pytestmark = pytest.mark.each_database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WALKING = Thing("Service", "s1", "Dog walking")
LONGER = [Difference("Duration", "30 min", "45 min")]


@pytest.fixture
def lea(db: Database) -> Actor:
    """Somebody of the office; the log is empty."""
    set_up_business(db)
    with db.write() as tx:
        for row in tx.exec(select(ChangeEntry)).all():
            tx.delete(row)
    account = accounts.create_account(db, "lea@example.com", "office", PASSWORD)
    return Actor(Audience.OFFICE, account_id=account, address="198.51.100.7")


def record(
    db: Database, actor: Actor, thing: Thing = WALKING, at: datetime = NOW
) -> None:
    with frozen(at):
        db.call(change_log.record, actor, "changed", thing, LONGER)


def found(db: Database, actor: Actor, **asked: object) -> list[tuple[str, str]]:
    page = db.query(change_history.read_page, actor, ChangesFilter(**asked))
    return [(row.who, row.name) for row in page.rows]


def test_a_change_is_read_in_words(db: Database, lea: Actor) -> None:
    record(db, lea)
    page = db.query(change_history.read_page, lea, ChangesFilter())
    (row,) = page.rows
    assert (row.when, row.who, row.action, row.kind, row.name, row.address) == (
        "24 Nov 2026, 8:00\u202fpm",
        "lea@example.com",
        "changed",
        "Service",
        "Dog walking",
        "198.51.100.7",
    )
    assert row.differences == [DifferenceView("Duration", "30 min", "45 min")]
    assert page.people == [[lea.account_id, "lea@example.com"]]
    assert page.kinds == [["Service", "Service"]]
    assert (page.page, page.has_more, page.thing) == (1, False, "")


def test_changes_are_found_by_person_thing_and_day(db: Database, lea: Actor) -> None:
    grooming = Thing("Service", "s2", "Grooming")
    terms = Thing("Policy", "p1", "Terms")
    record(db, SYSTEM, terms, NOW)
    record(db, lea, WALKING, NOW + timedelta(days=1))
    record(db, lea, grooming, NOW + timedelta(days=2))
    everything = [
        ("lea@example.com", "Grooming"),
        ("lea@example.com", "Dog walking"),
        ("The portal", "Terms"),
    ]
    assert found(db, lea) == everything
    assert found(db, lea, person=lea.account_id) == everything[:2]
    assert found(db, lea, person=THE_PORTAL) == everything[2:]
    assert found(db, lea, person="nobody") == []
    assert found(db, lea, kind="Service") == everything[:2]
    assert found(db, lea, kind="Service", thing="s1") == everything[1:2]
    assert found(db, lea, kind="Policy", thing="s1") == []
    # Eight in the evening in Sydney: the day there, not in UTC.
    assert found(db, lea, first=date(2026, 11, 25)) == everything[:2]
    assert found(db, lea, last=date(2026, 11, 25)) == everything[1:]
    assert (
        found(db, lea, first=date(2026, 11, 25), last=date(2026, 11, 25))
        == everything[1:2]
    )
    asked = ChangesFilter(kind="Service", thing="s2")
    assert db.query(change_history.read_page, lea, asked).thing == "Grooming"


def test_pages_hold_twenty(
    db: Database, lea: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change_history.PAGE_SIZE == 20
    monkeypatch.setattr(change_history, "PAGE_SIZE", 2)
    for name in "abc":
        record(db, lea, Thing("Service", name, name))
    first, second, after = (
        db.query(change_history.read_page, lea, ChangesFilter(), page)
        for page in (1, 2, 3)
    )
    assert ([row.name for row in first.rows], first.has_more) == (["c", "b"], True)
    assert ([row.name for row in second.rows], second.has_more) == (["a"], False)
    assert (after.rows, after.page) == ([], 3)


def test_long_texts_are_cut_on_the_page_only(db: Database, lea: Actor) -> None:
    text = "word " * 200
    db.call(
        change_log.record,
        lea,
        "added",
        Thing("Policy", "p", "Terms"),
        [Difference("Text", "", text)],
    )
    page = db.query(change_history.read_page, lea, ChangesFilter())
    assert page.rows[0].differences[0].after == f"{('word ' * 80).strip()} …"
    rows = read_csv(db, lea)
    assert rows[1][-1] == text


def read_csv(db: Database, actor: Actor, **asked: object) -> list[list[str]]:
    pieces = change_history.csv_pieces(db, actor, ChangesFilter(**asked))
    content = b"".join(pieces)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_file_has_a_line_for_each_field(db: Database, lea: Actor) -> None:
    db_change = [Difference("Name", "Walk", "=HYPERLINK(1)"), *LONGER]
    with frozen(NOW):
        db.call(change_log.record, lea, "changed", WALKING, db_change)
        db.call(change_log.record, SYSTEM, "archived", Thing("Policy", "p", "+1 Terms"))
    when = ["2026-11-24 09:00:00", "2026-11-24", "20:00"]
    walk = [*when, "lea@example.com", "198.51.100.7", "changed", "Service"]
    assert sorted(read_csv(db, lea)[1:]) == [
        [*when, "The portal", "", "archived", "Policy", "'+1 Terms", "", "", ""],
        [*walk, "Dog walking", "Duration", "30 min", "45 min"],
        [*walk, "Dog walking", "Name", "Walk", "'=HYPERLINK(1)"],
    ]
    assert len(read_csv(db, lea, kind="Policy")) == 2


def test_the_file_is_read_in_batches_and_misses_nothing(
    db: Database, lea: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BATCH_SIZE", 3)
    names = [f"{number:02}" for number in range(9)]
    for number, name in enumerate(names):
        # Several at one instant.
        at = NOW + timedelta(seconds=number // 4)
        record(db, lea, Thing("Service", name, name), at)
    assert [row[7] for row in read_csv(db, lea)[1:]] == names[::-1]


def test_only_the_office_reads(db: Database, lea: Actor) -> None:
    record(db, lea)
    asked = ChangesFilter()
    for audience in Audience:
        if audience in STAFF:
            continue
        who = Actor(audience, account_id="x")
        with pytest.raises(NotAllowed):
            db.query(change_history.read_page, who, asked)
        with pytest.raises(NotAllowed):
            change_history.csv_pieces(db, who, asked)
