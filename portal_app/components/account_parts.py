"""What the sections of *My Account* share: headings, rows, address fields."""

from typing import Any

import reflex as rx

from portal_app.state.address_lists import AddressListsState

from .button import button, unavailable
from .edit import Rows
from .form import arrival
from .icon import icon
from .logic import classes, each, joined, when
from .surface import section

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


def line(*children: Any, **props: Any) -> rx.Component:
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
            arrival(
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


def email_rows(emails: Any, errors: Any, on_resend: Any) -> rx.Component:
    """Draw several e-mails, one of them the main one.

    Args:
        emails: A Var of ``EmailView``.
        errors: A Var: field to sentence.
        on_resend: Event that gets the id of one that waits for its link.

    Returns:
        A group of rows.
    """
    return Rows.create(
        name="emails",
        kind="email",
        label="Email",
        add="Add another email",
        initial=emails,
        errors=errors,
        most=10,
        on_resend=on_resend,
    )


def phone_rows(phones: Any, errors: Any) -> rx.Component:
    """Draw several phone numbers, each of its own country.

    Args:
        phones: A Var of ``PhoneView``.
        errors: A Var: field to sentence.

    Returns:
        A group of rows.
    """
    return Rows.create(
        name="phones",
        kind="phone",
        label="Phone",
        add="Add another phone",
        initial=phones,
        errors=errors,
        most=10,
        home=AddressListsState.home,
        countries=AddressListsState.dialling,
        formatted=AddressListsState.formatted,
        on_settle=AddressListsState.settle,
    )


def name_rows(names: Any, errors: Any) -> rx.Component:
    """Draw further names of a person.

    Args:
        names: A Var of texts.
        errors: A Var: field to sentence.

    Returns:
        A group of rows.
    """
    return Rows.create(
        name="other_names",
        kind="text",
        label="Other name",
        add="Add another name",
        initial=names,
        errors=errors,
        most=5,
    )


def part(title: str, *children: Any) -> rx.Component:
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


def text_lines(lines: Any) -> rx.Component:
    """Draw an address on one line, its parts divided by commas.

    Args:
        lines: A Var of texts.

    Returns:
        A quiet line.
    """
    return line(
        each(
            lines,
            lambda words, at: rx.el.span(when(at > 0, ", ", ""), words),
        )
    )


def dialog_name(kind: str, identifier: Any) -> Any:
    """The name of the dialog that edits one thing of a list."""
    return joined(f"{kind}-", identifier)
