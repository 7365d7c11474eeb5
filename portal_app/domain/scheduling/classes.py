"""Classes: times that the office schedules, and that several customers book.

Who leads a class has a claim on their time as for a visit. Each place is a claim of
its own, with its number: held, booked and given back like any other time, and guarded
by a unique index instead of by its time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.checks import MAX_SEATS
from portal_app.domain.catalogue.models import Service
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.scheduling import claims, readings, roster
from portal_app.domain.scheduling.claims import ClaimedTask, ClaimedTime, SlotTaken
from portal_app.domain.scheduling.models import (
    ClassSession,
    Fieldworker,
    FieldworkerSkill,
    TimeClaim,
)
from portal_app.domain.scheduling.search import Slot
from portal_app.domain.scheduling.views import SessionView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import day_bounds, instants_of_wall_time, utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ownership import require_office, require_staff

MAX_WEEKS = 52
MOST_SHOWN = 50
_NOT_FOUND = "There is no such class."


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionForm:
    """When a class takes place, as typed.

    Attributes:
        day: ISO 8601.
        starts: On the wall clock, ``HH:MM``.
        fieldworker: The id of who leads it.
        seats: How many can book it; empty for as many as the service says.
        weeks: In how many weeks in turn; empty for one.
    """

    day: str = ""
    starts: str = ""
    fieldworker: str = ""
    seats: str = ""
    weeks: str = ""


def session_views(tx: Session, actor: Actor, service_id: str) -> list[SessionView]:
    """The next classes of a service that are not over, at most 50.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    formats = businesses.formats(tx)
    taken = _taken("", ())
    rows = tx.exec(
        select(ClassSession, Fieldworker.name, taken)
        .join(Fieldworker, col(Fieldworker.id) == ClassSession.fieldworker_id)
        .where(
            ClassSession.service_id == service_id,
            ClassSession.ends_at > utc_now(),
            col(ClassSession.cancelled_at).is_(None),
        )
        .order_by(col(ClassSession.starts_at), col(ClassSession.id))
        .limit(MOST_SHOWN)
    ).all()
    return [
        SessionView(
            id=row.id,
            day=formats.day(row.starts_at),
            time=f"{formats.time(row.starts_at)} – {formats.time(row.ends_at)}",
            fieldworker=name,
            places=f"{count} of {row.seats} places taken",
        )
        for row, name, count in rows
    ]


def schedule(tx: Session, actor: Actor, service_id: str, form: SessionForm) -> int:
    """Let a class take place, in one week or in several in turn: in all or in none.

    A time at which it takes place already, with the same person, is left as it is.

    Returns:
        How many were added.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If who leads it is not free at one of the times.
    """
    require_office(actor)
    row = tx.get(Service, service_id)
    if row is None or row.archived_at is not None:
        raise NotFound("There is no such service.")
    starts, seats = _checked(tx, row, form)
    claims.lock_fieldworker(tx, form.fieldworker)
    known = set(
        tx.exec(
            select(ClassSession.starts_at).where(
                ClassSession.service_id == service_id,
                ClassSession.fieldworker_id == form.fieldworker,
                col(ClassSession.cancelled_at).is_(None),
                col(ClassSession.starts_at).in_(starts),
            )
        )
    )
    new = [start for start in starts if start not in known]
    for start in new:
        _add(tx, row, form.fieldworker, start, seats)
    if new:
        formats = businesses.formats(tx)
        days = ", ".join(
            f"{formats.short_day(start)}, {formats.time(start)}" for start in new
        )
        _log(tx, actor, row, Difference("Classes", "", days))
    return len(new)


def cancel(tx: Session, actor: Actor, session_id: str) -> None:
    """Let a class not take place. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such class.
        Conflict: If somebody has booked it.
    """
    require_office(actor)
    row = _locked(tx, session_id)
    if row is None:
        raise NotFound(_NOT_FOUND)
    if row.cancelled_at is not None:
        return
    if taken := _numbers_taken(tx, row.id):
        count = "1 place" if len(taken) == 1 else f"{len(taken)} places"
        raise Conflict(
            f"{count} of this class are taken. Please cancel or move those bookings "
            "first."
        )
    row.cancelled_at = utc_now()
    tx.add(row)
    tx.flush()
    claims.release(tx, [row.claim_id])
    formats = businesses.formats(tx)
    day = f"{formats.short_day(row.starts_at)}, {formats.time(row.starts_at)}"
    _log(tx, actor, tx.get_one(Service, row.service_id), Difference("Classes", day, ""))


def _checked(
    tx: Session, row: Service, form: SessionForm
) -> tuple[list[datetime], int]:
    """The starts and the places that a form says."""
    wrong: dict[str, str] = {}
    zone = businesses.formats(tx).zone
    day, wall = date.min, time()
    try:
        day = roster.check_day(form.day)
    except ValueError as error:
        wrong["day"] = str(error)
    try:
        wall = time.fromisoformat(form.starts.strip())
    except ValueError:
        wrong["starts"] = "Please enter a time."
    weeks = _number(form.weeks or "1", MAX_WEEKS, wrong, "weeks")
    seats = _number(form.seats or str(row.seats), MAX_SEATS, wrong, "seats")
    leads = select(FieldworkerSkill).where(
        FieldworkerSkill.service_id == row.id,
        FieldworkerSkill.fieldworker_id == form.fieldworker,
    )
    if tx.exec(leads).first() is None:
        wrong["fieldworker"] = "Please choose who leads it."
    starts = []
    for week in range(0 if wrong else weeks):
        on = day + timedelta(weeks=week)
        instants = instants_of_wall_time(on, wall, zone)
        if not instants:
            wrong["starts"] = f"The clocks skip this time on {on.isoformat()}."
        starts += instants[:1]
    if starts and starts[0] <= utc_now():
        wrong["day"] = "Please choose a time to come."
    if wrong:
        raise InvalidInput(wrong)
    return starts, seats


def _number(text: str, most: int, wrong: dict[str, str], name: str) -> int:
    digits = text.strip()
    usable = digits.isascii() and digits.isdecimal() and len(digits) <= 4
    if not usable or not 1 <= int(digits) <= most:
        wrong[name] = f"Please enter a whole number, 1 to {most}."
        return 0
    return int(digits)


def _add(
    tx: Session, row: Service, fieldworker_id: str, start: datetime, seats: int
) -> None:
    ends = start + timedelta(minutes=row.duration_minutes)
    try:
        claim_id = claims.claim_time(
            tx,
            fieldworker_id,
            start - timedelta(minutes=row.buffer_before_minutes),
            ends + timedelta(minutes=row.buffer_after_minutes),
            service_id=row.id,
        )
    except SlotTaken:
        formats = businesses.formats(tx)
        raise Conflict(
            f"Who leads it is not free on {formats.day(start)} at "
            f"{formats.time(start)}. Nothing was added."
        ) from None
    tx.add(
        ClassSession(
            service_id=row.id,
            fieldworker_id=fieldworker_id,
            claim_id=claim_id,
            starts_at=start,
            ends_at=ends,
            seats=seats,
        )
    )
    tx.flush()


def _log(tx: Session, actor: Actor, row: Service, difference: Difference) -> None:
    thing = Thing("Service", row.id, row.name)
    change_log.record(tx, actor, "changed", thing, [difference])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Places in a class.

    Attributes:
        seats: How many, for one booking.
        fieldworker_id: Who must lead it, or ``None`` for anyone.
        holder: What is held for it is free.
        replaces: Claims that would be given back for it.
        as_of: From when notice and horizon are counted; ``None`` for now.
    """

    service_id: str
    seats: int = 1
    fieldworker_id: str | None = None
    holder: str = ""
    replaces: Collection[str] = ()
    as_of: datetime | None = None


def free_slots(
    tx: Session, wanted: Wanted, first_day: date, last_day: date
) -> list[Slot]:
    """The classes of a range of days that have room, in order."""
    found: dict[datetime, Slot] = {}
    for row, left in _free_sessions(tx, wanted, first_day, last_day):
        known = found.get(row.starts_at, Slot(row.starts_at, (), 0))
        found[row.starts_at] = Slot(
            row.starts_at,
            (*known.fieldworker_ids, row.fieldworker_id),
            max(left, known.places_left or 0),
        )
    return list(found.values())


def _free_sessions(
    tx: Session, wanted: Wanted, first_day: date, last_day: date
) -> Iterable[tuple[ClassSession, int]]:
    zone = businesses.formats(tx).zone
    asked_at = wanted.as_of or utc_now()
    first, last = readings.bookable_range(tx, wanted.service_id, as_of=asked_at)
    if max(first, first_day) > min(last, last_day):
        return
    opens, _ = day_bounds(max(first, first_day), zone)
    _, closes = day_bounds(min(last, last_day), zone)
    notice = timedelta(minutes=readings.notice_minutes(tx, [wanted.service_id]))
    taken = _taken(wanted.holder, wanted.replaces)
    query = (
        select(ClassSession, taken)
        .where(
            ClassSession.service_id == wanted.service_id,
            col(ClassSession.cancelled_at).is_(None),
            ClassSession.starts_at >= max(opens, asked_at + notice),
            ClassSession.starts_at < closes,
        )
        .order_by(col(ClassSession.starts_at), col(ClassSession.id))
    )
    if wanted.fieldworker_id is not None:
        query = query.where(ClassSession.fieldworker_id == wanted.fieldworker_id)
    for row, count in tx.exec(query).all():
        if row.seats - count >= wanted.seats:
            yield row, row.seats - count


def _taken(holder: str, replaces: Collection[str]) -> Any:
    """How many places of a class are taken, besides what is the holder's own."""
    return (
        select(func.count())
        .select_from(TimeClaim)
        .where(
            TimeClaim.session_id == ClassSession.id,
            col(TimeClaim.released_at).is_(None),
            col(TimeClaim.id).not_in(replaces),
            or_(
                col(TimeClaim.expires_at).is_(None),
                and_(
                    col(TimeClaim.expires_at) > utc_now(),
                    col(TimeClaim.holder) != holder,
                ),
            ),
        )
        .correlate(ClassSession)
        .scalar_subquery()
    )


def claim_seats(
    tx: Session, wanted: Wanted, starts_at: datetime, terms: dict[str, Any]
) -> ClaimedTime:
    """Take places in a class that starts then.

    Args:
        tx: The transaction; it stays usable after a refusal.
        wanted: What is wanted; what it replaces and what it holds is given back.
        starts_at: When the class starts.
        terms: Those of a hold, for ``claim_time``.

    Raises:
        SlotTaken: If there is no such class, or not enough room.
    """
    day = starts_at.astimezone(businesses.formats(tx).zone).date()
    for found, _ in list(_free_sessions(tx, wanted, day, day)):
        if found.starts_at != starts_at:
            continue
        # Whoever books the same class waits for this transaction.
        row = _locked(tx, found.id)
        if row is None or row.cancelled_at is not None:
            continue
        taken = _numbers_taken(tx, row.id)
        free = [seat for seat in range(1, row.seats + 1) if seat not in taken]
        if len(free) >= wanted.seats:
            return _claim_numbers(tx, row, free[: wanted.seats], terms)
    raise SlotTaken


def _claim_numbers(
    tx: Session, row: ClassSession, numbers: Sequence[int], terms: dict[str, Any]
) -> ClaimedTime:
    leads = tx.get_one(Fieldworker, row.fieldworker_id)
    seats = [
        TimeClaim(
            fieldworker_id=row.fieldworker_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            service_id=row.service_id,
            leading=False,
            session_id=row.id,
            seat=number,
            **terms,
        )
        for number in numbers
    ]
    try:
        with tx.begin_nested():
            tx.add_all(seats)
            tx.flush()
    except IntegrityError:
        raise SlotTaken from None
    return ClaimedTime.of([_task(row, seat.id, leads.name) for seat in seats])


def held_seats(
    tx: Session, wanted: Wanted, starts_at: datetime, held: Sequence[TimeClaim]
) -> ClaimedTime | None:
    """What is held, if it is just what is wanted and the class takes place."""
    if len(held) != wanted.seats or len({row.session_id for row in held}) > 1:
        return None
    row = tx.get(ClassSession, held[0].session_id or "")
    if (
        row is None
        or row.cancelled_at is not None
        or (row.service_id, row.starts_at) != (wanted.service_id, starts_at)
        or wanted.fieldworker_id not in (None, row.fieldworker_id)
    ):
        return None
    leads = tx.get_one(Fieldworker, row.fieldworker_id)
    return ClaimedTime.of([_task(row, seat.id, leads.name) for seat in held])


def _task(row: ClassSession, claim_id: str, name: str) -> ClaimedTask:
    return ClaimedTask(
        claim_id=claim_id,
        fieldworker_id=row.fieldworker_id,
        fieldworker_name=name,
        service_id=row.service_id,
        starts_at=row.starts_at.astimezone(UTC),
        ends_at=row.ends_at.astimezone(UTC),
    )


def _locked(tx: Session, session_id: str) -> ClassSession | None:
    return tx.get(
        ClassSession, session_id, with_for_update=True, populate_existing=True
    )


def _numbers_taken(tx: Session, session_id: str) -> set[int | None]:
    """The places that are taken now; holds that are over are given back first."""
    claims.release_expired_seats(tx, session_id)
    return set(
        tx.exec(
            select(TimeClaim.seat).where(
                TimeClaim.session_id == session_id,
                col(TimeClaim.released_at).is_(None),
            )
        )
    )
