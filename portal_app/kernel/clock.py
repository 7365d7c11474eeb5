"""The one source of "now", and the business's wall clock.

Instants are aware ``datetime`` in UTC everywhere; a wall time gets its meaning
from the business's IANA zone only here.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_now: ContextVar[Callable[[], datetime] | None] = ContextVar("now", default=None)


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    override = _now.get()
    return override() if override else datetime.now(UTC)


def today_in(zone: ZoneInfo) -> date:
    """The day that it is now on the calendar of a zone."""
    return utc_now().astimezone(zone).date()


def frozen(instant: datetime) -> AbstractContextManager[None]:
    """Make ``utc_now`` answer ``instant`` within the context (tests, demo data)."""

    @contextmanager
    def _frozen():  # type: ignore[no-untyped-def]
        token = _now.set(lambda: instant.astimezone(UTC))
        try:
            yield
        finally:
            _now.reset(token)

    return _frozen()


def instants_of_wall_time(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """Every UTC instant at which the clock on the wall shows this time.

    Args:
        day: The calendar day in the zone.
        wall: The time on the wall, naive.
        zone: The business's zone.

    Returns:
        None for a time skipped by daylight saving, two (in order) for an hour
        that happens twice, one otherwise.
    """
    found: list[datetime] = []
    for fold in (0, 1):
        local = datetime.combine(day, wall, tzinfo=zone).replace(fold=fold)
        instant = local.astimezone(UTC)
        exists = instant.astimezone(zone).replace(tzinfo=None) == local.replace(
            tzinfo=None
        )
        if exists and instant not in found:
            found.append(instant)
    return found


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants at which this calendar day begins and ends in the zone."""
    start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return start, end.astimezone(UTC)
