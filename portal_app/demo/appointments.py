"""Appointments of the demo business, booked the way customers book them.

Past ones are booked and completed with the clock set back, so that working
hours, lead time and the database's guard judge them like all others.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portal_app.demo.content import DemoAppointment
from portal_app.domain.bookings import confirmation, draft_repetition, drafts
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.models import Booking
from portal_app.domain.bookings.repetition import WEEKS
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.bookings.series_plan import LEAVE_OUT, TAKEN
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.customers import locations, profiles
from portal_app.domain.scheduling import service as scheduling
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel import ownership
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import frozen, instants_of_wall_time, today_in, utc_now
from portal_app.kernel.db import Database

_BOOKING_LEAD_TIME = timedelta(days=6)
"""How long before a past appointment it was booked."""

_OFFICE = Actor(audience=Audience.OFFICE)


def load_appointment(db: Database, actor: Actor, wanted: DemoAppointment) -> None:
    """Book an appointment unless the customer has it; complete it if it is past.

    A time that is not free, because of a public holiday or because of somebody
    else's booking, is replaced by the nearest that is.
    """
    now = utc_now()
    starts_at = db.query(_start_instant, wanted)
    booking = db.query(_existing_booking, actor, wanted)
    if booking is None:
        with frozen(min(now, starts_at - _BOOKING_LEAD_TIME)):
            draft = db.call(_fill_in_wizard, actor, wanted, starts_at)
            number = confirmation.confirm(db, actor, draft.id, draft.shown)
        booking = db.query(_existing_booking, actor, wanted)
        assert booking is not None
        assert booking.number == number
    if booking.status == "confirmed" and wanted.weeks < 0 and booking.ends_at < now:
        with frozen(booking.ends_at):
            db.call(confirmation.complete, _OFFICE, booking.number)


def _start_instant(tx: Session, wanted: DemoAppointment) -> datetime:
    zone = businesses.formats(tx).zone
    today = today_in(zone)
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(weeks=wanted.weeks, days=wanted.weekday)
    # No appointment lies in the hour that daylight saving skips.
    return instants_of_wall_time(day, wanted.at, zone)[0]


def _existing_booking(
    tx: Session, actor: Actor, wanted: DemoAppointment
) -> Booking | None:
    service = catalogue.active_service(tx, wanted.service)
    return tx.exec(
        ownership.owned_by(actor, Booking)
        .where(
            col(Booking.service_id) == service.id, col(Booking.notes) == wanted.notes
        )
        .order_by(col(Booking.series_index))
    ).first()


def _fill_in_wizard(
    tx: Session, actor: Actor, wanted: DemoAppointment, starts_at: datetime
) -> DraftView:
    """Walk through the wizard up to the overview."""
    draft = drafts.open_draft(tx, actor, wanted.service)
    draft = drafts.choose_options(tx, actor, draft.id, wanted.options)
    service = catalogue.active_service(tx, wanted.service)
    fieldworker_id = tx.exec(
        select(Fieldworker.id).where(Fieldworker.name == wanted.fieldworker)
    ).one()
    free = scheduling.nearest_slots(
        tx,
        service.id,
        draft.minutes,
        starts_at,
        fieldworker_id=fieldworker_id,
        limit=1,
    )
    drafts.choose_time(tx, actor, draft.id, free[0].starts_at, fieldworker_id)
    drafts.choose_location(tx, actor, draft.id, place_of(tx, actor, wanted.location))
    if wanted.visits > 1:
        _repeat(tx, actor, draft.id, wanted.visits)
    profile = profiles.get_profile(tx, actor)
    return drafts.choose_contact(
        tx,
        actor,
        draft.id,
        BookingContactForm(
            name=f"{profile.first_name} {profile.last_name}",
            email=profile.email,
            phone=profile.phone,
            notes=wanted.notes,
            details=DetailsForm(
                dependents=tuple(
                    one.id
                    for one in drafts.dependents_form(tx, actor, draft.id).dependents
                    if one.name in wanted.for_whom
                ),
                answers=wanted.answers,
            ),
        ),
    )


def _repeat(tx: Session, actor: Actor, draft_id: str, visits: int) -> None:
    """Every second week; a date that is taken gets the nearest time, or is left out."""
    form = RepetitionForm(WEEKS, every=2, visits=visits)
    draft_repetition.choose_repetition(tx, actor, draft_id, form)
    preview = draft_repetition.repetition_view(tx, actor, draft_id).preview
    for visit in preview.visits:
        if visit.state == TAKEN:
            instead = visit.nearest or LEAVE_OUT
            draft_repetition.choose_instead(tx, actor, draft_id, visit.wanted, instead)


def place_of(tx: Session, actor: Actor, label: str) -> str:
    """The id of one of the customer's saved places."""
    found = locations.list_locations(tx, actor)
    return next(place.id for place in found if place.label == label)
