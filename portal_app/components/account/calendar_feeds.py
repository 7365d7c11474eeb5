"""The private address by which a calendar program reads bookings."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.logic import when


def calendar_address(address: Any, on_create: Any) -> rx.Component:
    """Draw the button that makes the address, and the address once it is made.

    Args:
        address: A Var of the address; empty while it is not shown.
        on_create: Event that makes it, or makes it anew.
    """
    return rx.el.div(
        when(
            address,
            rx.el.div(
                text_field(
                    "Calendar address",
                    "calendar_address",
                    default_value=address,
                    key=address,
                    read_only=True,
                    help=(
                        "Subscribe to it in Google Calendar, Outlook or Apple "
                        "Calendar. It is shown only now; keep it to yourself."
                    ),
                ),
                role="status",
            ),
        ),
        button(
            rx.cond(address, "Make another one", "Create calendar address"),
            kind="secondary",
            before="calendar-plus",
            on_click=on_create,
            class_name="max-sm:w-full sm:self-start",
        ),
        class_name="flex flex-col gap-4",
    )
