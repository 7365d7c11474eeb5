"""Rows that a form adds, orders and removes."""

from typing import Any

import reflex as rx


class OrderedRows(rx.Component):
    """Rows to add, move and take away; see ``ordered_rows.jsx``."""

    library = "$/public/react/ordered_rows.jsx"
    tag = "OrderedRows"

    name: rx.Var[str]
    label: rx.Var[str]
    add: rx.Var[str]
    initial: rx.Var[Any]
    parts: rx.Var[list[dict[str, Any]]]
    errors: rx.Var[dict[str, str]]
    most: rx.Var[int]
    aside: rx.Var[str]
    keeps: rx.Var[str]


def ordered_rows(
    name: str,
    *parts: dict[str, Any],
    label: str,
    add: str,
    initial: Any,
    errors: Any,
    most: int,
    aside: str,
    keeps: str,
) -> rx.Component:
    """Draw rows of one or more inputs within an edit dialog.

    The form sends ``name.0.key`` and ``name.0.PART``, ``name.1…`` and so on. What
    was there before and is taken away is not sent; it can be taken back.

    Args:
        name: What the form's data begins with.
        *parts: Made by ``row_part``; a single one makes rows of one line.
        label: What one row is called.
        add: The words on the button that adds one.
        initial: A Var of a list of views with ``key``, ``retired`` and the parts.
        errors: A Var: ``name.0`` or ``name`` to sentence.
        most: How many rows there can be.
        aside: The heading over what was taken away.
        keeps: What becomes of it.

    Returns:
        The rows.
    """
    return OrderedRows.create(
        name=name,
        label=label,
        add=add,
        initial=initial,
        parts=list(parts),
        errors=errors,
        most=most,
        aside=aside,
        keeps=keeps,
    )


def row_part(
    name: str, label: str, kind: str = "text", options: Any = ()
) -> dict[str, Any]:
    """Describe one input of a row.

    Args:
        name: The part's name in the form's data.
        label: Its visible label.
        kind: ``text``, ``select`` or ``tick``.
        options: Pairs of value and label of a ``select``.

    Returns:
        What ``ordered_rows`` takes.
    """
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "options": [list(pair) for pair in options],
    }


def _two_texts(first: rx.Var[str], second: rx.Var[str]) -> list[rx.Var[str]]:
    return [first, second]


class Rows(rx.Component):
    """Several names, e-mails, phones or people, added by "+"."""

    library = "$/public/react/rows.jsx"
    tag = "Rows"

    name: rx.Var[str]
    kind: rx.Var[str]
    label: rx.Var[str]
    add: rx.Var[str]
    initial: rx.Var[Any]
    errors: rx.Var[dict[str, str]]
    most: rx.Var[int]
    home: rx.Var[str]
    countries: rx.Var[list[tuple[str, str]]]
    formatted: rx.Var[dict[str, str]]

    on_format_phone: rx.EventHandler[_two_texts]
    on_resend: rx.EventHandler[rx.event.passthrough_event_spec(str)]
