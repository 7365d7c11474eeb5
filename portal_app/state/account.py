"""My Account: the customer's own profile and picture."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import channels, pictures, profiles
from portal_app.domain.customers.profiles import ProfileForm
from portal_app.domain.customers.views import ProfileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change
from portal_app.state import edits, entries, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.account_places import AccountPlacesState
from portal_app.state.toasts import toast
from portal_app.state.typed import text
from portal_app.state.viewer import ViewerState


class AccountState(rx.State):
    """The profile and the form that edits it.

    The form lives in the browser and survives whatever happens to this state; see
    ``edits.Editing`` for what it is told.
    """

    profile: ProfileView = ProfileView()
    languages: list[tuple[str, str]] = []
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
        self.profile, self.languages = await worker.query(_profile, actor())
        edits.clear(self)
        self.loaded = True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store *Edit Info*, unless the profile changed meanwhile."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = ProfileForm(
            kind=forms.field(form_data, "kind"),
            company=forms.field(form_data, "company"),
            first_name=forms.field(form_data, "first_name"),
            last_name=forms.field(form_data, "last_name"),
            other_names=entries.names(form_data),
            emails=entries.emails(form_data),
            phones=entries.phones(form_data),
            birthday=forms.field(form_data, "birthday"),
            language=forms.field(form_data, "language"),
            billing=entries.address(form_data),
            booking_at_billing=forms.ticked(form_data, "booking_at_billing"),
        )
        version = forms.number(form_data, "version")
        saving = worker.carry_out(profiles.save_profile, actor(), typed, version)
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            self.profile, self.languages = await worker.query(_profile, actor())
        if stored:
            self.saved = forms.field(form_data, "request")
            waiting = [e.email for e in self.profile.emails if not e.verified]
            words = "Your profile is saved."
            if waiting:
                words += f" Please open the link we sent to {waiting[-1]}."
            # The billing address may have become a saved location.
            yield [ViewerState.load, AccountPlacesState.load, toast("success", words)]

    @event_for(CUSTOMER)
    async def resend(self, email_id: Any) -> EventSpec:
        """Send a fresh link to an e-mail that waits for it."""
        email = await worker.carry_out(channels.send_again, actor(), text(email_id))
        return toast("success", f"We sent a link to {email}.")

    @event_for(CUSTOMER)
    async def use_picture(self, file_id: Any) -> list[EventSpec]:
        """Show the picture that was just handed in."""
        return await self._set_picture(text(file_id), "Your picture is saved.")

    @event_for(CUSTOMER)
    async def remove_picture(self) -> list[EventSpec]:
        """Show initials again."""
        return await self._set_picture("", "Your picture is removed.")

    async def _set_picture(self, file_id: str, words: str) -> list[EventSpec]:
        await worker.call(pictures.set_picture, actor(), file_id)
        self.profile, self.languages = await worker.query(_profile, actor())
        return [ViewerState.load, toast("success", words)]


def _profile(
    tx: worker.Session, who: Actor
) -> tuple[ProfileView, list[tuple[str, str]]]:
    locale = businesses.current(tx).locale
    return profiles.profile(tx, who), profiles.languages(locale)
