"""Recording a change, in the transaction that makes it.

What is the same change for every kind of thing (put away, taken out again, put into
another order) is made here, so that none of it goes unrecorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Literal, Protocol, TypeVar

from sqlmodel import Session

from portal_app.domain.change_log.models import ChangeEntry
from portal_app.kernel import archival
from portal_app.kernel.archival import Archivable
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ordering import reorder
from portal_app.kernel.versioned import Record, Values

Action = Literal["added", "changed", "archived", "restored", "removed"]

_MAX_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """What was changed.

    Attributes:
        kind: A noun in the singular, as people read it: "Service", "Fieldworker".
        id: Of its row.
        name: What it is called when the change is made.
    """

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that changed.

    Attributes:
        label: What a person calls the field.
        before: What it held, as text; empty for nothing.
        after: What it holds now.
    """

    label: str
    before: str
    after: str


class Placed(Protocol):
    """A row with a place among the others of its kind."""

    position: int


_Row = TypeVar("_Row", bound=Placed)


def record(
    tx: Session,
    actor: Actor,
    action: Action,
    thing: Thing,
    differences: Sequence[Difference] = (),
) -> None:
    """Write down a change; a ``changed`` without differences is none.

    Never pass secrets: texts are shown to all of the staff.
    """
    if action == "changed" and not differences:
        return
    tx.add(
        ChangeEntry(
            account_id=actor.account_id,
            address=actor.address,
            action=action,
            thing_kind=thing.kind,
            thing_id=thing.id,
            thing_name=thing.name[:_MAX_NAME_LENGTH],
            differences=[asdict(difference) for difference in differences],
        )
    )


def archive(tx: Session, actor: Actor, row: Archivable, thing: Thing) -> None:
    """Put a row away, if it is in use, and write that down."""
    if archival.archive(tx, row):
        record(tx, actor, "archived", thing)


def restore(tx: Session, actor: Actor, row: Archivable, thing: Thing) -> None:
    """Take a row into use again, if it is archived, and write that down."""
    if archival.restore(tx, row):
        record(tx, actor, "restored", thing)


def store_order(
    tx: Session,
    actor: Actor,
    rows: Sequence[_Row],
    wanted: Sequence[str],
    thing_of: Callable[[_Row], Thing],
    *,
    key: str = "id",
) -> None:
    """Put rows of one kind into another order, and write down their names in it.

    Args:
        tx: The transaction.
        actor: Who does.
        rows: All of them, in the order they have.
        wanted: The keys of some, in the order they shall have; the others stay
            where they are.
        thing_of: What the change log calls a row.
        key: The attribute by which ``wanted`` names a row.
    """
    key_of = attrgetter(key)
    place = reorder([key_of(row) for row in rows], wanted)
    for row in rows:
        row.position = place[key_of(row)]
    tx.flush()
    before = [thing_of(row) for row in rows]
    after = [thing_of(row) for row in sorted(rows, key=attrgetter("position"))]
    names, names_now = ([thing.name for thing in found] for found in (before, after))
    if names != names_now:
        order = Difference("Order", ", ".join(names), ", ".join(names_now))
        all_of_them = Thing(before[0].kind, "", "All of them")
        record(tx, actor, "changed", all_of_them, [order])


def differences(record: Record, before: Values, after: Values) -> list[Difference]:
    """The fields of a record that differ between two of its values, in form order.

    Args:
        record: What the fields are and how a person reads them.
        before: ``record.values`` of the row before it was written.
        after: The same, afterwards.
    """
    return [
        Difference(change.label, before=change.now, after=change.yours)
        for change in record.compare(yours=after, now=before)
    ]
