"""My Account: business profiles."""

from collections.abc import AsyncIterator, Awaitable
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
from portal_app.state.core import collection, form_parsing, versioned_form, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for

_MOST_CONTACTS = 20
_CONTACT = ("name", "email", "phone")


def _store(
    profile_id: str, form: dict[str, Any], version: int, request: str
) -> Awaitable[None]:
    typed = BusinessProfileForm(
        name=form_parsing.field(form, "name"),
        tax_number=form_parsing.field(form, "tax_number"),
        billing_email=form_parsing.field(form, "billing_email"),
        address=form_parsing.address(form),
        contacts=tuple(
            CompanyContactForm(**row)
            for row in form_parsing.ordered_rows(
                form, "contacts", *_CONTACT, most=_MOST_CONTACTS
            )
        ),
        is_default=form_parsing.ticked(form, "is_default"),
    )
    if profile_id:
        return worker.call(
            companies.update_business_profile, actor(), profile_id, typed, version
        )
    return worker.call(companies.add_business_profile, actor(), typed, request)


_BUSINESS_PROFILES = collection.CollectionSpec(
    read=companies.list_business_profiles,
    name=lambda company: company.name,
    field="company",
    store=_store,
    remove=companies.remove_business_profile,
    restore=companies.restore_business_profile,
    saved="The business profile is saved.",
    back="The business profile is back.",
)


class AccountBusinessProfilesState(rx.State):
    """The business profiles (``collection.CollectionVars``)."""

    items: list[BusinessProfileView] = []
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
        await collection.load(self, _BUSINESS_PROFILES)

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a business profile, or change the one the form names."""
        async for step in collection.save(self, _BUSINESS_PROFILES, form_data):
            yield step

    @event_for(CUSTOMER)
    async def remove(self, profile_id: Any) -> None:
        """Offer a business profile no more."""
        await collection.remove(self, _BUSINESS_PROFILES, profile_id)

    @event_for(CUSTOMER)
    async def undo(self) -> EventSpec | None:
        """Take the last removal back."""
        return await collection.undo(self, _BUSINESS_PROFILES)
