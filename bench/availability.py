"""The search for free time, against looking at every slot.

A month, 20 fieldworkers, 10,000 bookings, on SQLite in a file; and 100 fieldworkers
with 50,000 bookings, where only the sweep is measured. The naive search
is what one writes first: for every day, fieldworker and step, make the instant
from the wall clock and look through that fieldworker's bookings. Both read the
same rows and must find the same starts; the ratio is what to read.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session, col, insert, select

from bench.results import write_result
from portal_app.domain import tables
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
)
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import roster, service
from portal_app.domain.scheduling.models import (
    CLAIM_GUARD,
    Fieldworker,
    TimeClaim,
    TimeOff,
    WorkingHours,
)
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import frozen, instants_of_wall_time
from portal_app.kernel.db import Database
from portal_app.kernel.ids import new_id
from portal_app.migrations import migrate

ZONE = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)  # clocks change on the 4th
FIELDWORKERS = 20
BOOKINGS = 10_000
MINUTES, BUFFER, STEP = 60, 15, 15
PAST = 100
_PER_DAY = 17

# The tables that others refer to must be known before the first query.
_ = tables.metadata


def build(tx: Session, fieldworkers: int = FIELDWORKERS) -> str:
    """Fill an empty database; returns the id of the service."""
    tx.add(
        Business(
            name="Bench",
            timezone=ZONE.key,
            currency="AUD",
            lead_minutes=0,
            horizon_days=365,
            slot_step_minutes=STEP,
        )
    )
    tx.flush()
    definitions.define_category(tx, SYSTEM, CategoryDefinition("c", "C"))
    service_id = definitions.define_service(
        tx,
        SYSTEM,
        ServiceDefinition("s", "c", "S", 0, MINUTES, buffer_after_minutes=BUFFER),
    )
    claims = []
    for worker in range(fieldworkers):
        fieldworker_id = roster.define_fieldworker(
            tx,
            SYSTEM,
            FieldworkerDefinition(
                f"F{worker:03}",
                skills=("s",),
                hours=weekly_hours(range(7), "06:00", "20:00"),
            ),
        )
        roster.add_time_off(
            tx,
            SYSTEM,
            fieldworker_id,
            datetime(2026, 10, 1 + worker % 30, tzinfo=UTC),
            datetime(2026, 10, 2 + worker % 30, tzinfo=UTC),
        )
        for index in range(BOOKINGS // FIELDWORKERS):
            day, place = divmod(index, _PER_DAY)
            # Half-hour visits; the days differ in where the gaps are.
            gap = 90 if place > (day + worker) % _PER_DAY else 0
            starts = datetime.combine(
                FIRST + timedelta(days=day), wall_time(6), ZONE
            ).astimezone(UTC) + timedelta(minutes=place * 40 + gap)
            claims.append(
                {
                    "id": new_id(),
                    "fieldworker_id": fieldworker_id,
                    "starts_at": starts,
                    "ends_at": starts + timedelta(minutes=30),
                    "created_at": NOW,
                }
            )
    tx.execute(insert(TimeClaim), claims)
    return service_id


def naive_free_starts(
    tx: Session, service_id: str, first: date, last: date
) -> set[datetime]:
    """Every free start of a range of days, slot by slot."""
    offered = tx.get_one(Service, service_id)
    after = timedelta(minutes=offered.buffer_after_minutes)
    length = timedelta(minutes=MINUTES)
    range_start = datetime.combine(first, wall_time(), ZONE).astimezone(UTC)
    range_end = datetime.combine(last + timedelta(days=1), wall_time(), ZONE)
    off = tx.exec(select(TimeOff)).all()
    found: set[datetime] = set()
    for worker in tx.exec(select(Fieldworker)).all():
        hours = tx.exec(
            select(WorkingHours).where(WorkingHours.fieldworker_id == worker.id)
        ).all()
        claims = tx.exec(
            select(TimeClaim)
            .where(TimeClaim.fieldworker_id == worker.id)
            .where(col(TimeClaim.released_at).is_(None))
            .where(TimeClaim.ends_at > range_start, TimeClaim.starts_at < range_end)
        ).all()
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            today = [stretch for stretch in hours if stretch.weekday == day.weekday()]
            for minute in range(0, 1440, STEP):
                wall = wall_time(minute // 60, minute % 60)
                for start in instants_of_wall_time(day, wall, ZONE):
                    end = start + length + after
                    local = end.astimezone(ZONE)
                    ends = (local.date() - day).days * 1440
                    ends += local.hour * 60 + local.minute
                    if not any(h.starts <= minute and ends <= h.ends for h in today):
                        continue
                    if any(
                        t.fieldworker_id in (None, worker.id)
                        and t.starts_at < end
                        and t.ends_at > start
                        for t in off
                    ):
                        continue
                    if any(c.starts_at < end and c.ends_at > start for c in claims):
                        continue
                    found.add(start)
    return found


def _median_ms(run: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _add_past(tx: Session, times: int) -> None:
    """Add so many times the bookings of the month, before it.

    Without the guard, which would look at each of a million by itself.
    """
    tx.execute(text(f"DROP TRIGGER {CLAIM_GUARD}_insert"))
    for back in range(1, times + 1):
        tx.execute(
            text(
                "INSERT INTO time_claim (id, fieldworker_id, starts_at, ends_at, "
                "created_at) SELECT hex(randomblob(13)), fieldworker_id, "
                "datetime(starts_at, :back) || substr(starts_at, 20), "
                "datetime(ends_at, :back) || substr(ends_at, 20), created_at "
                "FROM time_claim WHERE starts_at >= :first"
            ),
            {"back": f"-{back * LAST.day} days", "first": f"{FIRST:%Y-%m}-01"},
        )


def _full_year(tx: Session) -> None:
    """Let nobody be free before the last week of the year."""
    first = datetime.combine(FIRST, wall_time(), ZONE).astimezone(UTC)
    for worker in tx.exec(select(Fieldworker.id)).all():
        tx.add(
            TimeOff(
                fieldworker_id=worker,
                starts_at=first - timedelta(days=2),
                ends_at=first + timedelta(days=355),
            )
        )


def _measure_many(fieldworkers: int) -> tuple[float, float, float, float]:
    """The days of a month, the times of a day, the nearest and the next, in ms."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, frozen(NOW):
        db = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(db)
        service_id = db.call(build, fieldworkers)
        day, around = date(2026, 10, 15), datetime(2026, 10, 15, 2, tzinfo=UTC)
        found = (
            _median_ms(
                lambda: db.query(service.free_days, service_id, MINUTES, FIRST, LAST),
                15,
            ),
            _median_ms(
                lambda: db.query(service.free_slots, service_id, MINUTES, day), 30
            ),
            _median_ms(
                lambda: db.query(service.nearest_slots, service_id, MINUTES, around), 15
            ),
        )
        db.call(_full_year)
        following = _median_ms(
            lambda: db.query(service.next_free_slots, service_id, MINUTES, 1), 15
        )
        db.engine.dispose()
    return *found, following


def main() -> None:
    """Measure, print a table, write ``bench/results/availability.json``."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, frozen(NOW):
        db = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(db)
        service_id = db.call(build)
        middle = date(2026, 10, 15)

        def month() -> list[date]:
            return db.query(service.free_days, service_id, MINUTES, FIRST, LAST)

        def slots(day: date = middle) -> list[service.Slot]:
            return db.query(service.free_slots, service_id, MINUTES, day)

        def naive(first: date = FIRST, last: date = LAST) -> set[datetime]:
            return db.query(naive_free_starts, service_id, first, last)

        around = datetime(2026, 10, 15, 2, tzinfo=UTC)
        expected = naive()
        swept = {
            slot.starts_at
            for offset in range((LAST - FIRST).days + 1)
            for slot in slots(FIRST + timedelta(days=offset))
        }
        assert swept == expected, "both must find the same starts"
        assert month() == sorted({s.astimezone(ZONE).date() for s in expected})

        month_ms, naive_month_ms = _median_ms(month, 15), _median_ms(naive, 3)
        day_ms = _median_ms(slots, 30)
        naive_day_ms = _median_ms(lambda: naive(middle, middle), 5)
        nearest_ms = _median_ms(
            lambda: db.query(service.nearest_slots, service_id, MINUTES, around), 15
        )
        db.call(_add_past, PAST)
        with_past_ms = _median_ms(month, 15)
        db.engine.dispose()
    rows = [
        ("days of a month", month_ms, naive_month_ms),
        ("times of a day", day_ms, naive_day_ms),
    ]
    print(f"Free time: {FIELDWORKERS} fieldworkers, {BOOKINGS} bookings in a month")
    print(f"{'':22}{'sweep':>12}{'naive':>12}{'ratio':>9}")
    for name, ours, theirs in rows:
        print(f"{name:22}{ours:>9.1f} ms{theirs:>9.1f} ms{theirs / ours:>8.0f}×")
    print(f"{'three nearest times':22}{nearest_ms:>9.1f} ms")
    many = 5 * FIELDWORKERS
    many_month_ms, many_day_ms, many_nearest_ms, many_next_ms = _measure_many(many)
    print(f"{'the same, much past':22}{with_past_ms:>9.1f} ms")
    print(f"With {many} fieldworkers and {5 * BOOKINGS} bookings:")
    print(f"{'days of a month':22}{many_month_ms:>9.1f} ms")
    print(f"{'times of a day':22}{many_day_ms:>9.1f} ms")
    print(f"{'three nearest times':22}{many_nearest_ms:>9.1f} ms")
    print(f"{'next free in a year':22}{many_next_ms:>9.1f} ms")
    write_result(
        "availability",
        {
            "fieldworkers": FIELDWORKERS,
            "bookings": BOOKINGS,
            "free_starts": len(expected),
            "month_ms": round(month_ms, 2),
            "naive_month_ms": round(naive_month_ms, 2),
            "month_ratio": round(naive_month_ms / month_ms, 1),
            "day_ms": round(day_ms, 2),
            "naive_day_ms": round(naive_day_ms, 2),
            "day_ratio": round(naive_day_ms / day_ms, 1),
            "nearest_ms": round(nearest_ms, 2),
            "month_with_100_times_the_past_ms": round(with_past_ms, 2),
            "many_month_ms": round(many_month_ms, 2),
            "many_day_ms": round(many_day_ms, 2),
            "many_nearest_ms": round(many_nearest_ms, 2),
            "many_next_in_a_year_ms": round(many_next_ms, 2),
        },
    )


if __name__ == "__main__":
    main()
