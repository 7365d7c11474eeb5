"""*My Account*: more contacts."""

from typing import Any

import reflex as rx

from portal_app.components.account.parts import CONTACTS_ID
from portal_app.components.ui.dialogs import edit_button
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Collection,
    add_button,
    collection_section,
    form_part,
    item,
    item_line,
)
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.rows import row_part, rows
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.contacts import AccountContactsState
from portal_app.state.account.profile import AccountState


def email_rows(emails: Any, errors: Any, on_resend: Any) -> rx.Component:
    """Draw several emails, one of them the main one.

    Args:
        emails: A Var of ``EmailView``.
        errors: A Var: field to sentence.
        on_resend: Event that gets the id of one that waits for its link.
    """
    return rows(
        "emails",
        row_part("email", kind="email", path="", auto="email"),
        label="Email",
        add="Add another email",
        initial=emails,
        errors=errors,
        most=10,
        primary=True,
        keeps_one=True,
        on_resend=on_resend,
    )


def phone_rows(phones: Any, errors: Any) -> rx.Component:
    """Draw several phone numbers, each of its own country.

    Args:
        phones: A Var of ``PhoneView``.
        errors: A Var: field to sentence.
    """
    return rows(
        "phones",
        row_part(
            "country",
            "country",
            "select",
            AddressFormState.dialling,
            fallback=AddressFormState.home,
        ),
        row_part("number", kind="tel", path="", auto="tel-national", main=True),
        label="Phone",
        add="Add another phone",
        initial=phones,
        errors=errors,
        most=10,
        primary=True,
        keeps_one=True,
        formatted=AddressFormState.formatted,
        on_format_phone=AddressFormState.format_phone,
    )


def name_rows(names: Any, errors: Any) -> rx.Component:
    """Draw further names of a person.

    Args:
        names: A Var of texts.
        errors: A Var: field to sentence.
    """
    return rows(
        "other_names",
        row_part("text", path=""),
        label="Other name",
        add="Add another name",
        initial=names,
        errors=errors,
        most=5,
    )


_ROLES = [
    ("partner", "Partner"),
    ("assistant", "Assistant"),
    ("receptionist", "Receptionist"),
    ("site_contact", "Site contact"),
    ("other", "Other"),
]
_NOTIFICATIONS = [
    ("booking_updates", "Booking updates"),
    ("invoices", "Invoices"),
    ("quotes", "Quotes"),
]
_PERMISSIONS = [("view", "See bookings"), ("book", "Book appointments")]


def contacts_section() -> rx.Component:
    """Draw the other contacts, and the dialogs that add and change them."""
    return collection_section(
        CONTACTS,
        title="More contacts",
        text=(
            "Other people we can reach: a partner, an assistant, the person at the "
            "door."
        ),
        anchor=CONTACTS_ID,
    )


def contact_choice() -> rx.Component:
    """Draw the other contacts within a form: to open one, or to add one.

    The dialogs themselves stand outside it, by ``collection_dialogs(CONTACTS)``.
    """
    return rx.el.div(
        rx.el.ul(
            each(AccountContactsState.items, _choice),
            class_name="divide-y divide-line empty:hidden",
        ),
        add_button(CONTACTS),
        class_name="flex flex-col items-start gap-3",
    )


def _choice(contact: Any) -> rx.Component:
    return rx.el.li(
        edit_button(
            CONTACTS.dialog_name(contact.id),
            rx.el.span(
                rx.el.span("Edit ", class_name="sr-only"),
                rx.el.span(contact.name, class_name="font-semibold wrap-anywhere"),
                rx.el.span(
                    " · ", contact.role_name, class_name="font-normal text-ink-soft"
                ),
                class_name="min-w-0 flex-1",
            ),
            icon("pencil", "size-4 text-ink-faint"),
            class_name=(
                "flex min-h-12 w-full items-center gap-3 rounded-lg text-left "
                "hover:text-accent-ink"
            ),
        ),
        key=contact.id,
        class_name="w-full",
    )


def _item(contact: Any, actions: list[Any]) -> rx.Component:
    return item(
        "user-round",
        contact.name,
        each(contact.emails, _email),
        each(contact.phones, lambda phone: item_line(phone.text)),
        when(
            contact.told_about_text,
            item_line("Emails about: ", contact.told_about_text),
        ),
        when(contact.may_text, item_line("Can: ", contact.may_text)),
        badges=badge(contact.role_name),
        actions=actions,
        key=contact.id,
    )


def _email(email: Any) -> rx.Component:
    return rx.el.div(
        item_line(email.email, class_name="wrap-anywhere"),
        when(
            email.verified,
            rx.fragment(),
            when(
                email.stopped,
                badge("Does not want our emails"),
                badge("Not confirmed yet", look="bg-warning-soft text-warning"),
            ),
        ),
        class_name="flex flex-wrap items-center gap-x-2.5",
    )


def _fields(contact: Any) -> list[Any]:
    errors = AccountContactsState.errors
    known = contact is not None
    return [
        form_part(
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
        form_part(
            "How to reach them",
            email_rows(contact.emails if known else [], errors, AccountState.resend),
            phone_rows(contact.phones if known else [], errors),
        ),
        form_part(
            "What we email them about",
            _hint("We start once they have confirmed their email."),
            rx.el.div(
                *[
                    _tick(
                        "told_about", key, words, contact.told_about if known else None
                    )
                    for key, words in _NOTIFICATIONS
                ],
                class_name="-my-2 flex flex-wrap gap-x-8",
            ),
        ),
        form_part(
            "What they can do",
            _hint(
                "If they can see bookings, our emails to them have a link to each one. "
                "If they can book, they can call us on your behalf."
            ),
            rx.el.div(
                *[
                    _tick("may", key, words, contact.may if known else None)
                    for key, words in _PERMISSIONS
                ],
                class_name="-my-2 flex flex-wrap gap-x-8",
            ),
        ),
    ]


CONTACTS = Collection(
    AccountContactsState,
    "contact",
    name=lambda contact: contact.name,
    draw=_item,
    fields=_fields,
    add="Add another contact",
    empty="No other contacts yet.",
    ordered=True,
)


def _tick(group: str, key: str, words: str, ticked: Any) -> rx.Component:
    return checkbox_field(
        words,
        f"{group}.{key}",
        default_checked=False if ticked is None else ticked.contains(key),
    )


def _hint(words: str) -> rx.Component:
    return rx.el.p(words, class_name="-mt-2 text-[0.9375rem] text-ink-soft")
