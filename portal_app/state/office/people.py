"""Who works in the office: roles, invitations, and taking somebody out."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.accounts import people
from portal_app.domain.accounts.rules import OFFICE as OFFICE_ACCOUNT
from portal_app.domain.accounts.rules import OFFICE_ROLES
from portal_app.domain.accounts.views import OfficePeopleView, PersonView
from portal_app.domain.sign_in import invitations
from portal_app.domain.sign_in.views import InvitationView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import DomainError
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm


def _office(
    tx: Session, who: Actor
) -> tuple[OfficePeopleView, list[tuple[str, InvitationView]]]:
    waiting = invitations.open_invitations(tx, who, {OFFICE_ACCOUNT})
    return people.office_people(tx, who), waiting


class OfficePeopleState(VersionedForm, rx.State):
    """Everybody of the office, and who is invited; ``may_change`` is for owners."""

    loaded: bool = False
    people: list[PersonView] = []
    waiting: list[InvitationView] = []
    may_change: bool = False
    required: bool = False

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show them as they are now."""
        await self._read()
        self._clear_messages()
        self.loaded = True

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        self._clear_messages()

    @event_for(OFFICE)
    async def invite(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Send an invitation by mail."""
        sending = partial(
            worker.call,
            invitations.invite,
            actor(),
            form_parsing.field(form_data, "email"),
            OFFICE_ACCOUNT,
            office_role=form_parsing.field(form_data, "office_role"),
            name=form_parsing.field(form_data, "name"),
        )
        said = "The invitation is on its way."
        async for step in self._save(
            form_data, sending, lambda: [toast("success", said)]
        ):
            yield step

    @event_for(OFFICE)
    async def change_role(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Let somebody do more, or less."""
        role = form_parsing.field(form_data, "role")
        changing = partial(
            worker.call,
            people.change_role,
            actor(),
            form_parsing.field(form_data, "person"),
            role,
        )
        said = f"Their role is {OFFICE_ROLES.get(role, role)} now."
        async for step in self._save(
            form_data, changing, lambda: [toast("success", said)]
        ):
            yield step

    @event_for(OFFICE)
    async def remove(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Take somebody out of the office."""
        removing = partial(
            worker.call,
            people.remove_person,
            actor(),
            form_parsing.field(form_data, "person"),
        )
        said = "They are not in the office any more."
        async for step in self._save(
            form_data, removing, lambda: [toast("success", said)]
        ):
            yield step

    @event_for(OFFICE)
    async def require_second_factor(self, required: bool) -> EventSpec:
        """Ask everybody who works here for a second factor, or leave it to them."""
        return await self._about(
            people.require_second_factor,
            required,
            "Everybody is asked for it from now on."
            if required
            else "Everybody decides for themselves.",
        )

    @event_for(OFFICE)
    async def send_again(self, invitation: str) -> EventSpec:
        """Send a new link."""
        return await self._about(
            invitations.send_again, invitation, "A new invitation is on its way."
        )

    @event_for(OFFICE)
    async def withdraw(self, invitation: str) -> EventSpec:
        """Make the link of an invitation worthless."""
        return await self._about(
            invitations.withdraw_one, invitation, "The invitation is withdrawn."
        )

    async def _about(self, act: Any, what: str | bool, done: str) -> EventSpec:
        try:
            await worker.call(act, actor(), what)
            said = toast("success", done)
        except DomainError as error:
            said = toast("error", error.message)
        await self._read()
        return said

    async def _read(self) -> None:
        found, waiting = await worker.query(_office, actor())
        self.people, self.may_change = found.people, found.may_change
        self.required = found.required
        self.waiting = [one for _, one in waiting]
