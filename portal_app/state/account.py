"""My Account: the customer's own profile."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import service as customers
from portal_app.domain.customers.views import ProfileView
from portal_app.kernel.errors import Conflict, DomainError
from portal_app.state import forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.toasts import toast
from portal_app.state.viewer import ViewerState

_LABELS = {"first_name": "First name", "last_name": "Last name", "phone": "Phone"}


@dataclass(frozen=True)
class Change:
    """What a field says now, after somebody else changed it."""

    label: str
    now: str


class AccountState(rx.State):
    """The profile and the form that edits it.

    The form lives in the browser and survives whatever happens to this state.
    It sends the version it was opened with and an id of its own; ``saved`` is the
    id of the form that was stored last, ``seen`` the version whose ``changes``
    the person was shown.
    """

    profile: ProfileView = ProfileView()
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the profile as it is now."""
        self.profile = await worker.query(customers.profile, actor())
        self.errors, self.problem, self.changes = {}, "", []
        self.pending, self.loaded = False, True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        self.errors, self.problem, self.changes = {}, "", []

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store what was typed, unless the profile changed meanwhile."""
        request = forms.field(form_data, "request")
        if request and request == self.saved:
            return  # a second click, or a replay, of what is stored
        self.errors, self.problem, self.changes = {}, "", []
        self.pending = True
        yield
        typed = {name: forms.field(form_data, name) for name in _LABELS}
        try:
            await worker.call(
                customers.update_profile,
                actor(),
                version=forms.number(form_data, "version"),
                **typed,
            )
        except Conflict:
            await self._show_what_changed(typed)
            return
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
            return
        finally:
            self.pending = False
        self.profile = await worker.query(customers.profile, actor())
        self.saved = request
        yield [ViewerState.load, toast("success", "Your profile is saved.")]

    async def _show_what_changed(self, typed: dict[str, str]) -> None:
        known, now = self.profile, await worker.query(customers.profile, actor())
        if known.version == now.version:
            # This state was lost and read anew since the form was opened.
            known = replace(now, **{name: typed[name].strip() for name in _LABELS})
        self.profile, self.seen = now, now.version
        self.changes = [
            Change(label, getattr(now, name) or "empty")
            for name, label in _LABELS.items()
            if getattr(now, name) != getattr(known, name)
        ]
