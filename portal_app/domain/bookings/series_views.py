"""What a browser may see of a booking that repeats: texts, ready to be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlannedVisitView:
    """A visit of a series before it is booked.

    Attributes:
        wanted: When it is by the rule, an instant; names it in what is chosen.
        number: Counted from 1.
        day: Such as ``Tue, 10 Nov``.
        time: Such as ``9:00 am``.
        state: ``free``, ``moved`` to another time, ``taken``, ``left_out``, or
            ``later`` where it cannot be booked yet.
        nearest: The nearest free time, an instant, where this one is taken.
        nearest_text: The same in words.
        can_change: Whether it can be left out.
    """

    wanted: str
    number: int
    day: str
    time: str
    state: str
    nearest: str = ""
    nearest_text: str = ""
    can_change: bool = False


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """Every visit that a series would have, and what they cost.

    Attributes:
        text: How it repeats, in a sentence.
        visits: Of a series without an end, those that can be booked already.
        taken: How many are in conflict.
        price: Such as ``10 visits at $85``.
        total: The sum, in words; of a series without an end, of what is booked now.
        more: What comes later, in words; empty for nothing.
    """

    text: str = ""
    visits: list[PlannedVisitView] = field(default_factory=list)
    taken: int = 0
    price: str = ""
    total: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class SeriesOfferView:
    """What it costs to change several visits of a series, for as long as it binds.

    Attributes:
        key: Of the changes; handed back to take them.
        dates: What becomes of each visit, in words.
        kept: Visits that stay as they are, and why.
        fee: The sum, in words; empty for none.
        until: Until when it binds, on the clock.
    """

    key: str = ""
    dates: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    fee: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class RepetitionView:
    """What the wizard asks about repeating, as it is filled in.

    Attributes:
        offered: Whether this booking can repeat.
        units: Values and labels to choose from; the first is not to repeat.
        unit: The chosen one.
        everys: Likewise, of how often.
        every: Likewise.
        endings: Values and labels, of how it can end.
        ends: The chosen one.
        visits: How many there are, if that ends it.
        most_visits: How many there can be.
        until: The last day, ISO 8601, if that ends it.
        first_until: The earliest last day.
        preview: Its visits; empty where it does not repeat.
    """

    offered: bool = False
    units: list[tuple[str, str]] = field(default_factory=list)
    unit: str = ""
    everys: list[tuple[str, str]] = field(default_factory=list)
    every: str = "1"
    endings: list[tuple[str, str]] = field(default_factory=list)
    ends: str = ""
    visits: int = 0
    most_visits: int = 0
    until: str = ""
    first_until: str = ""
    preview: SeriesPreview = SeriesPreview()
