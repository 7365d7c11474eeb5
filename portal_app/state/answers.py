"""What a form with a business's own fields sends, as the domain takes it."""

from collections.abc import Mapping
from typing import Any

from portal_app.domain.bookings.rules import DetailsForm
from portal_app.kernel.ids import ID_LENGTH
from portal_app.state.typed import text

_FIELD, _CHOICES, _FOR = "field.", "choices.", "for."
_MOST = 100
_LONGEST_KEY = 40


def answers(form: Any) -> dict[str, Any]:
    """The answers in a submitted form: field key to text, or to keys of choices.

    Whether they fit is for the domain to say; a field that was not shown is not
    among them.
    """
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if not isinstance(name, str) or len(found) >= _MOST:
            continue
        if name.startswith(_FIELD):
            found[name.removeprefix(_FIELD)[:_LONGEST_KEY]] = text(value)
        elif name.startswith(_CHOICES):
            key = name.removeprefix(_CHOICES)[:_LONGEST_KEY]
            found[key] = text(value).split()[:_MOST]
    return found


def details(form: Any) -> DetailsForm:
    """Whom a booking is for, and the answers, in a form that asks for both."""
    given: Mapping[Any, Any] = form if isinstance(form, Mapping) else {}
    ticked = [
        name.removeprefix(_FOR)[:ID_LENGTH]
        for name, value in given.items()
        if isinstance(name, str) and name.startswith(_FOR) and value == "on"
    ]
    return DetailsForm(tuple(ticked[:_MOST]), answers(form))
