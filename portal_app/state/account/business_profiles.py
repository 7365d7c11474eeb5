"""My Account: business profiles."""

from collections.abc import Awaitable

import reflex as rx

from portal_app.domain.customers import business_profiles as companies
from portal_app.domain.customers.business_profiles import (
    BusinessProfileForm,
    CompanyContactForm,
)
from portal_app.domain.customers.views import BusinessProfileView
from portal_app.kernel.features import Feature
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor

_MOST_CONTACTS = 20
_CONTACT = ("name", "email", "phone")


def _store(
    profile_id: str, form: form_parsing.Form, version: int, request: str
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


class AccountBusinessProfilesState(
    collection.removable_collection(
        _BUSINESS_PROFILES, CUSTOMER, feature=Feature.BUSINESS_PROFILES
    ),
    rx.State,
):
    """The business profiles."""

    items: list[BusinessProfileView] = []
