"""The business's rules about bookings, set for a test."""

from dataclasses import replace
from typing import Any

from portal_app.domain.business import booking_rules
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import Database


def set_rules(db: Database, **values: Any) -> None:
    """Change some of them."""
    now = db.query(booking_rules.current_rules)
    db.call(booking_rules.save_rules, SYSTEM, replace(now, **values), now.version)
