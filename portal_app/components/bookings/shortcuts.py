"""The home page of somebody who is signed in: what comes next, and what again."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.summary import (
    book_again_path,
    booking_picture,
    booking_rows,
)
from portal_app.components.ui.buttons import link, link_button, text_link
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, equal, joined, when
from portal_app.components.ui.surfaces import page_header, section
from portal_app.state.bookings.home import HomeState

_WELCOME = "Welcome back"


def member_home(viewer: Any, services: rx.Component) -> rx.Component:
    """Draw the home page of somebody who is signed in.

    Args:
        viewer: A Var of who it is.
        services: What the business does, for everybody.
    """
    customer = equal(viewer.role, "customer")
    return rx.fragment(
        page_header(
            when(
                equal(viewer.role, "office"),
                _WELCOME,
                joined(_WELCOME, ", ", viewer.name.split(" ")[0]),
            ),
            action=when(
                equal(viewer.role, "office"),
                link_button("Go to the office", href="/office", after="arrow-right"),
                when(customer, _schedule()),
            ),
        ),
        when(
            customer,
            when(HomeState.loaded, _shortcuts(HomeState.bookings), list_skeleton(2)),
        ),
        services,
    )


def waiting_home(services: rx.Component) -> rx.Component:
    """Draw the same where a session came along and it is not known whose.

    Args:
        services: What the business does, for everybody.
    """
    return rx.fragment(page_header(_WELCOME), list_skeleton(2), services)


def _schedule() -> rx.Component:
    return link_button(
        "Schedule an appointment", href="/services", before="calendar-plus"
    )


def _shortcuts(bookings: Any) -> rx.Component:
    return rx.el.div(
        when(
            bookings.begun.length() > 0,
            section(
                "Go on with your booking",
                rx.el.ul(each(bookings.begun, _begun), class_name=_CARDS),
            ),
        ),
        section(
            "Your next bookings",
            when(
                bookings.upcoming.length() > 0,
                booking_rows(bookings.upcoming, level=3),
                empty_state(
                    "Nothing is booked",
                    "Choose a service and a time that suits you; it will be here.",
                    picture="/art/empty-bookings.webp",
                    level=3,
                    class_name="card",
                ),
            ),
            action=text_link("All my bookings", href="/bookings"),
        ),
        when(
            bookings.again.length() > 0,
            section(
                "Book again",
                rx.el.ul(each(bookings.again, _again), class_name=_CARDS),
            ),
        ),
        class_name="flex flex-col gap-10",
    )


_CARDS = "grid gap-3.5 sm:grid-cols-2 xl:grid-cols-3"


def _again(booked: Any) -> rx.Component:
    return _shortcut(
        booked, book_again_path(booked), "Last on ", "rotate-ccw", booked.number
    )


def _begun(draft: Any) -> rx.Component:
    # The overview, or what is asked before it.
    path = joined("/book/", draft.service_slug, "?step=overview&draft=", draft.draft_id)
    return _shortcut(draft, path, "Begun on ", "arrow-right", draft.draft_id)


def _shortcut(
    one: Any, href: Any, when_words: str, name: str, key: Any
) -> rx.Component:
    return rx.el.li(
        booking_picture(one.image, "size-16 rounded-xl"),
        rx.el.div(
            link(
                one.service_name,
                href=href,
                class_name=(
                    "font-semibold after:absolute after:inset-0 "
                    "after:rounded-[1.125rem]"
                ),
            ),
            rx.el.p(when_words, one.last_day, class_name="text-sm text-ink-faint"),
            class_name="min-w-0 flex-1",
        ),
        icon(name, "size-5 text-accent-ink"),
        key=key,
        class_name="card card-link relative flex items-center gap-4 p-3.5 pr-4.5",
    )
