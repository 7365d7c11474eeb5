"""A search for free time: everything that it knows, and what follows from that."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling import rules, travel, visits
from portal_app.domain.scheduling.rules import LocalCalendar, Span, StartWindow, Visit
from portal_app.domain.scheduling.travel import NOWHERE, Stop, Ways
from portal_app.domain.scheduling.visits import Role, Team


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that is free, and who could come, in the business's order.

    ``places_left`` is of a class: how many can still book it; otherwise ``None``.
    """

    starts_at: datetime
    fieldworker_ids: tuple[str, ...]
    places_left: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who does one of the services.

    Attributes:
        visits_per_day: How many they do in a day at most.
        base: Where they start from.
    """

    id: str
    name: str
    skills: frozenset[str]
    visits_per_day: int | None = None
    base: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Asked:
    """For what time is searched.

    Attributes:
        teams: In which ways people can do it, the better one first.
        place: Where it is.
        fieldworker_id: Somebody who must come.
        holder: What is held for it is free.
        replaces: Claims that would be given back for it: their time is free.
    """

    teams: Sequence[Team]
    place: Place = NOWHERE
    fieldworker_id: str | None = None
    holder: str = ""
    replaces: frozenset[str] = frozenset()

    @property
    def only_role(self) -> Role | None:
        """What there is to do where one person does one service, as nearly always."""
        [*more, first] = self.teams
        return None if more or len(first) > 1 else first[0]


@dataclass(frozen=True, slots=True)
class FreeTimeSearch:
    """Everything a search needs, read from the database once.

    Attributes:
        terms: From when to when a visit may start.
        day: From when to when is searched.
        reach: What can be met by a visit that starts in this time.
        claims: What takes the time of the candidates for whom it was read, sorted.
        stops: The same as the ways from one to another need it.
        full: On which days, as ranges of starts, a candidate does no more visits.
        closed: On which days the services take no more visits at all.
        kmh: How fast people travel; 0 where their ways are left aside.
    """

    calendar: LocalCalendar
    starts: list[int]
    day_index: list[int]
    asked: Asked
    terms: StartWindow
    day: Span
    candidates: dict[str, Candidate]
    work: dict[str, list[Span]]
    time_off: dict[str, list[Span]]
    reach: tuple[datetime, datetime]
    kmh: int = 0
    claims: dict[str, list[Span]] = field(default_factory=dict)
    stops: dict[str, list[Stop]] = field(default_factory=dict)
    full: dict[str, list[Span]] = field(default_factory=dict)
    closed: list[Span] = field(default_factory=list)

    @property
    def travels(self) -> bool:
        """Whether the ways to and from the visit take time."""
        return self.kmh > 0 and self.asked.place.latitude is not None

    def starts_of(self, day: int) -> Span:
        """The range of the starts that are on a day, by its index."""
        return bisect_left(self.day_index, day), bisect_right(self.day_index, day)

    def able(self, role: Role) -> list[str]:
        """Who can do a role, in the business's order."""
        return [
            who for who, one in self.candidates.items() if role.services <= one.skills
        ]

    def ways_of(self, fieldworker_id: str) -> Ways:
        """How long this person's ways take."""
        base = self.candidates[fieldworker_id].base
        return Ways(self.kmh, base, self.calendar.midnight)

    def free(
        self, fieldworker_id: str, visit: Visit, *, ignore_claims: bool = False
    ) -> Iterable[Span]:
        """The half-open ranges of ``starts`` at which this person is free, sorted."""
        busy, work = self.time_off[fieldworker_id], self.work[fieldworker_id]
        if not self.travels:
            if not ignore_claims:
                # Claims come sorted; sorting again is cheap, merging by hand is not.
                claims = self.claims[fieldworker_id]
                busy = sorted(busy + claims) if busy else claims
            found = rules.free_ranges(self.starts, work, busy, visit, self.terms)
        else:
            stops = [] if ignore_claims else self.stops[fieldworker_id]
            found = self._within_terms(
                travel.free_ranges(
                    self.starts,
                    visit,
                    self.asked.place,
                    self.ways_of(fieldworker_id),
                    work=work,
                    away=busy,
                    stops=stops,
                )
            )
        full = self.full.get(fieldworker_id, ())
        if not full and not self.closed:
            return found
        return rules.subtract_spans(list(found), sorted([*full, *self.closed]))

    def _within_terms(self, ranges: Iterable[Span]) -> Iterator[Span]:
        low = bisect_left(self.starts, self.terms.earliest)
        high = bisect_right(self.starts, self.terms.latest)
        for first, after_last in ranges:
            if max(first, low) < min(after_last, high):
                yield max(first, low), min(after_last, high)

    def can_start(
        self,
        fieldworker_id: str,
        visit: Visit,
        start: int,
        *,
        ignore_claims: bool = False,
    ) -> bool:
        """Whether this person is free for a visit that starts then."""
        at = bisect_left(self.starts, start)
        if at == len(self.starts) or self.starts[at] != start:
            return False
        ranges = self.free(fieldworker_id, visit, ignore_claims=ignore_claims)
        return any(first <= at < after_last for first, after_last in ranges)

    def may_start(self, start: int) -> bool:
        """Whether a visit may start then, whoever comes."""
        at = bisect_left(self.starts, start)
        on_grid = at < len(self.starts) and self.starts[at] == start
        return on_grid and self.terms.earliest <= start <= self.terms.latest

    def is_at_work(self, fieldworker_id: str, span: Span) -> bool:
        """Whether this person works all of a time."""
        free = rules.subtract_spans(
            self.work[fieldworker_id], self.time_off[fieldworker_id]
        )
        return any(start <= span[0] and span[1] <= end for start, end in free)

    def days_of(self, fieldworker_id: str, *, ignore_claims: bool) -> Iterator[int]:
        """The days, by index, on which this person could do the only role."""
        role = self.asked.only_role
        assert role is not None
        for first, after_last in self.free(
            fieldworker_id, role.visit, ignore_claims=ignore_claims
        ):
            yield from self.days_between(first, after_last)

    def days_between(self, first: int, after_last: int) -> range:
        """The days, by index, of a range of starts; every day has some."""
        return range(self.day_index[first], self.day_index[after_last - 1] + 1)

    def ranges(self) -> Iterator[tuple[Span, list[str]]]:
        """The ranges of starts that are free, with who could come.

        Of a visit of several roles they are of one team after the other.
        """
        for team in self.asked.teams:
            theirs = [
                {who: list(self.free(who, role.visit)) for who in self.able(role)}
                for role in team
            ]
            if len(team) == 1 and self.asked.fieldworker_id is None:
                for who, spans in theirs[0].items():
                    for span in spans:
                        yield span, [who]
                continue
            for span, able in visits.together(theirs, self.asked.fieldworker_id):
                yield span, [who for people in able for who in people]

    def slots(self) -> list[Slot]:
        """Every free start with who could come, in order of time."""
        who: defaultdict[int, set[str]] = defaultdict(set)
        for (first, after_last), people in self.ranges():
            for index in range(first, after_last):
                who[index].update(people)
        return [self._slot(index, who[index]) for index in sorted(who)]

    def _slot(self, index: int, people: set[str]) -> Slot:
        in_order = tuple(one for one in self.candidates if one in people)
        return Slot(rules.to_instant(self.starts[index]), in_order)

    def nearest(self, wanted: int, limit: int) -> list[Slot]:
        """Up to ``limit`` free starts closest to an instant, the closest first.

        Of two equally close ones the earlier is closer.
        """
        ranges = list(self.ranges())
        middle = bisect_left(self.starts, wanted)
        close = {
            index
            for (first, after_last), _ in ranges
            # No start that is further off within one gap can be among the closest.
            for index in range(
                max(first, min(middle, after_last) - limit),
                min(after_last, max(middle, first) + limit),
            )
        }
        chosen = sorted(close, key=lambda at: (abs(self.starts[at] - wanted), at))
        return [
            self._slot(
                index,
                {
                    who
                    for (first, last), people in ranges
                    if first <= index < last
                    for who in people
                },
            )
            for index in chosen[:limit]
        ]

    def claim_order(self, role: Role, start: int) -> list[str]:
        """Who might do a role then, in the order to be tried.

        Of one who is asked for, the guard alone says whether they are taken.
        """
        able = self.able(role)
        alone = self.asked.only_role is not None
        if self.asked.fieldworker_id is not None and alone and not self.travels:
            return [
                who
                for who in able
                if self.can_start(who, role.visit, start, ignore_claims=True)
            ]
        free = [who for who in able if self.can_start(who, role.visit, start)]
        return rules.least_busy_first(free, self.claims, self.day)
