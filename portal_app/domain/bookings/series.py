"""Booking a series: every visit that can be booked now, or none.

A visit is a booking like any other, with a draft of its own that is closed from the
start; the series says which belong together. The first one is what the wizard books,
and what is asked, answered and agreed there holds for all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.bookings import series_plan
from portal_app.domain.bookings.draft_repetition import (
    may_repeat,
    plan_of_draft,
    rule_of,
)
from portal_app.domain.bookings.models import Booking, BookingDraft, BookingSeries
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.bookings.repetition import Repetition, visits_text, wall_of
from portal_app.domain.bookings.series_plan import Plan, PlannedVisit, VisitTerms
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.business.features import TABLE
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.service import ClaimedTime
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats


class VisitsTaken(Conflict):
    """Some dates of a series are not free any more; nothing was booked."""

    def __init__(self, count: int) -> None:
        dates = "one of the dates is" if count == 1 else f"{count} of the dates are"
        super().__init__(
            f"Sorry, {dates} not free any more, and nothing was booked. Please look "
            "at the dates again."
        )


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Which visit of which series a booking is."""

    series_id: str
    index: int


@dataclass(frozen=True, slots=True)
class SeriesVisit:
    """A visit that is to be booked: with what its draft says, at the claimed time."""

    draft: BookingDraft
    claimed: ClaimedTime
    place: SeriesPlace


def checked_plan(tx: Session, draft: BookingDraft, minutes: int) -> Plan | None:
    """The visits that confirming a draft books; ``None`` if it does not repeat.

    Nobody else claims time of who could come until the transaction ends.

    Raises:
        VisitsTaken: If not every visit is free.
        Conflict: If bookings do not repeat here any more.
    """
    if not draft.repeat:
        return None
    if not may_repeat(tx, draft):
        raise Conflict(TABLE[Feature.REPEATING_BOOKINGS].closed_words)
    scheduling.lock_fieldworkers(tx, draft.service_id)
    plan = plan_of_draft(tx, draft, minutes)
    if plan is not None and (taken := plan.of(series_plan.TAKEN)):
        raise VisitsTaken(len(taken))
    return plan


def begin(tx: Session, draft: BookingDraft, plan: Plan) -> BookingSeries:
    """Store a series; its visits follow, the one of the draft first."""
    rule, first_at = rule_of(draft), draft.starts_at
    assert rule is not None
    assert first_at is not None
    assert draft.customer_id is not None
    first_day, wall = wall_of(first_at, business.formats(tx).zone)
    row = BookingSeries(
        customer_id=draft.customer_id,
        service_id=draft.service_id,
        draft_id=draft.id,
        rule=rule.as_stored(),
        anchor_day=first_day,
        wall_minutes=wall.hour * 60 + wall.minute,
        fieldworker_id=draft.fieldworker_id,
        next_index=plan.next_index,
        next_day=plan.next_day,
        left_out=[visit.index for visit in plan.of(series_plan.LEFT_OUT)],
    )
    tx.add(row)
    tx.flush()
    return row


def book_visits(
    tx: Session,
    series: BookingSeries,
    draft: BookingDraft,
    visits: Sequence[PlannedVisit],
    *,
    minutes: int,
    book: Callable[[SeriesVisit], Booking],
) -> list[Booking]:
    """Claim the time of every visit, and book it.

    Args:
        tx: The transaction.
        series: Stored already.
        draft: What each is booked with.
        visits: In order of time.
        minutes: The length of a visit, without buffers.
        book: Books one of them.

    Raises:
        SlotTaken: If one is not free any more; then nothing may be stored.
    """
    terms = VisitTerms(
        series.service_id, minutes, series.fieldworker_id, needs_of(tx, draft)
    )
    all_claimed = claim_visits(tx, terms, [visit.starts_at for visit in visits])
    booked = []
    for visit, claimed in zip(visits, all_claimed, strict=True):
        own = _draft_of_visit(draft, visit.starts_at)
        tx.add(own)
        place = SeriesPlace(series.id, visit.index)
        booked.append(book(SeriesVisit(own, claimed, place)))
    return booked


def claim_visits(
    tx: Session, terms: VisitTerms, starts: Sequence[datetime]
) -> list[ClaimedTime]:
    """Claim the time of several visits, in order; free time is read once.

    Raises:
        SlotTaken: If one is not free; the transaction is to be given up then.
    """
    if not starts:
        return []
    zone = business.formats(tx).zone
    search = scheduling.load_free_time_search(
        tx,
        terms.service_id,
        terms.minutes,
        min(starts).astimezone(zone).date(),
        max(starts).astimezone(zone).date(),
        fieldworker_id=terms.fieldworker_id,
        needs=terms.needs,
    )
    return [
        scheduling.claim_slot(
            tx,
            terms.service_id,
            terms.minutes,
            start,
            fieldworker_id=terms.fieldworker_id,
            needs=terms.needs,
            search=search,
        )
        for start in starts
    ]


def _draft_of_visit(draft: BookingDraft, starts_at: datetime) -> BookingDraft:
    """What a visit is booked with; closed, because it is booked."""
    now = utc_now()
    own = {"id", "starts_at", "version", "created_at", "updated_at", "closed_at"}
    return BookingDraft(
        **draft.model_dump(exclude=own | {"repeat"}),
        starts_at=starts_at,
        updated_at=now,
        closed_at=now,
    )


def days_of(series: BookingSeries) -> Iterator[tuple[int, date]]:
    """Index and day of each visit by the rule, from the one it is counted from."""
    rule = Repetition.from_stored(series.rule)
    if rule.count is not None:
        rule = replace(rule, count=rule.count - series.anchor_index)
    return enumerate(rule.days(series.anchor_day), series.anchor_index)


def wall_time(series: BookingSeries) -> time:
    """When its visits begin, on the clock of the business."""
    return time(*divmod(series.wall_minutes, 60))


def series_texts(tx: Session, bookings: Sequence[Booking]) -> dict[str, str]:
    """Which visit each booking is, such as ``Every week on Tuesday, visit 3 of 10``.

    By the ids of the bookings; what is no visit of a series has no text, and nothing
    has one while bookings do not repeat here.
    """
    ids = {one.series_id for one in bookings if one.series_id is not None}
    if not ids or not permissions.is_on(tx, Feature.REPEATING_BOOKINGS):
        return {}
    formats = business.formats(tx)
    rows = tx.exec(select(BookingSeries).where(col(BookingSeries.id).in_(ids)))
    words = {row.id: _words(row, formats) for row in rows}
    found = {}
    for one in bookings:
        if one.series_id is not None and one.series_index is not None:
            often, of = words[one.series_id]
            found[one.id] = f"{often}, visit {one.series_index + 1}{of}"
    return found


def _words(series: BookingSeries, formats: Formats) -> tuple[str, str]:
    rule = Repetition.from_stored(series.rule)
    often = rule.often_text(series.anchor_day, formats)
    if rule.is_open:
        return often, ""
    return often, f" of {max(index for index, _ in days_of(series)) + 1}"


def mail_facts(
    tx: Session, series: BookingSeries, booked: Sequence[Booking]
) -> dict[str, Any]:
    """What the mails about a booking say of the series it begins."""
    formats = business.formats(tx)
    rule = Repetition.from_stored(series.rule)
    sum_minor = sum(one.total_minor for one in booked)
    return {
        "repeats": rule.text(series.anchor_day, formats),
        "visits": [
            {
                "when": f"{formats.short_day(one.starts_at)}, "
                f"{formats.time(one.starts_at)}",
                "number": one.number,
            }
            for one in booked
        ],
        "visits_total": f"{visits_text(len(booked))}: {formats.money(sum_minor)}",
        "goes_on": formats.short_day(series.next_day) if series.next_day else "",
    }
