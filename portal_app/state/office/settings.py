"""The switches of the business: ways in, how strict, what is asked."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.state.auth import providers
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm


class OfficeSettingsState(VersionedForm, rx.State):
    """The form of the switches.

    ``missing`` are the providers that the server is not set up for.
    """

    loaded: bool = False
    missing: list[str] = []
    google: bool = False
    apple: bool = False
    facebook: bool = False
    booking_number: bool = False
    guests_may_book: bool = False
    guest_session_minutes: int = 0
    session_hours: int = 0
    remembered_days: int = 0
    password_min_length: int = 0
    password_min_score: str = ""
    asks_birthday: bool = False
    asks_language: bool = False
    version: int = 0

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the switches as they are now."""
        await self._read()
        self.missing = [name for name in PROVIDERS if not providers.is_configured(name)]
        self._clear_messages()
        self.loaded = True

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store them, unless somebody else did meanwhile."""
        done = [toast("success", "The settings are saved.")]
        save, wanted = businesses.save_switches, _form(form_data)
        async for step in self._save_page(form_data, done, save, wanted):
            yield step

    async def _read(self) -> None:
        switches = await worker.query(businesses.switches)
        self.google, self.apple = switches.google, switches.apple
        self.facebook = switches.facebook
        self.booking_number = switches.booking_number
        self.guests_may_book = switches.guests_may_book
        self.guest_session_minutes = switches.guest_session_minutes
        self.session_hours = switches.session_hours
        self.remembered_days = switches.remembered_days
        self.password_min_length = switches.password_min_length
        self.password_min_score = str(switches.password_min_score)
        self.asks_birthday = switches.asks_birthday
        self.asks_language = switches.asks_language
        self.version = switches.version


def _form(data: form_parsing.Form) -> SwitchesForm:
    return SwitchesForm(
        google=form_parsing.ticked(data, "google"),
        apple=form_parsing.ticked(data, "apple"),
        facebook=form_parsing.ticked(data, "facebook"),
        booking_number=form_parsing.ticked(data, "booking_number"),
        guests_may_book=form_parsing.ticked(data, "guests_may_book"),
        guest_session_minutes=form_parsing.number(data, "guest_session_minutes"),
        session_hours=form_parsing.number(data, "session_hours"),
        remembered_days=form_parsing.number(data, "remembered_days"),
        password_min_length=form_parsing.number(data, "password_min_length"),
        password_min_score=form_parsing.number(data, "password_min_score"),
        asks_birthday=form_parsing.ticked(data, "asks_birthday"),
        asks_language=form_parsing.ticked(data, "asks_language"),
    )
