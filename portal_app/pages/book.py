"""The booking wizard: options, day and time, address, contact details, overview."""

from typing import Any

import reflex as rx

from portal_app.components.avatar import avatar
from portal_app.components.booking_details import asks_details, details_fields
from portal_app.components.booking_forms import contact_form, place_form
from portal_app.components.booking_options import question
from portal_app.components.booking_overview import booking_so_far, overview
from portal_app.components.booking_summary import booked_summary
from portal_app.components.booking_wizard import (
    bring_into_view,
    step_actions,
    step_heading,
    step_keeper,
    step_problem,
    wizard_frame,
)
from portal_app.components.button import button, link_button, submit_button
from portal_app.components.calendar import day_picker, slot_grid
from portal_app.components.choice_input import choice_input
from portal_app.components.feedback import empty_state, note
from portal_app.components.first_html import current_path
from portal_app.components.icon import icon
from portal_app.components.logic import each, when
from portal_app.components.shell import shell
from portal_app.components.skeleton import bone, form_skeleton
from portal_app.components.stepper import stepper
from portal_app.pages.page import Page
from portal_app.state.address_lists import AddressListsState
from portal_app.state.book import BookState
from portal_app.state.book_contact import BookContactState
from portal_app.state.book_place import BookPlaceState
from portal_app.state.book_time import BookTimeState
from portal_app.state.viewer import ViewerState

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
    here = current_path() == BookState.path
    return shell(
        step_keeper(BookState.step),
        rx.match(
            rx.cond(here, BookState.phase, ""),
            ("open", _wizard()),
            ("done", booked_summary(BookState.booked, BookState.clock)),
            ("missing", _missing()),
            _loading(),
        ),
        active="services",
    )


def _address(step: str, more: str = "") -> Any:
    return BookState.path + f"?step={step}{more}&draft=" + BookState.draft_id


def _actions(step: str, forward: rx.Component) -> rx.Component:
    at = _KEYS.index(step)
    return step_actions(
        forward,
        back=rx.redirect(_address(_KEYS[at - 1])) if at else None,
        total=BookState.total,
        duration=BookState.duration,
    )


def _wizard() -> rx.Component:
    at = rx.match(BookState.step, *[(key, at) for at, key in enumerate(_KEYS)], 0).to(
        int
    )
    top = rx.el.div(
        rx.el.header(
            rx.el.p(
                "Schedule an appointment",
                class_name="text-[0.9375rem] font-semibold text-accent-ink",
            ),
            rx.el.h1(BookState.name, class_name="mt-0.5 text-3xl", tab_index=-1),
            class_name="mb-5 sm:mb-6",
        ),
        rx.el.div(
            stepper(list(_STEPS.values()), at, lambda step: _address(_KEYS[step])),
            class_name="mb-6 sm:mb-8",
        ),
        rx.el.div(
            when(
                BookState.notice,
                note(BookState.notice, tone="warning", class_name="mb-6"),
            ),
            role="status",
        ),
    )
    step = rx.match(
        BookState.step,
        ("time", _time()),
        ("address", _place()),
        ("contact", _contact()),
        ("overview", overview(_address, _actions)),
        _options(),
    )
    return wizard_frame(
        top, step, booking_so_far(), with_aside=BookState.step != "overview"
    )


def _options() -> rx.Component:
    return rx.el.div(
        step_heading(_STEPS["options"], "The price and duration follow your choice."),
        rx.el.form(
            rx.cond(
                BookState.questions.length() > 0,
                rx.el.div(
                    each(
                        BookState.questions,
                        lambda asked: question(
                            asked,
                            BookState.errors[asked.key],
                            on_answer=lambda q, c: BookState.answer(q.key, c.key),
                            on_tick=lambda q, c: (
                                lambda on: BookState.tick(q.key, c.key, on)
                            ),
                            on_quantity=lambda q: (
                                lambda text: BookState.answer(q.key, text)
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
            on_submit=BookState.next_from_options,
            no_validate=True,
            key=BookState.asked,
        ),
    )


def _person(person: Any, name: Any, key: Any) -> rx.Component:
    return rx.el.label(
        choice_input(
            "radio",
            value=key,
            checked=BookTimeState.person == key,
            name="person",
            on_change=BookTimeState.pick_person(key),
            class_name="unseen",
        ),
        person,
        rx.el.span(name, class_name="pr-1.5 font-semibold whitespace-nowrap"),
        class_name=(
            "choice flex min-h-12 shrink-0 items-center gap-2.5 rounded-full py-1.5 "
            "pl-1.5 pr-3 text-[0.9375rem]"
        ),
    )


def _people() -> rx.Component:
    anyone = rx.el.span(
        icon("users", "size-4.5"),
        class_name=(
            "grid size-9 place-items-center rounded-full bg-sunken text-ink-soft"
        ),
    )
    return rx.el.fieldset(
        rx.el.legend("Who should come?", class_name="field-label mb-2.5"),
        rx.el.div(
            _person(anyone, "Anyone", ""),
            each(
                BookTimeState.people,
                lambda one: _person(avatar(one.name, "", "sm"), one.name, one.id),
            ),
            class_name=(
                "-mx-4 flex gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] "
                "sm:mx-0 sm:flex-wrap sm:px-0"
            ),
        ),
        class_name="mb-7 min-w-0",
    )


def _time() -> rx.Component:
    ready = BookTimeState.shown_for == BookState.time_key
    times = rx.cond(
        BookTimeState.groups.length() > 0,
        slot_grid(
            BookTimeState.groups,
            label=BookTimeState.day_text,
            chosen=BookTimeState.slot,
            on_pick=BookTimeState.pick_slot,
        ),
        rx.el.div(
            icon("calendar-x", "size-7 text-ink-faint"),
            rx.el.p("No free time here", class_name="mt-3 font-semibold"),
            rx.el.p(
                "Please look at another month, or choose anyone.",
                class_name="mt-1 text-ink-soft",
            ),
            class_name=(
                "flex h-full min-h-56 flex-col items-center justify-center text-center"
            ),
        ),
    )
    return rx.el.div(
        step_heading(_STEPS["time"]),
        rx.cond(
            ready,
            rx.el.div(
                _people(),
                rx.el.div(
                    day_picker(
                        BookTimeState.month,
                        BookTimeState.days,
                        chosen=BookTimeState.day,
                        on_pick=BookTimeState.pick_day,
                        on_previous=BookTimeState.turn(-1),
                        on_next=BookTimeState.turn(1),
                        has_previous=BookTimeState.has_previous,
                        has_next=BookTimeState.has_next,
                        loading=BookTimeState.busy,
                    ),
                    bring_into_view(
                        rx.el.div(times, key=BookTimeState.looks),
                        change=BookTimeState.day,
                        class_name="min-w-0 scroll-mt-24 scroll-mb-44 md:pt-2",
                    ),
                    class_name="grid gap-x-9 gap-y-8 md:grid-cols-2",
                ),
                rx.el.p(
                    icon("clock", "size-4"),
                    rx.el.span("All times are ", BookState.clock, "."),
                    class_name="mt-6 flex items-center gap-2 text-sm text-ink-soft",
                ),
                rx.el.p(BookTimeState.free_text, role="status", class_name="sr-only"),
            ),
            _time_skeleton(),
        ),
        step_problem(BookState.problem),
        _actions(
            "time",
            button(
                "Next",
                after="arrow-right",
                class_name="min-w-30",
                on_click=BookTimeState.next_from_time,
            ),
        ),
    )


def _time_skeleton() -> rx.Component:
    return rx.el.div(
        rx.el.span("Loading", class_name="sr-only"),
        bone("mb-3 h-4 w-36"),
        rx.el.div(
            *[
                bone(f"h-12 {width} rounded-full!")
                for width in ("w-28", "w-40", "w-36")
            ],
            class_name="mb-8 flex gap-2",
        ),
        rx.el.div(
            rx.el.div(
                bone("mb-5 h-6 w-40"),
                rx.el.div(
                    *[bone("h-11 rounded-xl!") for _ in range(35)],
                    class_name="grid grid-cols-7 gap-1",
                ),
            ),
            rx.el.div(
                bone("mb-5 h-6 w-52"),
                rx.el.div(
                    *[bone("h-12 rounded-xl!") for _ in range(12)],
                    class_name="grid grid-cols-3 gap-2",
                ),
            ),
            class_name="grid gap-x-9 gap-y-8 md:grid-cols-2",
        ),
        custom_attrs={"aria-busy": "true"},
    )


def _place() -> rx.Component:
    return rx.el.div(
        step_heading(
            _STEPS["address"], "We save a new address for the next time you book."
        ),
        rx.cond(
            (BookPlaceState.loaded_for == BookState.draft_id)
            & (AddressListsState.home != ""),
            place_form(
                BookPlaceState.places,
                BookPlaceState.chosen,
                errors=BookState.errors,
                on_submit=BookPlaceState.submit,
                name=BookState.draft_id,
                end=_end_of_form("address"),
            ),
            form_skeleton(5),
        ),
    )


def _contact() -> rx.Component:
    asked = BookContactState.asked
    asks = asks_details(asked)
    profile = "From your profile. Changes here are for this booking."
    return rx.cond(
        (BookContactState.loaded_for == BookState.draft_id)
        & (BookContactState.version == BookState.shown["version"]),
        rx.el.div(
            step_heading(
                _STEPS["contact"],
                rx.cond(asks, "What we need to know, and how we reach you.", profile),
            ),
            contact_form(
                BookState.contact_name,
                BookState.contact_email,
                BookState.contact_phone,
                BookState.notes,
                errors=BookState.errors,
                on_submit=BookContactState.submit,
                name=BookState.draft_id,
                end=_end_of_form("contact"),
                before=when(asks, _details(asked, profile)),
                companies=BookContactState.companies,
                company=BookContactState.company,
            ),
        ),
        rx.el.div(step_heading(_STEPS["contact"], profile), form_skeleton(4)),
    )


def _details(asked: Any, profile: str) -> rx.Component:
    return rx.fragment(
        details_fields(
            asked,
            BookState.errors,
            of=BookState.draft_id,
            adds=BookContactState.adds,
        ),
        rx.el.h3(
            "How we reach you",
            class_name="mt-8 border-t border-line pt-7 text-xl",
        ),
        rx.el.p(profile, class_name="mt-1 mb-5 text-ink-soft"),
    )


def _end_of_form(step: str) -> rx.Component:
    return rx.fragment(
        step_problem(BookState.problem),
        _actions(
            step, submit_button("Next", after="arrow-right", class_name="min-w-30")
        ),
    )


def _missing() -> rx.Component:
    return empty_state(
        "We do not offer this service",
        "It may have been taken off the list. There are others you may like.",
        action=link_button("See all services", href="/services"),
        name="search",
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
        BookState.load,
        BookTimeState.load,
        BookPlaceState.load,
        BookContactState.load,
    ),
)
