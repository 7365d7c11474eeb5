"""What customers see before the business has anything to book."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import joined, when
from portal_app.domain.scheduling.views import NOTHING_YET


def when_open(shelves: Any, content: Any, business: Any) -> Any:
    """Draw something, or that there is nothing to book yet.

    Args:
        shelves: The categories with what can be booked; may be a Var.
        content: What is drawn if there are any.
        business: As for ``not_open_yet``.
    """
    return when(shelves, content, not_open_yet(business))


def not_open_yet(business: Any) -> rx.Component:
    """Say that nothing can be booked yet, and how to reach the business.

    Args:
        business: Whose pages these are; may be a Var.
    """
    return rx.el.section(
        icon("calendar-days", "mx-auto size-11 text-accent-ink"),
        rx.el.h1(
            joined(business.name, " opens soon"),
            tab_index=-1,
            class_name="mt-5 text-4xl font-[680] tracking-[-0.03em] wrap-anywhere",
        ),
        rx.el.p(
            NOTHING_YET,
            class_name="mt-4 text-lg text-ink-soft",
        ),
        rx.el.div(
            when(
                business.phone,
                rx.el.a(
                    icon("phone", "size-4.5"),
                    rx.el.span("Call ", business.phone),
                    href=joined("tel:", business.phone),
                    class_name="btn btn-secondary",
                ),
            ),
            link_button("Log in", href="/login", kind="ghost"),
            class_name="mt-8 flex flex-wrap justify-center gap-3",
        ),
        class_name="mx-auto max-w-xl px-4 py-24 text-center sm:py-32",
    )
