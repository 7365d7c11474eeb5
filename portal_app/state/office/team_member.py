"""Somebody of the team, as the office looks after them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.scheduling import dates, team, time_off
from portal_app.domain.scheduling.dates import DateForm
from portal_app.domain.scheduling.team import BaseForm, HoursForm, ProfileForm
from portal_app.domain.scheduling.views import MemberView
from portal_app.kernel.errors import NotFound
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.form_parsing import Form
from portal_app.state.core.toasts import toast
from portal_app.state.office.asking_form import AskingForm
from portal_app.state.office.team import store_time_off

_PREFIX = "/office/team/"
_MOST_SKILLS = 500

Saving = AsyncIterator[list[EventSpec] | None]


class OfficeMemberState(AskingForm, rx.State):
    """The person at the address; ``missing`` if there is nobody."""

    person: MemberView = MemberView()
    loaded: bool = False
    missing: bool = False

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the person the address names."""
        self._clear_messages()
        if self.person.id != self._id():
            self.person, self.loaded = MemberView(), False
        try:
            await self._read()
            self.missing = False
        except NotFound:
            self.missing = True
        self.loaded = True

    @event_for(*STAFF)
    async def begin(self) -> None:
        """Open a form with what is stored, without the errors of the last time."""
        await self._read()
        self._clear_messages()

    @event_for(OFFICE)
    async def save_profile(self, form_data: dict[str, str]) -> Saving:
        """Store the name and what customers read."""
        typed = ProfileForm(
            **form_parsing.texts(form_data, "name", "bio", "visits_per_day")
        )
        async for step in self._store(form_data, team.save_profile, typed):
            yield step

    @event_for(OFFICE)
    async def use_picture(self, file_id: str) -> EventSpec:
        """Show the picture that was just handed in."""
        return await self._set_photo(file_id, "The picture is saved.")

    @event_for(OFFICE)
    async def remove_picture(self) -> EventSpec:
        """Show initials again."""
        return await self._set_photo("", "The picture is removed.")

    @event_for(OFFICE)
    async def save_skills(self, form_data: dict[str, str]) -> Saving:
        """Store which services the person does."""
        ids = form_parsing.ticked_group(form_data, "skill", _MOST_SKILLS)
        async for step in self._store_asking(form_data, team.save_skills, ids):
            yield step

    @event_for(OFFICE)
    async def save_hours(self, form_data: dict[str, str]) -> Saving:
        """Store the weekly hours."""
        typed = HoursForm(
            days={
                name: text
                for name, text in form_data.items()
                if name.startswith("hours.")
            },
            by_weeks=form_parsing.ticked(form_data, "by_weeks"),
            this_week=form_parsing.field(form_data, "this_week"),
        )
        async for step in self._store_asking(form_data, team.save_hours, typed):
            yield step

    @event_for(OFFICE)
    async def save_date(self, form_data: dict[str, str]) -> Saving:
        """Store the hours of a date."""
        typed = DateForm(**form_parsing.texts(form_data, "day", "hours", "reason"))
        save = partial(
            worker.call,
            dates.save_date,
            actor(),
            self._id(),
            form_parsing.field(form_data, "date"),
            typed,
            version=form_parsing.number(form_data, "version"),
            accepted=form_parsing.field(form_data, "accepted"),
        )
        async for step in self._save(form_data, save, _saved):
            yield step

    @event_for(OFFICE)
    async def remove_date(self, form_data: dict[str, str]) -> Saving:
        """Let a date have the hours of other weeks."""
        save = partial(
            worker.call,
            dates.remove_date,
            actor(),
            self._id(),
            form_parsing.field(form_data, "date"),
            form_parsing.field(form_data, "accepted"),
        )
        async for step in self._save(form_data, save, _saved):
            yield step

    @event_for(OFFICE)
    async def save_time_off(self, form_data: dict[str, str]) -> Saving:
        """Store when the person is away."""
        save = partial(store_time_off, self._id(), form_data)
        async for step in self._save(form_data, save, _saved):
            yield step

    @event_for(OFFICE)
    async def remove_time_off(self, time_off_id: str) -> EventSpec:
        """Take time off back."""
        await worker.call(time_off.remove_time_off, actor(), self._id(), time_off_id)
        await self._read()
        return toast("success", "The time off is removed.")

    @event_for(OFFICE)
    async def save_base(self, form_data: dict[str, str]) -> Saving:
        """Store where the person starts from."""
        typed = BaseForm(
            address=form_parsing.address(form_data),
            radius=form_parsing.field(form_data, "radius"),
        )
        async for step in self._store(form_data, team.save_base, typed):
            yield step

    @event_for(OFFICE)
    async def archive(self, form_data: dict[str, str]) -> Saving:
        """Give the person no new bookings."""
        save = partial(
            worker.call,
            team.archive_member,
            actor(),
            self._id(),
            form_parsing.field(form_data, "accepted"),
        )

        def after() -> list[EventSpec]:
            return [toast("success", f"{self.person.name} is archived.")]

        async for step in self._save(form_data, save, after):
            yield step

    @event_for(OFFICE)
    async def restore(self) -> EventSpec:
        """Give the person bookings again."""
        await worker.call(team.restore_member, actor(), self._id())
        await self._read()
        return toast("success", f"{self.person.name} takes bookings again.")

    @event_for(OFFICE)
    async def invite(self, form_data: dict[str, str]) -> Saving:
        """Send an invitation to an account of their own."""
        email = form_parsing.field(form_data, "email")
        save = partial(worker.call, team.invite_member, actor(), self._id(), email)

        def after() -> list[EventSpec]:
            return [toast("success", f"We sent an invitation to {email.strip()}.")]

        async for step in self._save(form_data, save, after):
            yield step

    @event_for(OFFICE)
    async def invite_again(self) -> EventSpec:
        """Send a new link; the one before ends."""
        email = self.person.invited
        await worker.call(team.invite_member, actor(), self._id(), email)
        await self._read()
        return toast("success", f"We sent a new invitation to {email}.")

    @event_for(OFFICE)
    async def withdraw(self) -> EventSpec:
        """End the invitation."""
        await worker.call(team.withdraw_invitation, actor(), self._id())
        await self._read()
        return toast("success", "The invitation is withdrawn.")

    def _id(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return path.removeprefix(_PREFIX) if path.startswith(_PREFIX) else ""

    async def _read(self) -> None:
        self.person = await worker.query(team.member, actor(), self._id())

    async def _set_photo(self, file_id: str, words: str) -> EventSpec:
        await worker.call(team.set_photo, actor(), self._id(), file_id)
        await self._read()
        return toast("success", words)

    def _store(self, form: Form, save: Callable[..., Any], typed: Any) -> Saving:
        """Save a part of the person that the form says whole."""
        version = form_parsing.number(form, "version")

        def call() -> Awaitable[Any]:
            return worker.call(save, actor(), self._id(), typed, version)

        return self._save(form, call, _saved)

    def _store_asking(self, form: Form, save: Callable[..., Any], typed: Any) -> Saving:
        """As ``_store``, of what may leave bookings outside the hours."""
        accepted = form_parsing.field(form, "accepted")
        return self._store(form, partial(save, accepted=accepted), typed)


def _saved() -> list[EventSpec]:
    return [toast("success", "Your changes are saved.")]
