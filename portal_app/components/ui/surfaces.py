"""Cards, sections, page headers, summary lists, timelines and the pager."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button, link
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, negate, when


def card(*children: Any, padded: bool = True, **props: Any) -> rx.Component:
    """Draw a card.

    Args:
        *children: What is inside.
        padded: With inner space, more on a desktop.
        **props: Passed to the element.
    """
    look = classes("card", "p-5 sm:p-7" if padded else "", props.pop("class_name", ""))
    return rx.el.div(*children, class_name=look, **props)


def section(
    title: Any,
    *children: Any,
    text: Any = None,
    action: Any = None,
    level: int = 2,
    class_name: str = "",
) -> rx.Component:
    """Draw a part of a page under its own heading.

    Args:
        title: The heading.
        *children: What is inside.
        text: A sentence under the heading.
        action: A button or link at the heading's end.
        level: The heading's level, 2 or 3.
        class_name: Extra classes.
    """
    heading = rx.el.h2 if level == 2 else rx.el.h3
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                heading(title, class_name="text-xl" if level == 2 else "text-lg"),
                *(
                    [rx.el.p(text, class_name="mt-1 text-ink-soft")]
                    if text is not None
                    else []
                ),
                class_name="min-w-0",
            ),
            *([action] if action is not None else []),
            class_name="mb-4 flex flex-wrap items-end justify-between gap-x-4 gap-y-2",
        ),
        *children,
        class_name=class_name,
    )


def fields_card(
    title: str, *fields: Any, text: Any = None, class_name: str = ""
) -> rx.Component:
    """Draw the fields of a long form that belong together, in a card.

    Args:
        title: What they are about.
        *fields: The fields.
        text: A sentence under the title.
        class_name: Extra classes.
    """
    return card(
        rx.el.fieldset(
            rx.el.legend(title, class_name="text-xl font-semibold tracking-tight"),
            *(
                [rx.el.p(text, class_name="mt-1 text-ink-soft")]
                if text is not None
                else []
            ),
            rx.el.div(*fields, class_name="mt-4 flex flex-col gap-5"),
            class_name=classes("min-w-0", class_name),
        )
    )


def page_header(
    title: Any,
    *,
    text: Any = None,
    trail: Sequence[tuple[Any, str]] = (),
    action: Any = None,
) -> rx.Component:
    """Draw the heading of a page.

    Args:
        title: The page's ``h1``.
        text: A sentence under it.
        trail: Breadcrumbs above it: label and path, the page itself left out.
        action: The page's main button.
    """
    crumbs = (
        [
            rx.el.nav(
                rx.el.ol(
                    *[
                        rx.el.li(
                            link(
                                label,
                                href=href,
                                class_name=(
                                    "inline-flex min-h-11 items-center font-medium "
                                    "text-ink-faint hover:text-ink"
                                ),
                            ),
                            icon("chevron-right", "size-4 text-ink-faint"),
                            class_name="flex items-center gap-1.5",
                        )
                        for label, href in trail
                    ],
                    class_name="flex flex-wrap items-center gap-1.5 text-sm",
                ),
                aria_label="Breadcrumb",
                class_name="-mt-2",
            )
        ]
        if trail
        else []
    )
    return rx.el.header(
        *crumbs,
        rx.el.div(
            rx.el.div(
                rx.el.h1(title, class_name="text-3xl", tab_index=-1),
                *(
                    [
                        rx.el.p(
                            text,
                            class_name="mt-2 max-w-2xl text-lg text-ink-soft",
                        )
                    ]
                    if text is not None
                    else []
                ),
                class_name="min-w-0",
            ),
            *([rx.el.div(action, class_name="shrink-0")] if action is not None else []),
            class_name="flex flex-wrap items-end justify-between gap-4",
        ),
        class_name="mb-7 sm:mb-9",
    )


def summary_list(*rows: Any, class_name: str = "") -> rx.Component:
    """Draw a list of facts: what it is, and its value.

    Args:
        *rows: Made by ``summary_row``.
        class_name: Extra classes.
    """
    return rx.el.dl(*rows, class_name=classes("divide-y divide-line", class_name))


def summary_row(term: Any, *value: Any, name: str = "", action: Any = None) -> Any:
    """Draw one fact of a ``summary_list``.

    Args:
        term: What it is.
        *value: The value.
        name: Name of an icon before the term.
        action: A link to change it.
    """
    return rx.el.div(
        rx.el.dt(
            *([icon(name, "text-ink-faint")] if name else []),
            rx.el.span(term),
            class_name=(
                "flex items-center gap-2.5 text-[0.9375rem] text-ink-soft sm:w-44 "
                "sm:shrink-0"
            ),
        ),
        rx.el.dd(*value, class_name="min-w-0 flex-1 font-medium"),
        *([action] if action is not None else []),
        class_name="flex flex-col gap-x-6 gap-y-1 py-3.5 sm:flex-row sm:items-center",
    )


def timeline(*entries: Any) -> rx.Component:
    """Draw a history, newest first.

    Args:
        *entries: Made by ``timeline_entry``, or an ``each`` of them.
    """
    return rx.el.ol(*entries, class_name="flex flex-col")


def timeline_entry(
    what: Any, moment: Any, who: Any = "", text: Any = "", name: str = "circle-dot"
) -> rx.Component:
    """Draw one event of a history.

    Args:
        what: What happened.
        moment: When, in words.
        who: Who did it.
        text: More about it.
        name: An icon.
    """
    return rx.el.li(
        rx.el.span(
            icon(name, "size-4"),
            class_name=(
                "relative z-10 grid size-8 shrink-0 place-items-center rounded-full "
                "bg-accent-soft text-accent-ink"
            ),
        ),
        rx.el.div(
            rx.el.p(what, class_name="font-semibold leading-6"),
            rx.el.p(
                moment,
                when(who, rx.el.span(" · ", who)),
                class_name="text-sm text-ink-faint",
            ),
            when(text, rx.el.p(text, class_name="mt-1.5 text-[0.9375rem]")),
            class_name="min-w-0 flex-1 pb-6 pt-0.5",
        ),
        class_name=(
            "relative flex gap-4 before:absolute before:left-4 before:top-8 "
            "before:bottom-0 before:w-px before:bg-line-strong last:before:hidden"
        ),
    )


def pager(
    summary: Any,
    *,
    on_previous: Any = None,
    on_next: Any = None,
    has_previous: Any = False,
    has_next: Any = False,
) -> rx.Component:
    """Draw the way through a list of several pages.

    Args:
        summary: For example "1 to 20 of 134".
        on_previous: Event for the page before.
        on_next: Event for the page after.
        has_previous: Whether there is one; may be a Var.
        has_next: Whether there is one; may be a Var.
    """
    return rx.el.nav(
        rx.el.p(
            summary, class_name="text-sm text-ink-soft tabular-nums", role="status"
        ),
        rx.el.div(
            _step("Previous", on_previous, has_previous, before="chevron-left"),
            _step("Next", on_next, has_next, after="chevron-right"),
            class_name="flex gap-2",
        ),
        aria_label="Pages",
        class_name="mt-6 flex items-center justify-between gap-4",
    )


def page_turner(
    summary: Any, page: Any, has_more: Any, turn: Callable[[Any], Any]
) -> rx.Component:
    """Draw the way through a list that is read page by page; nothing for one page.

    Args:
        summary: As for ``pager``.
        page: Which page is shown, counted from 1.
        has_more: Whether there is another one after it.
        turn: Gives the event that shows a page.
    """
    return when(
        has_more | (page > 1),
        pager(
            summary,
            on_previous=turn(page - 1),
            on_next=turn(page + 1),
            has_previous=page > 1,
            has_next=has_more,
        ),
    )


def _step(label: str, event: Any, usable: Any, **icons: str) -> rx.Component:
    return button(
        label,
        kind="secondary",
        size="sm",
        disabled=negate(usable),
        **icons,
        **({"on_click": event} if event is not None else {}),
    )
