"""*My Account*: profile, picture, *Edit Info*, and custom fields."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import address_fields
from portal_app.components.account.contacts import (
    contact_choice,
    email_rows,
    name_rows,
    phone_rows,
)
from portal_app.components.ui.choices import choice_group, radio_card
from portal_app.components.ui.custom_fields import custom_fields, custom_values
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge, bone
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.lists import account_section, address_line, form_part
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.picture_editor import picture_editor
from portal_app.components.ui.surfaces import card, summary_list, summary_row
from portal_app.state.account.profile import AccountFieldsState, AccountState

_PROFILE_DIALOG = "edit-info"
_PROFILE = AccountState.profile


def profile_card() -> rx.Component:
    """Draw the profile, and the dialogs that change it."""
    return rx.fragment(
        rx.cond(AccountState.loaded, _card(), _skeleton()),
        _dialog(),
    )


def billing_section() -> rx.Component:
    """Draw the billing address, and the dialog that changes it."""
    return rx.fragment(
        account_section(
            "Billing address",
            card(
                rx.cond(
                    AccountState.loaded,
                    rx.cond(
                        _PROFILE.billing.lines.length() > 0,
                        _billing(),
                        rx.el.p("None yet.", class_name="text-ink-soft"),
                    ),
                    bone("h-6 w-64"),
                ),
                class_name="py-5!",
            ),
            text="Where we post your invoices.",
            action=edit_button(
                _PROFILE_DIALOG,
                icon("pencil"),
                rx.el.span("Edit Info"),
                class_name="btn btn-secondary max-sm:w-full",
            ),
        ),
        _dialog(),
    )


def _billing() -> rx.Component:
    return rx.fragment(
        address_line(_PROFILE.billing.lines),
        when(
            _PROFILE.booking_at_billing,
            rx.el.p(
                "We come here for your bookings, too",
                class_name="text-sm font-normal text-ink-faint",
            ),
        ),
    )


def _card() -> rx.Component:
    name = _PROFILE.first_name + " " + _PROFILE.last_name
    return card(
        rx.el.div(
            picture_editor(
                avatar(
                    name, _PROFILE.large_picture_url, size="xl", class_name="size-24!"
                ),
                "Update Profile Picture",
                picture=_PROFILE.large_picture_url,
                on_uploaded=AccountState.use_picture,
                on_remove=AccountState.remove_picture,
                of_oneself=True,
            ),
            rx.el.div(
                rx.el.h2(name, class_name="text-2xl wrap-anywhere"),
                when(
                    _PROFILE.kind == "business",
                    rx.el.p(_PROFILE.company, class_name="text-ink-soft wrap-anywhere"),
                    rx.el.p(
                        "We use this for your bookings.", class_name="text-ink-soft"
                    ),
                ),
                class_name="min-w-0 flex-1 basis-48",
            ),
            edit_button(
                _PROFILE_DIALOG,
                icon("pencil"),
                rx.el.span("Edit Info"),
                class_name="btn btn-secondary max-sm:w-full",
            ),
            class_name="flex flex-wrap items-center gap-x-6 gap-y-5",
        ),
        _facts(name),
        class_name="max-w-3xl",
    )


def _facts(name: Any) -> rx.Component:
    nothing = rx.el.span("Not given", class_name="font-normal text-ink-faint")
    return summary_list(
        summary_row(
            "Name",
            rx.el.span(name),
            each(
                _PROFILE.other_names,
                lambda other: rx.el.span(
                    " · ", other, class_name="font-normal text-ink-soft"
                ),
            ),
            name="user-round",
        ),
        summary_row("Email", each(_PROFILE.emails, _email), name="mail"),
        summary_row(
            "Phone",
            rx.cond(
                _PROFILE.phones.length() > 0,
                each(
                    _PROFILE.phones,
                    lambda phone: _entry(
                        phone.text,
                        when(phone.primary, _main_badge(_PROFILE.phones)),
                    ),
                ),
                nothing,
            ),
            name="phone",
        ),
        when(
            _PROFILE.asks_birthday,
            summary_row(
                "Birthday",
                rx.cond(_PROFILE.birthday, _PROFILE.birthday_text, nothing),
                name="calendar-days",
            ),
        ),
        when(
            _PROFILE.asks_language,
            summary_row(
                "Language",
                rx.cond(_PROFILE.language, _PROFILE.language_name, nothing),
                name="globe",
            ),
        ),
        summary_row(
            "Billing address",
            rx.cond(
                _PROFILE.billing.lines.length() > 0,
                _billing(),
                nothing,
            ),
            name="receipt",
        ),
        class_name="mt-6 border-t border-line",
    )


def _main_badge(entries: Any) -> rx.Component:
    return when(entries.length() > 1, badge("Main"))


def _entry(text: Any, *marks: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(text, class_name="min-w-0 wrap-anywhere"),
        *marks,
        class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1 py-0.5",
    )


def _email(email: Any) -> rx.Component:
    return _entry(
        email.email,
        when(email.primary, _main_badge(_PROFILE.emails)),
        when(
            email.verified,
            rx.fragment(),
            rx.fragment(
                badge("Not confirmed yet", look="bg-warning-soft text-warning"),
                rx.el.button(
                    "Send the link again",
                    type="button",
                    class_name="text-link min-h-11 text-sm",
                    on_click=AccountState.resend(email.id),
                ),
            ),
        ),
    )


def _skeleton() -> rx.Component:
    return card(
        rx.el.div(
            bone("size-24 rounded-full!"),
            rx.el.div(bone("h-7 w-48"), bone("mt-2 h-5 w-24")),
            class_name="flex items-center gap-5",
        ),
        rx.el.div(
            *[bone("h-6 w-2/3") for _ in range(4)],
            class_name="mt-6 flex flex-col gap-7 border-t border-line py-4",
        ),
        class_name="max-w-3xl",
        custom_attrs={"aria-busy": "true"},
    )


def _dialog() -> rx.Component:
    errors = AccountState.errors
    return saving_dialog(
        AccountState,
        _PROFILE_DIALOG,
        form_part(
            "About you",
            choice_group(
                "This profile is",
                radio_card(
                    "Personal",
                    name="kind",
                    value="personal",
                    default_checked=_PROFILE.kind == "personal",
                ),
                radio_card(
                    "Business",
                    name="kind",
                    value="business",
                    default_checked=_PROFILE.kind == "business",
                ),
                columns="sm:grid-cols-2",
            ),
            text_field(
                "Business name",
                "company",
                error=errors["company"],
                default_value=_PROFILE.company,
                auto_complete="organization",
                class_name=(
                    "hidden! group-has-[input[value=business]:checked]/form:flex!"
                ),
            ),
            rx.el.div(
                text_field(
                    "First name",
                    "first_name",
                    error=errors["first_name"],
                    default_value=_PROFILE.first_name,
                    auto_complete="given-name",
                    auto_capitalize="words",
                ),
                text_field(
                    "Last name",
                    "last_name",
                    error=errors["last_name"],
                    required=False,
                    default_value=_PROFILE.last_name,
                    auto_complete="family-name",
                    auto_capitalize="words",
                ),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
            name_rows(_PROFILE.other_names, errors),
            rx.el.div(
                when(
                    _PROFILE.asks_birthday,
                    text_field(
                        "Birthday",
                        "birthday",
                        type="date",
                        error=errors["birthday"],
                        required=False,
                        default_value=_PROFILE.birthday,
                        auto_complete="bday",
                    ),
                ),
                when(
                    _PROFILE.asks_language,
                    select_field(
                        "Language",
                        "language",
                        AccountState.languages,
                        error=errors["language"],
                        required=False,
                        placeholder="Not given",
                        default_value=_PROFILE.language,
                    ),
                ),
                class_name="grid gap-5 empty:hidden sm:grid-cols-2 sm:gap-4",
            ),
        ),
        form_part(
            "How we reach you",
            email_rows(_PROFILE.emails, errors, AccountState.resend),
            phone_rows(_PROFILE.phones, errors),
        ),
        form_part("More contacts", contact_choice()),
        form_part(
            "Billing address",
            address_fields(
                _PROFILE.billing,
                errors,
                optional="Leave this empty if you do not need invoices by post.",
            ),
            checkbox_field(
                "Booking address is the same as billing",
                "booking_at_billing",
                default_checked=_PROFILE.booking_at_billing,
                help="If we come somewhere else, add it under Places.",
            ),
        ),
        title="Edit Info",
        version=_PROFILE.version,
    )


_FIELDS_DIALOG = "more-about-you"
_FIELDS = AccountFieldsState.fields


def custom_fields_section() -> rx.Component:
    """Draw the business's own fields, and the dialog that fills them in.

    Returns:
        A section, or nothing where the business asks for nothing.
    """
    return when(
        _FIELDS.length() > 0,
        account_section(
            "More about you",
            card(custom_values(_FIELDS), class_name="py-2! sm:py-3!"),
            saving_dialog(
                AccountFieldsState,
                _FIELDS_DIALOG,
                custom_fields(_FIELDS, AccountFieldsState.errors, of="customer"),
                title="More about you",
                version=AccountFieldsState.version,
                wide=False,
            ),
            text="So we can do things the way you like.",
            action=edit_button(
                _FIELDS_DIALOG,
                icon("pencil"),
                rx.el.span("Edit answers"),
                class_name="btn btn-secondary max-sm:w-full",
            ),
        ),
    )
