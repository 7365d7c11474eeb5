"""What the office's own pages show."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A field that was changed, shortened to what a page can hold."""

    label: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change.

    Attributes:
        at: ISO, UTC.
        when: In words on the business's clock.
        who: The email of who made it, or ``The portal``.
        action: Such as ``changed``.
        kind: Of the thing, such as ``Policy``.
        thing_id: Of the thing; empty for all of its kind.
        name: What the thing was called then.
        address: The network address it was made from; may be empty.
    """

    id: str = ""
    at: str = ""
    when: str = ""
    who: str = ""
    action: str = ""
    kind: str = ""
    thing_id: str = ""
    name: str = ""
    address: str = ""
    differences: list[DifferenceView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """One page of changes, latest first, at most 20 rows.

    Attributes:
        people: Who can be asked for: value and words.
        kinds: Which kinds of things can be asked for: value and words.
        thing: What the one thing is called whose changes are shown, or empty.
    """

    rows: list[ChangeView] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
    people: list[list[str]] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    thing: str = ""
