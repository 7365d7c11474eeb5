"""Visits of several services or people: who does what, decided without a database.

A visit is of parts, one for each service. ``IN_TURN`` they follow each other, either
by the same people throughout or each by others; ``AT_ONCE`` they begin together, each
by others. What one person does of it is a role.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling.rules import Span, Visit
from portal_app.domain.scheduling.travel import NOWHERE

Mode = Literal["in_turn", "at_once"]
IN_TURN: Mode = "in_turn"
AT_ONCE: Mode = "at_once"
MAX_PARTS = 6
"""How many services a visit may have."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a visit needs besides a service, its length and its time.

    Attributes:
        more: Further services, with the minutes of each.
        mode: How the services follow each other.
        place: Where it is.
        seats: Of a class: how many places.
    """

    more: tuple[tuple[str, int], ...] = ()
    mode: Mode = IN_TURN
    place: Place = NOWHERE
    seats: int = 1


NO_NEEDS = Needs()


@dataclass(frozen=True, slots=True)
class Part:
    """A service in a visit, and how many people do it together."""

    service_id: str
    visit: Visit
    people: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody does of a part, ``offset`` minutes after the visit's start.

    Of several people who do a part together, one leads: theirs counts as the visit.
    """

    service_id: str
    visit: Visit
    offset: int = 0
    leading: bool = True

    def span(self, start: int) -> Span:
        """What it takes of somebody's time in a visit that starts then."""
        return self.visit.span(start + self.offset * 60)


@dataclass(frozen=True, slots=True)
class Role:
    """What one person does of a visit: one task right after the other."""

    tasks: tuple[Task, ...]

    @property
    def services(self) -> frozenset[str]:
        """What the person must be able to do."""
        return frozenset(task.service_id for task in self.tasks)

    @property
    def visit(self) -> Visit:
        """All of it, as seen from the start of the whole visit."""
        first, last = self.tasks[0], self.tasks[-1]
        return Visit(
            last.offset + last.visit.minutes,
            first.visit.before - first.offset,
            last.visit.after,
        )


Team = tuple[Role, ...]


def teams(parts: Sequence[Part], mode: Mode = IN_TURN) -> list[Team]:
    """The ways in which people can do a visit, the better one first."""
    if mode == AT_ONCE or len(parts) == 1:
        return [tuple(_roles(parts, [0] * len(parts)))]
    offsets = [0]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + part.visit.minutes)
    by_others = tuple(_roles(parts, offsets))
    if len({part.people for part in parts}) > 1:
        return [by_others]
    last = len(parts) - 1
    same = tuple(
        Role(
            tuple(
                # Between two tasks of the same person there is nothing to prepare.
                Task(
                    part.service_id,
                    Visit(
                        part.visit.minutes,
                        part.visit.before if at == 0 else 0,
                        part.visit.after if at == last else 0,
                    ),
                    offsets[at],
                    leading=person == 0,
                )
                for at, part in enumerate(parts)
            )
        )
        for person in range(parts[0].people)
    )
    return [same, by_others]


def _roles(parts: Sequence[Part], offsets: Sequence[int]) -> Iterator[Role]:
    for part, offset in zip(parts, offsets, strict=True):
        for person in range(part.people):
            yield Role((Task(part.service_id, part.visit, offset, person == 0),))


def minutes_of(parts: Sequence[Part], mode: Mode) -> int:
    """How long a visit takes, without buffers."""
    minutes = [part.visit.minutes for part in parts]
    return max(minutes) if mode == AT_ONCE else sum(minutes)


def assign(
    able: Sequence[Sequence[str]], asked_for: str | None = None
) -> list[str] | None:
    """Somebody for each role, nobody for two; ``None`` if there are not enough.

    Args:
        able: Who could do each role, the better ones first.
        asked_for: Somebody who must be among them.
    """
    if asked_for is None:
        return _matched(able)
    for at, people in enumerate(able):
        if asked_for in people:
            found = _matched([*able[:at], [asked_for], *able[at + 1 :]])
            if found is not None:
                return found
    return None


def _matched(able: Sequence[Sequence[str]]) -> list[str] | None:
    """A matching by augmenting paths: a role may push another to its next person."""
    role_of: dict[str, int] = {}

    def place(role: int, tried: set[str]) -> bool:
        for person in able[role]:
            if person not in role_of:
                role_of[person] = role
                return True
        for person in able[role]:
            if person in tried:
                continue
            tried.add(person)
            if place(role_of[person], tried):
                role_of[person] = role
                return True
        return False

    if not all(place(role, set()) for role in range(len(able))):
        return None
    person_of = {role: person for person, role in role_of.items()}
    return [person_of[role] for role in range(len(able))]


def together(
    ranges: Sequence[Mapping[str, Sequence[Span]]], asked_for: str | None = None
) -> Iterator[tuple[Span, list[list[str]]]]:
    """Where every role has somebody at the same start.

    Args:
        ranges: For each role, who could do it, in the business's order, at which
            half-open ranges of starts.
        asked_for: See ``assign``.

    Returns:
        Ranges of starts in order, and for each who is able to do which role.
    """
    edges = sorted(
        {
            edge
            for theirs in ranges
            for spans in theirs.values()
            for span in spans
            for edge in span
        }
    )
    opening: dict[int, list[tuple[int, str]]] = {}
    closing: dict[int, list[tuple[int, str]]] = {}
    for role, theirs in enumerate(ranges):
        for person, spans in theirs.items():
            for first, after_last in spans:
                opening.setdefault(first, []).append((role, person))
                closing.setdefault(after_last, []).append((role, person))
    free: list[set[str]] = [set() for _ in ranges]
    known: dict[tuple[tuple[str, ...], ...], bool] = {}
    for at, edge in enumerate(edges[:-1]):
        for role, person in closing.get(edge, ()):
            free[role].discard(person)
        for role, person in opening.get(edge, ()):
            free[role].add(person)
        if not all(free):
            continue
        able = tuple(
            tuple(person for person in theirs if person in now)
            for theirs, now in zip(ranges, free, strict=True)
        )
        if able not in known:
            known[able] = assign(able, asked_for) is not None
        if known[able]:
            yield (edge, edges[at + 1]), [list(people) for people in able]
