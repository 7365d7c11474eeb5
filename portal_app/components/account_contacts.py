"""*My Account*: more contacts."""

from typing import Any

import reflex as rx

from portal_app.state.account import AccountState
from portal_app.state.account_contacts import AccountContactsState

from .account_collection import collection_section
from .account_parts import (
    email_rows,
    icon_action,
    item,
    line,
    name_rows,
    part,
    phone_rows,
)
from .feedback import badge
from .fields import checkbox_field, select_field, text_field
from .logic import each, joined, when

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
    return collection_section(
        AccountContactsState,
        "contact",
        title="More contacts",
        text="A partner, an assistant, somebody at the door.",
        add="Add another contact",
        empty="Nobody else yet.",
        called=lambda contact: contact.name,
        draw=_item,
        fields=_fields,
    )


def _item(contact: Any, at: Any, actions: list[Any]) -> rx.Component:
    return item(
        "user-round",
        contact.name,
        each(contact.emails, _email),
        each(contact.phones, lambda phone: line(phone.text)),
        when(contact.told_about_text, line("Told about: ", contact.told_about_text)),
        when(contact.may_text, line("May: ", contact.may_text)),
        badges=badge(contact.role_name),
        actions=[_moves(contact, at), *actions],
        key=contact.id,
    )


def _moves(contact: Any, at: Any) -> rx.Component:
    count = AccountContactsState.items.length()
    return when(
        count > 1,
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
                disabled=at == count - 1,
                on_click=AccountContactsState.move(contact.id, 1),
            ),
        ),
    )


def _email(email: Any) -> rx.Component:
    return rx.el.div(
        line(email.email, class_name="break-all"),
        when(
            email.verified,
            rx.fragment(),
            when(
                email.stopped,
                badge("Wants no mails"),
                badge("Not confirmed yet", look="bg-warning-soft text-warning"),
            ),
        ),
        class_name="flex flex-wrap items-center gap-x-2.5",
    )


def _fields(contact: Any) -> list[Any]:
    errors = AccountContactsState.errors
    known = contact is not None
    return [
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
            _said("By e-mail, once they have confirmed it."),
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
            _said(
                "Who sees bookings gets a link to each in the mail about it. "
                "Whoever books may speak for you when they call us."
            ),
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


def _said(words: str) -> rx.Component:
    return rx.el.p(words, class_name="-mt-2 text-[0.9375rem] text-ink-soft")
