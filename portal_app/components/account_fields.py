"""*My Account*: what else the business asks its customers."""

import reflex as rx

from portal_app.state.account_fields import AccountFieldsState

from .account_parts import account_section
from .custom_fields import custom_fields, custom_values
from .edit import edit_button, saving_dialog
from .icon import icon
from .logic import when
from .surface import card

_NAME = "more-about-you"
_FIELDS = AccountFieldsState.fields


def more_about_you() -> rx.Component:
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
                _NAME,
                custom_fields(_FIELDS, AccountFieldsState.errors, of="customer"),
                title="More about you",
                version=AccountFieldsState.version,
                wide=False,
            ),
            text="What helps us to do it your way.",
            action=edit_button(
                _NAME,
                icon("pencil"),
                rx.el.span("Edit answers"),
                class_name="btn btn-secondary max-sm:w-full",
            ),
        ),
    )
