"""Where one is in a form of several steps."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from .icon import icon
from .link import link
from .logic import classes, equal, when

_STEP = "flex min-h-11 items-center gap-2.5"


def stepper(
    steps: Sequence[str], current: Any, address: Callable[[int], Any] | None = None
) -> rx.Component:
    """Draw the steps of a wizard.

    A desktop shows them all, a phone the current one, its number and a bar.

    Args:
        steps: What the steps are called.
        current: The position of the current one, from 0; may be a Var.
        address: Gives the address of a step by its position; steps that are done
            then lead back to themselves.

    Returns:
        A ``nav`` with an ordered list, the current step marked.
    """
    return rx.el.nav(
        rx.el.ol(
            *[_step(at, name, current, address) for at, name in enumerate(steps)],
            class_name="hidden items-center gap-3 md:flex",
        ),
        rx.el.div(
            rx.el.p(
                *[
                    when(
                        equal(current, at),
                        rx.el.span(
                            rx.el.span(
                                f"Step {at + 1} of {len(steps)}",
                                class_name="mr-2.5 font-medium text-ink-faint",
                            ),
                            name,
                        ),
                    )
                    for at, name in enumerate(steps)
                ],
                class_name="text-[0.9375rem] font-semibold",
            ),
            rx.el.div(
                *[
                    rx.el.span(
                        class_name=classes(
                            "h-1.5 flex-1 rounded-full transition-colors duration-300",
                            when(current >= at, "bg-accent", "bg-line-strong"),
                        )
                    )
                    for at in range(len(steps))
                ],
                aria_hidden="true",
                class_name="mt-2.5 flex gap-1.5",
            ),
            class_name="md:hidden",
        ),
        aria_label="Steps",
    )


def _step(
    at: int, name: str, current: Any, address: Callable[[int], Any] | None
) -> rx.Component:
    here = equal(current, at)
    done = current > at
    marked = rx.fragment(
        rx.el.span(
            when(
                done,
                icon("check", "size-4 stroke-[2.6]"),
                rx.el.span(at + 1),
            ),
            class_name=classes(
                "grid size-7 shrink-0 place-items-center rounded-full text-sm "
                "font-semibold tabular-nums transition-colors",
                when(
                    done,
                    "bg-accent-soft text-accent-ink",
                    when(
                        here,
                        "bg-accent text-on-accent",
                        "bg-line text-ink-soft",
                    ),
                ),
            ),
        ),
        rx.el.span(
            name,
            class_name=classes(
                "text-[0.9375rem] font-semibold whitespace-nowrap",
                when(here, "text-ink", "text-ink-soft group-hover/step:text-ink"),
            ),
        ),
        when(done, rx.el.span("done", class_name="sr-only")),
    )
    return rx.el.li(
        *([rx.el.span(class_name="h-px w-5 bg-line-strong xl:w-9")] if at else []),
        marked
        if address is None
        else when(
            done,
            link(marked, href=address(at), class_name=f"group/step {_STEP}"),
            marked,
        ),
        aria_current=when(here, "step", "false"),
        class_name=_STEP,
    )
