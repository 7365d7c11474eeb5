"""The booking wizard: frame, questions, and the forms of location and contact."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.account.addresses import (
    access_notes_field,
    address_fields,
    location_name_field,
)
from portal_app.components.ui.buttons import button, link
from portal_app.components.ui.choices import check_card, choice_group, radio_card
from portal_app.components.ui.feedback import note
from portal_app.components.ui.fields import (
    email_field,
    phone_field,
    select_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import (
    classes,
    each,
    equal,
    flag,
    is_var,
    joined,
    when,
)
from portal_app.state.bookings.wizard_details import NEW
from portal_app.state.core.viewer import ViewerState

_LIBRARY = "$/public/react/booking_wizard.jsx"


class StepFocus(rx.Component):
    """Moves the focus to the step's heading whenever the step changes."""

    library = _LIBRARY
    tag = "StepFocus"

    step: rx.Var[str]


class FormDraft(rx.Component):
    """Keeps what was typed into the form around it over a reload of the tab."""

    library = _LIBRARY
    tag = "FormDraft"

    name: rx.Var[str]
    owner: rx.Var[str]


class LeaveFor(rx.Component):
    """Loads another page of the portal in the place of this one."""

    library = _LIBRARY
    tag = "LeaveFor"

    to: rx.Var[str]


class ContactFiller(rx.Component):
    """Fills in how somebody is reached when the form says who it is."""

    library = _LIBRARY
    tag = "ContactFiller"

    people: rx.Var[dict[str, dict[str, str]]]
    companies: rx.Var[dict[str, dict[str, str]]]


class ScrollIntoView(rx.Component):
    """Scrolls what is inside into view when it has changed."""

    library = _LIBRARY
    tag = "ScrollIntoView"

    change: rx.Var[str]


class QuantityInput(rx.Component):
    """A whole number with a button for less and one for more."""

    library = _LIBRARY
    tag = "QuantityInput"

    name: rx.Var[str]
    label: rx.Var[str]
    value: rx.Var[int]
    least: rx.Var[int]
    most: rx.Var[int]
    invalid: rx.Var[bool]
    describedby: rx.Var[str]
    input_class: rx.Var[str]
    button_class: rx.Var[str]

    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def step_focus(step: Any) -> rx.Component:
    """Draw nothing; keep the focus with the step.

    Args:
        step: The key of the current step, empty while it is not known.
    """
    return StepFocus.create(step=step)


def leave_for(path: Any) -> rx.Component:
    """Draw nothing; go to a route of the portal, as by a full navigation.

    Args:
        path: A Var; empty to stay.
    """
    return LeaveFor.create(to=path)


def form_draft(name: Any) -> rx.Component:
    """Keep what is typed into the form around it until it is accepted.

    Args:
        name: Names the form and what it belongs to, unique in the tab.
    """
    return FormDraft.create(name=name, owner=ViewerState.owner)


def scroll_into_view(*children: Any, change: Any, class_name: str = "") -> rx.Component:
    """Scroll to what is inside whenever it has changed, and only as far as needed.

    Args:
        *children: What is inside.
        change: Differs when it has changed.
        class_name: Extra classes, such as margins that keep it clear of bars.
    """
    return ScrollIntoView.create(*children, change=change, class_name=class_name)


def quantity_input(label: Any, name: Any, value: Any, **props: Any) -> rx.Component:
    """Draw a whole number that can be typed, or changed by two buttons.

    Args:
        label: The accessible name.
        name: The key in the submitted form.
        value: The number as the server knows it.
        **props: ``least``, ``most``, ``invalid``, ``describedby``, ``on_change``
            (told the text).
    """
    return QuantityInput.create(
        label=label,
        name=name,
        value=value,
        class_name="flex items-center gap-2",
        input_class=(
            "field-input w-16! text-center font-semibold tabular-nums min-h-11!"
        ),
        button_class="btn btn-secondary btn-icon",
        **props,
    )


def step_heading(title: str, text: Any = None) -> rx.Component:
    """Draw the heading of a step, where the focus goes.

    Args:
        title: The step's name.
        text: A sentence about what to do.
    """
    return rx.el.div(
        rx.el.h2(
            title,
            class_name="text-2xl",
            tab_index=-1,
            custom_attrs={"id": "step-heading"},
        ),
        *(
            [rx.el.p(text, class_name="mt-1.5 text-ink-soft")]
            if text is not None
            else []
        ),
        class_name="mb-6",
    )


def step_problem(problem: Any) -> rx.Component:
    """Draw what keeps the customer from going on, announced when it appears.

    Args:
        problem: The words, or an empty Var.
    """
    return scroll_into_view(
        rx.el.div(
            when(problem, note(problem, tone="error", class_name="mt-6")),
            role="alert",
        ),
        change=problem,
        class_name="scroll-mt-24 scroll-mb-44",
    )


def step_actions(
    forward: Any, *, back: Any, first: Any, total: Any = "", details: Any = ""
) -> rx.Component:
    """Draw the buttons under a step; on a phone they stay in reach of the thumb.

    Args:
        forward: The main button.
        back: The event of *Back*.
        first: Whether there is nothing to go back to; may be a Var.
        total: What the booking costs so far, shown where there is no summary.
        details: What is said under it: the chosen time, or how long the visit takes.
    """
    return rx.el.div(
        when(
            first,
            rx.fragment(),
            button(
                # On a phone the chosen time needs the room.
                icon("arrow-left", "sm:hidden"),
                rx.el.span("Back", class_name="max-sm:sr-only"),
                kind="secondary",
                on_click=back,
                class_name="px-3 sm:px-5",
            ),
        ),
        rx.el.div(
            when(
                total,
                rx.el.p(
                    rx.el.span(
                        total, class_name="block font-[650] leading-5 tabular-nums"
                    ),
                    rx.el.span(details, class_name="block text-xs text-ink-soft"),
                ),
            ),
            aria_hidden="true",
            class_name="min-w-0 flex-1 text-right xl:invisible",
        ),
        forward,
        class_name=(
            "flex items-center gap-3 border-t border-line bg-(--bar) py-3 "
            "backdrop-blur-lg max-lg:fixed max-lg:inset-x-0 max-lg:z-20 max-lg:px-4 "
            "max-lg:bottom-[calc(3.75rem+env(safe-area-inset-bottom))] "
            "sm:max-lg:px-6 lg:sticky lg:bottom-0 lg:z-20 lg:mt-8 lg:py-4"
        ),
        custom_attrs={"data-step-actions": ""},
    )


def price_lines(
    lines: Any, total: Any, *, tax_note: Any = "", live: bool = False
) -> rx.Component:
    """Draw what a booking costs, line by line, and the total.

    Args:
        lines: A list, or Var of one, of objects with ``description``, ``amount``.
        total: The sum, in words.
        tax_note: Which tax it holds.
        live: Announce the total when it changes.
    """
    return rx.el.dl(
        each(
            lines,
            lambda line: rx.el.div(
                rx.el.dt(line.description, class_name="min-w-0 text-ink-soft"),
                rx.el.dd(line.amount, class_name="shrink-0 tabular-nums"),
                class_name="flex justify-between gap-4 py-1.5 text-[0.9375rem]",
            ),
        ),
        rx.el.div(
            rx.el.dt(
                rx.el.span("Total", class_name="font-semibold"),
                when(
                    tax_note,
                    rx.el.span(" ", tax_note, class_name="text-sm text-ink-faint"),
                ),
            ),
            rx.el.dd(
                total,
                class_name="text-xl font-[680] tabular-nums tracking-tight",
                **({"aria_live": "polite"} if live else {}),
            ),
            class_name=(
                "mt-2.5 flex items-baseline justify-between gap-4 border-t "
                "border-line pt-3.5"
            ),
        ),
    )


def chosen_summary(name: str, *words: Any) -> rx.Component:
    """Draw one thing already chosen, in the summary beside the steps.

    Args:
        name: Its icon.
        *words: Its lines; the first stands out.
    """
    return rx.el.li(
        icon(name, "mt-0.5 text-ink-faint"),
        rx.el.div(
            *[
                rx.el.p(
                    line,
                    class_name="font-medium" if at == 0 else "text-sm text-ink-soft",
                )
                for at, line in enumerate(words)
            ],
            class_name="min-w-0",
        ),
        class_name="flex gap-3 text-[0.9375rem]",
    )


def address_block(lines: Any, class_name: str = "") -> rx.Component:
    """Draw an address, one line below the other.

    Args:
        lines: A list, or Var of one, of texts.
        class_name: Extra classes.
    """
    return rx.el.span(
        each(lines, lambda line: rx.el.span(line, class_name="block")),
        class_name=class_name,
    )


def review_part(
    title: str, *children: Any, edit: Any = None, class_name: str = ""
) -> rx.Component:
    """Draw a part of the overview, with the way back to where it was chosen.

    Args:
        title: What it is about.
        *children: What was chosen.
        edit: The path of the step that changes it.
        class_name: Extra classes.
    """
    return rx.el.section(
        rx.el.div(
            rx.el.h3(title, class_name="text-sm font-semibold text-ink-faint"),
            *(
                [
                    link(
                        "Edit",
                        rx.el.span(f" {title.lower()}", class_name="sr-only"),
                        href=edit,
                        class_name=(
                            "-my-2.5 inline-flex min-h-11 items-center text-link "
                            "px-1 text-sm"
                        ),
                    )
                ]
                if edit is not None
                else []
            ),
            class_name="mb-1.5 flex items-center justify-between gap-4",
        ),
        *children,
        class_name=classes("py-4", class_name),
    )


def wizard_frame(
    top: Any, step: Any, aside: Any, *, with_aside: Any = True
) -> rx.Component:
    """Put a step beside the summary, which only a wide screen shows.

    Args:
        top: Above both: the heading and the stepper.
        step: The current step.
        aside: The summary.
        with_aside: Whether there is one; may be a Var.

    Returns:
        One column, or two.
    """
    return rx.el.div(
        top,
        rx.el.div(
            rx.el.div(step, class_name="min-w-0 flex-1"),
            when(
                with_aside,
                rx.el.aside(
                    aside,
                    aria_label="Your booking",
                    class_name="sticky top-24 hidden w-76 shrink-0 xl:block",
                ),
            ),
            # Room for the bar with the buttons, above the bar with the places.
            class_name="flex items-start gap-10 max-lg:pb-16",
        ),
    )


def question(
    asked: Any,
    error: Any,
    *,
    on_answer: Callable[[Any, Any], Any],
    on_tick: Callable[[Any, Any], Any],
    on_quantity: Callable[[Any], Any],
) -> rx.Component:
    """Draw one question with its answers, its help and what is wrong with it.

    Args:
        asked: A Var with ``key``, ``name``, ``help``, ``kind`` (``single``,
            ``several`` or ``quantity``), ``unit``, ``quantity``, ``least``,
            ``most`` and ``choices``: ``key``, ``name``, ``adds``, ``chosen``.
        error: What is wrong, or an empty Var.
        on_answer: Gives the event for the one choice, from question and choice.
        on_tick: Gives the event for a tick, from question and choice.
        on_quantity: Gives the event for a number, from the question.
    """
    identifier = joined("option-", asked.key)
    described = joined(identifier, "-help ", identifier, "-error")

    def radio(choice: Any) -> rx.Component:
        return radio_card(
            choice.name,
            name=identifier,
            value=choice.key,
            text=choice.adds,
            default_checked=choice.chosen,
            on_change=on_answer(asked, choice),
            custom_attrs={"aria-invalid": flag(error)},
        )

    def tick(choice: Any) -> rx.Component:
        return check_card(
            choice.name,
            name=joined(identifier, "-", choice.key),
            value=choice.key,
            text=choice.adds,
            default_checked=choice.chosen,
            on_change=on_tick(asked, choice),
        )

    number = rx.el.div(
        rx.el.div(
            rx.el.span(asked.name, class_name="block font-semibold"),
            when(
                asked.unit,
                rx.el.span(
                    asked.unit, " each", class_name="block text-sm text-ink-soft"
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        quantity_input(
            asked.name,
            identifier,
            asked.quantity,
            least=asked.least,
            most=asked.most,
            invalid=error.bool(),
            describedby=described,
            on_change=on_quantity(asked),
        ),
        class_name=(
            "flex min-h-14 items-center gap-3.5 rounded-2xl border border-line-strong "
            "bg-surface px-4 py-2.5"
        ),
    )
    cards = "grid gap-2.5 sm:grid-cols-2"
    return rx.el.fieldset(
        rx.el.legend(
            asked.name,
            class_name=rx.cond(
                asked.kind == "quantity", "sr-only", "text-[1.0625rem] font-semibold"
            ),
        ),
        rx.el.p(
            rx.cond(asked.kind == "several", "Choose any. ", ""),
            asked.help,
            class_name=rx.cond(
                asked.kind == "quantity",
                "field-help order-last mt-1.5",
                "field-help",
            ),
            custom_attrs={"id": joined(identifier, "-help")},
        ),
        rx.match(
            asked.kind,
            ("single", rx.el.div(each(asked.choices, radio), class_name=cards)),
            ("several", rx.el.div(each(asked.choices, tick), class_name=cards)),
            number,
        ),
        rx.el.p(
            when(error, icon("circle-alert", "mt-0.5 size-4")),
            error,
            class_name="field-error empty:hidden",
            role="alert",
            custom_attrs={"id": joined(identifier, "-error")},
        ),
        class_name="flex min-w-0 flex-col gap-2.5",
        # What is wrong is said at every answer, not when the form is sent.
        custom_attrs={"aria-describedby": described, "data-judged": "at once"},
    )


_ONLY_IF_NEW = "hidden group-has-[input[value=new]:checked]/place:block"


def location_form(
    places: Any,
    chosen: Any,
    *,
    outside: Any,
    typed: Any,
    errors: Any,
    on_submit: Any,
    name: Any,
    end: Any,
) -> rx.Component:
    """Draw the saved places as cards, and the form for a new one.

    The form unfolds by the style sheet when *New address* is chosen, so that it
    stays mounted and what was typed into it is kept.

    Args:
        places: A Var of a list of objects with ``id``, ``label`` and ``lines``.
        chosen: The id of the chosen place, or ``new``.
        outside: A Var of a list of ids: where the business does not go.
        typed: A Var of an address that is no saved place yet.
        errors: A Var: field to sentence.
        on_submit: The event that gets the form.
        name: Under which name what was typed is kept.
        end: What follows the fields.
    """
    some = places.length() > 0

    def card(place: Any) -> rx.Component:
        return radio_card(
            when(place.label, place.label, place.lines[0]),
            name="location",
            value=place.id,
            text=rx.fragment(
                when(
                    place.label,
                    address_block(place.lines),
                    address_block(place.lines[1:]),
                ),
                rx.cond(
                    outside.contains(place.id),
                    rx.el.span(
                        "Outside the area we serve", class_name="block text-warning"
                    ),
                ),
            ),
            picture=icon("map-pin", "text-ink-faint"),
            default_checked=equal(place.id, chosen),
        )

    return rx.el.form(
        when(
            some,
            rx.el.div(
                choice_group(
                    "Where should we come?",
                    each(places, card),
                    radio_card(
                        "New address",
                        name="location",
                        value=NEW,
                        picture=icon("plus", "text-ink-faint"),
                        default_checked=equal(chosen, NEW),
                    ),
                    columns="sm:grid-cols-2",
                ),
                rx.cond(outside.length() > 0, _ask_about_outside()),
                class_name="mb-6",
            ),
        ),
        rx.el.fieldset(
            rx.el.legend("New address", class_name="sr-only"),
            address_fields(typed, errors),
            rx.el.div(
                location_name_field(errors, default_value=typed.label),
                access_notes_field(errors, default_value=typed.access_notes),
                class_name="mt-5 flex flex-col gap-5",
            ),
            class_name=when(some, f"{_ONLY_IF_NEW} min-w-0", "min-w-0"),
        ),
        end,
        form_draft(joined(name, "-address")),
        on_submit=on_submit,
        reset_on_submit=False,
        class_name="group/place",
        no_validate=True,
    )


def _ask_about_outside() -> rx.Component:
    """Draw what to do about a place that the business does not go to."""
    business = ViewerState.business
    return note(
        "We do not go to all of your places. Choose another one, or ask us whether we "
        "can come.",
        rx.el.span(
            when(
                business.phone,
                _contact_link("Call ", business.phone, joined("tel:", business.phone)),
            ),
            when(
                business.email,
                _contact_link(
                    "Write to ", business.email, joined("mailto:", business.email)
                ),
            ),
            class_name="flex flex-wrap gap-x-5",
        ),
        class_name="mt-3",
    )


def _contact_link(words: str, where: Any, address: Any) -> rx.Component:
    return rx.el.a(
        words,
        where,
        href=address,
        class_name="text-link inline-flex min-h-11 min-w-0 items-center wrap-anywhere",
    )


def step_form(*children: Any, name: Any, on_submit: Any, end: Any) -> rx.Component:
    """Draw the form of a step; what is typed into it is kept until it is accepted.

    Args:
        *children: Its fields.
        name: Under which name what was typed is kept.
        on_submit: The event that gets the form.
        end: What follows the fields.
    """
    return rx.el.form(
        rx.el.div(*children, class_name="flex flex-col gap-6"),
        end,
        form_draft(name),
        on_submit=on_submit,
        reset_on_submit=False,
        no_validate=True,
    )


def notes_field(notes: Any, error: Any) -> rx.Component:
    """Draw what else whoever comes should know.

    Args:
        notes: What was noted so far.
        error: What is wrong, or an empty Var.
    """
    return textarea_field(
        "Notes for the visit",
        "notes",
        error=error,
        help="Anything we should know: pets, allergies, what matters most.",
        required=False,
        rows=3,
        default_value=notes,
    )


def contact_form(
    person: str | Any,
    email: Any,
    phone: Any,
    *,
    errors: Any,
    on_submit: Any,
    name: Any,
    end: Any,
    companies: Any = (),
    company: Any = "",
    people: Any = (),
    asked_for: Any = "",
    reach: Any = None,
    company_reach: Any = None,
) -> rx.Component:
    """Draw whom to ask for on the day.

    Args:
        person: The name as the draft or the profile has it.
        email: Likewise.
        phone: Likewise.
        errors: A Var: field to sentence.
        on_submit: The event that gets the form.
        name: Under which name what was typed is kept.
        end: What follows the fields.
        companies: Pairs of id and name: business profiles to book for.
        company: The id of the chosen one, or empty.
        people: Pairs of key and name: who can be asked for.
        asked_for: The key of who is.
        reach: Key of a person to name, email and phone.
        company_reach: Id of a company to name, email and phone.
    """
    return rx.el.form(
        when(
            companies.length() > 0,
            _booking_for(companies, company, errors["company"]),
        )
        if is_var(companies)
        else rx.fragment(),
        *(
            [
                rx.cond(
                    people.length() > _NOBODY_SAVED,
                    select_field(
                        "Whom should we ask for?",
                        "person",
                        people,
                        help="Choosing somebody fills in the fields below.",
                        default_value=asked_for,
                        class_name="mb-5",
                    ),
                ),
                ContactFiller.create(people=reach, companies=company_reach),
            ]
            if is_var(people)
            else []
        ),
        rx.el.div(
            text_field(
                "Name",
                "name",
                error=errors["name"],
                default_value=person,
                auto_complete="name",
                class_name="sm:col-span-2",
            ),
            email_field(error=errors["email"], default_value=email),
            phone_field(error=errors["phone"], default_value=phone, required=False),
            class_name="grid gap-x-4 gap-y-5 sm:grid-cols-2",
        ),
        end,
        form_draft(joined(name, "-contact")),
        on_submit=on_submit,
        reset_on_submit=False,
        class_name="group/for",
        no_validate=True,
    )


_NOBODY_SAVED = 2
"""Oneself and somebody else can always be asked for."""


def _booking_for(companies: Any, company: Any, error: Any) -> rx.Component:
    return rx.el.div(
        choice_group(
            "Personal or business?",
            radio_card(
                "Personal",
                name="booking_for",
                value="personal",
                picture=icon("user-round", "text-ink-faint"),
                default_checked=equal(company, ""),
            ),
            radio_card(
                "Business",
                name="booking_for",
                value="business",
                picture=icon("building-2", "text-ink-faint"),
                default_checked=~equal(company, ""),
            ),
            columns="sm:grid-cols-2",
        ),
        select_field(
            "Business profile",
            "company",
            companies,
            error=error,
            default_value=company,
            class_name="hidden group-has-[input[value=business]:checked]/for:flex!",
        ),
        class_name="mb-6 flex flex-col gap-5",
        key=company,
    )
