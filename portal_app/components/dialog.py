"""Dialogs on the native element; on a phone they are sheets from the bottom."""

from typing import Any

import reflex as rx

from .button import Kind, button
from .icon import icon
from .logic import classes


class Modal(rx.Component):
    """A native dialog whose being open is a Var of the state."""

    library = "$/public/react/modal.jsx"
    tag = "Modal"

    open: rx.Var[bool]

    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]


def _inside(title: Any, text: Any, close: Any, body: Any, actions: Any) -> list[Any]:
    return [
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, class_name="text-xl"),
                *(
                    [rx.el.p(text, class_name="mt-1.5 text-ink-soft")]
                    if text is not None
                    else []
                ),
                class_name="min-w-0 flex-1",
            ),
            close,
            class_name="flex items-start gap-3 px-5 pt-5 sm:px-7 sm:pt-6",
        ),
        rx.el.div(*body, class_name="px-5 py-5 sm:px-7"),
        *(
            [
                rx.el.div(
                    *actions,
                    class_name=(
                        "flex flex-col-reverse gap-2.5 px-5 pb-5 sm:flex-row "
                        "sm:justify-end sm:px-7 sm:pb-6"
                    ),
                )
            ]
            if actions
            else []
        ),
    ]


def _close_button(**props: Any) -> rx.Component:
    return rx.el.button(
        icon("x"),
        type="button",
        aria_label="Close",
        class_name="btn btn-ghost btn-icon -mr-2.5 -mt-1.5 shrink-0",
        **props,
    )


def modal(
    *children: Any,
    title: str,
    open: Any,
    on_dismiss: Any,
    text: Any = None,
    actions: Any = (),
    class_name: str = "",
) -> rx.Component:
    """Draw a dialog that the state opens and closes.

    Args:
        *children: What is inside.
        title: Its heading and accessible name.
        open: A Var of a bool.
        on_dismiss: Event for Escape, the close button and a click beside it.
        text: A sentence under the heading.
        actions: Buttons at the end, the main one last.
        class_name: Extra classes.

    Returns:
        The dialog; its content exists only while it is open.
    """
    return Modal.create(
        *_inside(title, text, _close_button(on_click=on_dismiss), children, actions),
        open=open,
        on_dismiss=on_dismiss,
        class_name=classes("dialog", class_name),
        custom_attrs={"aria-label": title},
    )


def dialog(
    name: str,
    *children: Any,
    title: Any,
    text: Any = None,
    actions: Any = (),
    class_name: str = "",
) -> rx.Component:
    """Draw a dialog that opens without the server, by ``dialog_button``.

    Args:
        name: Unique on the page.
        *children: What is inside.
        title: Its heading and accessible name.
        text: A sentence under the heading.
        actions: Buttons at the end, the main one last.
        class_name: Extra classes.

    Returns:
        The dialog.
    """
    identifier = f"dialog-{name}"
    close = _close_button(custom_attrs=_command(name, "close"))
    return rx.el.dialog(
        *_inside(title, text, close, children, actions),
        class_name=classes("dialog", class_name),
        custom_attrs={
            "id": identifier,
            "aria-label": title,
            "data-light-dismiss": "",
        },
    )


def _command(name: str, command: str) -> dict[str, str]:
    return {"commandfor": f"dialog-{name}", "command": command}


def dialog_button(
    name: str, *children: Any, kind: Kind = "secondary", **props: Any
) -> Any:
    """Draw the button that opens a ``dialog``.

    Args:
        name: The dialog's name.
        *children: The label.
        kind: As for ``button``.
        **props: As for ``button``.

    Returns:
        A ``button``.
    """
    return button(
        *children, kind=kind, custom_attrs=_command(name, "show-modal"), **props
    )


def dialog_close_button(name: str, *children: Any, kind: Kind = "secondary") -> Any:
    """Draw a button within a ``dialog`` that closes it.

    Args:
        name: The dialog's name.
        *children: The label.
        kind: As for ``button``.

    Returns:
        A ``button``.
    """
    return button(*children, kind=kind, custom_attrs=_command(name, "close"))
