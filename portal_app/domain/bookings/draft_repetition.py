"""How a draft repeats: chosen in the wizard, with a look at every visit.

The draft keeps the rule, and what was chosen where a time is taken. Its visits are
looked at anew whenever they are shown, and again when it is confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from portal_app.domain.bookings import rules, series_plan
from portal_app.domain.bookings.drafts import (
    lock_open_draft,
    own_draft,
    versioned_change,
)
from portal_app.domain.bookings.models import BookingDraft
from portal_app.domain.bookings.needs import needs_of
from portal_app.domain.bookings.repetition import (
    MOST_EVERY,
    MOST_VISITS,
    UNITS,
    Repetition,
    visits_text,
    wall_of,
)
from portal_app.domain.bookings.series_plan import (
    FREE,
    LATER,
    LEAVE_OUT,
    TAKEN,
    Plan,
    PlannedVisit,
    VisitTerms,
)
from portal_app.domain.bookings.series_views import (
    PlannedVisitView,
    RepetitionView,
    SeriesPreview,
)
from portal_app.domain.bookings.view_builders import draft_view, price_of_draft
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.rules import PriceBreakdown
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats

NEVER, AFTER_VISITS, ON_A_DAY = "never", "visits", "day"
ENDS = {
    AFTER_VISITS: "After a number of visits",
    ON_A_DAY: "On a day",
    NEVER: "Never",
}
"""How a series ends, with words."""

_USUAL_VISITS = 10
_USUAL_TIME = timedelta(weeks=12)
_RULE, _CHOICES = "rule", "choices"
_NOT_REPEATING = "Just once"


@dataclass(frozen=True, slots=True)
class RepetitionForm:
    """How a booking repeats, as it was filled in.

    Attributes:
        unit: One of ``repetition.UNITS``; empty for not at all.
        every: Each week or month, or every so many.
        ends: One of ``ENDS``.
        visits: How many, if it ends after a number of visits.
        until: The last day, if it ends on one; ``None`` for a usual one.
    """

    unit: str = ""
    every: int = 1
    ends: str = AFTER_VISITS
    visits: int = _USUAL_VISITS
    until: date | None = None


def may_repeat(tx: Session, row: BookingDraft) -> bool:
    """Whether a booking like this may repeat: no class, and nothing that was quoted."""
    service = tx.get_one(Service, row.service_id)
    return (
        permissions.is_on(tx, Feature.REPEATING_BOOKINGS)
        and service.repeats
        and not service.seats
        and not row.agreed
    )


def rule_of(row: BookingDraft) -> Repetition | None:
    """How a draft repeats; ``None`` if it does not."""
    return Repetition.from_stored(row.repeat[_RULE]) if row.repeat else None


def plan_of_draft(tx: Session, row: BookingDraft, minutes: int) -> Plan | None:
    """The visits of a draft; ``None`` if it does not repeat, or has no time yet."""
    rule = rule_of(row)
    if rule is None or row.starts_at is None:
        return None
    return _plan(tx, row, minutes, row.repeat[_CHOICES])


def _plan(
    tx: Session, row: BookingDraft, minutes: int, choices: Mapping[str, str]
) -> Plan:
    rule = rule_of(row)
    assert rule is not None
    assert row.starts_at is not None
    terms = VisitTerms(row.service_id, minutes, row.fieldworker_id, needs_of(tx, row))
    return series_plan.plan_series(tx, terms, rule, row.starts_at, choices)


def repetition_view(tx: Session, actor: Actor, draft_id: str) -> RepetitionView:
    """What the wizard asks about repeating, and every visit there would be.

    Raises:
        NotFound: If the draft is missing or somebody else's.
    """
    row = own_draft(tx, actor, draft_id)
    price = price_of_draft(tx, row)
    rule = rule_of(row)
    form = _form_of(rule)
    if price is None or row.starts_at is None or row.agreed or not may_repeat(tx, row):
        return RepetitionView(unit=form.unit)
    formats = business.formats(tx)
    first, _ = wall_of(row.starts_at, formats.zone)
    noun = "week" if form.unit == UNITS[0] else "month"
    plan = plan_of_draft(tx, row, price.minutes)
    return RepetitionView(
        offered=True,
        units=[
            ("", _NOT_REPEATING),
            *((unit, Repetition(unit).text(first, formats)) for unit in UNITS),
        ],
        unit=form.unit,
        everys=[
            (str(number), f"{number} {noun}s" if number > 1 else noun)
            for number in range(1, MOST_EVERY + 1)
        ],
        every=str(form.every),
        endings=list(ENDS.items()),
        ends=form.ends,
        visits=form.visits,
        most_visits=MOST_VISITS,
        until=form.until.isoformat() if form.until else "",
        first_until=(first + timedelta(days=1)).isoformat(),
        preview=_preview(formats, rule, first, plan, price)
        if rule is not None and plan is not None
        else SeriesPreview(),
    )


def choose_repetition(
    tx: Session, actor: Actor, draft_id: str, form: RepetitionForm
) -> DraftView:
    """Say how the booking repeats, or that it does not.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already, or a quote says what one visit costs.
        InvalidInput: For ``unit``, ``every``, ``visits``, ``until`` and ``ends``; for
            ``time`` if none is chosen yet.
        NotAllowed: If bookings do not repeat here.
    """
    row = lock_open_draft(tx, actor, draft_id)
    with versioned_change(tx, row):
        if form.unit:
            permissions.require_feature(tx, actor, Feature.REPEATING_BOOKINGS)
            if row.agreed:
                raise Conflict("The quote is for one visit.")
            if not may_repeat(tx, row):
                raise InvalidInput({"unit": "This cannot be booked to repeat."})
            kept = row.repeat.get(_CHOICES, {})
            rule = _checked_rule(tx, row, form)
            row.repeat = {_RULE: rule.as_stored(), _CHOICES: kept}
        else:
            row.repeat = {}
    return draft_view(tx, row)


def choose_instead(
    tx: Session, actor: Actor, draft_id: str, wanted: str, instead: str | None
) -> DraftView:
    """Say what is to be of one visit of the series.

    Args:
        tx: The transaction.
        actor: Whose draft it is.
        draft_id: The draft.
        wanted: ``PlannedVisitView.wanted``.
        instead: The nearest free time that was offered, ``LEAVE_OUT`` to skip the
            visit, ``None`` for the time it has by the rule.

    Raises:
        NotFound: If the draft is missing or somebody else's.
        Conflict: If it was confirmed already.
        InvalidInput: If there is no such visit, or that time is not offered.
    """
    row = lock_open_draft(tx, actor, draft_id)
    price = price_of_draft(tx, row)
    if not row.repeat or row.starts_at is None or price is None:
        raise InvalidInput({"time": rules.MISSING_TEXTS["time"]})
    choices = {one: at for one, at in row.repeat[_CHOICES].items() if one != wanted}
    plan = _plan(tx, row, price.minutes, choices)
    # The first visit is the time that was chosen; it cannot be left out.
    visits = {visit.wanted.isoformat(): visit for visit in plan.visits[1:]}
    if wanted not in visits or instead not in _possible(visits[wanted]):
        raise InvalidInput({"visit": "Please choose one of the times shown."})
    with versioned_change(tx, row):
        if instead is not None:
            choices[wanted] = instead
        # What was chosen for days that the series no longer has goes.
        kept = {one: at for one, at in choices.items() if one in visits}
        row.repeat = {**row.repeat, _CHOICES: kept}
    return draft_view(tx, row)


def _possible(visit: PlannedVisit) -> set[str | None]:
    """What can be chosen for a visit."""
    if visit.state == LATER:
        return {None}
    offered = {visit.nearest.isoformat()} if visit.nearest else set()
    return {None, LEAVE_OUT, *offered}


def _form_of(rule: Repetition | None) -> RepetitionForm:
    if rule is None:
        return RepetitionForm()
    if rule.count is not None:
        return RepetitionForm(rule.unit, rule.every, AFTER_VISITS, rule.count)
    ends = ON_A_DAY if rule.until else NEVER
    return RepetitionForm(rule.unit, rule.every, ends, until=rule.until)


def _checked_rule(tx: Session, row: BookingDraft, form: RepetitionForm) -> Repetition:
    if row.starts_at is None:
        raise InvalidInput({"time": rules.MISSING_TEXTS["time"]})
    if form.ends not in ENDS:
        raise InvalidInput({"ends": "Please choose how it ends."})
    first, _ = wall_of(row.starts_at, business.formats(tx).zone)
    rule = Repetition(
        form.unit,
        form.every,
        count=form.visits if form.ends == AFTER_VISITS else None,
        until=form.until or first + _USUAL_TIME if form.ends == ON_A_DAY else None,
    )
    rule.require_valid(first)
    return rule


def _preview(
    formats: Formats,
    rule: Repetition,
    first: date,
    plan: Plan,
    price: PriceBreakdown,
) -> SeriesPreview:
    booked = len(plan.of(FREE)) + len(plan.of(TAKEN))
    later = len(plan.of(LATER))
    visits = booked + later
    return SeriesPreview(
        text=rule.text(first, formats),
        visits=[_visit_view(formats, visit) for visit in plan.visits],
        taken=len(plan.of(TAKEN)),
        price=f"{visits_text(visits)} at {formats.money(price.total_minor)}",
        total=formats.money(visits * price.total_minor),
        more=_later_text(formats, rule, plan, later),
    )


def _later_text(formats: Formats, rule: Repetition, plan: Plan, later: int) -> str:
    if plan.next_day is None:
        return ""
    day = formats.short_day(plan.next_day)
    if rule.is_open:
        return (
            f"It goes on from {day}, until you end it. We book the dates that follow "
            "as soon as the calendar opens."
        )
    return (
        f"{visits_text(later)} from {day} on cannot be booked yet. We book "
        f"{'it' if later == 1 else 'them'} as soon as the calendar opens."
    )


def _visit_view(formats: Formats, visit: PlannedVisit) -> PlannedVisitView:
    nearest = visit.nearest
    return PlannedVisitView(
        wanted=visit.wanted.isoformat(),
        number=visit.index + 1,
        day=formats.short_day(visit.starts_at),
        time=formats.time(visit.starts_at),
        state="moved" if visit.is_moved else visit.state,
        nearest=nearest.isoformat() if nearest else "",
        nearest_text=f"{formats.short_day(nearest)}, {formats.time(nearest)}"
        if nearest
        else "",
        can_change=visit.index > 0 and visit.state != LATER,
    )
