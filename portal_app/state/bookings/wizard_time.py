"""The wizard's second step: a day and a time with somebody who is free."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.views import FreeTimeView
from portal_app.domain.business import service as businesses
from portal_app.domain.scheduling.views import FieldworkerView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import instants_of_wall_time
from portal_app.kernel.errors import Conflict
from portal_app.kernel.formats import Formats
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, actor, event_for
from portal_app.state.core.form_parsing import day as day_of
from portal_app.state.core.form_parsing import instant

_PARTS = (("Morning", "sunrise", 12), ("Afternoon", "sun", 17), ("Evening", "moon", 24))
_NO_TIME = "Please choose one of these times."
_NO_DAY = "Please choose a day with free times."
_TAKEN = "Sorry, that time has just been taken. Please choose another."
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
class _Wanted:
    """What to look at.

    Attributes:
        person: With whom, or ``None`` for anyone.
        day: The day; without free times, the first of the month that has some.
        first: The month; ``None`` for that of the day or the first free day.
    """

    person: str | None
    day: date | None
    first: date | None


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


class WizardTimeState(rx.State):
    """Days and times that are free for the draft, as last looked at.

    Calendar, list and choice are one: ``slot`` is the draft's start, and is among the
    times of ``day``, or empty. ``shown_for`` names the draft and the length of the
    visit they belong to; ``looks`` counts the looks at a day. ``missing`` is why
    *Next* did not go on.
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
    proposed: bool = False
    people: list[FieldworkerView] = []
    person: str = ""
    free_text: str = ""
    missing: str = ""
    busy: bool = False
    looks: int = 0

    _first: date | None = None

    @event_for(*BOOKERS, weight=3)
    async def load(self) -> None:
        """Look for free time if the wizard stands at this step.

        Where no time was chosen yet, the first free one is proposed: chosen, and
        seen. One that was chosen and is not to be had any more is asked for again.
        """
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return
        is_new = self.shown_for != book.time_key
        await self._begin(book)
        if book._lost_time:
            self._show(missing="" if book.notice else drafts.TIME_UNAVAILABLE)
        elif is_new and not self.slot and (starts := self._starts()):
            await self._choose(book, datetime.fromisoformat(starts[0]))
            self._show(proposed=bool(self.slot))

    @event_for(*BOOKERS, weight=3)
    async def turn(self, months: Literal[-1, 1]) -> Any:
        """Show another month: ``1`` for the next, ``-1`` for the one before.

        The list goes along, to the first free day of that month.
        """
        book = await self._book()
        usable = self.has_next if months == 1 else self.has_previous
        if book is None or self._first is None or not usable:
            return
        self._show(busy=True)
        yield
        await self._look(book, None, _shift_month(self._first, months))

    @event_for(*BOOKERS, weight=3)
    async def pick_day(self, iso: str) -> Any:
        """Show the free times of a day, of this month or another."""
        book, day = await self._book(), day_of(iso)
        if book is None or day is None:
            return
        self._show(day=day.isoformat(), busy=True)
        yield
        if day.replace(day=1) == self._first:
            await self._look_at_day(book, day)
        else:
            await self._look(book, day, None)

    @event_for(*BOOKERS, weight=3)
    async def pick_person(self, fieldworker_id: str) -> Any:
        """Ask for somebody in particular, or with an empty id for anyone.

        A time already chosen is kept if it is free with that person too.
        """
        book = await self._book()
        if book is None:
            return
        known = {person.id for person in self.people}
        self._show(person=fieldworker_id if fieldworker_id in known else "", busy=True)
        yield
        await self._look(book, day_of(self.day), self._first)
        start = instant(self.slot)
        if start is not None:
            await self._choose(book, start)

    @event_for(*BOOKERS)
    async def pick_slot(self, starts_at: str) -> EventSpec | None:
        """Choose a time. It is kept in the draft at once, but not held."""
        book, start = await self._book(), instant(starts_at)
        if book is None or start is None:
            return None
        return await self._choose(book, start)

    @event_for(*BOOKERS)
    async def next_from_time(self) -> EventSpec | None:
        """*Next* on this step: goes on with the time that is shown as chosen."""
        book = await self._book()
        if book is None:
            return None
        if not self.slot or self.slot != book._chosen[0]:
            self._show(missing=_NO_TIME if self.groups else _NO_DAY)
            return None
        return book._go_on()

    async def _book(self) -> BookingWizardState | None:
        """The wizard, if it stands at this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return None
        if self.shown_for != book.time_key:
            await self._begin(book)  # the server that had looked is gone
        return book

    async def _begin(self, book: BookingWizardState) -> None:
        slot, day, person = book._chosen
        if self.shown_for != book.time_key:
            self.reset()
        self._show(slot=slot, person=person, missing="")
        people = await worker.query(drafts.fieldworkers, actor(), book.draft_id)
        self._show(people=people)
        await self._look(book, day_of(day) or day_of(self.day), None)
        self._show(shown_for=book.time_key)

    async def _choose(
        self, book: BookingWizardState, start: datetime
    ) -> EventSpec | None:
        try:
            draft = await worker.call(
                drafts.choose_time, actor(), book.draft_id, start, self.person or None
            )
        except drafts.SlotGone:
            await self._look(book, day_of(self.day), self._first)
            await self._drop_choice(book)
            self._show(missing=_TAKEN)
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        self._show(slot=draft.starts_at, missing="", proposed=False)
        if draft.starts_at not in self._starts():
            # Chosen in a list that is not shown any more: show it where it is.
            await self._look(book, day_of(draft.day_iso), None)
        return None

    async def _look(
        self, book: BookingWizardState, day: date | None, first: date | None
    ) -> None:
        """Look at a month, and at the day wanted or its first free one."""
        try:
            wanted = _Wanted(self.person or None, day, first)
            found = await worker.query(_view, actor(), book.draft_id, wanted)
        finally:
            self._show(busy=False)
        self._first = found.first
        self._show(
            month=found.title,
            weeks=found.weeks,
            next_days=found.next_days,
            has_previous=found.has_previous,
            has_next=found.has_next,
        )
        await self._take_times(book, found.times)

    async def _look_at_day(self, book: BookingWizardState, day: date) -> None:
        try:
            found = await worker.query(
                _times, actor(), book.draft_id, self.person or None, day
            )
        finally:
            self._show(busy=False)
        await self._take_times(book, found)

    async def _take_times(self, book: BookingWizardState, found: _Times | None) -> None:
        """Show the times of a day; a choice that is not among them is given up."""
        self.looks += 1
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
            await self._drop_choice(book)

    def _starts(self) -> list[str]:
        """The times that are shown."""
        return [slot.value for group in self.groups for slot in group.slots]

    async def _drop_choice(self, book: BookingWizardState) -> None:
        """Give up what was chosen, in the draft as on the page."""
        self._show(slot="", proposed=False)
        if not book._chosen[0]:
            return
        try:
            book._take(await worker.call(drafts.clear_time, actor(), book.draft_id))
        except Conflict as refused:
            await book._refused(refused)

    def _show(self, **values: Any) -> None:
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _view(tx: Session, who: Actor, draft_id: str, wanted: _Wanted) -> _View:
    """What the step shows."""
    formats, (today, last) = (
        businesses.formats(tx),
        drafts.bookable_range(tx, who, draft_id),
    )
    person, day, first = wanted.person, wanted.day, wanted.first
    found = drafts.free_days(tx, who, draft_id, today, last, fieldworker_id=person)
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
        times=_times(tx, who, draft_id, person, day) if day is not None else None,
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


def _times(
    tx: Session, who: Actor, draft_id: str, person: str | None, day: date
) -> _Times:
    """The free times of a day, by part of the day."""
    formats = businesses.formats(tx)
    free = drafts.free_times(tx, who, draft_id, day, fieldworker_id=person)
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
    note = ""
    if len(both) > 1:
        when = "before" if start == both[0] else "after"
        note = f"{when} the clocks go back"
    return SlotCell(time.starts_at, time.time, note)


def _shift_month(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
