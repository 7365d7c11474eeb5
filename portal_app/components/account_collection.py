"""A section of *My Account* with several things of one kind, and their dialogs."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from .account_parts import (
    account_section,
    dialog_name,
    icon_action,
    item_list,
    undo_bar,
)
from .edit import edit_button, saving_dialog
from .icon import icon
from .logic import each, joined
from .skeleton import list_skeleton


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
        edit = {"data-edit": dialog_name(kind, one.id)}
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
            dialog_name(kind, one.id),
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
