"""The booking wizard, step by step."""

from typing import Any

import reflex as rx

from portal_app.components.auth.sign_in import ticket_form
from portal_app.components.bookings.booked_for import booked_for_bar
from portal_app.components.bookings.details import (
    dependents_choice,
    document_gaps,
    questions_fields,
)
from portal_app.components.bookings.hold_countdown import hold_countdown
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
    notes_field,
    question,
    step_actions,
    step_focus,
    step_form,
    step_heading,
    step_problem,
    wizard_frame,
)
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.shell import shell
from portal_app.components.quotes.request import request_overview
from portal_app.components.ui.buttons import button, link_button, submit_button
from portal_app.components.ui.feedback import bone, empty_state, form_skeleton, note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.tabs import stepper
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.bookings.booked_for import BookedForState
from portal_app.state.bookings.wizard import STEP_NAMES, BookingWizardState
from portal_app.state.bookings.wizard_details import (
    WizardContactState,
    WizardLocationState,
)
from portal_app.state.bookings.wizard_questions import (
    WizardDependentsState,
    WizardQuestionsState,
)
from portal_app.state.bookings.wizard_repeat import WizardRepeatState
from portal_app.state.bookings.wizard_time import WizardTimeState
from portal_app.state.core.viewer import ViewerState


def draw() -> rx.Component:
    """Draw the wizard for whichever service the address names."""
    here = current_path() == BookingWizardState.path
    return shell(
        step_focus(BookingWizardState.step),
        leave_for(BookingWizardState.leave),
        ticket_form(BookingWizardState.ticket, "/"),
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


def _address(step: Any) -> Any:
    path, draft = BookingWizardState.path, BookingWizardState.draft_id
    return joined(path, "?step=", step, "&draft=", draft)


def _actions(forward: rx.Component) -> rx.Component:
    return step_actions(
        forward,
        back=rx.redirect(_address(BookingWizardState.before)),
        first=BookingWizardState.before == "",
        total=BookingWizardState.total,
        details=rx.cond(
            BookingWizardState.short_time,
            BookingWizardState.short_time,
            BookingWizardState.duration,
        ),
    )


def _wizard() -> rx.Component:
    top = rx.el.div(
        booked_for_bar(),
        rx.el.header(
            rx.el.p(
                rx.cond(
                    BookingWizardState.on_request,
                    "Ask for a quote",
                    "Schedule an appointment",
                ),
                class_name="text-[0.9375rem] font-semibold text-accent-ink",
            ),
            rx.el.h1(
                BookingWizardState.name, class_name="mt-0.5 text-3xl", tab_index=-1
            ),
            class_name="mb-5 sm:mb-6",
        ),
        rx.el.div(
            stepper(BookingWizardState.steps, lambda step: _address(step.key)),
            class_name="mb-6 sm:mb-8",
        ),
        rx.el.div(
            when(
                BookingWizardState.notice,
                note(BookingWizardState.notice, tone="warning", class_name="mb-6"),
            ),
            role="status",
        ),
        hold_countdown(
            BookingWizardState.held_until,
            BookingWizardState.held_until_text,
            BookingWizardState.held_seconds,
        ),
    )
    step = rx.match(
        BookingWizardState.step,
        ("who", _dependents()),
        ("address", _location()),
        ("time", _time()),
        ("contact", _contact()),
        ("questions", _questions()),
        (
            "overview",
            rx.cond(
                BookingWizardState.on_request,
                request_overview(_address, _actions),
                booking_overview(_address, _actions),
            ),
        ),
        _options(),
    )
    return wizard_frame(
        top, step, draft_summary(), with_aside=BookingWizardState.step != "overview"
    )


def _options() -> rx.Component:
    return rx.el.div(
        step_heading(
            STEP_NAMES["options"], "The price and duration follow your choice."
        ),
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
            _end_of_form(),
            on_submit=BookingWizardState.next_from_options,
            no_validate=True,
            key=BookingWizardState.asked,
        ),
    )


def _time() -> rx.Component:
    return rx.el.div(
        step_heading(
            STEP_NAMES["time"],
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
            STEP_NAMES["address"],
            "A new address is saved for the next time, once you have booked.",
        ),
        rx.cond(
            (WizardLocationState.loaded_for == BookingWizardState.draft_id)
            & (AddressFormState.home != ""),
            location_form(
                WizardLocationState.places,
                WizardLocationState.chosen,
                outside=WizardLocationState.outside,
                typed=WizardLocationState.typed,
                errors=BookingWizardState.errors,
                on_submit=WizardLocationState.submit,
                name=BookingWizardState.draft_id,
                end=_end_of_form(),
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
            STEP_NAMES["contact"], "Tell us who you are, so that we can confirm it."
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
        rx.cond(WizardContactState.guests, _as_guest(), _actions(rx.fragment())),
    )


def _as_guest() -> rx.Component:
    """Ask a guest how to reach them."""
    return rx.el.div(
        rx.el.h3("Or book as a guest", class_name="text-xl"),
        rx.el.p(
            "You get the booking by email, with its number and a link to it.",
            class_name="mt-1 mb-5 text-ink-soft",
        ),
        contact_form(
            BookingWizardState.contact_name,
            BookingWizardState.contact_email,
            BookingWizardState.contact_phone,
            errors=BookingWizardState.errors,
            on_submit=WizardContactState.submit,
            name=BookingWizardState.draft_id,
            end=_end_of_form(),
        ),
        class_name="mt-8",
    )


def _is_read(step: Any) -> Any:
    """Whether a step shows what was read for this draft as it is."""
    return (step.loaded_for == BookingWizardState.draft_id) & (
        step.version == BookingWizardState.shown["version"]
    )


def _dependents() -> rx.Component:
    step = WizardDependentsState
    return rx.el.div(
        step_heading(STEP_NAMES["who"], "Choose one, several, or none."),
        rx.cond(
            _is_read(step),
            step_form(
                dependents_choice(
                    step.asked, BookingWizardState.errors["dependents"], step.adds
                ),
                name=joined(BookingWizardState.draft_id, "-who"),
                on_submit=step.submit,
                end=_end_of_form(),
            ),
            form_skeleton(2),
        ),
    )


def _contact_form() -> rx.Component:
    return rx.el.div(
        step_heading(
            STEP_NAMES["contact"],
            "From your profile. Changes here are for this booking.",
        ),
        rx.cond(
            _is_read(WizardContactState),
            contact_form(
                BookingWizardState.contact_name,
                BookingWizardState.contact_email,
                BookingWizardState.contact_phone,
                errors=BookingWizardState.errors,
                on_submit=WizardContactState.submit,
                name=BookingWizardState.draft_id,
                end=_end_of_form(),
                companies=WizardContactState.companies,
                company=WizardContactState.company,
                people=WizardContactState.people,
                asked_for=WizardContactState.asked_for,
                reach=WizardContactState.reach,
                company_reach=WizardContactState.company_reach,
            ),
            form_skeleton(4),
        ),
    )


def _questions() -> rx.Component:
    step, errors = WizardQuestionsState, BookingWizardState.errors
    return rx.el.div(
        step_heading(STEP_NAMES["questions"], "What we need to know for the visit."),
        document_gaps(),
        rx.cond(
            _is_read(step),
            step_form(
                questions_fields(step.asked, errors, of=BookingWizardState.draft_id),
                notes_field(BookingWizardState.notes, errors["notes"]),
                name=joined(BookingWizardState.draft_id, "-questions"),
                on_submit=step.submit,
                end=_end_of_form(),
            ),
            form_skeleton(3),
        ),
    )


def _end_of_form() -> rx.Component:
    return rx.fragment(
        step_problem(BookingWizardState.problem),
        _actions(submit_button("Next", after="arrow-right", class_name="sm:min-w-30")),
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
        BookedForState.load,
        BookingWizardState.load,
        WizardDependentsState.load,
        WizardLocationState.load,
        WizardTimeState.load,
        WizardRepeatState.load,
        WizardContactState.load,
        WizardQuestionsState.load,
    ),
)
