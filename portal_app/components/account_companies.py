"""*My Account*: business profiles."""

from typing import Any

import reflex as rx

from portal_app.state.account_companies import AccountCompaniesState

from .account_collection import collection_section
from .account_parts import item, line, part, text_lines
from .address import address_fields
from .edit import Rows
from .feedback import badge
from .fields import checkbox_field, email_field, text_field
from .logic import each, when


def companies_section() -> rx.Component:
    """Draw the business profiles, and the dialogs that add and change them.

    Returns:
        A ``section``.
    """
    return collection_section(
        AccountCompaniesState,
        "company",
        title="Business profiles",
        text="Book for a company, with its name and tax number on the invoice.",
        add="Create business profile",
        empty="No business profile yet.",
        called=lambda company: company.name,
        draw=_item,
        fields=_fields,
    )


def _item(company: Any, _at: Any, actions: list[Any]) -> rx.Component:
    return item(
        "building-2",
        company.name,
        when(company.tax_number, line("Tax number ", company.tax_number)),
        line(company.billing_email, class_name="break-all"),
        text_lines(company.address.lines),
        each(
            company.contacts,
            lambda one: line(
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
    errors = AccountCompaniesState.errors
    known = company is not None
    return [
        part(
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
        part("Address", address_fields(company.address if known else None, errors)),
        part(
            "Contacts",
            Rows.create(
                name="contacts",
                kind="company",
                label="Contact",
                add="Add a contact",
                initial=company.contacts if known else [],
                errors=errors,
                most=10,
            ),
        ),
        checkbox_field(
            "Choose it by itself when I book",
            "is_default",
            default_checked=company.is_default if known else False,
        ),
    ]
