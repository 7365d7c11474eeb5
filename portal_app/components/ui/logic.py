"""Branching and repetition that work on Vars and on plain values alike.

A component drawn inside a page gets Vars and must compile to JavaScript; the
same component drawn for the first HTML of a public page gets plain values and
must be decided in Python. These few functions are the only place that knows.
"""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any

import reflex as rx
from reflex.vars import Var

__all__ = ["classes", "each", "equal", "flag", "is_var", "joined", "negate", "when"]


def is_var(value: object) -> bool:
    """Tell whether a value is only known in the browser.

    Args:
        value: Anything a component was given.

    Returns:
        True for a Var, False for a concrete value.
    """
    return isinstance(value, Var)


def when(condition: Any, then: Any, otherwise: Any = None) -> Any:
    """Choose between two values or components.

    Args:
        condition: A Var (decided in the browser) or a plain value (decided now).
        then: What to use when the condition is truthy.
        otherwise: What to use when it is not; nothing by default.

    Returns:
        ``rx.cond`` for a Var, otherwise the chosen value; an empty fragment
        stands for a missing component.
    """
    if is_var(condition):
        if otherwise is None:
            otherwise = rx.fragment() if isinstance(then, rx.Component) else ""
        return rx.cond(condition, then, otherwise)
    chosen = then if condition else otherwise
    if chosen is None:
        return rx.fragment() if isinstance(then, rx.Component) else ""
    return chosen


def each(items: Any, draw: Callable[..., Any]) -> Any:
    """Draw every item of a sequence.

    Args:
        items: A Var of a list, or a concrete sequence.
        draw: Called with the item, or with the item and its position.

    Returns:
        ``rx.foreach`` for a Var, otherwise a fragment with the drawn items.
    """
    needed = [
        parameter
        for parameter in signature(draw).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind is not parameter.VAR_KEYWORD
    ]
    counted = len(needed) >= 2
    if is_var(items):
        # rx.foreach counts parameters too, but takes optional ones for required.
        kept = [
            Parameter(parameter.name, Parameter.POSITIONAL_OR_KEYWORD)
            for parameter in needed[: 2 if counted else 1]
        ]

        def drawn(*values: Any) -> Any:
            return draw(*values)

        # Their names become those of the script's variables: with one name for
        # all, a list within a list would hide the outer item.
        drawn.__signature__ = Signature(kept)  # type: ignore[attr-defined]
        return rx.foreach(items, drawn)
    if counted:
        return rx.fragment(*[draw(item, at) for at, item in enumerate(items)])
    return rx.fragment(*[draw(item) for item in items])


def equal(left: Any, right: Any) -> Any:
    """Compare two values, either of which may be a Var.

    Args:
        left: A Var or a plain value.
        right: A Var or a plain value.
    """
    if is_var(right) and not is_var(left):
        left, right = right, left
    return left == right


def negate(value: Any) -> Any:
    """Say the opposite of a condition.

    Args:
        value: A Var or a plain value.
    """
    return ~value.bool() if is_var(value) else not value


def flag(condition: Any) -> Any:
    """Write a condition as an ARIA state.

    Args:
        condition: A Var or a plain value.

    Returns:
        ``"true"`` or ``"false"``, or a Var of the same.
    """
    return when(condition, "true", "false")


def joined(*parts: Any) -> Any:
    """Join text whose pieces may be Vars of any type.

    Args:
        *parts: Strings, numbers or Vars.

    Returns:
        A string, or a Var of a string when any part is a Var.
    """
    if not any(is_var(part) for part in parts):
        return "".join(str(part) for part in parts)
    text: Any = rx.Var.create("")
    for part in parts:
        text = text + (_as_text(part) if is_var(part) else str(part))
    return text


def _as_text(part: Any) -> Any:
    if getattr(part, "_var_type", None) is str:
        return part.to(str)
    return part.to_string(use_json=False)


def classes(*parts: Any) -> Any:
    """Combine class names, some of which may depend on Vars.

    Args:
        *parts: Class names; empty ones are dropped.

    Returns:
        One string when all parts are concrete, otherwise a list for ``class_name``.
    """
    kept = [part for part in parts if is_var(part) or part]
    if any(is_var(part) for part in kept):
        return kept
    return " ".join(kept)
