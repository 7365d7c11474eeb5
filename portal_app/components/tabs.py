"""Tabs: a real tab list within a page, or links between pages."""

from typing import Any

import reflex as rx

from .logic import classes, equal, flag, when


def tab_list(label: str, *tabs: Any) -> rx.Component:
    """Draw the row of tabs; the arrow keys move between them.

    Args:
        label: What the tabs divide.
        *tabs: Made by ``tab``.

    Returns:
        A ``div`` with ``role="tablist"``.
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

    Returns:
        A ``button`` with ``role="tab"``.
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
