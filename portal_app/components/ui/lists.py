"""Lists of things that are added, edited, ordered, removed or archived."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button, unavailable
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.forms import focused_block
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, joined, when
from portal_app.components.ui.surfaces import card, section

_MOST_BESIDE = 2


def account_section(
    title: str, *children: Any, text: str = "", action: Any = None
) -> rx.Component:
    """Draw one part of *My Account*.

    Args:
        title: Its heading.
        *children: What is inside.
        text: A sentence under the heading.
        action: The button that adds to it.

    Returns:
        A ``section``.
    """
    return rx.el.div(
        section(title, *children, text=text or None, action=action),
        class_name="mt-9 max-w-3xl",
    )


def item(
    drawing: Any,
    title: Any,
    *lines: Any,
    badges: Any = None,
    actions: Any = (),
    key: Any = None,
) -> rx.Component:
    """Draw one thing of a list, with what can be done with it.

    Args:
        drawing: The name of its icon, or the icon itself.
        title: What it is called.
        *lines: What else to know.
        badges: Small labels after the title.
        actions: Icon buttons at the end.
        key: Of the list.

    Returns:
        An ``li``.
    """
    return rx.el.li(
        rx.el.span(
            icon(drawing, "size-5") if isinstance(drawing, str) else drawing,
            aria_hidden="true",
            class_name=(
                "grid size-11 place-items-center rounded-xl bg-accent-soft "
                "text-accent-ink sm:row-span-2"
            ),
        ),
        rx.el.div(
            rx.el.h3(title, class_name="text-base font-semibold break-words"),
            *([badges] if badges is not None else []),
            class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
        ),
        # On a phone the lines have the whole width, below the title's row.
        rx.el.div(
            *lines,
            class_name=(
                "order-1 col-span-full min-w-0 text-[0.9375rem] sm:order-last "
                "sm:col-span-1 sm:col-start-2"
            ),
        ),
        rx.el.div(
            *actions,
            class_name=classes(
                "-mr-2 flex sm:row-span-2 sm:self-start",
                # More than two would leave the title no room on a phone.
                "max-sm:order-last max-sm:col-span-full max-sm:justify-end"
                if len(actions) > _MOST_BESIDE
                else "",
            ),
        ),
        class_name=(
            "grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-4 "
            "gap-y-2.5 py-4 sm:grid-rows-[auto_1fr] sm:items-start sm:gap-y-0"
        ),
        **({"key": key} if key is not None else {}),
    )


def item_list(items: Any, draw: Any, empty: str) -> rx.Component:
    """Draw the list of a section on a card, or that there is nothing yet.

    Args:
        items: A Var of a list.
        draw: Draws one ``item``.
        empty: What is said while there is nothing.

    Returns:
        A card.
    """
    return rx.cond(
        items.length() > 0,
        rx.el.ul(
            each(items, draw),
            class_name="card divide-y divide-line px-5 py-1.5 sm:px-7",
        ),
        rx.el.p(empty, class_name="card px-5 py-5 text-ink-soft sm:px-7"),
    )


def item_line(*children: Any, **props: Any) -> rx.Component:
    """Draw one quiet line of an ``item``.

    Args:
        *children: What it says.
        **props: Passed to the element.

    Returns:
        A ``p``.
    """
    look = classes("text-ink-soft break-words", props.pop("class_name", ""))
    return rx.el.p(*children, class_name=look, **props)


def icon_action(
    name: str, label: Any, *, disabled: Any = False, **props: Any
) -> rx.Component:
    """Draw a small action of an ``item``.

    Args:
        name: The icon.
        label: The accessible name.
        disabled: Whether it refuses clicks for now; may be a Var.
        **props: Passed to the button; ``custom_attrs`` may name a dialog.

    Returns:
        A square ``button`` of 44 px.
    """
    custom = {"aria-label": label, "title": label, **props.pop("custom_attrs", {})}
    return rx.el.button(
        icon(name),
        type="button",
        class_name="btn btn-ghost btn-icon",
        custom_attrs=custom,
        **unavailable(disabled),
        **props,
    )


def undo_bar(words: Any, removed: Any, on_undo: Any) -> rx.Component:
    """Say that something was removed, and offer to take that back.

    Args:
        words: What was removed.
        removed: A Var that is empty while there is nothing to take back.
        on_undo: The event.

    Returns:
        A live region that exists before its message, which takes the focus: what
        had it is gone.
    """
    return rx.el.div(
        when(
            removed,
            focused_block(
                rx.el.p(words, class_name="min-w-0 flex-1 break-words"),
                button("Undo", kind="secondary", before="rotate-ccw", on_click=on_undo),
                class_name=(
                    "mt-3 flex flex-wrap items-center gap-3 rounded-xl bg-sunken "
                    "px-4 py-3"
                ),
                key=removed,
            ),
        ),
        role="status",
    )


def form_part(title: str, *children: Any) -> rx.Component:
    """Draw one part of a long form under its own legend.

    Args:
        title: What is asked for.
        *children: The fields.

    Returns:
        A ``fieldset``.
    """
    # The rule is the box's: a legend would stand on a fieldset's border.
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(title, class_name="mb-3.5 text-lg font-semibold"),
            rx.el.div(*children, class_name="flex flex-col gap-5"),
            class_name="min-w-0",
        ),
        class_name="border-t border-line pt-5 first:border-0 first:pt-0",
    )


def address_line(lines: Any) -> rx.Component:
    """Draw an address on one line, its parts divided by commas.

    Args:
        lines: A Var of texts.

    Returns:
        A quiet line.
    """
    return item_line(
        each(
            lines,
            lambda words, at: rx.el.span(when(at > 0, ", ", ""), words),
        )
    )


def edit_dialog_name(kind: str, identifier: Any) -> Any:
    """The name of the dialog that edits one thing of a list."""
    return joined(f"{kind}-", identifier)


def collection_section(
    state: Any,
    kind: str,
    *,
    title: str,
    text: str,
    add: str,
    empty: str,
    called: Callable[[Any], Any],
    draw: Callable[[Any, Any, list[Any]], rx.Component],
    fields: Callable[[Any], list[Any]],
    remove: str = "Remove",
) -> rx.Component:
    """Draw the things, and the dialogs that add and change them.

    Args:
        state: The state that has them (``state.collection.Collected``).
        kind: What they are, for the names of dialogs and of the hidden field.
        title: The section's heading.
        text: A sentence under it.
        add: On the button that adds one, and over the dialog.
        empty: What is said while there is none.
        called: What one is called.
        draw: Draws one, at its position, as an ``item`` that ends with these
            actions.
        fields: The fields of the dialog for one, or for a new one with ``None``.
        remove: The word for taking one away.

    Returns:
        A ``section``.
    """
    new = f"{kind}-new"

    def item(one: Any, at: Any) -> rx.Component:
        edit = {"data-edit": edit_dialog_name(kind, one.id)}
        name = called(one)
        return draw(
            one,
            at,
            [
                icon_action("pencil", joined("Edit ", name), custom_attrs=edit),
                icon_action(
                    "trash-2",
                    joined(f"{remove} ", name),
                    on_click=state.remove(one.id),
                ),
            ],
        )

    def dialog(one: Any) -> rx.Component:
        which = rx.el.input(type="hidden", name=kind, value=one.id, read_only=True)
        return saving_dialog(
            state,
            edit_dialog_name(kind, one.id),
            which,
            *fields(one),
            title=joined("Edit ", called(one)),
            version=one.version,
        )

    return account_section(
        title,
        rx.cond(state.loaded, item_list(state.items, item, empty), list_skeleton(1)),
        undo_bar(joined(state.removed_name, " is removed."), state.removed, state.undo),
        each(state.items, dialog),
        saving_dialog(state, new, *fields(None), title=add, version=0),
        text=text,
        action=edit_button(
            new,
            icon("plus"),
            rx.el.span(add),
            class_name="btn btn-secondary max-sm:w-full",
        ),
    )


def ordered_item(
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
        state: Has the handlers ``move`` and ``archived_section``.
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


def ordered_item_list(*entries: Any) -> rx.Component:
    """Draw the list of what is in use.

    Args:
        *entries: Made by ``ordered_item``, or an ``each`` of them.

    Returns:
        A card.
    """
    return rx.el.ul(*entries, class_name="card divide-y divide-line px-4 py-1 sm:px-6")


def archived_notice(state: Any, words: Any) -> rx.Component:
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


def archived_section(entries: Any, draw: Any, text: Any) -> rx.Component:
    """Draw what is archived, folded away until somebody looks.

    Args:
        entries: A Var of a list.
        draw: Draws one, see ``archived_item``.
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


def archived_item(title: Any, text: Any, *, key: Any, state: Any) -> rx.Component:
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
