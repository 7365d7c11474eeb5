"""What happened about getting in, one event under the other."""

from typing import Any

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, when
from portal_app.domain.accounts.views import SecurityEventView


def security_events(rows: Any) -> rx.Component:
    """Draw security events, latest first.

    Args:
        rows: ``SecurityEventView``; may be a Var.
    """
    return rx.el.ul(each(rows, _event), class_name="divide-y divide-line")


def _event(event: SecurityEventView) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon("shield-check"),
            class_name=(
                "grid size-10 shrink-0 place-items-center rounded-xl bg-sunken "
                "text-ink-soft"
            ),
        ),
        rx.el.div(
            rx.el.p(event.text, class_name="font-medium wrap-anywhere"),
            rx.el.p(
                when(event.about, rx.el.span(event.about, class_name="wrap-anywhere")),
                when(event.address, rx.el.span(event.address)),
                when(event.device, rx.el.span(event.device)),
                class_name=(
                    "mt-0.5 flex flex-wrap gap-x-3 gap-y-0.5 text-sm text-ink-soft"
                ),
            ),
            class_name="min-w-0 flex-1 basis-48",
        ),
        rx.el.time(
            event.when,
            date_time=event.at,
            class_name="text-sm text-ink-faint tabular-nums",
        ),
        class_name="flex flex-wrap items-start gap-x-4 gap-y-1.5 py-4",
    )
