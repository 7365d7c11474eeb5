"""*My Bookings*."""

from functools import partial
from typing import Any

import reflex as rx

from portal_app.components.bookings.summary import booking_rows
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.fields import select_field
from portal_app.components.ui.logic import joined
from portal_app.components.ui.surfaces import page_header, page_turner
from portal_app.components.ui.tabs import tab, tab_list, tab_panel
from portal_app.pages.page import Page
from portal_app.state.bookings.booking_list import BookingsState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the two lists."""
    schedule = link_button(
        "Schedule an appointment", href="/services", before="calendar-plus"
    )
    return shell(
        page_header("My Bookings"),
        rx.el.div(
            tab_list(
                "Bookings",
                *[
                    tab(
                        key,
                        label,
                        chosen=BookingsState.when,
                        on_click=rx.redirect(_address(key)),
                    )
                    for key, label in (("upcoming", "Upcoming"), ("past", "Past"))
                ],
            ),
            _sort(),
            class_name="flex flex-wrap items-center justify-between gap-x-6 gap-y-4",
        ),
        tab_panel(
            "upcoming",
            _list(
                "upcoming",
                empty_state(
                    "Nothing is booked",
                    "Choose a service and a time that suits you; it will be here.",
                    action=schedule,
                    picture="/art/empty-bookings.webp",
                ),
            ),
            chosen=BookingsState.when,
        ),
        tab_panel(
            "past",
            _list(
                "past",
                empty_state(
                    "Nothing here yet",
                    "When an appointment is over, you find it here.",
                    action=schedule,
                    picture="/art/empty-bookings.webp",
                ),
            ),
            chosen=BookingsState.when,
        ),
        active="bookings",
    )


def _list(which: str, empty: rx.Component) -> rx.Component:
    return rx.cond(
        BookingsState.shown == which,
        rx.cond(
            BookingsState.total > 0,
            rx.el.div(
                booking_rows(BookingsState.rows),
                page_turner(
                    BookingsState.summary,
                    BookingsState.page,
                    BookingsState.has_more,
                    partial(_turn, which),
                ),
            ),
            empty,
        ),
        list_skeleton(3),
    )


def _sort() -> rx.Component:
    return select_field(
        "Sort by",
        "sort",
        BookingsState.sorts,
        value=BookingsState.sort,
        on_change=lambda sort: rx.redirect(_address(BookingsState.when, sort)),
        class_name="w-full sm:w-auto sm:flex-row sm:items-center sm:gap-3",
    )


def _address(when: Any, sort: Any = BookingsState.asked_sort) -> Any:
    """Where a list is; in its usual order unless another one is asked for."""
    return joined("/bookings?when=", when, rx.cond(sort, joined("&sort=", sort), ""))


def _turn(which: str, page: Any) -> Any:
    return rx.redirect(joined(_address(which), "&page=", page))


page = Page(
    route="/bookings",
    title="My Bookings",
    draw=draw,
    on_load=(ViewerState.load, BookingsState.load),
)
