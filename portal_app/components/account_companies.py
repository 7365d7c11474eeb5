"""*My Account*: business profiles."""

from typing import Any

import reflex as rx

from portal_app.state.account_companies import AccountCompaniesState

from .account_parts import (
    account_section,
    address_fields,
    dialog_name,
    icon_action,
    item,
    item_list,
    line,
    part,
    text_lines,
    undo_bar,
)
from .edit import Rows, edit_button, edit_dialog
from .feedback import badge
from .fields import checkbox_field, email_field, text_field
from .icon import icon
from .logic import each, joined, when
from .skeleton import list_skeleton

_COMPANIES = AccountCompaniesState.companies


def companies_section() -> rx.Component:
    """Draw the business profiles, and the dialogs that add and change them.

    Returns:
        A ``section``.
    """
    return account_section(
        "Business profiles",
        rx.cond(
            AccountCompaniesState.loaded,
            item_list(_COMPANIES, _item, "No business profile yet."),
            list_skeleton(1),
        ),
        undo_bar(
            joined(AccountCompaniesState.removed_name, " is removed."),
            AccountCompaniesState.removed,
            AccountCompaniesState.undo,
        ),
        each(_COMPANIES, _dialog),
        _framed("company-new", "Create business profile", 0, _fields()),
        text="Book for a company, with its name and tax number on the invoice.",
        action=edit_button(
            "company-new",
            icon("plus"),
            rx.el.span("Create business profile"),
            class_name="btn btn-secondary max-sm:w-full",
        ),
    )


def _item(company: Any) -> rx.Component:
    edit = {"data-edit": dialog_name("company", company.id)}
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
        actions=[
            icon_action("pencil", joined("Edit ", company.name), custom_attrs=edit),
            icon_action(
                "trash-2",
                joined("Remove ", company.name),
                on_click=AccountCompaniesState.remove(company.id),
            ),
        ],
        key=company.id,
    )


def _dialog(company: Any) -> rx.Component:
    return _framed(
        dialog_name("company", company.id),
        joined("Edit ", company.name),
        company.version,
        _fields(company),
    )


def _framed(name: Any, title: Any, version: Any, fields: list[Any]) -> rx.Component:
    return edit_dialog(
        name,
        *fields,
        title=title,
        on_open=AccountCompaniesState.begin,
        on_submit=AccountCompaniesState.save,
        pending=AccountCompaniesState.pending,
        problem=AccountCompaniesState.problem,
        changes=AccountCompaniesState.changes,
        version=version,
        seen=AccountCompaniesState.seen,
        saved=AccountCompaniesState.saved,
    )


def _fields(company: Any = None) -> list[Any]:
    errors = AccountCompaniesState.errors
    known = company is not None
    return [
        *(
            [
                rx.el.input(
                    type="hidden", name="company", value=company.id, read_only=True
                )
            ]
            if known
            else []
        ),
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
