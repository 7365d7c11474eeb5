"""What a browser may see of fieldworkers and their time."""

from dataclasses import dataclass, field

from portal_app.domain.customers.views import AddressView

NOTHING_YET = "Nothing can be booked here yet. Please come back in a while."
"""What customers read before the business is open."""


@dataclass(frozen=True, slots=True)
class FieldworkerView:
    """Somebody a customer may choose. ``id`` is what the choice is sent back as."""

    id: str
    name: str
    bio: str
    photo_url: str = ""


@dataclass(frozen=True, slots=True)
class HolidayView:
    """A public holiday; ``day`` is when it comes next."""

    name: str
    day: str
    worked: bool


@dataclass(frozen=True, slots=True)
class HolidaysView:
    """The public holidays that the business keeps.

    Attributes:
        region: The country and its part in words, or empty for none.
        days: Those of the next twelve months.
    """

    country: str = ""
    subdivision: str = ""
    region: str = ""
    days: list[HolidayView] = field(default_factory=list)
    version: int = 0


@dataclass(frozen=True, slots=True)
class MemberRowView:
    """A fieldworker in the office's list.

    Attributes:
        hours: In a few words, one line for each group of days.
        services: How many they do, in words.
        account: Of their account, or of the invitation to one, in words.
    """

    id: str
    name: str
    photo_url: str
    hours: list[str]
    services: str
    account: str
    archived: bool


@dataclass(frozen=True, slots=True)
class SkillView:
    """A service that a fieldworker does or might do."""

    id: str
    name: str
    category: str
    able: bool


@dataclass(frozen=True, slots=True)
class DateView:
    """A date with hours of its own.

    Attributes:
        day: ISO 8601.
        day_text: As the business writes it.
        hours: As ``hours.write_stretches``; empty for none.
        hours_text: As people read them.
    """

    id: str
    day: str
    day_text: str
    hours: str
    hours_text: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class TimeOffView:
    """A stretch of time off.

    Attributes:
        text: From when to when, as people read it.
        whole_days: Whether it is made of whole days; then the times are empty.
        first: The first day, ISO 8601.
        last: The last day.
        starts: When it begins on the first day, ``HH:MM``.
        ends: When it ends on the last day.
        over: Whether it is past.
    """

    id: str
    text: str
    reason: str
    whole_days: bool
    first: str
    last: str
    starts: str
    ends: str
    over: bool
    version: int


@dataclass(frozen=True, slots=True)
class MemberView:
    """A fieldworker as the office edits them.

    Attributes:
        visits_per_day: How many they do in a day at most, or empty.
        hours: The text of each day's field, by its name.
        by_weeks: Whether the hours go by two weeks in turn.
        hours_lines: The same, as people read it.
        this_week: ``a`` or ``b``: which week today is in.
        base_lines: The address of the base, or nothing.
        radius: In kilometres, or empty.
        account: The email of their account, or empty.
        invited: The email that was invited and did not accept yet, or empty.
        invited_on: When.
        invitation_expired: Whether that link has run out.
    """

    id: str = ""
    name: str = ""
    bio: str = ""
    visits_per_day: str = ""
    photo_url: str = ""
    archived: bool = False
    skills: list[SkillView] = field(default_factory=list)
    services: str = ""
    hours: dict[str, str] = field(default_factory=dict)
    by_weeks: bool = False
    hours_lines: list[str] = field(default_factory=list)
    this_week: str = "a"
    dates: list[DateView] = field(default_factory=list)
    time_off: list[TimeOffView] = field(default_factory=list)
    base: AddressView | None = None
    base_lines: list[str] = field(default_factory=list)
    radius: str = ""
    account: str = ""
    invited: str = ""
    invited_on: str = ""
    invitation_expired: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class SessionView:
    """A class that takes place; ``places`` says how many are taken."""

    id: str
    day: str
    time: str
    fieldworker: str
    places: str


@dataclass(frozen=True, slots=True)
class ServicePersonView:
    """Somebody who works here, and whether they do a certain service."""

    id: str
    name: str
    does: bool
