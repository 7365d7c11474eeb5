"""The booking wizard: options, day and time, address, contact details, overview."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.details import asks_details, details_fields
from portal_app.components.bookings.repeat import repeat_section
from portal_app.components.bookings.summary import (
    booked_summary,
    booking_overview,
    draft_summary,
)
from portal_app.components.bookings.time_picker import time_choice
from portal_app.components.bookings.wizard import (
    contact_form,
    leave_for,
    location_form,
    question,
    step_actions,
    step_focus,
    step_heading,
    step_problem,
    wizard_frame,
)
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button, link_button, submit_button
from portal_app.components.ui.feedback import bone, empty_state, form_skeleton, note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.tabs import stepper
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_details import (
    WizardContactState,
    WizardLocationState,
)
from portal_app.state.bookings.wizard_repeat import WizardRepeatState
from portal_app.state.bookings.wizard_time import WizardTimeState
from portal_app.state.core.viewer import ViewerState

_STEPS = {
    "options": "Options",
    "time": "Day and time",
    "address": "Address",
    "contact": "Contact details",
    "overview": "Overview",
}
_KEYS = list(_STEPS)


def draw() -> rx.Component:
    """Draw the wizard for whichever service the address names."""
    here = current_path() == BookingWizardState.path
    return shell(
        step_focus(BookingWizardState.step),
        leave_for(BookingWizardState.leave),
        rx.match(
            rx.cond(here, BookingWizardState.phase, ""),
            ("open", _wizard()),
            (
                "done",
                booked_summary(BookingWizardState.booked, BookingWizardState.clock),
            ),
            ("missing", _missing()),
            ("looking", _looking()),
            _loading(),
        ),
        active="services",
    )


def _address(step: str, more: str = "") -> Any:
    return (
        BookingWizardState.path
        + f"?step={step}{more}&draft="
        + BookingWizardState.draft_id
    )


def _actions(step: str, forward: rx.Component) -> rx.Component:
    at = _KEYS.index(step)
    return step_actions(
        forward,
        back=rx.redirect(_address(_KEYS[at - 1])) if at else None,
        total=BookingWizardState.total,
        details=rx.cond(
            BookingWizardState.short_time,
            BookingWizardState.short_time,
            BookingWizardState.duration,
        ),
    )


def _wizard() -> rx.Component:
    at = rx.match(
        BookingWizardState.step, *[(key, at) for at, key in enumerate(_KEYS)], 0
    ).to(int)
    top = rx.el.div(
        rx.el.header(
            rx.el.p(
                "Schedule an appointment",
                class_name="text-[0.9375rem] font-semibold text-accent-ink",
            ),
            rx.el.h1(
                BookingWizardState.name, class_name="mt-0.5 text-3xl", tab_index=-1
            ),
            class_name="mb-5 sm:mb-6",
        ),
        rx.el.div(
            stepper(list(_STEPS.values()), at, lambda step: _address(_KEYS[step])),
            class_name="mb-6 sm:mb-8",
        ),
        rx.el.div(
            when(
                BookingWizardState.notice,
                note(BookingWizardState.notice, tone="warning", class_name="mb-6"),
            ),
            role="status",
        ),
    )
    step = rx.match(
        BookingWizardState.step,
        ("time", _time()),
        ("address", _location()),
        ("contact", _contact()),
        ("overview", booking_overview(_address, _actions)),
        _options(),
    )
    return wizard_frame(
        top, step, draft_summary(), with_aside=BookingWizardState.step != "overview"
    )


def _options() -> rx.Component:
    return rx.el.div(
        step_heading(_STEPS["options"], "The price and duration follow your choice."),
        rx.el.form(
            rx.cond(
                BookingWizardState.questions.length() > 0,
                rx.el.div(
                    each(
                        BookingWizardState.questions,
                        lambda asked: question(
                            asked,
                            BookingWizardState.errors[asked.key],
                            on_answer=lambda q, c: BookingWizardState.answer(
                                q.key, c.key
                            ),
                            on_tick=lambda q, c: (
                                lambda on: BookingWizardState.tick(q.key, c.key, on)
                            ),
                            on_quantity=lambda q: (
                                lambda text: BookingWizardState.answer(q.key, text)
                            ),
                        ),
                    ),
                    class_name="flex flex-col gap-8",
                ),
                rx.el.p(
                    "There is nothing to choose for this service: it comes with "
                    "everything it needs.",
                    class_name="text-ink-soft",
                ),
            ),
            _end_of_form("options"),
            on_submit=BookingWizardState.next_from_options,
            no_validate=True,
            key=BookingWizardState.asked,
        ),
    )


def _time() -> rx.Component:
    return rx.el.div(
        step_heading(
            _STEPS["time"],
            rx.cond(
                WizardTimeState.proposed,
                "This is the first free time. Choose another one if you like.",
                "All times are " + BookingWizardState.clock + ".",
            ),
        ),
        time_choice(
            WizardTimeState, WizardTimeState.shown_for == BookingWizardState.time_key
        ),
        repeat_section(),
        step_problem(BookingWizardState.problem),
        _actions(
            "time",
            button(
                "Next",
                after="arrow-right",
                class_name="sm:min-w-30",
                on_click=WizardTimeState.next_from_time,
            ),
        ),
    )


def _location() -> rx.Component:
    return rx.el.div(
        step_heading(
            _STEPS["address"],
            "A new address is saved for the next time, once you have booked.",
        ),
        rx.cond(
            (WizardLocationState.loaded_for == BookingWizardState.draft_id)
            & (AddressFormState.home != ""),
            location_form(
                WizardLocationState.places,
                WizardLocationState.chosen,
                typed=WizardLocationState.typed,
                errors=BookingWizardState.errors,
                on_submit=WizardLocationState.submit,
                name=BookingWizardState.draft_id,
                end=_end_of_form("address"),
            ),
            form_skeleton(5),
        ),
    )


def _contact() -> rx.Component:
    return rx.cond(BookingWizardState.visiting, _who_are_you(), _contact_form())


def _who_are_you() -> rx.Component:
    """Ask a visitor for an account; what was chosen so far stays."""
    return rx.el.div(
        step_heading(
            _STEPS["contact"], "Tell us who you are, so that we can confirm it."
        ),
        rx.el.div(
            rx.el.div(
                icon("user-round", "size-6"),
                class_name=(
                    "grid size-12 shrink-0 place-items-center rounded-xl "
                    "bg-accent-soft text-accent-ink"
                ),
            ),
            rx.el.div(
                rx.el.p(
                    "One account for all your bookings", class_name="font-semibold"
                ),
                rx.el.p(
                    "What you have chosen stays here, and you go on where you are.",
                    class_name="mt-1 text-ink-soft",
                ),
                rx.el.div(
                    link_button(
                        "Sign up",
                        href="/signup?next=" + BookingWizardState.purpose,
                        size="lg",
                    ),
                    link_button(
                        "Log in",
                        href="/login?next=" + BookingWizardState.purpose,
                        kind="secondary",
                        size="lg",
                    ),
                    class_name="mt-5 flex flex-wrap gap-3",
                ),
                class_name="min-w-0",
            ),
            class_name="card flex gap-4 p-5 sm:p-6",
        ),
        _actions("contact", rx.fragment()),
    )


def _contact_form() -> rx.Component:
    asked = WizardContactState.asked
    asks = asks_details(asked)
    profile = "From your profile. Changes here are for this booking."
    return rx.cond(
        (WizardContactState.loaded_for == BookingWizardState.draft_id)
        & (WizardContactState.version == BookingWizardState.shown["version"]),
        rx.el.div(
            step_heading(
                _STEPS["contact"],
                rx.cond(asks, "What we need to know, and how we reach you.", profile),
            ),
            contact_form(
                BookingWizardState.contact_name,
                BookingWizardState.contact_email,
                BookingWizardState.contact_phone,
                BookingWizardState.notes,
                errors=BookingWizardState.errors,
                on_submit=WizardContactState.submit,
                name=BookingWizardState.draft_id,
                end=_end_of_form("contact"),
                before=when(asks, _details(asked, profile)),
                companies=WizardContactState.companies,
                company=WizardContactState.company,
                people=WizardContactState.people,
                asked_for=WizardContactState.asked_for,
                reach=WizardContactState.reach,
                company_reach=WizardContactState.company_reach,
            ),
        ),
        rx.el.div(step_heading(_STEPS["contact"], profile), form_skeleton(4)),
    )


def _details(asked: Any, profile: str) -> rx.Component:
    return rx.fragment(
        details_fields(
            asked,
            BookingWizardState.errors,
            of=BookingWizardState.draft_id,
            adds=WizardContactState.adds,
        ),
        rx.el.h3(
            "How we reach you",
            class_name="mt-8 border-t border-line pt-7 text-xl",
        ),
        rx.el.p(profile, class_name="mt-1 mb-5 text-ink-soft"),
    )


def _end_of_form(step: str) -> rx.Component:
    return rx.fragment(
        step_problem(BookingWizardState.problem),
        _actions(
            step, submit_button("Next", after="arrow-right", class_name="sm:min-w-30")
        ),
    )


def _missing() -> rx.Component:
    return empty_state(
        "We do not offer this service",
        "It may have been taken off the list. There are others you may like.",
        action=link_button("See all services", href="/services"),
        name="search",
    )


def _looking() -> rx.Component:
    return empty_state(
        "Booking cannot be opened while you look",
        "It would begin a booking in this customer's name. Everything else can be "
        "looked at.",
        action=link_button("Back to the services", href="/services"),
        name="eye",
        level=1,
    )


def _loading() -> rx.Component:
    return wizard_frame(
        rx.el.div(
            bone("h-4 w-44"),
            bone("mt-3 mb-8 h-9 w-72 max-w-full"),
            bone("mb-9 h-7 w-full max-w-2xl"),
        ),
        form_skeleton(4),
        rx.el.div(
            rx.el.span(class_name="bone block aspect-[5/2] w-full rounded-none!"),
            rx.el.div(bone("h-5 w-3/5"), bone("mt-6 h-8 w-full"), class_name="p-5"),
            class_name="card overflow-hidden",
        ),
    )


page = Page(
    route="/book/[slug]",
    title="Schedule an appointment",
    draw=draw,
    on_load=(
        ViewerState.load,
        BookingWizardState.load,
        WizardTimeState.load,
        WizardRepeatState.load,
        WizardLocationState.load,
        WizardContactState.load,
    ),
)
