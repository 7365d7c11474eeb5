"""The office books for a customer, who is on the phone."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import form_skeleton
from portal_app.components.ui.fields import (
    email_field,
    phone_field,
    select_field,
    text_field,
)
from portal_app.components.ui.forms import form
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card, page_header, section
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.new_booking import OfficeNewBookingState

_STATE = OfficeNewBookingState


def draw() -> rx.Component:
    """Draw the choice of a customer, then that of a service."""
    return shell(
        rx.el.div(
            page_header(
                "Book for a customer",
                text="The same steps as the customer's own, taken for them.",
                trail=(("Bookings", "/office/bookings"),),
            ),
            rx.cond(
                _STATE.loaded,
                rx.cond(_STATE.customer.id, _service(), _customer()),
                form_skeleton(2),
            ),
            class_name="max-w-3xl",
        ),
        active="office-bookings",
        places=OFFICE_MENU,
    )


def _customer() -> rx.Component:
    return rx.el.div(
        section("Who is it for?", card(_search(), _found())),
        section(
            "Somebody new",
            card(_new_customer()),
            text="They are not told. The booking's emails go to them.",
        ),
        class_name="flex flex-col gap-9",
    )


def _search() -> rx.Component:
    return form(
        text_field(
            "Name, email or phone",
            "customer",
            type="search",
            before="search",
            auto_complete="off",
            class_name="min-w-0 flex-1 basis-56",
        ),
        submit_button("Find", kind="secondary", class_name="h-12"),
        on_submit=_STATE.find,
        reset_on_submit=False,
        class_name="flex flex-wrap items-end gap-3",
    )


def _found() -> rx.Component:
    return rx.el.div(
        rx.cond(
            _STATE.found.length() > 0,
            rx.el.ul(
                each(_STATE.found, _found_customer),
                class_name="mt-4 divide-y divide-line",
            ),
            when(
                _STATE.asked,
                rx.el.p("Nobody is called that.", class_name="mt-4 text-ink-soft"),
            ),
        ),
        role="status",
    )


def _found_customer(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.name, class_name="font-medium wrap-anywhere"),
            rx.el.p(
                one.email,
                when(one.phone, rx.fragment(" · ", one.phone)),
                class_name="text-sm text-ink-soft wrap-anywhere",
            ),
            class_name="min-w-0 flex-1",
        ),
        link_button(
            "Choose",
            rx.el.span(" ", one.name, class_name="sr-only"),
            href=joined("/office/bookings/new?customer=", one.id),
            kind="secondary",
            size="sm",
            class_name="min-h-11",
        ),
        key=one.id,
        class_name="flex items-center gap-3 py-3",
    )


def _new_customer() -> rx.Component:
    errors = _STATE.errors
    return form(
        rx.el.div(
            text_field(
                "First name",
                "first_name",
                error=errors["first_name"],
                auto_complete="off",
            ),
            text_field(
                "Last name",
                "last_name",
                error=errors["last_name"],
                required=False,
                auto_complete="off",
            ),
            email_field(error=errors["email"], auto_complete="off"),
            phone_field(error=errors["phone"], required=False, auto_complete="off"),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        submit_button(
            "Add customer", pending=_STATE.pending, class_name="sm:self-start"
        ),
        on_submit=_STATE.add,
        problem=_STATE.problem,
        reset_on_submit=False,
    )


def _service() -> rx.Component:
    customer = _STATE.customer
    return section(
        joined("For ", customer.name),
        card(
            form(
                select_field(
                    "Service",
                    "service",
                    _STATE.services,
                    placeholder="Choose a service",
                    error=_STATE.errors["service"],
                ),
                submit_button(
                    "Next",
                    pending=_STATE.pending,
                    after="arrow-right",
                    class_name="sm:self-start",
                ),
                on_submit=_STATE.begin,
                problem=_STATE.problem,
                reset_on_submit=False,
            )
        ),
        text=rx.fragment(
            customer.email, when(customer.phone, rx.fragment(" · ", customer.phone))
        ),
        action=link_button(
            "Somebody else", href="/office/bookings/new", kind="secondary", size="sm"
        ),
    )


page = Page(
    route="/office/bookings/new",
    title="Book for a customer",
    draw=draw,
    on_load=(ViewerState.load, OfficeNewBookingState.load),
)
