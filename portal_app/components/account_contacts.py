"""*My Account*: more contacts."""

from typing import Any

import reflex as rx

from portal_app.state.account import AccountState
from portal_app.state.account_contacts import AccountContactsState

from .account_parts import (
    account_section,
    dialog_name,
    email_rows,
    icon_action,
    item,
    item_list,
    line,
    name_rows,
    part,
    phone_rows,
)
from .edit import edit_button, edit_dialog
from .feedback import badge
from .fields import checkbox_field, select_field, text_field
from .icon import icon
from .logic import each, joined, when
from .skeleton import list_skeleton

_CONTACTS = AccountContactsState.contacts
_ROLES = [
    ("partner", "Partner"),
    ("assistant", "Assistant"),
    ("receptionist", "Receptionist"),
    ("site_contact", "Site contact"),
    ("other", "Other"),
]
_TOLD_ABOUT = [
    ("booking_updates", "Booking updates"),
    ("invoices", "Invoices"),
    ("quotes", "Quotes"),
]
_MAY = [("view", "See bookings"), ("book", "Book appointments")]


def contacts_section() -> rx.Component:
    """Draw the other contacts, and the dialogs that add and change them.

    Returns:
        A ``section``.
    """
    return account_section(
        "More contacts",
        rx.cond(
            AccountContactsState.loaded,
            item_list(_CONTACTS, _item, "Nobody else yet."),
            list_skeleton(1),
        ),
        each(_CONTACTS, _dialog),
        _new_dialog(),
        text="A partner, an assistant, somebody at the door.",
        action=edit_button(
            "contact-new",
            icon("plus"),
            rx.el.span("Add another contact"),
            class_name="btn btn-secondary max-sm:w-full",
        ),
    )


def _item(contact: Any, at: Any) -> rx.Component:
    edit = {"data-edit": dialog_name("contact", contact.id)}
    return item(
        "user-round",
        contact.name,
        each(contact.emails, _email),
        each(contact.phones, lambda phone: line(phone.text)),
        when(contact.told_about_text, line("Told about: ", contact.told_about_text)),
        when(contact.may_text, line("May: ", contact.may_text)),
        badges=badge(contact.role_name),
        actions=[
            when(
                _CONTACTS.length() > 1,
                rx.fragment(
                    icon_action(
                        "chevron-up",
                        joined("Move ", contact.name, " up"),
                        disabled=at == 0,
                        on_click=AccountContactsState.move(contact.id, -1),
                    ),
                    icon_action(
                        "chevron-down",
                        joined("Move ", contact.name, " down"),
                        disabled=at == _CONTACTS.length() - 1,
                        on_click=AccountContactsState.move(contact.id, 1),
                    ),
                ),
            ),
            icon_action("pencil", joined("Edit ", contact.name), custom_attrs=edit),
            icon_action(
                "trash-2",
                joined("Remove ", contact.name),
                on_click=AccountContactsState.remove(contact.id),
            ),
        ],
        key=contact.id,
    )


def _email(email: Any) -> rx.Component:
    return rx.el.div(
        line(email.email, class_name="break-all"),
        when(
            email.verified,
            rx.fragment(),
            badge("Not confirmed yet", look="bg-warning-soft text-warning"),
        ),
        class_name="flex flex-wrap items-center gap-x-2.5",
    )


def _new_dialog() -> rx.Component:
    return _framed("contact-new", "Add another contact", 0, _fields())


def _dialog(contact: Any) -> rx.Component:
    return _framed(
        dialog_name("contact", contact.id),
        joined("Edit ", contact.name),
        contact.version,
        _fields(contact),
    )


def _framed(name: Any, title: Any, version: Any, fields: list[Any]) -> rx.Component:
    return edit_dialog(
        name,
        *fields,
        title=title,
        on_open=AccountContactsState.begin,
        on_submit=AccountContactsState.save,
        pending=AccountContactsState.pending,
        problem=AccountContactsState.problem,
        changes=AccountContactsState.changes,
        version=version,
        seen=AccountContactsState.seen,
        saved=AccountContactsState.saved,
    )


def _fields(contact: Any = None) -> list[Any]:
    errors = AccountContactsState.errors
    known = contact is not None
    return [
        *(
            [
                rx.el.input(
                    type="hidden", name="contact", value=contact.id, read_only=True
                )
            ]
            if known
            else []
        ),
        part(
            "Who it is",
            select_field(
                "Role",
                "role",
                _ROLES,
                error=errors["role"],
                placeholder="Choose",
                default_value=contact.role if known else "",
            ),
            rx.el.div(
                text_field(
                    "First name",
                    "first_name",
                    error=errors["first_name"],
                    default_value=contact.first_name if known else "",
                    auto_complete="off",
                    auto_capitalize="words",
                ),
                text_field(
                    "Last name",
                    "last_name",
                    error=errors["last_name"],
                    required=False,
                    default_value=contact.last_name if known else "",
                    auto_complete="off",
                    auto_capitalize="words",
                ),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
            name_rows(contact.other_names if known else [], errors),
        ),
        part(
            "How to reach them",
            email_rows(contact.emails if known else [], errors, AccountState.resend),
            phone_rows(contact.phones if known else [], errors),
        ),
        part(
            "What they are told about",
            rx.el.div(
                *[
                    _tick(
                        "told_about", key, words, contact.told_about if known else None
                    )
                    for key, words in _TOLD_ABOUT
                ],
                class_name="-my-2 flex flex-wrap gap-x-8",
            ),
        ),
        part(
            "What they may do",
            rx.el.div(
                *[
                    _tick("may", key, words, contact.may if known else None)
                    for key, words in _MAY
                ],
                class_name="-my-2 flex flex-wrap gap-x-8",
            ),
        ),
    ]


def _tick(group: str, key: str, words: str, ticked: Any) -> rx.Component:
    return checkbox_field(
        words,
        f"{group}.{key}",
        default_checked=False if ticked is None else ticked.contains(key),
    )
