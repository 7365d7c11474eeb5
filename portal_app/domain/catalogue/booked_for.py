"""For which dependents a service is booked: of a type, perhaps only some. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal_app.domain.fields import rules as d
from portal_app.domain.fields.rules import Definition, FieldCondition, StoredValues

MAX_LENGTH = 400
"""Of one entry as it is written."""


@dataclass(frozen=True, slots=True)
class BookedFor:
    """The dependents of a type; with a condition only those whose field says so.

    Written ``pet`` or ``pet: species = dog, cat``, in packs and where it is stored.
    """

    type_slug: str
    condition: FieldCondition | None = None

    def __str__(self) -> str:
        """As it is written."""
        return (
            f"{self.type_slug}: {self.condition}" if self.condition else self.type_slug
        )


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a dependent does not fit: the field, its wanted answers, and its answer."""

    field: str
    wanted: str
    given: str


def parse_booked_for(text: str) -> BookedFor | None:
    """What ``BookedFor`` writes; ``None`` if the condition cannot be read."""
    slug, colon, rest = text.partition(":")
    if not colon:
        return BookedFor(text.strip())
    condition = d.parse_condition(rest)
    return None if condition is None else BookedFor(slug.strip(), condition)


def booked_for_by_type(entries: Iterable[str]) -> dict[str, BookedFor]:
    """The entries of a service by the slugs of their types, in order.

    What cannot be read as a condition shuts nobody out.
    """
    found: dict[str, BookedFor] = {}
    for text in entries:
        one = parse_booked_for(text) or BookedFor(text.partition(":")[0].strip())
        found.setdefault(one.type_slug, one)
    return found


def find_misfit(
    condition: FieldCondition | None,
    fields: Sequence[Definition],
    stored: StoredValues,
) -> Misfit | None:
    """Why a dependent does not fit a condition; ``None`` if it fits.

    Nobody is shut out by what they cannot answer, or did not: everybody fits where
    the field is gone, is hidden from customers, or offers none of the wanted answers
    any more; and so does a dependent of whom the field says nothing.

    Args:
        condition: Of the service, or ``None``.
        fields: What is asked about dependents of this type now.
        stored: What was answered for this one.
    """
    if condition is None:
        return None
    decides = next((one for one in fields if one.key == condition.key), None)
    if decides is None or d.CUSTOMER not in decides.visible_to:
        return None
    names = decides.answer_names
    wanted = [names[value] for value in condition.values if value in names]
    said = d.said_values(fields, stored, condition.key)
    if not wanted or not said or set(said) & set(condition.values):
        return None
    given = d.display_text(decides, stored[condition.key].value)
    return Misfit(decides.name, " or ".join(wanted), given)
