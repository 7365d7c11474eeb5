"""Offered is bookable, with everything that a visit can need at once.

People, ways, limits and several services are drawn at random; a naive oracle looks
at every start by itself, for every team that there could be.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from portal_app.domain.business.models import Business
from portal_app.domain.business.service_area import Place, distance_km
from portal_app.domain.catalogue.models import Service
from portal_app.domain.scheduling import roster, service, visits
from portal_app.domain.scheduling.models import Fieldworker, FieldworkerSkill, TimeClaim
from portal_app.domain.scheduling.rules import WeeklyHours
from portal_app.domain.scheduling.service import SlotTaken
from portal_app.domain.scheduling.visits import Needs
from portal_app.kernel.clock import day_bounds, frozen
from portal_app.kernel.db import Database
from tests.support.sample_business import SampleBusiness, create_sample_business

ZONE = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 9, 30, 1, 17, tzinfo=UTC)
# The clocks go forward on the 4th.
DAYS = [date(2026, 10, 3), date(2026, 10, 4)]
FIRST = day_bounds(DAYS[0], ZONE)[0]
STEP = timedelta(minutes=30)
PLACES = (
    Place("", -33.89, 151.27),
    Place("", -33.93, 151.20),
    Place("", -33.80, 151.00),
    Place(),
)

_places = st.sampled_from(PLACES)
_booking = st.tuples(st.sampled_from(["clean", "walk"]), st.integers(10, 80), _places)


@dataclass(frozen=True)
class Case:
    """What a business is like, and what is wanted of it."""

    hours: tuple[tuple[int, int], ...]
    bases: tuple[Place, Place, Place]
    kmh: int
    people: int
    limits: tuple[int | None, int | None]
    booked: tuple[tuple[str, int, Place], ...]
    place: Place
    more: bool
    mode: visits.Mode


cases = st.builds(
    Case,
    hours=st.tuples(
        *[
            st.integers(10, 30).flatmap(
                lambda start: st.tuples(
                    st.just(start * 30),
                    st.integers(start + 4, start + 20).map(lambda end: end * 30),
                )
            )
        ]
        * 3
    ),
    bases=st.tuples(_places, _places, _places),
    kmh=st.sampled_from([0, 20, 60]),
    people=st.sampled_from([1, 1, 2]),
    limits=st.tuples(st.none() | st.integers(1, 2), st.none() | st.integers(1, 3)),
    booked=st.lists(_booking, max_size=6).map(tuple),
    place=_places,
    more=st.booleans(),
    mode=st.sampled_from([visits.IN_TURN, visits.AT_ONCE]),
)


class Undone(Exception):
    """Takes a claim back."""


def _set_up(tx: Session, case: Case, shop: SampleBusiness) -> None:
    tx.execute(delete(TimeClaim))
    tx.get_one(Business, 1).travel_kmh = case.kmh
    clean = tx.get_one(Service, shop.cleaning)
    clean.people_needed, clean.visits_per_day = case.people, case.limits[0]
    people = tx.exec(select(Fieldworker).order_by(col(Fieldworker.position))).all()
    for row, span, base in zip(people, case.hours, case.bases, strict=True):
        row.visits_per_day = case.limits[1]
        row.base_latitude, row.base_longitude = base.latitude, base.longitude
        hours = tuple(WeeklyHours(day, *span) for day in (5, 6))
        roster.set_hours(tx, row.id, hours)
    tx.flush()


def _shop(tx: Session) -> SampleBusiness:
    shop = create_sample_business(tx)
    row = Fieldworker(name="Cleo", position=2)
    tx.add(row)
    tx.flush()
    for skill in (shop.walk, shop.cleaning):
        tx.add(FieldworkerSkill(fieldworker_id=row.id, service_id=skill))
    return shop


@given(case=cases)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_offered_is_what_the_oracle_finds_and_what_can_be_booked(
    sqlite_db: Database, case: Case
) -> None:
    with frozen(NOW):
        shop = _SHOPS.get(id(sqlite_db))
        if shop is None:
            shop = _SHOPS[id(sqlite_db)] = sqlite_db.call(_shop)
        sqlite_db.call(_set_up, case, shop)
        ids = {"clean": shop.cleaning, "walk": shop.walk}
        for name, half_hours, place in case.booked:
            start = FIRST + half_hours * STEP
            with suppress(SlotTaken):
                sqlite_db.call(
                    service.claim_slot, ids[name], 60, start, needs=Needs(place=place)
                )
        more = ((shop.walk, 30),) if case.more else ()
        needs = Needs(more=more, mode=case.mode, place=case.place)
        offered = {
            slot.starts_at
            for day in DAYS
            for slot in sqlite_db.query(
                service.free_slots, shop.cleaning, 60, day, needs=needs
            )
        }
        days = sqlite_db.query(
            service.free_days, shop.cleaning, 60, DAYS[0], DAYS[-1], needs=needs
        )
        assert days == sorted({one.astimezone(ZONE).date() for one in offered})

        def try_all(tx: Session) -> set[datetime]:
            found = set()
            for half_hour in range(96):
                start = FIRST + half_hour * STEP
                try:
                    with tx.begin_nested():
                        service.claim_slot(tx, shop.cleaning, 60, start, needs=needs)
                        found.add(start)
                        raise Undone
                except (SlotTaken, Undone):
                    pass
            return found

        oracle = sqlite_db.query(_Oracle, case, shop, needs)
        expected = {
            start
            for half_hour in range(96)
            if oracle.can_start(start := FIRST + half_hour * STEP)
        }
        assert sqlite_db.call(try_all) == offered
        assert offered == expected


_SHOPS: dict[int, SampleBusiness] = {}


@dataclass(frozen=True)
class _Taken:
    """A claim: from when the work of it goes, with the way there before."""

    who: str
    service: str | None
    leading: bool
    leaves: datetime
    begins: datetime
    ends: datetime
    place: Place


class _Oracle:
    """Looks at every team and every claim for one start."""

    def __init__(
        self, tx: Session, case: Case, shop: SampleBusiness, needs: Needs
    ) -> None:
        self.case, self.needs, self.shop = case, needs, shop
        rows = tx.exec(select(Fieldworker).order_by(col(Fieldworker.position))).all()
        self.people = [row.id for row in rows]
        self.bases = dict(zip(self.people, case.bases, strict=True))
        self.hours = dict(zip(self.people, case.hours, strict=True))
        self.skills: dict[str, set[str]] = {who: set() for who in self.people}
        for skill in tx.exec(select(FieldworkerSkill)):
            self.skills[skill.fieldworker_id].add(skill.service_id)
        self.buffers = {
            row.id: (row.buffer_before_minutes, row.buffer_after_minutes)
            for row in tx.exec(select(Service))
        }
        self.claims = [
            _Taken(
                row.fieldworker_id,
                row.service_id,
                row.leading,
                row.starts_at,
                row.starts_at + timedelta(minutes=row.travel_minutes),
                row.ends_at,
                Place("", row.latitude, row.longitude),
            )
            for row in tx.exec(select(TimeClaim))
        ]

    def can_start(self, start: datetime) -> bool:
        clean, case = self.shop.cleaning, self.case
        today = start.astimezone(ZONE).date()
        on_day = [
            one
            for one in self.claims
            if one.begins.astimezone(ZONE).date() == today and one.leading
        ]
        limit = case.limits[0]
        if limit is not None and sum(one.service == clean for one in on_day) >= limit:
            return False
        return any(
            all(
                self._can_do(who, start, *job)
                for who, job in zip(team, jobs, strict=True)
            )
            for jobs in self._jobs()
            for team in permutations(self.people, len(jobs))
        )

    def _jobs(self) -> list[list[tuple[set[str], int, int]]]:
        """For each way to do it, everybody's services and minutes, buffers included."""
        clean, walk = self.shop.cleaning, self.shop.walk
        (before, after), (_, walk_after) = self.buffers[clean], self.buffers[walk]
        cleaners = [({clean}, -before, 60 + after)] * self.case.people
        if not self.needs.more:
            return [cleaners]
        if self.needs.mode == visits.AT_ONCE:
            return [[*cleaners, ({walk}, 0, 30 + walk_after)]]
        found = [[*cleaners, ({walk}, 60, 90 + walk_after)]]
        if self.case.people == 1:
            found.append([({clean, walk}, -before, 90 + walk_after)])
        return found

    def _can_do(
        self, who: str, start: datetime, services: set[str], first: int, last: int
    ) -> bool:
        if not services <= self.skills[who]:
            return False
        begins, ends = start + timedelta(minutes=first), start + timedelta(minutes=last)
        theirs = [one for one in self.claims if one.who == who]
        today = start.astimezone(ZONE).date()
        done = sum(one.begins.astimezone(ZONE).date() == today for one in theirs)
        if self.case.limits[1] is not None and done >= self.case.limits[1]:
            return False
        if not self._travels():
            free = all(one.ends <= begins or one.leaves >= ends for one in theirs)
            return free and self._at_work(who, begins, ends)
        return self._can_travel(who, begins, ends, theirs)

    def _can_travel(
        self, who: str, begins: datetime, ends: datetime, theirs: Sequence[_Taken]
    ) -> bool:
        if any(one.begins < ends and begins < one.ends for one in theirs):
            return False
        earlier = [one for one in theirs if one.ends <= begins]
        later = [one for one in theirs if one.begins >= ends]
        start_from = self.bases[who]
        free_from = FIRST - timedelta(days=1)
        if earlier:
            last_one = max(earlier, key=lambda one: one.ends)
            if self._follows(last_one.ends, begins):
                start_from = last_one.place
            free_from = last_one.ends
        way = self._way(start_from, self.needs.place)
        if begins - way < free_from or not self._at_work(who, begins - way, ends):
            return False
        if not later:
            return True
        then = min(later, key=lambda one: one.begins)
        if not self._follows(ends, then.begins):
            return ends <= then.leaves
        return ends + self._way(self.needs.place, then.place) <= then.begins

    def _travels(self) -> bool:
        return self.case.kmh > 0 and self.needs.place.latitude is not None

    @staticmethod
    def _follows(ends: datetime, begins: datetime) -> bool:
        same_day = ends.astimezone(ZONE).date() == begins.astimezone(ZONE).date()
        return same_day or begins - ends <= timedelta(hours=6)

    def _way(self, start: Place, end: Place) -> timedelta:
        distance = distance_km(start, end)
        if distance is None:
            return timedelta()
        hours = distance / self.case.kmh
        return timedelta(minutes=-int(-round(hours * 60, 3) // 1))

    def _at_work(self, who: str, begins: datetime, ends: datetime) -> bool:
        """Every minute is in the hours of its day, or of the day before."""
        opens, closes = self.hours[who]
        return all(
            self._works(opens, closes, begins + timedelta(minutes=minute))
            for minute in range(int((ends - begins).total_seconds()) // 60)
        )

    @staticmethod
    def _works(opens: int, closes: int, instant: datetime) -> bool:
        local = instant.astimezone(ZONE)
        minute = local.hour * 60 + local.minute
        days: Sequence[tuple[int, int]] = [
            (local.weekday(), minute),
            ((local.weekday() - 1) % 7, minute + 1440),
        ]
        return any(day in {5, 6} and opens <= at < closes for day, at in days)
