"""Whatever is offered can be claimed, and nothing else, whatever the hours are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete

from portal_app.domain.business.models import Business
from portal_app.domain.scheduling import dates, public_holidays, roster, service
from portal_app.domain.scheduling.dates import DateForm
from portal_app.domain.scheduling.holiday_calendar import HolidaysForm
from portal_app.domain.scheduling.hours import write_stretches
from portal_app.domain.scheduling.models import (
    HoursException,
    TimeClaim,
    TimeOff,
)
from portal_app.domain.scheduling.rules import (
    EVERY_WEEK,
    WEEK_A,
    WEEK_B,
    WeeklyHours,
)
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.clock import day_bounds, frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import SampleBusiness, create_sample_business

# Clocks change in Sydney and on Lord Howe on 4 October 2026; Labour Day is the 5th.
ZONES = ("Australia/Sydney", "Australia/Lord_Howe", "UTC")
NOW = datetime(2026, 9, 30, 1, 17, tzinfo=UTC)
DAYS = [date(2026, 10, 3) + timedelta(days=n) for n in range(3)]

stretch = st.integers(0, 47).flatmap(
    lambda start: st.tuples(
        st.just(start * 30), st.integers(start + 1, start + 30).map(lambda e: e * 30)
    )
)


@given(
    zone=st.sampled_from(ZONES),
    hours=st.lists(
        st.tuples(
            st.sampled_from([4, 5, 6, 0]),
            stretch,
            st.sampled_from([EVERY_WEEK, WEEK_A, WEEK_B]),
        ),
        max_size=3,
        unique_by=lambda one: one[0],
    ),
    exception=st.none() | st.tuples(st.sampled_from(DAYS), stretch),
    away=st.none() | st.tuples(st.integers(0, 4000), st.integers(1, 600)),
    taken=st.none() | st.tuples(st.integers(0, 4000), st.integers(1, 300)),
    minutes=st.sampled_from([30, 90, 240]),
    holidays=st.booleans(),
)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_offered_is_bookable_and_nothing_else(
    *,
    sqlite_db: Database,
    zone: str,
    hours: list[tuple[int, tuple[int, int], int]],
    exception: tuple[date, tuple[int, int]] | None,
    away: tuple[int, int] | None,
    taken: tuple[int, int] | None,
    minutes: int,
    holidays: bool,
) -> None:
    first, _ = day_bounds(DAYS[0], ZoneInfo(zone))

    def at(minute: int) -> datetime:
        return first + timedelta(minutes=minute)

    def set_up(tx: Session) -> SampleBusiness:
        known = tx.get(Business, 1)
        shop = _SHOPS.get(id(sqlite_db)) if known else None
        if shop is None:
            shop = create_sample_business(tx)
            _SHOPS[id(sqlite_db)] = shop
        tx.get_one(Business, 1).timezone = zone
        for table in (TimeClaim, TimeOff, HoursException):
            tx.execute(delete(table))
        wanted = tuple(WeeklyHours(day, *span, week) for day, span, week in hours)
        roster.set_hours(tx, shop.ana, wanted)
        if exception:
            day, span = exception
            form = DateForm(day=day.isoformat(), hours=write_stretches([span]))
            dates.save_date(tx, SYSTEM, shop.ana, "", form)
        if away:
            starts, length = away
            roster.add_time_off(tx, SYSTEM, None, at(starts), at(starts + length))
        if taken:
            starts, length = taken
            service.claim_time(tx, shop.ana, at(starts), at(starts + length))
        form = HolidaysForm(country="AU" if holidays else "", subdivision="")
        public_holidays.save_holidays(tx, SYSTEM, form, accepted="")
        return shop

    class Undone(Exception):
        pass

    with frozen(NOW):
        shop = sqlite_db.call(set_up)
        offered = {
            slot.starts_at
            for day in DAYS
            for slot in sqlite_db.query(service.free_slots, shop.walk, minutes, day)
        }

        def try_all(tx: Session) -> set[datetime]:
            """Claim every quarter of an hour in turn, and take each claim back."""
            found = set()
            _, end = day_bounds(DAYS[-1], ZoneInfo(zone))
            start = first
            while start < end:
                try:
                    with tx.begin_nested():
                        service.claim_slot(tx, shop.walk, minutes, start)
                        found.add(start)
                        raise Undone
                except (SlotTaken, Undone):
                    pass
                start += timedelta(minutes=15)
            return found

        assert sqlite_db.call(try_all) == offered


_SHOPS: dict[int, SampleBusiness] = {}
