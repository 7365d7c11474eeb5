"""One booking, as the office looks after it."""

import reflex as rx

from portal_app.components.bookings.details import details_facts, has_details
from portal_app.components.bookings.summary import booking_facts
from portal_app.components.bookings.wizard import price_lines
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.booking_actions import (
    action_dialogs,
    booking_actions,
)
from portal_app.components.office.booking_edit import (
    agreed_dialogs,
    edit_address_button,
    edit_contact_button,
    edit_lines_button,
)
from portal_app.components.office.booking_move import move_button, move_dialog
from portal_app.components.office.booking_notes import note_dialog, office_notes
from portal_app.components.ui.buttons import link_button, text_link
from portal_app.components.ui.feedback import (
    detail_skeleton,
    empty_state,
    status_badge,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import (
    card,
    page_header,
    summary_list,
    summary_row,
    timeline,
    timeline_entry,
)
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.booking import OfficeBookingState

_STATE = OfficeBookingState
_record = OfficeBookingState.record
_booking = OfficeBookingState.record.booking


def draw() -> rx.Component:
    """Draw the booking at this address."""
    return shell(
        rx.cond(
            current_path() == _STATE.path,
            rx.cond(_record, _whole(), _missing()),
            detail_skeleton(),
        ),
        when(
            _record,
            rx.fragment(
                note_dialog(), agreed_dialogs(), action_dialogs(), move_dialog()
            ),
        ),
        active="office-bookings",
        places=OFFICE_MENU,
    )


def _missing() -> rx.Component:
    return empty_state(
        "We could not find that booking",
        "The number may be mistyped.",
        action=link_button("Bookings", href="/office/bookings"),
        name="search",
        level=1,
    )


def _whole() -> rx.Component:
    return rx.el.div(
        page_header(
            _booking.service_name,
            text=rx.el.span(
                status_badge(_booking.status),
                rx.el.span(
                    "Booking number ",
                    rx.el.span(
                        _booking.number,
                        class_name="font-semibold tabular-nums select-all",
                    ),
                    class_name="text-[0.9375rem]",
                ),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-2",
            ),
            trail=(("Bookings", "/office/bookings"),),
            action=booking_actions(),
        ),
        rx.el.div(
            rx.el.div(
                card(
                    _heading(
                        "Appointment",
                        move_button(),
                        edit_contact_button(),
                        edit_address_button(),
                    ),
                    booking_facts(_booking, _STATE.clock),
                ),
                when(
                    has_details(_booking),
                    card(
                        rx.el.h2("Details", class_name="mb-1 text-xl"),
                        details_facts(_booking.for_whom, _booking.fields),
                    ),
                ),
                card(
                    _heading("Services", edit_lines_button()),
                    price_lines(_booking.lines, _booking.total),
                ),
                class_name="flex min-w-0 flex-1 flex-col gap-5",
            ),
            rx.el.div(
                _customer(),
                office_notes(_record.office_notes),
                _history(),
                class_name="flex flex-col gap-5 xl:w-96 xl:shrink-0",
            ),
            class_name="flex flex-col gap-5 xl:flex-row xl:items-start",
        ),
    )


def _heading(title: str, *buttons: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h2(title, class_name="text-xl"),
        rx.el.div(*buttons, class_name="flex flex-wrap gap-2"),
        class_name="mb-1 flex flex-wrap items-center justify-between gap-3",
    )


def _customer() -> rx.Component:
    return card(
        rx.el.h2("Customer", class_name="text-xl"),
        summary_list(
            summary_row(
                "Name",
                rx.el.p(_record.customer, class_name="wrap-anywhere"),
                when(
                    ~_record.has_account,
                    rx.el.p("Has no account", class_name="font-normal text-ink-soft"),
                ),
            ),
            summary_row(
                "Email",
                rx.el.a(
                    _record.customer_email,
                    href=joined("mailto:", _record.customer_email),
                    class_name="text-link wrap-anywhere",
                ),
            ),
            when(
                _record.customer_phone,
                summary_row(
                    "Phone",
                    rx.el.a(
                        _record.customer_phone,
                        href=joined("tel:", _record.customer_phone),
                        class_name="text-link",
                    ),
                ),
            ),
        ),
        text_link(
            "Other bookings of this customer",
            href=joined("/office/bookings?find=", _record.customer_email),
            class_name="inline-flex min-h-11 items-center",
        ),
        class_name="pb-3!",
    )


def _history() -> rx.Component:
    return card(
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
    )


page = Page(
    route="/office/bookings/[number]",
    title="Booking",
    draw=draw,
    on_load=(ViewerState.load, AddressFormState.load, OfficeBookingState.load),
)
