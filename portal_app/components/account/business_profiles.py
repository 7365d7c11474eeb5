"""*My Account*: business profiles."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import address_fields
from portal_app.components.account.parts import COMPANIES_ID
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.fields import checkbox_field, email_field, text_field
from portal_app.components.ui.lists import (
    Collection,
    address_line,
    collection_section,
    form_part,
    item,
    item_line,
)
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.rows import row_part, rows
from portal_app.state.account.business_profiles import AccountBusinessProfilesState


def business_profiles_section() -> rx.Component:
    """Draw the business profiles, and the dialogs that add and change them."""
    return collection_section(
        BUSINESS_PROFILES,
        title="Business profiles",
        text="Book for a company, with its name and tax number on the invoice.",
        anchor=COMPANIES_ID,
    )


def _item(company: Any, actions: list[Any]) -> rx.Component:
    return item(
        "building-2",
        company.name,
        when(company.tax_number, item_line("Tax number ", company.tax_number)),
        item_line(company.billing_email, class_name="wrap-anywhere"),
        address_line(company.address.lines),
        each(
            company.contacts,
            lambda one: item_line(
                one.name,
                when(one.email, " · "),
                one.email,
                when(one.phone, " · "),
                one.phone,
            ),
        ),
        badges=when(company.is_default, badge("Default")),
        actions=actions,
        key=company.id,
    )


def _fields(company: Any) -> list[Any]:
    errors = AccountBusinessProfilesState.errors
    known = company is not None
    return [
        form_part(
            "The business",
            text_field(
                "Business name",
                "name",
                error=errors["name"],
                default_value=company.name if known else "",
                auto_complete="organization",
            ),
            rx.el.div(
                text_field(
                    "Tax number",
                    "tax_number",
                    error=errors["tax_number"],
                    required=False,
                    default_value=company.tax_number if known else "",
                    auto_complete="off",
                ),
                email_field(
                    "Billing email",
                    "billing_email",
                    error=errors["billing_email"],
                    default_value=company.billing_email if known else "",
                ),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
        ),
        form_part(
            "Address", address_fields(company.address if known else None, errors)
        ),
        form_part(
            "Contacts",
            rows(
                "contacts",
                row_part("name", "Name", auto="name"),
                row_part("email", "Email", "email", auto="email"),
                row_part("phone", "Phone", "tel", auto="tel"),
                label="Contact",
                add="Add a contact",
                initial=company.contacts if known else [],
                errors=errors,
                most=10,
            ),
        ),
        checkbox_field(
            "Use this profile unless I choose another",
            "is_default",
            default_checked=company.is_default if known else False,
        ),
    ]


BUSINESS_PROFILES = Collection(
    AccountBusinessProfilesState,
    "company",
    name=lambda company: company.name,
    draw=_item,
    fields=_fields,
    add="Create business profile",
    empty="No business profile yet.",
)
