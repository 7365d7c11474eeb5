"""Submitted forms: what was typed and ticked, and where a refusal is said."""

from typing import Any

from portal_app.kernel.errors import DomainError, InvalidInput
from portal_app.state.typed import text, texts

_MOST_DIGITS = 9


def field(form: Any, name: str) -> str:
    """What was typed into a field, untrimmed; empty for anything that is no text."""
    return texts(form, name)[name]


def word(value: Any) -> str:
    """What a handler was given as its argument; empty for anything but a text."""
    return text(value)


def ticked(form: Any, name: str) -> bool:
    """Whether a checkbox was ticked."""
    return field(form, name) == "on"


def number(form: Any, name: str) -> int:
    """A whole number from a hidden field; 0 for anything else."""
    digits = field(form, name)
    usable = digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS
    return int(digits) if usable else 0


def refusal(error: DomainError) -> tuple[dict[str, str], str]:
    """Say a refusal where it belongs.

    Args:
        error: What the domain raised.

    Returns:
        A sentence for each wrong field, and a sentence for the form as a whole
        that is empty when the fields say it all.
    """
    if isinstance(error, InvalidInput) and error.fields:
        return error.fields, ""
    return {}, error.message
