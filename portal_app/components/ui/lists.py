"""Lists of things that are added, edited, ordered, removed or archived."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button, unavailable
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.forms import focused_block
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, joined, when
from portal_app.components.ui.surfaces import section

_MOST_BESIDE = 2
LIST = "card divide-y divide-line px-5 py-1.5 sm:px-7"


def account_section(
    title: str, *children: Any, text: str = "", action: Any = None, anchor: str = ""
) -> rx.Component:
    """Draw one part of *My Account*.

    Args:
        title: Its heading.
        *children: What is inside.
        text: A sentence under the heading.
        action: The button that adds to it.
        anchor: By which an address leads to it.
    """
    return rx.el.div(
        section(title, *children, text=text or None, action=action),
        class_name="mt-9 max-w-3xl scroll-mt-24",
        custom_attrs={"id": anchor} if anchor else {},
    )


def item(
    drawing: Any,
    title: Any,
    *lines: Any,
    badges: Any = None,
    actions: Any = (),
    key: Any = None,
    framed: bool = True,
) -> rx.Component:
    """Draw one thing of a list, with what can be done with it.

    Args:
        drawing: The name of its icon, or the icon itself.
        title: What it is called.
        *lines: What else to know.
        badges: Small labels after the title.
        actions: Icon buttons at the end.
        key: Of the list.
        framed: Whether the icon stands on a square; an avatar is round by itself.
    """
    return rx.el.li(
        rx.el.span(
            icon(drawing, "size-5") if isinstance(drawing, str) else drawing,
            aria_hidden="true",
            class_name=classes(
                "grid size-11 place-items-center text-accent-ink sm:row-span-2",
                "rounded-xl bg-accent-soft" if framed else "",
            ),
        ),
        rx.el.div(
            rx.el.h3(title, class_name="text-base font-semibold wrap-anywhere"),
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


def item_line(*children: Any, **props: Any) -> rx.Component:
    """Draw one quiet line of an ``item``.

    Args:
        *children: What it says.
        **props: Passed to the element.
    """
    look = classes("text-ink-soft wrap-anywhere", props.pop("class_name", ""))
    return rx.el.p(*children, class_name=look, **props)


def icon_action(
    name: str, label: Any, *, disabled: Any = False, opens: Any = None, **props: Any
) -> rx.Component:
    """Draw a small action of an ``item``.

    Args:
        name: The icon.
        label: The accessible name.
        disabled: Whether it refuses clicks for now; may be a Var.
        opens: The name of the ``saving_dialog`` that it opens, if it does.
        **props: Passed to the button.
    """
    custom = {
        "aria-label": label,
        "title": label,
        # Hidden from those who may only look.
        "data-change": "",
        **({} if opens is None else {"data-edit": opens}),
    }
    return rx.el.button(
        icon(name),
        type="button",
        class_name="btn btn-ghost btn-icon",
        custom_attrs=custom,
        **unavailable(disabled),
        **props,
    )


class KeptFocus(rx.Component):
    """A list of rows that go by what is pressed in them."""

    library = "$/public/react/kept_focus.jsx"
    tag = "KeptFocus"


def kept_focus(*children: Any) -> rx.Component:
    """Keep the focus in a list from which a press takes away the row.

    Args:
        *children: The list, and what stands in its place when it is empty; within
            a ``section``, whose heading has the focus then.
    """
    return KeptFocus.create(*children)


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
                rx.el.p(words, class_name="min-w-0 flex-1 wrap-anywhere"),
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
    """
    return item_line(
        each(
            lines,
            lambda words, at: rx.el.span(when(at > 0, ", ", ""), words),
        )
    )


def card_list(rows: Any, draw: Callable[..., rx.Component], empty: Any) -> rx.Component:
    """Draw things on a card, or what stands there while there are none.

    Args:
        rows: A Var of them.
        draw: Draws one, as ``each`` calls it.
        empty: A sentence, or what is drawn on the card.
    """
    return rx.cond(
        rows.length() > 0,
        rx.el.ul(each(rows, draw), class_name=LIST),
        rx.el.p(empty, class_name="card px-5 py-5 text-ink-soft sm:px-7")
        if isinstance(empty, str)
        else rx.el.div(empty, class_name="card"),
    )


def move_actions(state: Any, identifier: Any, name: Any, at: Any) -> list[rx.Component]:
    """Draw the actions that move one of ``state.items`` up and down.

    Args:
        state: Has ``items`` and ``move``.
        identifier: The id of the one.
        name: What it is called.
        at: Its place.
    """
    last = state.items.length() - 1
    return [
        icon_action(
            "chevron-up",
            joined("Move ", name, " up"),
            disabled=at == 0,
            on_click=state.move(identifier, -1),
        ),
        icon_action(
            "chevron-down",
            joined("Move ", name, " down"),
            disabled=at == last,
            on_click=state.move(identifier, 1),
        ),
    ]


def archived_list(
    rows: Any, draw: Callable[..., rx.Component], text: str = ""
) -> rx.Component:
    """Draw what is archived, folded away until somebody looks.

    Args:
        rows: A Var of it; nothing is drawn while it is empty.
        draw: Draws one, as ``each`` calls it.
        text: What it means to be archived.
    """
    return when(
        rows.length() > 0,
        rx.el.details(
            rx.el.summary(
                joined("Archived (", rows.length(), ")"),
                class_name=(
                    "flex min-h-11 w-fit cursor-pointer items-center rounded-lg px-1 "
                    "text-[0.9375rem] font-semibold text-ink-soft hover:text-ink"
                ),
            ),
            *(
                [rx.el.p(text, class_name="mb-3 px-1 text-sm text-ink-faint")]
                if text
                else []
            ),
            rx.el.ul(each(rows, draw), class_name=LIST),
            class_name="mt-6",
        ),
    )


def restore_button(state: Any, identifier: Any, name: Any) -> rx.Component:
    """Draw the button that brings back what is archived; ``state`` has ``restore``."""
    return button(
        "Restore",
        rx.el.span(joined(" ", name), class_name="sr-only"),
        kind="secondary",
        size="sm",
        before="rotate-ccw",
        on_click=state.restore(identifier),
    )


@dataclass(frozen=True)
class Archive:
    """What becomes of things that are archived instead of removed.

    Attributes:
        notice: What archiving one means, after its name.
        text: What it means to be archived.
        line: What else to know of one that is.
    """

    notice: str
    text: str
    line: Callable[[Any], Any]


@dataclass(frozen=True)
class Collection:
    """Things of one kind that are listed, added, edited and taken away.

    Attributes:
        state: The state that has them (``state.core.collection.CollectionVars``).
        kind: Of the names of dialogs, and the form's field with the id of one.
        name: What one is called.
        draw: Draws one as an ``item`` that ends with these actions.
        fields: The fields of the dialog for one, or for a new one with ``None``.
        add: On the button that adds one, and over the dialog.
        empty: What is said, or drawn, while there is none.
        remove: The word for taking one away, where they are not archived.
        ordered: Whether somebody keeps their order.
        archive: Where they are archived instead of removed.
    """

    state: Any
    kind: str
    name: Callable[[Any], Any]
    draw: Callable[[Any, list[Any]], rx.Component]
    fields: Callable[[Any], list[Any]]
    add: str
    empty: Any
    remove: str = "Remove"
    ordered: bool = False
    archive: Archive | None = None

    def dialog_name(self, identifier: Any) -> Any:
        """The name of the dialog that edits one."""
        return joined(f"{self.kind}-", identifier)


def add_button(
    of: Collection, look: str = "btn btn-secondary max-sm:w-full"
) -> rx.Component:
    """Draw the button that adds one; ``look`` is its class."""
    return edit_button(
        of.dialog_name("new"),
        icon("plus"),
        rx.el.span(of.add),
        class_name=look,
    )


def collection_list(of: Collection, *more: rx.Component) -> rx.Component:
    """Draw the things on a card, what was taken away last, and what is archived.

    Args:
        of: What they are.
        *more: Further entries of the list.
    """
    items = of.state.items

    def draw(one: Any, at: Any) -> rx.Component:
        return _entry(of, one, at)

    drawn = (
        rx.el.ul(each(items, draw), *more, class_name=LIST)
        if more
        else card_list(items, draw, of.empty)
    )
    name, removed = of.state.removed_name, of.state.removed
    if of.archive is None:
        notice = undo_bar(joined(name, " is removed."), removed, of.state.undo)
        return rx.fragment(drawn, notice)
    notice = undo_bar(
        joined("“", name, "” ", of.archive.notice), removed, of.state.restore(removed)
    )
    return rx.fragment(drawn, notice, _archived(of, of.archive))


def collection_dialogs(of: Collection, *more: Any) -> rx.Component:
    """Draw the dialogs that add and change them.

    Args:
        of: What they are.
        *more: Vars of further lists of things that are edited alike.
    """

    def edit(one: Any) -> rx.Component:
        which = rx.el.input(type="hidden", name=of.kind, value=one.id, read_only=True)
        return saving_dialog(
            of.state,
            of.dialog_name(one.id),
            *of.fields(one),
            which,
            title=joined("Edit ", of.name(one)),
            version=one.version,
        )

    return rx.fragment(
        *[each(items, edit) for items in (of.state.items, *more)],
        adding_dialog(of),
    )


def adding_dialog(of: Collection) -> rx.Component:
    """Draw the dialog that adds one, which ``add_button`` opens.

    Args:
        of: What they are.
    """
    return saving_dialog(
        of.state, of.dialog_name("new"), *of.fields(None), title=of.add, version=0
    )


def collection_section(
    of: Collection, title: str, text: str, anchor: str = ""
) -> rx.Component:
    """Draw them as one part of *My Account*.

    Args:
        of: What they are.
        title: The section's heading.
        text: A sentence under it.
        anchor: By which an address leads to it.
    """
    return account_section(
        title,
        rx.cond(of.state.loaded, collection_list(of), list_skeleton(1)),
        collection_dialogs(of),
        text=text,
        action=add_button(of),
        anchor=anchor,
    )


def _entry(of: Collection, one: Any, at: Any) -> rx.Component:
    name = of.name(one)
    return of.draw(
        one,
        [
            *([_move_actions(of, one, at)] if of.ordered else []),
            icon_action("pencil", joined("Edit ", name), opens=of.dialog_name(one.id)),
            icon_action(
                "trash-2",
                joined(f"{of.remove} ", name),
                on_click=of.state.remove(one.id),
            )
            if of.archive is None
            else icon_action(
                "archive",
                joined("Archive ", name),
                on_click=of.state.archive(one.id),
            ),
        ],
    )


def _move_actions(of: Collection, one: Any, at: Any) -> rx.Component:
    count = of.state.items.length()
    return when(
        count > 1, rx.fragment(*move_actions(of.state, one.id, of.name(one), at))
    )


def _archived(of: Collection, archive: Archive) -> rx.Component:
    return archived_list(
        of.state.archived,
        lambda one: _archived_item(of, one, archive.line(one)),
        text=archive.text,
    )


def _archived_item(of: Collection, one: Any, text: Any) -> rx.Component:
    name = of.name(one)
    return rx.el.li(
        rx.el.div(
            rx.el.p(name, class_name="font-semibold wrap-anywhere"),
            when(text, rx.el.p(text, class_name="text-sm text-ink-soft")),
            class_name="min-w-0 flex-1",
        ),
        restore_button(of.state, one.id, name),
        class_name="flex items-center gap-4 py-3",
        key=one.id,
    )
