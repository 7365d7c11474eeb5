"""*My Bookings*."""

from functools import partial
from typing import Any

import reflex as rx

from portal_app.components.bookings.summary import booking_rows
from portal_app.components.layout.shell import shell
from portal_app.components.quotes.quote import quote_rows
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.features import if_on
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.fields import select_field
from portal_app.components.ui.logic import joined
from portal_app.components.ui.surfaces import page_header, page_turner
from portal_app.components.ui.tabs import tab, tab_list, tab_panel
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.bookings.booking_list import BookingsState
from portal_app.state.core.viewer import ViewerState
from portal_app.state.quotes.quote import QuotesState


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
                if_on(
                    Feature.QUOTES,
                    tab(
                        "quotes",
                        "Quotes",
                        chosen=BookingsState.when,
                        on_click=rx.redirect(_address("quotes")),
                    ),
                ),
            ),
            rx.cond(BookingsState.when == "quotes", rx.fragment(), _sort()),
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
        if_on(
            Feature.QUOTES,
            tab_panel("quotes", _quotes(), chosen=BookingsState.when),
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


def _quotes() -> rx.Component:
    return rx.cond(
        QuotesState.loaded,
        rx.cond(
            QuotesState.total > 0,
            rx.el.div(
                quote_rows(QuotesState.rows, "/quotes/"),
                page_turner(
                    QuotesState.summary,
                    QuotesState.page,
                    QuotesState.has_more,
                    partial(_turn, "quotes"),
                ),
            ),
            empty_state(
                "No quotes yet",
                "Where a price is on request, ask us for one; our answer will be here.",
                action=link_button("See all services", href="/services"),
                name="file-text",
            ),
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
    on_load=(ViewerState.load, BookingsState.load, QuotesState.load),
)
