"""Forms that are answered over the socket, and what they say as a whole."""

from typing import Any

import reflex as rx

from .feedback import note
from .logic import is_var, when

_LIBRARY = "$/public/react/forms.jsx"


class Arrival(rx.Component):
    """A block that takes the focus when it appears."""

    library = _LIBRARY
    tag = "Arrival"


def arrival(*children: Any, **props: Any) -> rx.Component:
    """Draw an answer to what the person just did; it takes the focus.

    Args:
        *children: The answer.
        **props: Passed to the element.

    Returns:
        A ``div``.
    """
    props["class_name"] = f"outline-none {props.get('class_name', '')}".strip()
    return Arrival.create(*children, **props)


def form(
    *children: Any,
    on_submit: Any,
    problem: Any = "",
    form_id: str = "",
    class_name: str = "flex flex-col gap-5",
    **props: Any,
) -> rx.Component:
    """Draw a form whose answer comes over the socket.

    The words next to the fields are ours, so the browser's own checks are off.
    Sent before the page is alive, it does nothing: with any other method the
    browser would put what was typed, passwords too, into the address.

    Args:
        *children: Fields and buttons.
        on_submit: The handler; gets the form's data.
        problem: What is wrong with the form as a whole; may be a Var.
        form_id: The ``id``, for buttons outside it.
        class_name: Its layout.
        **props: Passed to the element.

    Returns:
        A ``form``; ``problem`` takes the focus and is announced when it appears.
    """
    custom = {**props.pop("custom_attrs", {})}
    if form_id:
        custom["id"] = form_id
    return rx.el.form(
        *([summary(problem)] if is_var(problem) or problem else []),
        *children,
        on_submit=on_submit,
        method="dialog",
        no_validate=True,
        class_name=class_name,
        custom_attrs=custom,
        **props,
    )


def summary(problem: Any) -> rx.Component:
    """Draw what is wrong as a whole, where the focus goes.

    Args:
        problem: The words, or an empty string; may be a Var.

    Returns:
        An alert, or nothing.
    """
    alert = arrival(note(problem, tone="error"), class_name="rounded-xl")
    return when(problem, alert)
