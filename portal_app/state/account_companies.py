"""My Account: business profiles."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.business_profiles import (
    BusinessProfileForm,
    CompanyContactForm,
)
from portal_app.domain.customers.views import BusinessProfileView
from portal_app.kernel.changes import Change
from portal_app.state import edits, entries, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.toasts import toast
from portal_app.state.typed import text

_MOST_CONTACTS = 20


class AccountCompaniesState(rx.State):
    """The business profiles, and what their form is told (``edits.Editing``).

    ``removed`` is the one that was removed last, for taking that back.
    """

    companies: list[BusinessProfileView] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the business profiles as they are now."""
        self.companies = await worker.query(companies.business_profiles, actor())
        edits.clear(self)
        self.removed, self.loaded = "", True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a business profile, or change the one the form names."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = BusinessProfileForm(
            name=forms.field(form_data, "name"),
            tax_number=forms.field(form_data, "tax_number"),
            billing_email=forms.field(form_data, "billing_email"),
            address=entries.address(form_data),
            contacts=_contacts(form_data),
            is_default=forms.ticked(form_data, "is_default"),
        )
        profile_id = forms.field(form_data, "company")
        request = forms.field(form_data, "request")
        version = forms.number(form_data, "version")
        saving = (
            worker.call(
                companies.save_business_profile, actor(), profile_id, typed, version
            )
            if profile_id
            else worker.call(companies.add_business_profile, actor(), typed, request)
        )
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            self.companies = await worker.query(companies.business_profiles, actor())
        if stored:
            self.saved = request
            yield [toast("success", "The business profile is saved.")]

    @event_for(CUSTOMER)
    async def remove(self, profile_id: Any) -> None:
        """Offer a business profile no more."""
        wanted = text(profile_id)
        await worker.call(companies.remove_business_profile, actor(), wanted)
        self.removed_name = next(
            (one.name for one in self.companies if one.id == wanted), ""
        )
        self.companies = await worker.query(companies.business_profiles, actor())
        self.removed = wanted

    @event_for(CUSTOMER)
    async def undo(self) -> EventSpec | None:
        """Take the last removal back."""
        if not self.removed:
            return None
        await worker.call(companies.restore_business_profile, actor(), self.removed)
        self.companies = await worker.query(companies.business_profiles, actor())
        self.removed = ""
        return toast("success", "The business profile is back.")


def _contacts(form: dict[str, Any]) -> tuple[CompanyContactForm, ...]:
    return tuple(
        CompanyContactForm(
            name=forms.field(form, f"contacts.{at}.name"),
            email=forms.field(form, f"contacts.{at}.email"),
            phone=forms.field(form, f"contacts.{at}.phone"),
        )
        for at in range(_MOST_CONTACTS)
        if f"contacts.{at}.name" in form
    )
