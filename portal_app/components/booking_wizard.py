"""The frame of the booking wizard: its steps, headings, buttons and summary."""

from typing import Any

import reflex as rx

from portal_app.state.viewer import ViewerState

from .button import button
from .feedback import note
from .icon import icon
from .link import link
from .logic import classes, each, when

_LIBRARY = "$/public/react/booking.jsx"


class StepKeeper(rx.Component):
    """Moves the focus to the step's heading whenever the step changes."""

    library = _LIBRARY
    tag = "StepKeeper"

    step: rx.Var[str]


class KeepTyped(rx.Component):
    """Keeps what was typed into the form around it over a reload of the tab."""

    library = _LIBRARY
    tag = "KeepTyped"

    name: rx.Var[str]
    owner: rx.Var[str]


class BringIntoView(rx.Component):
    """Scrolls what is inside into view when it has changed."""

    library = _LIBRARY
    tag = "BringIntoView"

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


def step_keeper(step: Any) -> rx.Component:
    """Draw nothing; keep the focus with the step.

    Args:
        step: The key of the current step, empty while it is not known.

    Returns:
        A component without an element.
    """
    return StepKeeper.create(step=step)


def keep_typed(name: Any) -> rx.Component:
    """Keep what is typed into the form around it until it is accepted.

    Args:
        name: Names the form and what it belongs to, unique in the tab.

    Returns:
        A hidden element.
    """
    return KeepTyped.create(name=name, owner=ViewerState.owner)


def bring_into_view(*children: Any, change: Any, class_name: str = "") -> rx.Component:
    """Scroll to what is inside whenever it has changed, and only as far as needed.

    Args:
        *children: What is inside.
        change: Differs when it has changed.
        class_name: Extra classes, such as margins that keep it clear of bars.

    Returns:
        A ``div``.
    """
    return BringIntoView.create(*children, change=change, class_name=class_name)


def quantity_input(label: Any, name: Any, value: Any, **props: Any) -> rx.Component:
    """Draw a whole number that can be typed, or changed by two buttons.

    Args:
        label: The accessible name.
        name: The key in the submitted form.
        value: The number as the server knows it.
        **props: ``least``, ``most``, ``invalid``, ``describedby``, ``on_change``
            (told the text).

    Returns:
        A group of a field and two buttons.
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

    Returns:
        The heading and the sentence.
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

    Returns:
        A live region.
    """
    return bring_into_view(
        rx.el.div(
            when(problem, note(problem, tone="error", class_name="mt-6")),
            role="alert",
        ),
        change=problem,
        class_name="scroll-mt-24 scroll-mb-44",
    )


def step_actions(
    forward: Any, *, back: Any = None, total: Any = "", duration: Any = ""
) -> rx.Component:
    """Draw the buttons under a step; on a phone they stay in reach of the thumb.

    Args:
        forward: The main button.
        back: The event of *Back*; without one there is no such button.
        total: What the booking costs so far, shown where there is no summary.
        duration: How long the visit takes.

    Returns:
        A row.
    """
    return rx.el.div(
        *(
            [button("Back", kind="secondary", on_click=back, class_name="px-5")]
            if back is not None
            else []
        ),
        rx.el.div(
            when(
                total,
                rx.el.p(
                    rx.el.span(
                        total, class_name="block font-[650] leading-5 tabular-nums"
                    ),
                    rx.el.span(duration, class_name="block text-xs text-ink-faint"),
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


def price_lines(lines: Any, total: Any, *, live: bool = False) -> rx.Component:
    """Draw what a booking costs, line by line, and the total.

    Args:
        lines: A list, or Var of one, of objects with ``description``, ``amount``.
        total: The sum, in words.
        live: Announce the total when it changes.

    Returns:
        A list with the total under it.
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
            rx.el.dt("Total", class_name="font-semibold"),
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


def chosen_fact(name: str, *words: Any) -> rx.Component:
    """Draw one thing already chosen, in the summary beside the steps.

    Args:
        name: Its icon.
        *words: Its lines; the first stands out.

    Returns:
        A list item.
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


def lines_of_text(lines: Any, class_name: str = "") -> rx.Component:
    """Draw an address, one line below the other.

    Args:
        lines: A list, or Var of one, of texts.
        class_name: Extra classes.

    Returns:
        A ``span`` of blocks.
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

    Returns:
        A ``section``.
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
        class_name=classes("py-5", class_name),
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
