"""The office's list of bookings."""

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link, link_button, submit_button
from portal_app.components.ui.feedback import (
    empty_state,
    list_skeleton,
    status_badge,
)
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header, pager
from portal_app.domain.bookings.views import OfficeBookingRowView
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.bookings import OfficeBookingsState

_STATE = OfficeBookingsState
_HEAD = "px-3 py-2.5 text-left text-sm font-medium text-ink-soft first:pl-5"
_CELL = "lg:px-3 lg:py-2.5 lg:align-top lg:first:pl-5"


def draw() -> rx.Component:
    """Draw one page of the list."""
    return shell(
        page_header("Bookings"),
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
    return form(
        text_field(
            "Find",
            "find",
            type="search",
            before="search",
            placeholder="Number, name, email, phone or place",
            auto_complete="off",
            default_value=given["find"],
            class_name="col-span-2 sm:col-span-3 xl:col-span-2",
        ),
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
        # It changes nothing: whoever only looks has it as well.
        submit_button(
            "Show",
            kind="secondary",
            class_name="h-12 max-sm:col-span-2",
            custom_attrs={"data-look": ""},
        ),
        on_submit=_STATE.narrow,
        reset_on_submit=False,
        # Another address fills it in anew.
        key=_STATE.asked,
        class_name=("grid grid-cols-2 items-end gap-3 sm:grid-cols-3 xl:grid-cols-5"),
    )


def _list() -> rx.Component:
    found = _STATE.found
    return rx.cond(
        found.rows.length() > 0,
        rx.el.div(
            rx.el.table(
                rx.el.caption(_order(), class_name="sr-only"),
                rx.el.thead(
                    rx.el.tr(
                        *[
                            rx.el.th(words, scope="col", class_name=_HEAD)
                            for words in ("When", "Customer", "Service", "With")
                        ],
                        rx.el.th("Place", scope="col", class_name=_HEAD),
                        rx.el.th("Status", scope="col", class_name=_HEAD),
                        rx.el.th(
                            "Total", scope="col", class_name=f"{_HEAD} text-right pr-5"
                        ),
                    ),
                    class_name="max-lg:sr-only",
                ),
                rx.el.tbody(
                    each(found.rows, _row),
                    class_name="divide-y divide-line max-lg:block",
                ),
                class_name="card w-full border-collapse max-lg:block",
            ),
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


def _row(row: OfficeBookingRowView) -> rx.Component:
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


page = Page(
    route="/office/bookings",
    title="Bookings",
    draw=draw,
    on_load=(ViewerState.load, OfficeBookingsState.load),
)
