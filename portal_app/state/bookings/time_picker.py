"""Choosing a day and a time with somebody who is free: of a draft, or of a booking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from portal_app.domain.bookings.views import FreeDayView, FreeTimeView
from portal_app.domain.business import service as businesses
from portal_app.domain.scheduling.claims import day_topic
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import instants_of_wall_time
from portal_app.kernel.formats import Formats
from portal_app.state.core import live, worker
from portal_app.state.core.access import actor, event_for
from portal_app.state.core.form_parsing import day as day_of
from portal_app.state.core.form_parsing import instant

_PARTS = (("Morning", "sunrise", 12), ("Afternoon", "sun", 17), ("Evening", "moon", 24))
NO_TIME = "Please choose one of these times."
NO_DAY = "Please choose a day with free times."
TAKEN = "Sorry, that time has just been taken. Please choose another."
_NEXT_DAYS = 14


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the month shown; ``blank`` fills the week before the first."""

    iso: str
    label: str
    number: str
    available: bool
    today: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week of the month shown, from Monday."""

    days: list[DayCell]


@dataclass(frozen=True, slots=True)
class DayChip:
    """One of the next days with free times; ``label`` is the full date."""

    iso: str
    label: str
    weekday: str
    number: str
    month: str


@dataclass(frozen=True, slots=True)
class SlotCell:
    """A free time; ``note`` tells apart the two times of an hour that repeats."""

    value: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """The free times of one part of a day."""

    title: str
    icon: str
    slots: list[SlotCell]


@dataclass(frozen=True, slots=True)
class _Times:
    """The free times of a day, and the day in words."""

    day: date
    text: str
    groups: list[SlotGroup]


@dataclass(frozen=True, slots=True)
class _View:
    """A month with its free days, the next free days, and the times of one day."""

    first: date
    title: str
    weeks: list[WeekRow]
    has_previous: bool
    has_next: bool
    next_days: list[DayChip]
    times: _Times | None
    zone: str


@dataclass(frozen=True, slots=True)
class TimeSource:
    """The domain's functions that say what is free.

    Each takes ``(tx, actor, subject)`` first, where the subject is the id of a draft
    or the number of a booking, as ``drafts`` has them.
    """

    people: Callable[[Session, Actor, str], list[FieldworkerView]]
    bookable_range: Callable[[Session, Actor, str], tuple[date, date]]
    free_days: Callable[..., list[FreeDayView]]
    free_times: Callable[..., list[FreeTimeView]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """For what a time is looked for, and with whom; ``None`` for anyone."""

    source: TimeSource
    subject: str
    person: str | None


class TimePickerVars(rx.State, mixin=True):
    """Days and times that are free for a subject, as last looked at.

    Calendar, list and choice are one: ``slot`` is the chosen start, and is among the
    times of ``day``, or empty. ``shown_for`` names what they belong to; it is for the
    state to set when it has looked. ``looks`` counts the looks at a day. ``missing``
    is why a time is still asked for. None of the methods is a handler yet; see
    ``time_picker``.
    """

    shown_for: str = ""
    month: str = ""
    weeks: list[WeekRow] = []
    next_days: list[DayChip] = []
    has_previous: bool = False
    has_next: bool = False
    day: str = ""
    day_text: str = ""
    groups: list[SlotGroup] = []
    slot: str = ""
    people: list[FieldworkerView] = []
    person: str = ""
    zone: str = ""
    free_text: str = ""
    missing: str = ""
    busy: bool = False
    looks: int = 0

    _first: date | None = None

    def _source(self) -> TimeSource:
        raise NotImplementedError

    async def _picking(self) -> str | None:
        """The subject if a time is chosen for it on this page, else ``None``."""
        raise NotImplementedError

    async def _choose(self, start: datetime) -> Any:
        """Take a start that was picked, if it is free, into ``slot``."""
        raise NotImplementedError

    async def _drop_choice(self) -> Any:
        """Give up what was chosen."""
        self._show(slot="")

    async def _read_people(self, subject: str) -> None:
        people = await worker.query(self._source().people, actor(), subject)
        self._show(people=people)

    def _ask(self, subject: str) -> _Asked:
        return _Asked(self._source(), subject, self.person or None)

    async def _look(self, subject: str, day: date | None, first: date | None) -> None:
        """Look at a month, and at the day wanted or its first free one."""
        try:
            found = await worker.query(_view, actor(), self._ask(subject), day, first)
        finally:
            self._show(busy=False)
        self._first = found.first
        self._show(
            month=found.title,
            weeks=found.weeks,
            next_days=found.next_days,
            has_previous=found.has_previous,
            has_next=found.has_next,
            zone=found.zone,
        )
        await self._take_times(found.times)

    async def _look_at_day(
        self, subject: str, day: date, *, again: bool = False
    ) -> None:
        try:
            found = await worker.query(_times, actor(), self._ask(subject), day)
        finally:
            self._show(busy=False)
        await self._take_times(found, again=again)

    async def _take_times(self, found: _Times | None, *, again: bool = False) -> None:
        """Show the times of a day; a choice that is not among them is given up.

        Looked at ``again``, what is drawn already stays where it is.
        """
        self.looks += not again
        if found is not None:
            self._watch(found.day)
        self._show(groups=found.groups if found else [])
        starts = self._starts()
        count = len(starts)
        times = "1 free time" if count == 1 else f"{count or 'No'} free times"
        self._show(
            day=found.day.isoformat() if found else "",
            day_text=found.text if found else "",
            free_text=f"{times} on {found.text}"
            if found
            else f"{times} in {self.month}",
            missing="",
        )
        if self.slot and self.slot not in starts:
            await self._drop_choice()

    def _watch(self, day: date) -> None:
        """Look again when time of this day is taken or freed."""
        people = [self.person] if self.person else [one.id for one in self.people]
        live.watch([day_topic(one, day) for one in people], type(self).refresh)

    def _starts(self) -> list[str]:
        """The times that are shown."""
        return [slot.value for group in self.groups for slot in group.slots]

    def _is_missing(self) -> bool:
        """Whether a time is still to be chosen; ``missing`` then says so."""
        if not self.slot:
            self._show(missing=NO_TIME if self.groups else NO_DAY)
        return not self.slot

    def _show(self, **values: Any) -> None:
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def time_picker(*audiences: Audience) -> type[TimePickerVars]:
    """A mixin that lets these audiences look around and pick a time.

    Its state says by ``_source``, ``_picking`` and ``_choose`` what the time is for.
    """

    class _TimePicker(TimePickerVars, mixin=True):
        @event_for(*audiences, weight=3)
        async def turn(self, months: Literal[-1, 1]) -> Any:
            """Show another month: ``1`` for the next, ``-1`` for the one before.

            The list goes along, to the first free day of that month.
            """
            subject = await self._picking()
            usable = self.has_next if months == 1 else self.has_previous
            if subject is None or self._first is None or not usable:
                return
            self._show(busy=True)
            yield
            await self._look(subject, None, _shift_month(self._first, months))

        @event_for(*audiences, weight=3)
        async def pick_day(self, iso: str) -> Any:
            """Show the free times of a day, of this month or another."""
            subject, day = await self._picking(), day_of(iso)
            if subject is None or day is None:
                return
            self._show(day=day.isoformat(), busy=True)
            yield
            if day.replace(day=1) == self._first:
                await self._look_at_day(subject, day)
            else:
                await self._look(subject, day, None)

        @event_for(*audiences)
        async def refresh(self) -> None:
            """Look at the day again: somebody has taken or freed a time of it."""
            subject, day, chosen = await self._picking(), day_of(self.day), self.slot
            if subject is None or day is None:
                return
            await self._look_at_day(subject, day, again=True)
            if chosen and not self.slot:
                self._show(missing=TAKEN)

        @event_for(*audiences, weight=3)
        async def pick_person(self, fieldworker_id: str) -> Any:
            """Ask for somebody in particular, or with an empty id for anyone.

            A time already chosen is kept if it is free with that person too.
            """
            subject = await self._picking()
            if subject is None:
                return
            known = {person.id for person in self.people}
            self._show(
                person=fieldworker_id if fieldworker_id in known else "", busy=True
            )
            yield
            await self._look(subject, day_of(self.day), self._first)
            start = instant(self.slot)
            if start is not None:
                await self._choose(start)

        @event_for(*audiences, weight=3)
        async def pick_next_free(self) -> Any:
            """Choose the first free time there is with who is asked for."""
            subject = await self._picking()
            if subject is None:
                return
            self._show(busy=True)
            yield
            await self._look(subject, None, None)
            if starts := self._starts():
                yield await self._choose(datetime.fromisoformat(starts[0]))

        @event_for(*audiences)
        async def pick_slot(self, starts_at: str) -> Any:
            """Choose a time."""
            subject, start = await self._picking(), instant(starts_at)
            if subject is None or start is None:
                return None
            return await self._choose(start)

    return _TimePicker


def _view(
    tx: Session, who: Actor, asked: _Asked, day: date | None, first: date | None
) -> _View:
    """What is shown.

    Args:
        tx: The transaction.
        who: Who is asking.
        asked: For what, and with whom.
        day: The day wanted; without free times, the first of the month that has some.
        first: The month; ``None`` for that of the day or the first free day.
    """
    formats, source, subject = businesses.formats(tx), asked.source, asked.subject
    today, last = source.bookable_range(tx, who, subject)
    found = source.free_days(tx, who, subject, today, last, fieldworker_id=asked.person)
    free = [date.fromisoformat(one.day) for one in found]
    if first is None:
        shown = day if day is not None and today <= day <= last else None
        first = (shown or (free[0] if free else today)).replace(day=1)
    following = _shift_month(first, 1)
    of_month = [one for one in free if first <= one < following]
    if day not in of_month:
        day = of_month[0] if of_month else None
    return _View(
        first=first,
        title=formats.month(first),
        weeks=_weeks(formats, first, set(of_month), today),
        has_previous=first > today,
        has_next=following <= last,
        next_days=[
            DayChip(
                iso=one.isoformat(),
                label=formats.day(one),
                weekday=formats.weekday(one),
                number=str(one.day),
                month=formats.short_month(one),
            )
            for one in free[:_NEXT_DAYS]
        ],
        times=None if day is None else _times(tx, who, asked, day),
        zone=str(formats.zone),
    )


def _weeks(
    formats: Formats, first: date, free: set[date], today: date
) -> list[WeekRow]:
    following = _shift_month(first, 1)
    blanks = [
        DayCell(f"blank-{i}", "", "", False, False, True)
        for i in range(first.weekday())
    ]
    days = [first + timedelta(days=i) for i in range((following - first).days)]
    cells = blanks + [
        DayCell(
            iso=day.isoformat(),
            label=formats.day(day),
            number=str(day.day),
            available=day in free,
            today=day == today,
            blank=False,
        )
        for day in days
    ]
    return [WeekRow(cells[at : at + 7]) for at in range(0, len(cells), 7)]


def _times(tx: Session, who: Actor, asked: _Asked, day: date) -> _Times:
    """The free times of a day, by part of the day."""
    formats = businesses.formats(tx)
    free = asked.source.free_times(
        tx, who, asked.subject, day, fieldworker_id=asked.person
    )
    groups: list[SlotGroup] = []
    begins = 0
    for title, icon, ends in _PARTS:
        cells = [
            _slot(formats, time)
            for time in free
            if begins <= _hour(formats, time) < ends
        ]
        if cells:
            groups.append(SlotGroup(title, icon, cells))
        begins = ends
    return _Times(day, formats.day(day), groups)


def _hour(formats: Formats, time: FreeTimeView) -> int:
    return datetime.fromisoformat(time.starts_at).astimezone(formats.zone).hour


def _slot(formats: Formats, time: FreeTimeView) -> SlotCell:
    start = datetime.fromisoformat(time.starts_at)
    local = start.astimezone(formats.zone)
    wall = local.time().replace(fold=0)
    both = instants_of_wall_time(local.date(), wall, formats.zone)
    notes = [time.note] if time.note else []
    if len(both) > 1:
        when = "before" if start == both[0] else "after"
        notes.append(f"{when} the clocks go back")
    return SlotCell(time.starts_at, time.time, ", ".join(notes))


def _shift_month(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
