"""Bookings as the office lists them: a table, or cards on a phone."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import link
from portal_app.components.ui.feedback import status_badge
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card

_HEADINGS = ("When", "Customer", "Service", "With", "Place", "Status")
_HEAD = "px-3 py-2.5 text-left text-sm font-medium text-ink-soft first:pl-5"
_CELL = "lg:px-3 lg:py-2.5 lg:align-top lg:first:pl-5"


def booking_table(rows: Any, caption: Any) -> rx.Component:
    """Draw a list of bookings; each row leads to its booking.

    Args:
        rows: A Var of a list of ``OfficeBookingRowView``.
        caption: What it is a list of; not seen, but read aloud.
    """
    return card(
        rx.el.table(
            rx.el.caption(caption, class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(words, scope="col", class_name=_HEAD)
                        for words in _HEADINGS
                    ],
                    rx.el.th(
                        "Total", scope="col", class_name=f"{_HEAD} text-right pr-5"
                    ),
                ),
                class_name="max-lg:sr-only",
            ),
            rx.el.tbody(
                each(rows, _row), class_name="divide-y divide-line max-lg:block"
            ),
            class_name="w-full border-collapse max-lg:block",
        ),
        padded=False,
        class_name="overflow-hidden",
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            link(
                rx.el.span(row.day, class_name="font-semibold whitespace-nowrap"),
                rx.el.span(
                    row.time, class_name="text-sm whitespace-nowrap text-ink-soft"
                ),
                rx.el.span(", ", row.number, class_name="sr-only"),
                href=joined("/office/bookings/", row.number),
                # The whole row leads to it.
                class_name=(
                    "flex flex-wrap gap-x-2 after:absolute after:inset-0 lg:flex-col"
                ),
            ),
            class_name=f"{_CELL} order-1 flex-1 basis-44",
        ),
        rx.el.td(
            rx.el.div(row.customer, class_name="font-medium wrap-anywhere"),
            when(
                row.phone,
                rx.el.div(row.phone, class_name="text-sm text-ink-soft tabular-nums"),
            ),
            class_name=f"{_CELL} order-3 basis-full",
        ),
        rx.el.td(
            rx.el.div(row.service, class_name="wrap-anywhere"),
            rx.el.div(row.number, class_name="text-sm text-ink-faint tabular-nums"),
            class_name=f"{_CELL} order-4 flex-1 basis-44",
        ),
        rx.el.td(
            icon("user-round", "mr-1.5 inline size-4 text-ink-faint lg:hidden"),
            row.fieldworker,
            class_name=f"{_CELL} order-5 basis-auto",
        ),
        rx.el.td(
            row.place,
            class_name=f"{_CELL} order-6 basis-auto text-ink-soft empty:hidden",
        ),
        rx.el.td(status_badge(row.status), class_name=f"{_CELL} order-2"),
        rx.el.td(
            row.total,
            class_name=(
                f"{_CELL} order-7 ml-auto whitespace-nowrap tabular-nums lg:pr-5 "
                "lg:text-right"
            ),
        ),
        key=row.number,
        class_name=(
            "relative text-[0.9375rem] hover:bg-sunken max-lg:flex max-lg:flex-wrap "
            "max-lg:items-start max-lg:gap-x-4 max-lg:gap-y-1 max-lg:px-4 max-lg:py-3.5"
        ),
    )
