"""The business's switches, set for the length of a test."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from portal_app.domain.business import permissions
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database
from portal_app.kernel.features import BookingState, Feature


@contextmanager
def switches_set(database: Database, **values: Any) -> Iterator[None]:
    """Turn some switches, and turn them back at the end."""
    before = _save_switches(database, values)
    try:
        yield
    finally:
        _save_switches(database, before)


def _save_switches(database: Database, values: dict[str, Any]) -> dict[str, Any]:
    now = asdict(database.query(businesses.switches))
    version = now.pop("version")
    form = SwitchesForm(**now | values)
    database.call(businesses.save_switches, SYSTEM, form, version)
    return {name: now[name] for name in values}


@contextmanager
def switched_off(
    database: Database,
    *off: Feature,
    closed: Collection[tuple[Feature, BookingState]] = (),
) -> Iterator[None]:
    """Switch features off, or close them, and on again at the end."""
    before = database.query(permissions.current_features)
    wanted = replace(before, off=frozenset(off), closed=frozenset(closed))
    database.call(permissions.save_features, SYSTEM, wanted, before.version)
    try:
        yield
    finally:
        now = database.query(permissions.current_features)
        database.call(permissions.save_features, SYSTEM, before, now.version)
