"""A change is written down as a person reads it, with who and from where."""

from dataclasses import dataclass

from sqlmodel import select

from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.models import ChangeEntry
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.versioned import Field, Record

SERVICE = Record(
    "This service",
    Field("name", "Name"),
    Field("minutes", "Duration", text=lambda minutes: f"{minutes} min"),
    Field("active", "Published"),
)


@dataclass
class Row:
    name: str = "Dog walking"
    minutes: int = 30
    active: bool = False


def test_differences_are_read_as_a_person_reads_them() -> None:
    before, after = SERVICE.values(Row()), SERVICE.values(Row(minutes=45, active=True))
    assert change_log.differences(SERVICE, before, after) == [
        Difference("Duration", "30 min", "45 min"),
        Difference("Published", "No", "Yes"),
    ]


def test_an_entry_says_who_changed_what_and_from_where(db: Database) -> None:
    actor = Actor(Audience.OFFICE, account_id="a" * 26, address="198.51.100.7")
    with db.write() as tx:
        change_log.record(
            tx,
            actor,
            "changed",
            Thing("Service", "s" * 26, "Dog walking"),
            [Difference("Duration", "30 min", "45 min")],
        )
    with db.read() as tx:
        (entry,) = tx.exec(select(ChangeEntry)).all()
    assert entry.model_dump(exclude={"id", "at"}) == {
        "account_id": "a" * 26,
        "address": "198.51.100.7",
        "action": "changed",
        "thing_kind": "Service",
        "thing_id": "s" * 26,
        "thing_name": "Dog walking",
        "differences": [{"label": "Duration", "before": "30 min", "after": "45 min"}],
    }


def test_a_save_that_changed_nothing_is_not_written_down(db: Database) -> None:
    with db.write() as tx:
        change_log.record(tx, SYSTEM, "changed", Thing("Service", "s", "Dog walking"))
    with db.read() as tx:
        assert tx.exec(select(ChangeEntry)).all() == []
