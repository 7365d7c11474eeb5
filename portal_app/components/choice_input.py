"""Radio buttons and checkboxes that show what the state says, without a delay."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.forms import CheckboxInput

from .logic import is_var

_LIBRARY = "$/public/react/choice.jsx"


class RadioChoice(rx.el.Input):
    """A radio button that answers a click before the server does."""

    library = _LIBRARY
    tag = "Choice"


class CheckChoice(CheckboxInput):
    """A checkbox that answers a click before the server does."""

    library = _LIBRARY
    tag = "Choice"


def choice_input(
    kind: str, *, value: Any, checked: Any = None, **props: Any
) -> rx.Component:
    """Draw the input of a choice.

    Args:
        kind: ``radio`` or ``checkbox``.
        value: What is submitted; may be a Var.
        checked: Whether it is chosen, when the state decides; may be a Var. A pick
            that the state refuses (``checked`` stays) is undone after 5 seconds.
        **props: Passed to the input: ``name``, ``on_change``, ``default_checked`` …

    Returns:
        An ``input``.
    """
    # Reflex's own prop guards against null for controlled text, in JavaScript.
    props["custom_attrs"] = {"value": value, **props.pop("custom_attrs", {})}
    if is_var(checked):
        drawn = CheckChoice if kind == "checkbox" else RadioChoice
        return drawn.create(type=kind, checked=checked, **props)
    if checked is not None:
        props["default_checked"] = bool(checked)
    return rx.el.input(type=kind, **props)
