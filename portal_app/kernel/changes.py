"""Two people, or two tabs, editing the same thing.

Every row that people edit has a ``version`` that grows with each change. Who
saves sends back the version they read; if it is not the row's any more, nothing
is stored and they are shown what differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from portal_app.kernel.errors import Conflict

_MAX_TEXT_LENGTH = 300
_CONTEXT_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs between what was typed and what is stored now.

    Attributes:
        field: The field's name in the form.
        label: What a person calls it.
        yours: What the person wanted to store, as text; empty for nothing.
        now: What is stored, as text; empty for nothing.
    """

    field: str
    label: str
    yours: str
    now: str


class EditConflict(Conflict):
    """The row was changed since it was read; nothing was stored.

    Attributes:
        changes: The fields that differ, in the form's order.
        version: The row's version now; a save with it writes over ``now``.
    """

    def __init__(self, what: str, changes: list[Change], version: int) -> None:
        super().__init__(
            f"{what} was changed somewhere else in the meantime. "
            "Nothing was saved. Please compare and save again."
        )
        self.changes = changes
        self.version = version


def compare(
    labels: Mapping[str, str], yours: Mapping[str, str], now: Mapping[str, str]
) -> list[Change]:
    """The fields whose texts differ.

    Args:
        labels: Field name to what a person calls it, in the form's order.
        yours: Field name to what was to be stored.
        now: Field name to what is stored.

    Returns:
        The changes; of long texts the places that differ, with a few words around.
    """
    return [
        Change(
            field, label, *_differing_excerpts(yours.get(field, ""), now.get(field, ""))
        )
        for field, label in labels.items()
        if yours.get(field, "") != now.get(field, "")
    ]


def _differing_excerpts(one: str, other: str) -> tuple[str, str]:
    longest = max(len(one), len(other))
    if longest <= _MAX_TEXT_LENGTH:
        return one, other
    same_start = _common_prefix_length(one, other)
    same_end = _common_prefix_length(one[same_start:][::-1], other[same_start:][::-1])
    return _excerpt(one, same_start, same_end), _excerpt(other, same_start, same_end)


def _common_prefix_length(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _excerpt(text: str, same_start: int, same_end: int) -> str:
    first = max(0, same_start - _CONTEXT_LENGTH)
    last = min(len(text), len(text) - same_end + _CONTEXT_LENGTH)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    return f"{before}{text[first:last]}{after}" if text else ""
