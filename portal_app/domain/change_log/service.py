"""Recording a change, in the transaction that makes it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlmodel import Session

from portal_app.domain.change_log.models import ChangeEntry
from portal_app.kernel.audiences import Actor
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


def record_order(
    tx: Session,
    actor: Actor,
    kind: str,
    before: Sequence[str],
    after: Sequence[str],
) -> None:
    """Write down that all of a kind were put into another order.

    Args:
        tx: The transaction.
        actor: Who did.
        kind: As in ``Thing``.
        before: Their names in the order they had.
        after: The same names in the order they have.
    """
    if list(before) != list(after):
        order = Difference("Order", ", ".join(before), ", ".join(after))
        record(tx, actor, "changed", Thing(kind, "", "All of them"), [order])


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
