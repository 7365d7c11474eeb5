"""The bar above everything while somebody of the office looks as a customer."""

from typing import Any

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import when
from portal_app.state.office.customer_preview import CustomerPreviewState


def customer_preview_bar(viewer: Any) -> rx.Component:
    """Draw the bar, with the way back; nothing for everybody else.

    Args:
        viewer: Has ``name`` and ``looking``.
    """
    return when(
        viewer.looking,
        rx.el.aside(
            icon("eye", "size-5"),
            rx.el.p(
                "You see the portal as ",
                rx.el.span(viewer.name, class_name="font-semibold"),
                " sees it. Nothing can be changed.",
                class_name="min-w-0",
            ),
            rx.el.button(
                "Stop",
                type="button",
                on_click=CustomerPreviewState.stop,
                class_name="btn btn-secondary btn-sm",
            ),
            aria_label="Looking as a customer",
            class_name=(
                "sticky top-0 z-40 flex flex-wrap items-center justify-center gap-x-4 "
                "gap-y-1 bg-warning-soft px-4 py-1.5 text-[0.9375rem] text-warning"
            ),
        ),
    )
