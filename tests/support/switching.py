"""The business's switches, turned for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database


@contextmanager
def switched(database: Database, **values: Any) -> Iterator[None]:
    """Turn some switches, and turn them back at the end."""
    before = _turn(database, values)
    try:
        yield
    finally:
        _turn(database, before)


def _turn(database: Database, values: dict[str, Any]) -> dict[str, Any]:
    now = asdict(database.query(businesses.switches))
    version = now.pop("version")
    form = SwitchesForm(**now | values)
    database.call(businesses.save_switches, SYSTEM, form, version)
    return {name: now[name] for name in values}
