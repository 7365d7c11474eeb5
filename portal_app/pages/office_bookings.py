"""The office's list of bookings."""

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.booking_table import booking_table
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import (
    empty_state,
    list_skeleton,
)
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import when
from portal_app.components.ui.surfaces import page_header, pager
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.bookings import OfficeBookingsState

_STATE = OfficeBookingsState


def draw() -> rx.Component:
    """Draw one page of the list."""
    return shell(
        page_header(
            "Bookings",
            action=rx.cond(
                ViewerState.viewer.reads_only,
                rx.fragment(),
                link_button(
                    "Book for a customer",
                    href="/office/bookings/new",
                    before="calendar-plus",
                ),
            ),
        ),
        rx.cond(
            _STATE.loaded,
            rx.el.div(_narrowing(), _list(), class_name="flex flex-col gap-5"),
            list_skeleton(6),
        ),
        active="office-bookings",
        places=OFFICE_MENU,
    )


def _narrowing() -> rx.Component:
    given, found = _STATE.given, _STATE.found
    narrowing = rx.el.div(
        select_field(
            "Status",
            "status",
            found.statuses,
            placeholder="Any",
            default_value=given["status"],
        ),
        select_field(
            "Service",
            "service",
            found.services,
            placeholder="All",
            default_value=given["service"],
        ),
        select_field(
            "With",
            "with",
            found.fieldworkers,
            placeholder="Anybody",
            default_value=given["with"],
        ),
        text_field("From", "from", type="date", default_value=given["from"]),
        text_field("To", "to", type="date", default_value=given["to"]),
        checkbox_field(
            "Waits for us",
            "waits",
            default_checked=given["waits"] != "",
            class_name="self-end pb-0.5",
        ),
        class_name=(
            "grid-cols-2 items-end gap-3 sm:grid sm:grid-cols-3 xl:grid-cols-6 "
            "max-sm:hidden max-sm:peer-open:grid"
        ),
    )
    return form(
        rx.el.div(
            text_field(
                "Find",
                "find",
                type="search",
                before="search",
                placeholder="Number, name, email, phone or place",
                auto_complete="off",
                default_value=given["find"],
                class_name="min-w-0 flex-1",
            ),
            # It changes nothing: whoever only looks has it as well.
            submit_button(
                "Show",
                kind="secondary",
                class_name="h-12",
                custom_attrs={"data-look": ""},
            ),
            class_name="flex items-end gap-3",
        ),
        # On a phone the filters unfold; elsewhere there is room for them.
        rx.el.details(
            rx.el.summary(
                icon("sliders-horizontal", "size-4.5"),
                "Filters",
                class_name=(
                    "flex min-h-11 cursor-pointer items-center gap-2 font-semibold "
                    "text-accent-ink"
                ),
            ),
            class_name="peer sm:hidden",
        ),
        narrowing,
        on_submit=_STATE.narrow,
        reset_on_submit=False,
        # Another address fills it in anew.
        key=_STATE.asked,
        class_name="flex flex-col gap-1 sm:gap-3",
    )


def _list() -> rx.Component:
    found = _STATE.found
    return rx.cond(
        found.rows.length() > 0,
        rx.el.div(
            booking_table(found.rows, _order()),
            when(
                found.has_more | found.has_previous,
                pager(
                    _order(),
                    on_previous=_STATE.turn(False),
                    on_next=_STATE.turn(True),
                    has_previous=found.has_previous,
                    has_next=found.has_more,
                ),
            ),
        ),
        empty_state(
            rx.cond(_STATE.asked, "No such booking", "Nothing is booked"),
            rx.cond(
                _STATE.asked,
                "Nothing fits what you asked for.",
                "What customers book from today on appears here.",
            ),
            action=when(
                _STATE.asked,
                link_button(
                    "Show everything from today on",
                    href="/office/bookings",
                    kind="secondary",
                ),
            ),
            name="calendar-days",
        ),
    )


def _order() -> rx.Var[str]:
    return rx.cond(
        _STATE.found.soonest_first, "Bookings, soonest first", "Bookings, latest first"
    )


page = Page(
    route="/office/bookings",
    title="Bookings",
    draw=draw,
    on_load=(ViewerState.load, OfficeBookingsState.load),
)
