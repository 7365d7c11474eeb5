"""My Account: the profile, its picture, and the business's custom fields."""

from collections.abc import AsyncIterator
from functools import partial

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import contact_points, profiles
from portal_app.domain.customers.profiles import ProfileForm
from portal_app.domain.customers.views import ProfileView
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.features import Feature
from portal_app.state.account.locations import AccountLocationsState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import answers
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm
from portal_app.state.core.viewer import ViewerState


class AccountState(VersionedForm, rx.State):
    """The profile and the form that edits it.

    The form lives in the browser and survives whatever happens to this state.
    """

    profile: ProfileView = ProfileView()
    languages: list[tuple[str, str]] = []
    loaded: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the profile as it is now."""
        await self._read()
        self._clear_messages()
        self.loaded = True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        self._clear_messages()

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store *Edit Info*, unless the profile changed meanwhile."""
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
        save = partial(
            worker.run_in_thread, profiles.save_profile, actor(), typed, version
        )
        # The server may have forgotten what the page shows.
        before, _ = await worker.query(_profile, actor())
        known = {email.email for email in before.emails}
        after = partial(self._after_saving, known)
        async for step in self._save(form_data, save, after):
            yield step

    @event_for(CUSTOMER)
    async def resend(self, email_id: str) -> EventSpec:
        """Send a fresh link to an email that waits for it."""
        email = await worker.run_in_thread(
            contact_points.resend_verification, actor(), email_id
        )
        return toast("success", f"We sent a link to {email}.")

    @event_for(CUSTOMER)
    async def use_picture(self, file_id: str) -> list[EventSpec]:
        """Show the picture that was just handed in."""
        return await self._set_picture(file_id, "Your picture is saved.")

    @event_for(CUSTOMER)
    async def remove_picture(self) -> list[EventSpec]:
        """Show initials again."""
        return await self._set_picture("", "Your picture is removed.")

    def _after_saving(self, known: set[str]) -> list[EventSpec]:
        """Say that it is saved, and to which new emails a link was sent."""
        new = [
            one.email
            for one in self.profile.emails
            if not one.verified and one.email not in known
        ]
        words = "Your profile is saved."
        if new:
            words += f" Please open the link we sent to {' and '.join(new)}."
        # The billing address may have become a saved location.
        return [ViewerState.load, AccountLocationsState.load, toast("success", words)]

    async def _read(self) -> None:
        self.profile, self.languages = await worker.query(_profile, actor())

    async def _set_picture(self, file_id: str, words: str) -> list[EventSpec]:
        await worker.call(profiles.set_picture, actor(), file_id)
        await self._read()
        return [ViewerState.load, toast("success", words)]


def _profile(tx: Session, who: Actor) -> tuple[ProfileView, list[tuple[str, str]]]:
    locale = businesses.current_business(tx).locale
    return profiles.get_profile(tx, who), profiles.languages(locale)


class AccountFieldsState(VersionedForm, rx.State):
    """The business's own fields, and the form that answers them."""

    fields: list[FieldView] = []
    version: int = 0

    @event_for(CUSTOMER, feature=Feature.CUSTOM_FIELDS)
    async def load(self) -> None:
        """Show the fields as they are now."""
        await self._read()
        self._clear_messages()

    @event_for(CUSTOMER, feature=Feature.CUSTOM_FIELDS)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await self._read()
        self._clear_messages()

    @event_for(CUSTOMER, feature=Feature.CUSTOM_FIELDS)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store what was entered, unless it changed meanwhile."""
        version = form_parsing.number(form_data, "version")
        save = partial(
            worker.call,
            profiles.save_custom_fields,
            actor(),
            answers(form_data),
            version,
        )
        async for step in self._save(
            form_data,
            save,
            lambda: [AccountState.load, toast("success", "Your answers are saved.")],
        ):
            yield step

    async def _read(self) -> None:
        self.fields, self.version = await worker.query(
            profiles.list_custom_fields, actor()
        )
