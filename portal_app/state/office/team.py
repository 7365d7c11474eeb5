"""The team, as the office looks after it: the list, and what holds for everybody."""

from collections.abc import AsyncIterator, Awaitable
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.scheduling import public_holidays, team, time_off
from portal_app.domain.scheduling.holiday_calendar import HolidaysForm
from portal_app.domain.scheduling.team import ProfileForm
from portal_app.domain.scheduling.time_off import TimeOffForm
from portal_app.domain.scheduling.views import (
    HolidaysView,
    HolidayView,
    MemberRowView,
    TimeOffView,
)
from portal_app.kernel.audiences import Actor
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.office.asking_form import AskingForm

_LONGEST = 60


def _store(
    _id: str, form: form_parsing.Form, _version: int, request: str
) -> Awaitable[str]:
    typed = ProfileForm(**form_parsing.texts(form, "name", "bio"))
    return worker.call(team.add_member, actor(), typed, request)


_TEAM = collection.CollectionSpec(
    read=team.team_for_office,
    name=lambda person: person.name,
    field="person",
    store=_store,
    remove=team.archive_member,
    restore=team.restore_member,
    saved="The person is added. Open their page to say what they do and when.",
    back="This person takes bookings again.",
    order=team.reorder_team,
    fill=collection.split_archived,
)


class OfficeTeamState(collection.Collection, rx.State):
    """Everybody; archiving is on a person's own page, where it may have to ask."""

    items: list[MemberRowView] = []
    archived: list[MemberRowView] = []

    def _spec(self) -> collection.CollectionSpec:
        return _TEAM

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show everybody as they are now."""
        await self._load()

    @event_for(*STAFF)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        self._clear_messages()

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add somebody; their page is a link in the list."""
        async for step in self._save_entry(form_data):
            yield step

    @event_for(OFFICE)
    async def move(self, item_id: str, by: collection.Step) -> None:
        """Move somebody a place up (-1) or down (1)."""
        await self._move(item_id, by)

    @event_for(OFFICE)
    async def restore(self, item_id: str) -> EventSpec:
        """Let an archived person take bookings again."""
        return await self._restore(item_id)


class OfficeClosuresState(AskingForm, rx.State):
    """Public holidays, and the time off that is everybody's.

    ``regions`` and ``days`` are of the country and region that the open form has;
    ``held`` is what is stored.
    """

    held: HolidaysView = HolidaysView()
    countries: list[tuple[str, str]] = []
    regions: list[tuple[str, str]] = []
    days: list[HolidayView] = []
    country: str = ""
    subdivision: str = ""
    time_off: list[TimeOffView] = []
    loaded: bool = False

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show both as they are now."""
        await self._read()
        self._clear_messages()
        self.loaded = True

    @event_for(*STAFF)
    async def begin(self) -> None:
        """Open a form with what is stored, without the errors of the last time."""
        await self._read()
        self._clear_messages()

    @event_for(*STAFF, weight=3)
    async def look_up(self, country: str, subdivision: str) -> None:
        """Show the holidays of another country or region, before it is saved."""
        if country != self.country:
            subdivision = ""
        self.country, self.subdivision = country[:2], subdivision[:_LONGEST]
        self.regions = public_holidays.subdivision_choices(self.country)
        form = HolidaysForm(
            country=self.country,
            subdivision=self.subdivision,
            worked=frozenset(day.name for day in self.held.days if day.worked),
        )
        self.days = await worker.query(public_holidays.upcoming, form)

    @event_for(OFFICE)
    async def save_holidays(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store which holidays there are, and on which of them people work."""
        worked = {
            form_parsing.field(form_data, f"holiday.{at}")
            for at in range(len(form_data))
            if form_parsing.ticked(form_data, f"worked.{at}")
        }
        form = HolidaysForm(
            country=form_parsing.field(form_data, "country"),
            subdivision=form_parsing.field(form_data, "subdivision"),
            worked=frozenset(worked),
        )
        save = partial(
            worker.call,
            public_holidays.save_holidays,
            actor(),
            form,
            form_parsing.number(form_data, "version"),
            accepted=form_parsing.field(form_data, "accepted"),
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The holidays are saved.")]
        ):
            yield step

    @event_for(OFFICE)
    async def save_time_off(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store when everybody is away."""
        save = partial(store_time_off, None, form_data)
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The time off is saved.")]
        ):
            yield step

    @event_for(OFFICE)
    async def remove_time_off(self, time_off_id: str) -> EventSpec:
        """Take it back."""
        await worker.call(time_off.remove_time_off, actor(), None, time_off_id)
        await self._read()
        return toast("success", "The time off is removed.")

    async def _read(self) -> None:
        self.held, self.time_off, locale = await worker.query(_closures, actor())
        if not self.countries:
            self.countries = public_holidays.country_choices(locale)
        self.country, self.subdivision = self.held.country, self.held.subdivision
        self.regions = public_holidays.subdivision_choices(self.country)
        self.days = self.held.days


def store_time_off(
    fieldworker_id: str | None, form: form_parsing.Form
) -> Awaitable[Any]:
    """Add the time off that a form says, or change the one it names."""
    whole = form_parsing.ticked(form, "whole_days")
    typed = TimeOffForm(
        first=form_parsing.field(form, "first"),
        last=form_parsing.field(form, "last"),
        starts="" if whole else form_parsing.field(form, "starts"),
        ends="" if whole else form_parsing.field(form, "ends"),
        reason=form_parsing.field(form, "reason"),
    )
    return worker.call(
        time_off.save_time_off,
        actor(),
        fieldworker_id,
        form_parsing.field(form, "time_off"),
        typed,
        version=form_parsing.number(form, "version"),
        accepted=form_parsing.field(form, "accepted"),
    )


def _closures(tx: Session, who: Actor) -> tuple[HolidaysView, list[TimeOffView], str]:
    return (
        public_holidays.holidays_for_office(tx, who),
        time_off.time_off_views(tx, who, None),
        businesses.current_business(tx).locale,
    )
