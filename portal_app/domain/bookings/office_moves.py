"""The office moves a booking, or has somebody else come, by hand.

Hours, notice and skills may be overridden once somebody saw that they are; the guard
on time never is.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from portal_app.domain.bookings import assignments, changes, rules, status
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.views import MoveFormView
from portal_app.domain.business import service as business
from portal_app.domain.business.service_area import Place
from portal_app.domain.scheduling import by_hand, claims
from portal_app.domain.scheduling.by_hand import Wanted
from portal_app.domain.scheduling.claims import ClaimedTask, ClaimedTime, SlotTaken
from portal_app.domain.scheduling.models import Fieldworker, TimeClaim
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import instants_of_wall_time
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import one_line
from portal_app.kernel.versioned import Field, Record

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class MoveForm:
    """When a visit shall be and who comes, as chosen: on the business's clock.

    Attributes:
        day: In ISO 8601.
        time: ``HH:MM``.
        fieldworker: The id of somebody of the team.
        reason: For the customer; may be empty.
    """

    day: str = ""
    time: str = ""
    fieldworker: str = ""
    reason: str = ""


def move_by_hand(
    tx: Session,
    actor: Actor,
    number: str,
    form: MoveForm,
    version: int,
    *,
    accepted: str = "",
) -> None:
    """Give a booking another time, somebody else, or both; the customer is told.

    Args:
        tx: The transaction.
        actor: The office.
        number: The booking's.
        form: As chosen.
        version: Of the booking that was read.
        accepted: ``Overrides.key`` of what the person saw, or empty.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If the visit is over or was called off, or whoever shall come has
            something else then.
        EditConflict: If it was changed since ``version`` to something else.
        Overrides: If something is overridden that ``accepted`` does not say.
    """
    require_office(actor)
    row = status.locked_booking(tx, actor, number)
    if row.status not in rules.OPEN:
        raise Conflict("This booking is over: it cannot be moved any more.")
    reason = _checked_reason(form.reason)
    starts_at = _instant(tx, form, row.starts_at)
    person = by_hand.chosen_person(tx, form.fieldworker)
    values = {"starts_at": starts_at, "fieldworker_id": person.id}
    record = _record(tx)
    if not record.is_current(row, values, version) or record.values(row) == values:
        return
    minutes = (row.ends_at - row.starts_at) // timedelta(minutes=1)
    wanted = Wanted(row.service_id, minutes, starts_at, person.id)
    by_hand.require_accepted(tx, wanted, accepted)
    claimed = _claim(tx, row, wanted, person.name)
    changes.give_time(tx, actor, row, starts_at, claimed, reason=reason)


def move_form_view(tx: Session, row: Booking) -> MoveFormView:
    """When the visit is and who comes, as the form shows it."""
    local = row.starts_at.astimezone(business.formats(tx).zone)
    return MoveFormView(
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        fieldworker=row.fieldworker_id,
        team=team_names(tx),
        possible=row.status in rules.OPEN,
    )


def team_names(tx: Session) -> list[list[str]]:
    """Pairs of id and name of who takes bookings, in the business's order."""
    rows = tx.exec(
        select(Fieldworker.id, Fieldworker.name)
        .where(col(Fieldworker.archived_at).is_(None))
        .order_by(col(Fieldworker.position), col(Fieldworker.name))
    )
    return [[ident, name] for ident, name in rows]


def _claim(tx: Session, row: Booking, wanted: Wanted, name: str) -> ClaimedTime:
    """Swap what is claimed; the guard decides whether the new time fits.

    Whoever else comes still does, as much later or earlier.
    """
    if tx.get_one(TimeClaim, row.claim_id).seat is not None:
        raise Conflict("A place in a class cannot be moved by hand.")
    own = ClaimedTask(
        claim_id=row.claim_id,
        fieldworker_id=wanted.fieldworker_id,
        fieldworker_name=name,
        service_id=row.service_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    tasks = [own, *assignments.tasks_of(tx, row)]
    freed = claims.release_quietly(tx, [task.claim_id for task in tasks])
    later = wanted.starts_at - row.starts_at
    claimed = ClaimedTime.of([_claim_later(tx, task, later) for task in tasks])
    claims.notify_freed(tx, freed)
    return claimed


def _claim_later(tx: Session, task: ClaimedTask, later: timedelta) -> ClaimedTask:
    before = tx.get_one(TimeClaim, task.claim_id)
    try:
        claim_id = claims.claim_time(
            tx,
            task.fieldworker_id,
            before.starts_at + later,
            before.ends_at + later,
            service_id=task.service_id,
            leading=before.leading,
            travel_minutes=before.travel_minutes,
            place=Place("", before.latitude, before.longitude),
        )
    except SlotTaken:
        raise Conflict(f"{task.fieldworker_name} has something else then.") from None
    return replace(
        task,
        claim_id=claim_id,
        starts_at=task.starts_at + later,
        ends_at=task.ends_at + later,
    )


def _instant(tx: Session, form: MoveForm, now: datetime) -> datetime:
    """The instant of a day and time on the business's clock.

    Of an hour that happens twice, the one that the booking has already, or the first.
    """
    try:
        day = date.fromisoformat(form.day)
    except ValueError:
        raise InvalidInput({"day": "Please choose a day."}) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InvalidInput({"day": "Please choose another day."})
    try:
        wall = time.fromisoformat(form.time)
    except ValueError:
        raise InvalidInput({"time": "Please choose a time."}) from None
    if wall.tzinfo is not None:
        raise InvalidInput({"time": "Please choose a time."})
    zone = business.formats(tx).zone
    found = instants_of_wall_time(day, wall.replace(second=0, microsecond=0), zone)
    if not found:
        raise InvalidInput(
            {"time": "The clock skips this time on that day. Please choose another."}
        )
    return now if now in found else found[0]


def _checked_reason(text: str) -> str:
    reason = one_line(text)
    if len(reason) > changes.MAX_REASON:
        raise InvalidInput(
            {"reason": f"Please use at most {changes.MAX_REASON} characters."}
        )
    return reason


def _record(tx: Session) -> Record:
    formats, names = business.formats(tx), dict(team_names(tx))
    return Record(
        "This booking",
        Field(
            "starts_at",
            "When",
            text=lambda it: f"{formats.day(it)}, {formats.time(it)}",
        ),
        Field("fieldworker_id", "With", text=lambda it: names.get(it, "Somebody else")),
    )
