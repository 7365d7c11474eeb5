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
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import day as day_of
from portal_app.state.core.form_parsing import instant

_PARTS = (("Morning", "sunrise", 12), ("Afternoon", "sun", 17), ("Evening", "moon", 24))
_MISSING = "Please choose a day and a time."


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
class _Month:
    first: date
    title: str
    cells: list[DayCell]
    has_previous: bool
    has_next: bool
    free: list[str]


class WizardTimeState(rx.State):
    """Days and times that are free for the draft, as last looked at.

    ``shown_for`` names the draft and the length of the visit they belong to;
    ``looks`` counts the looks at a day, after which ``slot`` is what is chosen.
    """

    shown_for: str = ""
    month: str = ""
    days: list[DayCell] = []
    has_previous: bool = False
    has_next: bool = False
    day: str = ""
    day_text: str = ""
    groups: list[SlotGroup] = []
    slot: str = ""
    people: list[FieldworkerView] = []
    person: str = ""
    free_text: str = ""
    busy: bool = False
    looks: int = 0

    _first: date | None = None

    @event_for(CUSTOMER, weight=3)
    async def load(self) -> None:
        """Look for free time if the wizard stands at this step."""
        book = await self.get_state(BookingWizardState)
        if await book._stands_at("time"):
            await self._begin(book)

    @event_for(CUSTOMER, weight=3)
    async def turn(self, months: Literal[-1, 1]) -> Any:
        """Show another month: ``1`` for the next, ``-1`` for the one before."""
        book = await self._book()
        usable = self.has_next if months == 1 else self.has_previous
        if book is None or self._first is None or not usable:
            return
        self._show(busy=True)
        yield
        await self._look_at_month(book, _shift_month(self._first, months))
        self._show(busy=False)

    @event_for(CUSTOMER)
    async def pick_day(self, iso: str) -> Any:
        """Show the free times of a day."""
        book, day = await self._book(), day_of(iso)
        if book is None or day is None:
            return
        self._show(day=day.isoformat())
        book._show(problem="")
        yield
        await self._look_at_day(book, day)

    @event_for(CUSTOMER, weight=3)
    async def pick_person(self, fieldworker_id: str) -> Any:
        """Ask for somebody in particular, or with an empty id for anyone.

        A time already chosen is kept if it is free with that person too.
        """
        book = await self._book()
        if book is None:
            return
        known = {person.id for person in self.people}
        self._show(person=fieldworker_id if fieldworker_id in known else "", busy=True)
        book._show(problem="")
        yield
        try:
            await self._look(book, day_of(self.day), self._first)
            offered = {slot.value for group in self.groups for slot in group.slots}
            start = instant(self.slot)
            if start is not None and self.slot in offered:
                await self._choose(book, start)
            else:
                self._show(slot="")
        finally:
            self._show(busy=False)

    @event_for(CUSTOMER)
    async def pick_slot(self, starts_at: str) -> EventSpec | None:
        """Choose a time. It is kept in the draft at once, but not held."""
        book, start = await self._book(), instant(starts_at)
        if book is None or start is None:
            return None
        return await self._choose(book, start)

    @event_for(CUSTOMER)
    async def next_from_time(self) -> EventSpec | None:
        """*Next* on this step."""
        book = await self._book()
        if book is None:
            return None
        if not self.slot or "time" not in book._done:
            book._show(problem=_MISSING)
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
        self._show(slot=slot, person=person)
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
            day = day_of(self.day)
            self._show(slot="")
            if day is not None:
                await self._look(book, day, self._first)
            book._show(
                problem="Sorry, that time has just been taken. Please choose another."
            )
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        book._show(problem="")
        self._show(slot=draft.starts_at)
        return None

    async def _look(
        self, book: BookingWizardState, day: date | None, first: date | None
    ) -> None:
        """Look at a month, and at the day wanted or its first free one."""
        who, person = actor(), self.person or None
        if first is None:
            month = await worker.query(_first_month, who, book.draft_id, person, day)
        else:
            month = await worker.query(_month, who, book.draft_id, person, first)
        self._take_month(month)
        if day is None or day.isoformat() not in month.free:
            day = day_of(month.free[0]) if month.free else None
        if day is None:
            self._show(day="", day_text="", groups=[], free_text="")
            return
        self._show(day=day.isoformat())
        await self._look_at_day(book, day)

    async def _look_at_month(self, book: BookingWizardState, first: date) -> None:
        person = self.person or None
        self._take_month(
            await worker.query(_month, actor(), book.draft_id, person, first)
        )

    def _take_month(self, month: _Month) -> None:
        self._first = month.first
        self._show(
            month=month.title,
            days=month.cells,
            has_previous=month.has_previous,
            has_next=month.has_next,
        )

    async def _look_at_day(self, book: BookingWizardState, day: date) -> None:
        person = self.person or None
        day_text, groups, count = await worker.query(
            _times, actor(), book.draft_id, person, day
        )
        self.looks += 1
        times = "1 free time" if count == 1 else f"{count or 'No'} free times"
        self._show(day_text=day_text, groups=groups, free_text=f"{times} on {day_text}")

    def _show(self, **values: Any) -> None:
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)


def _first_month(
    tx: Session, who: Actor, draft_id: str, person: str | None, day: date | None
) -> _Month:
    """The month of the day wanted, or the first that has a free day."""
    today, last = drafts.bookable_range(tx, who, draft_id)
    if day is not None and today <= day <= last:
        return _month(tx, who, draft_id, person, day.replace(day=1))
    month = _month(tx, who, draft_id, person, today.replace(day=1))
    if month.free:
        return month
    free = drafts.free_days(tx, who, draft_id, today, last, fieldworker_id=person)
    if not free:
        return month
    first = date.fromisoformat(free[0].day).replace(day=1)
    return _month(tx, who, draft_id, person, first)


def _month(
    tx: Session, who: Actor, draft_id: str, person: str | None, first: date
) -> _Month:
    formats = businesses.formats(tx)
    today, last = drafts.bookable_range(tx, who, draft_id)
    following = _shift_month(first, 1)
    free = drafts.free_days(
        tx, who, draft_id, first, following - timedelta(days=1), fieldworker_id=person
    )
    free_days = {day.day for day in free}
    blanks = [
        DayCell(f"blank-{i}", "", "", False, False, True)
        for i in range(first.weekday())
    ]
    days = [first + timedelta(days=i) for i in range((following - first).days)]
    cells = [
        DayCell(
            iso=day.isoformat(),
            label=formats.day(day),
            number=str(day.day),
            available=day.isoformat() in free_days,
            today=day == today,
            blank=False,
        )
        for day in days
    ]
    return _Month(
        first=first,
        title=formats.month(first),
        cells=blanks + cells,
        has_previous=first > today,
        has_next=following <= last,
        free=[day.day for day in free],
    )


def _times(
    tx: Session, who: Actor, draft_id: str, person: str | None, day: date
) -> tuple[str, list[SlotGroup], int]:
    """The day in words, its free times by part of the day, and how many."""
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
    return formats.day(day), groups, len(free)


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
