"""What a state shows to the browser is plain view data."""

import dataclasses
import types
import typing
from typing import Any

from sqlmodel import SQLModel

from tests.architecture.test_handlers import _our_mixins, _our_states

_PLAIN = (str, int, float, bool, type(None))


def _parts(annotation: Any) -> list[Any]:
    """A type and everything inside it, view dataclasses included."""
    arguments = typing.get_args(annotation)
    if arguments:
        origin = typing.get_origin(annotation)
        own = [] if origin in {types.UnionType, typing.Union} else [origin]
        return own + [part for argument in arguments for part in _parts(argument)]
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        hints = typing.get_type_hints(annotation)
        return [annotation] + [p for hint in hints.values() for p in _parts(hint)]
    return [annotation]


def _public_vars() -> list[tuple[str, Any]]:
    found = []
    for state in _our_states():
        for name in state.base_vars:
            found.append((f"{state.__name__}.{name}", state.base_vars[name]._var_type))
        for name, var in state.computed_vars.items():
            found.append((f"{state.__name__}.{name}", var._var_type))
    return found


def test_public_vars_are_found() -> None:
    assert len(_public_vars()) > 5


def test_no_public_var_exposes_a_table() -> None:
    tables = [
        name
        for name, annotation in _public_vars()
        for part in _parts(annotation)
        if isinstance(part, type) and issubclass(part, SQLModel)
    ]
    assert tables == []


def test_no_var_of_a_mixin_exposes_a_table() -> None:
    tables = [
        f"{mixin.__name__}.{name}"
        for mixin in _our_mixins()
        for name, annotation in vars(mixin).get("__annotations__", {}).items()
        for part in _parts(annotation)
        if isinstance(part, type) and issubclass(part, SQLModel)
    ]
    assert tables == []


def test_public_vars_hold_plain_values_and_frozen_views_only() -> None:
    strange = []
    for name, annotation in _public_vars():
        for part in _parts(annotation):
            if part in (*_PLAIN, list, dict, tuple):
                continue
            params = getattr(part, "__dataclass_params__", None)
            if params is not None and params.frozen:
                continue
            strange.append((name, part))
    assert strange == []


def test_no_computed_var_is_uncached() -> None:
    uncached = [
        f"{state.__name__}.{name}"
        for state in _our_states()
        for name, var in state.computed_vars.items()
        if not var._cache
    ]
    assert uncached == []
