"""The typed door: a handler only gets what its signature says.

The gate sends the payload of every event through here. Types are judged by
pydantic in its strict mode (``True`` is no number, ``"1"`` is no number), built
once from the handler's annotations; before that, what no text or number may be
is refused wherever it stands.
"""

import inspect
import math
import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from portal_app.kernel.errors import DomainError

LONGEST_TEXT = 25_000
"""Characters of one text: above the longest that the domain takes."""
MOST_CHARACTERS = 100_000
"""Characters of all texts of one event, names of fields included."""
MOST_VALUES = 2_000
"""Values of one event, nested ones included."""
_DEEPEST = 4
_INT64 = 2**63
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unfit(StrEnum):
    """Why arguments are refused; what the log says of them."""

    CHARACTERS = "characters"
    LENGTH = "length"
    NUMBER = "number"
    SHAPE = "shape"


_WORDS = {
    Unfit.CHARACTERS: (
        "There are characters in it that cannot be stored. "
        "Please remove them and try again."
    ),
    Unfit.LENGTH: "That is too long. Please shorten it and try again.",
    Unfit.NUMBER: "That number is out of range. Please check it and try again.",
    Unfit.SHAPE: "That did not work. Please reload the page and try again.",
}


class UnfitArguments(DomainError):
    """What the browser sent does not fit the handler.

    Attributes:
        kind: Which rule it breaks.
    """

    def __init__(self, kind: Unfit) -> None:
        super().__init__(_WORDS[kind])
        self.kind = kind


def fitting_arguments(handler: Callable[..., Any], payload: Any) -> dict[str, Any]:
    """The arguments to call a handler with.

    Args:
        handler: The function of a state.
        payload: As the browser sent it; a submitted form becomes a dict, in which
            the last of several fields of one name counts.

    Raises:
        UnfitArguments: If an argument is unknown, missing, of another type, or
            holds what cannot be stored.
    """
    if not isinstance(payload, dict):
        raise UnfitArguments(Unfit.SHAPE)
    found = {name: _form_as_dict(value) for name, value in payload.items()}
    _Size().add(found, _DEEPEST)
    try:
        fitting = model_of(handler).model_validate(found)
    except ValidationError as wrong:
        raise UnfitArguments(Unfit.SHAPE) from wrong
    # As the annotation says them: pydantic takes 1.0 for the literal 1.
    return {name: getattr(fitting, name) for name in found}


@cache
def model_of(handler: Callable[..., Any]) -> type[BaseModel]:
    """What a handler takes, by its annotations; ``Any`` where there is none."""
    parameters = list(inspect.signature(handler, eval_str=True).parameters.values())
    fields: dict[str, Any] = {
        one.name: (
            Any if one.annotation is inspect.Parameter.empty else one.annotation,
            ... if one.default is inspect.Parameter.empty else one.default,
        )
        for one in parameters[1:]
    }
    config = ConfigDict(extra="forbid", strict=True)
    made: type[BaseModel] = create_model(
        handler.__qualname__, __config__=config, **fields
    )
    return made


def _form_as_dict(value: Any) -> Any:
    """A submitted form as ``{name: text}``; Reflex sends its fields in order."""
    if not isinstance(value, dict) or FORM_DATA_ENTRIES_KEY not in value:
        return value
    fields = value[FORM_DATA_ENTRIES_KEY]
    fitting = (
        len(value) == 1
        and isinstance(fields, list)
        and all(
            isinstance(field, list) and len(field) == 2 and isinstance(field[0], str)
            for field in fields
        )
    )
    if not fitting:
        raise UnfitArguments(Unfit.SHAPE)
    return dict(fields)


class _Size:
    """Adds up what one event holds, and refuses what no value may be."""

    def __init__(self) -> None:
        self._values = 0
        self._characters = 0

    def add(self, value: Any, depth: int) -> None:
        """Count a value and everything in it.

        Args:
            value: Anything that JSON can say.
            depth: How deeply nested it may be.
        """
        self._values += 1
        if self._values > MOST_VALUES:
            raise UnfitArguments(Unfit.LENGTH)
        if isinstance(value, str):
            self._add_text(value)
        elif isinstance(value, dict | list):
            if not depth:
                raise UnfitArguments(Unfit.SHAPE)
            if isinstance(value, dict):
                for name in value:
                    self._add_text(name)
            for one in value.values() if isinstance(value, dict) else value:
                self.add(one, depth - 1)
        elif isinstance(value, int | float) and not _is_storable(value):
            raise UnfitArguments(Unfit.NUMBER)

    def _add_text(self, text: str) -> None:
        self._characters += len(text)
        if len(text) > LONGEST_TEXT or self._characters > MOST_CHARACTERS:
            raise UnfitArguments(Unfit.LENGTH)
        if _UNSTORABLE.search(text):
            raise UnfitArguments(Unfit.CHARACTERS)


def _is_storable(number: float) -> bool:
    if isinstance(number, int):
        return -_INT64 <= number < _INT64
    return math.isfinite(number)
