"""The office's first page."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.booking_table import booking_table
from portal_app.components.office.security_events import security_events
from portal_app.components.ui.buttons import link_button, text_link
from portal_app.components.ui.feedback import badge, list_skeleton, note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined
from portal_app.components.ui.surfaces import card, section
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.overview import OfficeOverviewState, SignInMethod


def draw() -> rx.Component:
    """Draw what is open, and what happened."""
    return shell(
        rx.cond(
            OfficeOverviewState.loaded,
            rx.el.div(
                _first_day(),
                _waiting(),
                _today(),
                _undelivered_mails(),
                _sign_in_methods(),
                _recent_events(),
                class_name="flex flex-col gap-9",
            ),
            list_skeleton(3),
        ),
        title="Office",
        active="office",
        places=OFFICE_MENU,
    )


def _first_day() -> rx.Component:
    undecided = OfficeOverviewState.undecided
    return rx.cond(
        (undecided.length() > 0) | ~OfficeOverviewState.is_open,
        section(
            "Finish setting up",
            card(
                rx.el.p(
                    rx.cond(
                        OfficeOverviewState.is_open,
                        "Customers can book already. Some things are still undecided:",
                        "Customers cannot book yet. Until there is a service and "
                        "somebody who does it, your pages say that you open soon.",
                    )
                ),
                rx.el.ul(
                    each(undecided, _undecided_step),
                    class_name="mt-3 divide-y divide-line",
                ),
                link_button(
                    "Go on",
                    href="/office/setup",
                    after="arrow-right",
                    class_name="mt-4",
                ),
            ),
            class_name="max-w-3xl",
        ),
    )


def _waiting() -> rx.Component:
    day = OfficeOverviewState.day
    return rx.cond(
        day.waiting.length() > 0,
        section(
            "Waits for us",
            booking_table(day.waiting, "Bookings that wait for us"),
            action=rx.cond(
                day.has_more_waiting,
                link_button(
                    "All that wait",
                    href="/office/bookings?waits=on",
                    kind="secondary",
                    size="sm",
                ),
            ),
        ),
    )


def _today() -> rx.Component:
    day = OfficeOverviewState.day
    return rx.cond(
        OfficeOverviewState.is_open,
        section(
            "Today",
            rx.cond(
                day.today.length() > 0,
                booking_table(day.today, "Bookings of today, soonest first"),
                card(
                    rx.el.p("Nobody is booked for today.", class_name="text-ink-soft")
                ),
            ),
            action=link_button(
                rx.cond(day.has_more_today, "More of today", "All bookings"),
                href="/office/bookings",
                kind="secondary",
                size="sm",
            ),
        ),
    )


def _undecided_step(step: Any) -> rx.Component:
    return rx.el.li(
        text_link(step.name, href=joined("/office/setup?step=", step.key)),
        class_name="flex min-h-11 items-center",
    )


def _undelivered_mails() -> rx.Component:
    return rx.cond(
        OfficeOverviewState.undelivered_mails > 0,
        note(
            joined(
                "Emails that were not delivered: ",
                OfficeOverviewState.undelivered_mails,
                ". ",
            ),
            text_link("See why", href="/office/notifications"),
            tone="warning",
            class_name="max-w-3xl",
        ),
    )


def _sign_in_methods() -> rx.Component:
    return section(
        "How customers log in",
        card(
            rx.el.ul(
                each(OfficeOverviewState.ways, _sign_in_method),
                class_name="divide-y divide-line",
            ),
            class_name="py-1!",
        ),
        action=link_button(
            "Change", href="/office/settings", kind="secondary", size="sm"
        ),
        class_name="max-w-3xl",
    )


def _sign_in_method(method: SignInMethod) -> rx.Component:
    return rx.el.li(
        rx.el.span(method.name, class_name="min-w-0 flex-1 font-medium"),
        rx.cond(
            method.why, rx.el.span(method.why, class_name="text-sm text-ink-faint")
        ),
        rx.cond(
            method.open,
            badge(
                icon("circle-check", "size-3.5"),
                "On",
                look="bg-success-soft text-success",
            ),
            badge("Off"),
        ),
        class_name="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 py-2.5",
    )


def _recent_events() -> rx.Component:
    return section(
        "Recent activity",
        card(
            rx.cond(
                OfficeOverviewState.lately.length() > 0,
                security_events(OfficeOverviewState.lately),
                rx.el.p(
                    "Nothing to report. Log-ins that fail, new devices and changed "
                    "passwords appear here.",
                    class_name="py-5 text-ink-soft",
                ),
            ),
            class_name="py-1!",
        ),
        action=link_button(
            "All security events", href="/office/security", kind="secondary", size="sm"
        ),
        class_name="max-w-3xl",
    )


page = Page(
    route="/office",
    title="Office",
    draw=draw,
    on_load=(ViewerState.load, OfficeOverviewState.load),
)
