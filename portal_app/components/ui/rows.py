"""Rows that a form adds, orders and removes."""

from typing import Any

import reflex as rx


def two_texts(first: rx.Var[str], second: rx.Var[str]) -> list[rx.Var[str]]:
    """The arguments of an event that tells two texts."""
    return [first, second]


class Rows(rx.Component):
    """Several of one thing, added by "+"; see ``rows.jsx``.

    The form sends ``name.0``, ``name.1`` and so on, or ``name.0.PART`` of rows with
    several parts. With ``primary`` one of them is the main one, ``name.primary``.
    With ``aside`` they have an order and a ``name.0.key``: what was there before and
    is taken away is not sent, and can be taken back; ``aside`` is the heading over
    it, ``keeps`` says what becomes of it.
    """

    library = "$/public/react/rows.jsx"
    tag = "Rows"

    name: rx.Var[str]
    label: rx.Var[str]
    add: rx.Var[str]
    initial: rx.Var[Any]
    parts: rx.Var[list[dict[str, Any]]]
    errors: rx.Var[dict[str, str]]
    most: rx.Var[int]
    primary: rx.Var[bool]
    keeps_one: rx.Var[bool]
    aside: rx.Var[str]
    keeps: rx.Var[str]
    formatted: rx.Var[dict[str, str]]

    on_format_phone: rx.EventHandler[two_texts]
    on_resend: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def rows(
    name: str,
    *parts: dict[str, Any],
    label: str,
    add: str,
    initial: Any,
    errors: Any,
    most: int,
    **props: Any,
) -> rx.Component:
    """Draw rows of one or more inputs within a form.

    Args:
        name: What the form's data begins with.
        *parts: Made by ``row_part``.
        label: What one row is called.
        add: The words on the button that adds one.
        initial: A Var of a list of views with the parts, or of texts.
        errors: A Var: ``name.0`` or ``name`` to sentence.
        most: How many rows there can be.
        **props: Further ones of ``Rows``.
    """
    return Rows.create(
        name=name,
        label=label,
        add=add,
        initial=initial,
        parts=list(parts),
        errors=errors,
        most=most,
        **props,
    )


def row_part(
    name: str,
    label: str = "",
    kind: str = "text",
    options: Any = (),
    *,
    path: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Describe one input of a row.

    Args:
        name: Its name in the view of a row.
        label: Its visible label; that of the only one is the row's.
        kind: ``text``, ``email``, ``tel``, ``select`` or ``tick``.
        options: Pairs of value and label of a ``select``; may be a Var.
        path: What it is called in the form's data after the row's number, if not
            ``name``; empty for the row itself.
        **more: ``auto`` (what a browser may fill in), ``fallback`` (what is chosen
            at first), and ``main`` for the one of several that the row is about:
            these rows are drawn on one line.
    """
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "options": [list(pair) for pair in options]
        if isinstance(options, tuple)
        else options,
        "path": name if path is None else path,
        **more,
    }
