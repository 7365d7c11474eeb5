"""What the office keeps in order: a list, what was archived, and taking that back."""

from typing import Any

import reflex as rx

from .account_parts import icon_action, item, undo_bar
from .button import button
from .logic import each, joined, when
from .surface import card


def entry(
    drawing: Any,
    title: Any,
    *lines: Any,
    key: Any,
    at: Any,
    entries: Any,
    state: Any,
    edit: Any,
    badges: Any = None,
    more: Any = (),
) -> rx.Component:
    """Draw one thing that is in use, with what can be done with it.

    Args:
        drawing: The name of its icon, or the icon.
        title: What it is called.
        *lines: What else to know.
        key: By which ``state`` knows it.
        at: Its place in the list.
        entries: The list, a Var.
        state: Has the handlers ``move`` and ``archive``.
        edit: The name of the dialog that edits it.
        badges: Small labels after the title.
        more: Further actions, before the others.

    Returns:
        An ``li``.
    """
    last = entries.length() - 1
    return item(
        drawing,
        title,
        *lines,
        badges=badges,
        actions=[
            *more,
            icon_action(
                "chevron-up",
                joined("Move ", title, " up"),
                disabled=at == 0,
                on_click=state.move(key, -1),
            ),
            icon_action(
                "chevron-down",
                joined("Move ", title, " down"),
                disabled=at == last,
                on_click=state.move(key, 1),
            ),
            icon_action(
                "pencil", joined("Edit ", title), custom_attrs={"data-edit": edit}
            ),
            icon_action(
                "archive", joined("Archive ", title), on_click=state.archive(key)
            ),
        ],
        key=key,
    )


def entry_list(*entries: Any) -> rx.Component:
    """Draw the list of what is in use.

    Args:
        *entries: Made by ``entry``, or an ``each`` of them.

    Returns:
        A card.
    """
    return rx.el.ul(*entries, class_name="card divide-y divide-line px-4 py-1 sm:px-6")


def just_archived(state: Any, words: Any) -> rx.Component:
    """Say what was archived last and what becomes of it, and offer to take it back.

    Args:
        state: Has ``removed``, ``removed_name`` and ``restore``.
        words: What archiving means, after the name.

    Returns:
        A live region.
    """
    return undo_bar(
        joined("“", state.removed_name, "” ", words),
        state.removed,
        state.restore(state.removed),
    )


def archive(entries: Any, draw: Any, text: Any) -> rx.Component:
    """Draw what is archived, folded away until somebody looks.

    Args:
        entries: A Var of a list.
        draw: Draws one, see ``archived_entry``.
        text: What it means to be here.

    Returns:
        A disclosure, or nothing while nothing is archived.
    """
    return when(
        entries.length() > 0,
        rx.el.details(
            rx.el.summary(
                joined("Archived (", entries.length(), ")"),
                class_name=(
                    "flex min-h-11 w-fit cursor-pointer items-center rounded-lg px-1 "
                    "text-[0.9375rem] font-semibold text-ink-soft hover:text-ink"
                ),
            ),
            rx.el.p(text, class_name="mb-3 px-1 text-sm text-ink-faint"),
            card(
                rx.el.ul(each(entries, draw), class_name="divide-y divide-line"),
                padded=False,
                class_name="px-4 py-1 sm:px-6",
            ),
            class_name="mt-6",
        ),
    )


def archived_entry(title: Any, text: Any, *, key: Any, state: Any) -> rx.Component:
    """Draw one archived thing.

    Args:
        title: What it is called.
        text: What else to know.
        key: By which ``state`` knows it.
        state: Has the handler ``restore``.

    Returns:
        An ``li``.
    """
    return rx.el.li(
        rx.el.div(
            rx.el.p(title, class_name="font-semibold break-words"),
            when(text, rx.el.p(text, class_name="text-sm text-ink-soft")),
            class_name="min-w-0 flex-1",
        ),
        button(
            "Restore",
            rx.el.span(joined(" ", title), class_name="sr-only"),
            kind="secondary",
            size="sm",
            before="rotate-ccw",
            on_click=state.restore(key),
        ),
        class_name="flex items-center gap-4 py-3",
        key=key,
    )
