"""The bar above the wizard while the office books for a customer."""

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import joined, when
from portal_app.state.bookings.booked_for import BookedForState


def booked_for_bar() -> rx.Component:
    """Draw for whom it is; nothing for whoever books for themselves."""
    customer = BookedForState.customer
    return when(
        customer.name,
        rx.el.aside(
            icon("phone", "size-5"),
            rx.el.p(
                "You are booking for ",
                rx.el.span(customer.name, class_name="font-semibold"),
                when(customer.phone, joined(", ", customer.phone)),
                ".",
                class_name="min-w-0",
            ),
            aria_label="Booking for a customer",
            class_name=(
                "mb-6 flex items-center gap-3 rounded-xl bg-info-soft px-4 py-3 "
                "text-[0.9375rem] text-info"
            ),
        ),
    )
