"""The overview of one booking."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.changes import cancel_dialog, change_card
from portal_app.components.bookings.details import (
    details_facts,
    details_fields,
    has_details,
)
from portal_app.components.bookings.place import booking_place
from portal_app.components.bookings.series import series_cancel_dialog, series_card
from portal_app.components.bookings.summary import (
    add_to_calendar,
    book_again_path,
    booking_facts,
)
from portal_app.components.bookings.wizard import price_lines
from portal_app.components.catalogue.service_cards import picture
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.header import log_out_form
from portal_app.components.layout.shell import public_shell, shell
from portal_app.components.ui.buttons import back_link, link_button
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import (
    detail_skeleton,
    empty_state,
    note,
    status_badge,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card, timeline, timeline_entry
from portal_app.pages.page import Page
from portal_app.state.bookings.booking import BookingDetailsState, BookingState
from portal_app.state.core.viewer import ViewerState

_EDIT = "booking-details"
_booking = BookingState.booking


def draw() -> rx.Component:
    """Draw the booking at this address."""
    back = back_link("My Bookings", "/bookings")
    return rx.cond(
        ViewerState.viewer.role == "guest",
        public_shell(
            _at_current_path(_for_guests(), _missing_to_guests()),
            when(BookingState.options.may_cancel, cancel_dialog()),
        ),
        shell(
            _at_current_path(back, _missing(back)),
            when(BookingState.asked.editable, _details_dialog()),
            when(BookingState.options.may_cancel, cancel_dialog()),
            when(BookingState.options.series, series_cancel_dialog()),
            active="bookings",
        ),
    )


def _at_current_path(top: rx.Component, missing: rx.Component) -> rx.Component:
    return rx.cond(
        current_path() == BookingState.path,
        rx.cond(_booking, _overview(top), missing),
        detail_skeleton(),
    )


def _for_guests() -> rx.Component:
    """Say what a guest sees, and how to keep it."""
    return note(
        rx.el.p(
            "You can see this one booking for now. Create an account with the "
            "same email to keep it with all your others."
        ),
        rx.el.div(
            link_button(
                "Create an account",
                href=joined("/signup?next=/bookings/", _booking.number),
            ),
            log_out_form("btn btn-ghost"),
            class_name="mt-3 flex flex-wrap gap-2",
        ),
        title="You are here as a guest",
        class_name="mb-7",
    )


def _overview(top: rx.Component) -> rx.Component:
    return rx.el.div(
        top,
        when(
            _booking.answer_by,
            note(
                "The time is kept for you, and we answer by ",
                _booking.answer_by,
                ".",
                title="We have your request",
                class_name="mb-6",
            ),
        ),
        rx.el.header(
            rx.el.div(
                rx.el.h1(_booking.service_name, class_name="text-3xl", tab_index=-1),
                rx.el.div(
                    status_badge(_booking.status),
                    rx.el.span(
                        "Booking number ",
                        rx.el.span(
                            _booking.number,
                            class_name="font-semibold tabular-nums select-all",
                        ),
                        class_name="text-[0.9375rem] text-ink-soft",
                    ),
                    class_name="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-2",
                ),
                class_name="min-w-0",
            ),
            rx.el.div(
                when(
                    _booking.upcoming,
                    rx.fragment(
                        add_to_calendar(_booking.number, kind="secondary"),
                        each(BookingState.calendars, _other_calendar),
                    ),
                ),
                when(
                    _booking.bookable & (ViewerState.viewer.role == "customer"),
                    link_button(
                        "Re-book",
                        href=book_again_path(_booking),
                        kind="secondary",
                        before="refresh-cw",
                    ),
                ),
                class_name="flex flex-wrap gap-2.5",
            ),
            class_name="mt-2 mb-7 flex flex-wrap items-end justify-between gap-4",
        ),
        rx.el.div(
            rx.el.div(
                card(
                    rx.el.h2("Appointment", class_name="text-xl"),
                    booking_facts(_booking, BookingState.clock),
                    booking_place(_booking, BookingState.near, BookingState.tiles),
                ),
                when(has_details(_booking) | BookingState.asked.editable, _details()),
                card(
                    rx.el.h2("Services", class_name="mb-2 text-xl"),
                    price_lines(_booking.lines, _booking.total),
                    when(
                        _booking.fee,
                        rx.el.p(
                            rx.el.span("Fee for changes"),
                            rx.el.span(_booking.fee, class_name="tabular-nums"),
                            class_name="mt-2 flex justify-between gap-4 font-semibold",
                        ),
                    ),
                ),
                class_name="flex min-w-0 flex-1 flex-col gap-5",
            ),
            rx.el.div(
                when(
                    _booking.image,
                    picture(
                        _booking.image,
                        _booking.image_alt,
                        sizes="(min-width: 80rem) 20rem, 100vw",
                        eager=True,
                        class_name="rounded-2xl max-xl:hidden",
                    ),
                ),
                change_card(_booking, BookingState.options),
                series_card(BookingState.options),
                card(
                    rx.el.h2("History", class_name="mb-5 text-xl"),
                    timeline(
                        each(
                            _booking.history,
                            lambda event: timeline_entry(
                                event.text,
                                event.when,
                                event.who,
                                event.told,
                                name="calendar-check",
                            ),
                        )
                    ),
                    class_name="pb-1! sm:pb-2!",
                ),
                class_name="flex flex-col gap-5 xl:w-80 xl:shrink-0",
            ),
            class_name="flex flex-col gap-5 xl:flex-row xl:items-start",
        ),
    )


def _other_calendar(words_and_address: Any) -> rx.Component:
    return link_button(
        words_and_address[0],
        rx.el.span(" (opens in a new tab)", class_name="sr-only"),
        href=words_and_address[1],
        kind="ghost",
        external=True,
        target="_blank",
    )


def _details() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2("Details", class_name="text-xl"),
            when(
                BookingState.asked.editable,
                edit_button(
                    _EDIT,
                    icon("pencil"),
                    rx.el.span("Edit details"),
                    class_name="btn btn-secondary",
                ),
            ),
            class_name="mb-1 flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            has_details(_booking),
            details_facts(_booking.for_whom, _booking.fields),
            rx.el.p(
                "Tell us who this visit is for.",
                class_name="py-3 text-ink-soft",
            ),
        ),
    )


def _details_dialog() -> rx.Component:
    asked = BookingState.asked
    return saving_dialog(
        BookingDetailsState,
        _EDIT,
        details_fields(
            asked,
            BookingDetailsState.errors,
            of=_booking.number,
            adds=BookingState.adds,
        ),
        title="Edit details",
        version=asked.version,
    )


def _missing_to_guests() -> rx.Component:
    return empty_state(
        "We could not find that booking",
        "As a guest you see the one booking that you opened.",
        action=link_button("Use booking number to log in", href="/login/booking"),
        name="search",
        level=1,
    )


def _missing(top: rx.Component) -> rx.Component:
    return rx.el.div(
        top,
        empty_state(
            "We could not find that booking",
            "The number may be mistyped. All your bookings are in My Bookings.",
            action=link_button("Go to My Bookings", href="/bookings"),
            name="search",
            level=1,
        ),
    )


page = Page(
    route="/bookings/[number]",
    title="Booking",
    draw=draw,
    on_load=(ViewerState.load, BookingState.load),
)
