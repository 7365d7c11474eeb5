"""My Account: the profile, its picture, and the business's custom fields."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import contact_points, profiles
from portal_app.domain.customers.profiles import ProfileForm
from portal_app.domain.customers.views import ProfileView
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.core import form_parsing, versioned_form, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import answers, text
from portal_app.state.core.toasts import toast
from portal_app.state.core.viewer import ViewerState


class AccountState(rx.State):
    """The profile and the form that edits it.

    The form lives in the browser and survives whatever happens to this state; see
    ``versioned_form.VersionedFormVars`` for what it is told.
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
        versioned_form.clear_messages(self)
        self.loaded = True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store *Edit Info*, unless the profile changed meanwhile."""
        if versioned_form.is_repeated(self, form_data):
            return
        versioned_form.clear_messages(self)
        self.pending = True
        yield
        typed = ProfileForm(
            kind=form_parsing.field(form_data, "kind"),
            company=form_parsing.field(form_data, "company"),
            first_name=form_parsing.field(form_data, "first_name"),
            last_name=form_parsing.field(form_data, "last_name"),
            other_names=form_parsing.names(form_data),
            emails=form_parsing.emails(form_data),
            phones=form_parsing.phones(form_data),
            birthday=form_parsing.field(form_data, "birthday"),
            language=form_parsing.field(form_data, "language"),
            billing=form_parsing.address(form_data),
            booking_at_billing=form_parsing.ticked(form_data, "booking_at_billing"),
        )
        version = form_parsing.number(form_data, "version")
        saving = worker.run_in_thread(profiles.save_profile, actor(), typed, version)
        stored = await versioned_form.try_save(self, saving)
        if stored or self.changes:
            self.profile, self.languages = await worker.query(_profile, actor())
        if stored:
            self.saved = form_parsing.field(form_data, "request")
            waiting = [e.email for e in self.profile.emails if not e.verified]
            words = "Your profile is saved."
            if waiting:
                words += f" Please open the link we sent to {waiting[-1]}."
            # The billing address may have become a saved location.
            yield [
                ViewerState.load,
                AccountLocationsState.load,
                toast("success", words),
            ]

    @event_for(CUSTOMER)
    async def resend(self, email_id: Any) -> EventSpec:
        """Send a fresh link to an e-mail that waits for it."""
        email = await worker.run_in_thread(
            contact_points.resend_verification, actor(), text(email_id)
        )
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
        await worker.call(profiles.set_picture, actor(), file_id)
        self.profile, self.languages = await worker.query(_profile, actor())
        return [ViewerState.load, toast("success", words)]


def _profile(
    tx: worker.Session, who: Actor
) -> tuple[ProfileView, list[tuple[str, str]]]:
    locale = businesses.current_business(tx).locale
    return profiles.get_profile(tx, who), profiles.languages(locale)


class AccountFieldsState(rx.State):
    """The business's own fields, as a ``versioned_form.VersionedFormVars``."""

    fields: list[FieldView] = []
    version: int = 0
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the fields as they are now."""
        await self._read()
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await self._read()
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store what was entered, unless it changed meanwhile."""
        if versioned_form.is_repeated(self, form_data):
            return
        versioned_form.clear_messages(self)
        self.pending = True
        yield
        version = form_parsing.number(form_data, "version")
        saving = worker.call(
            profiles.save_custom_fields, actor(), answers(form_data), version
        )
        stored = await versioned_form.try_save(self, saving)
        if stored or self.changes:
            await self._read()
        if stored:
            self.saved = form_parsing.field(form_data, "request")
            yield [AccountState.load, toast("success", "Your answers are saved.")]

    async def _read(self) -> None:
        self.fields, self.version = await worker.query(
            profiles.list_custom_fields, actor()
        )
