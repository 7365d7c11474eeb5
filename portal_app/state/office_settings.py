"""The switches of the business: ways in, how strict, what is asked."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.business.views import Switches
from portal_app.kernel.changes import Change
from portal_app.state import edits, forms, providers, worker
from portal_app.state.access import OFFICE, actor, event_for
from portal_app.state.toasts import toast


class OfficeSettingsState(rx.State):
    """The form of the switches, and what it is told (``edits.Editing``).

    ``missing`` are the providers that the server is not set up for.
    """

    loaded: bool = False
    missing: list[str] = []
    google: bool = False
    apple: bool = False
    facebook: bool = False
    booking_number: bool = False
    guest_booking: bool = False
    guest_session_minutes: int = 0
    session_hours: int = 0
    remembered_days: int = 0
    password_min_length: int = 0
    password_min_score: str = ""
    asks_birthday: bool = False
    asks_language: bool = False
    version: int = 0
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(OFFICE)
    async def load(self) -> None:
        """Show the switches as they are now."""
        self._show(await worker.query(businesses.switches))
        self.missing = [name for name in PROVIDERS if not providers.is_configured(name)]
        edits.clear(self)
        self.loaded = True

    @event_for(OFFICE)
    async def save(self, form_data: dict[str, Any]) -> AsyncIterator[EventSpec | None]:
        """Store them, unless somebody else did meanwhile."""
        edits.clear(self)
        self.pending = True
        yield
        # Whoever was shown what differs saves over just that.
        version = forms.number(form_data, "version")
        saving = worker.call(
            businesses.save_switches, actor(), _form(form_data), version
        )
        if await edits.attempt(self, saving):
            self._show(await worker.query(businesses.switches))
            yield toast("success", "The settings are saved.")
        elif self.seen:
            self.version = self.seen

    def _show(self, switches: Switches) -> None:
        self.google, self.apple = switches.google, switches.apple
        self.facebook = switches.facebook
        self.booking_number = switches.booking_number
        self.guest_booking = switches.guest_booking
        self.guest_session_minutes = switches.guest_session_minutes
        self.session_hours = switches.session_hours
        self.remembered_days = switches.remembered_days
        self.password_min_length = switches.password_min_length
        self.password_min_score = str(switches.password_min_score)
        self.asks_birthday = switches.asks_birthday
        self.asks_language = switches.asks_language
        self.version = switches.version


def _form(data: dict[str, Any]) -> SwitchesForm:
    return SwitchesForm(
        google=forms.ticked(data, "google"),
        apple=forms.ticked(data, "apple"),
        facebook=forms.ticked(data, "facebook"),
        booking_number=forms.ticked(data, "booking_number"),
        guest_booking=forms.ticked(data, "guest_booking"),
        guest_session_minutes=forms.number(data, "guest_session_minutes"),
        session_hours=forms.number(data, "session_hours"),
        remembered_days=forms.number(data, "remembered_days"),
        password_min_length=forms.number(data, "password_min_length"),
        password_min_score=forms.number(data, "password_min_score"),
        asks_birthday=forms.ticked(data, "asks_birthday"),
        asks_language=forms.ticked(data, "asks_language"),
    )
