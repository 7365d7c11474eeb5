"""Tabs, and the steps of a form in several parts."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import link
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import (
    classes,
    each,
    equal,
    flag,
    is_var,
    when,
)


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


_STEP = "flex min-h-11 items-center gap-2"


def stepper(steps: Any, address: Callable[[Any], Any] | None = None) -> rx.Component:
    """Draw the steps of a wizard.

    A desktop shows them all, a phone the current one, its number and a bar.

    Args:
        steps: A list, or Var of one, of objects with ``key``, ``name``, ``done`` and
            ``here`` (the current one).
        address: Gives the address of a step; those that are done lead there.
    """
    count = steps.length() if is_var(steps) else len(steps)
    return rx.el.nav(
        rx.el.ol(
            each(steps, lambda step, at: _step(step, at, address)),
            class_name=(
                "hidden flex-wrap items-center gap-x-2.5 md:flex xl:gap-x-3 "
                "[&>li+li]:before:h-px [&>li+li]:before:w-3 "
                "[&>li+li]:before:bg-line-strong xl:[&>li+li]:before:w-5"
            ),
        ),
        rx.el.div(
            rx.el.p(
                each(
                    steps,
                    lambda step, at: when(
                        step.here,
                        rx.el.span(
                            rx.el.span(
                                "Step ",
                                at + 1,
                                " of ",
                                count,
                                class_name="mr-2.5 font-medium text-ink-faint",
                            ),
                            step.name,
                        ),
                    ),
                ),
                class_name="text-[0.9375rem] font-semibold",
            ),
            # As far as the current step, whatever may be done behind it.
            rx.el.div(
                each(
                    steps,
                    lambda step: rx.el.span(
                        class_name=classes(
                            "h-1.5 flex-1 rounded-full bg-accent transition-colors "
                            "duration-300",
                            when(step.here, "[&~span]:bg-line-strong", ""),
                        )
                    ),
                ),
                aria_hidden="true",
                class_name="mt-2.5 flex gap-1.5",
            ),
            class_name="md:hidden",
        ),
        aria_label="Steps",
    )


def _step(step: Any, at: Any, address: Callable[[Any], Any] | None) -> rx.Component:
    marked = rx.fragment(
        rx.el.span(
            when(
                step.done,
                icon("check", "size-3.5 stroke-[2.6]"),
                rx.el.span(at + 1),
            ),
            class_name=classes(
                "grid size-6 shrink-0 place-items-center rounded-full text-[0.8125rem] "
                "font-semibold tabular-nums transition-colors",
                when(
                    step.done,
                    "bg-accent-soft text-accent-ink",
                    when(
                        step.here,
                        "bg-accent text-on-accent",
                        "bg-line text-ink-soft",
                    ),
                ),
            ),
        ),
        rx.el.span(
            step.name,
            class_name=classes(
                "text-sm font-semibold whitespace-nowrap",
                when(step.here, "text-ink", "text-ink-soft group-hover/step:text-ink"),
            ),
        ),
        when(step.done, rx.el.span("done", class_name="sr-only")),
    )
    return rx.el.li(
        marked
        if address is None
        else when(
            step.done,
            link(marked, href=address(step), class_name=f"group/step {_STEP}"),
            marked,
        ),
        aria_current=when(step.here, "step", "false"),
        class_name=_STEP,
    )
