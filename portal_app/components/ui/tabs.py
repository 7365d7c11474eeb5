"""Tabs, and the steps of a form in several parts."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import link
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, equal, flag, when


def tab_list(label: str, *tabs: Any) -> rx.Component:
    """Draw the row of tabs; the arrow keys move between them.

    Args:
        label: What the tabs divide.
        *tabs: Made by ``tab``.
    """
    return rx.el.div(*tabs, role="tablist", aria_label=label, class_name="tabs")


def tab(
    key: str, *children: Any, chosen: Any, count: Any = None, **props: Any
) -> rx.Component:
    """Draw one tab.

    Args:
        key: Names the tab and its panel within the page.
        *children: The label.
        chosen: The key of the chosen tab; may be a Var.
        count: How many things are behind it; not part of its name.
        **props: Passed to the button, for example ``on_click``.
    """
    here = equal(chosen, key)
    return rx.el.button(
        *children,
        *([_count(count)] if count is not None else []),
        type="button",
        role="tab",
        aria_selected=flag(here),
        tab_index=when(here, 0, -1),
        class_name="tab",
        custom_attrs={"id": f"tab-{key}", "aria-controls": f"panel-{key}"},
        **props,
    )


def _count(count: Any) -> rx.Component:
    return rx.el.span(
        count,
        aria_hidden="true",
        class_name=(
            "min-w-5 rounded-full bg-line px-1.5 text-center text-xs font-semibold "
            "leading-5 text-ink-soft tabular-nums"
        ),
    )


def tab_panel(key: str, *children: Any, chosen: Any, class_name: str = "") -> Any:
    """Draw what is behind a tab.

    Args:
        key: The tab's key.
        *children: What is inside.
        chosen: The key of the chosen tab; may be a Var.
        class_name: Extra classes.

    Returns:
        A ``div`` with ``role="tabpanel"``, hidden unless its tab is chosen.
    """
    return rx.el.div(
        *children,
        role="tabpanel",
        tab_index=0,
        hidden=when(equal(chosen, key), False, True),
        class_name=classes("mt-6", class_name),
        custom_attrs={"id": f"panel-{key}", "aria-labelledby": f"tab-{key}"},
    )


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
