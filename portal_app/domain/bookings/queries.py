"""My Bookings, one booking, the bookings of a dependent, and calendar entries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain.accounts import names as accounts
from portal_app.domain.bookings import (
    assignments,
    booking_dependents,
    booking_details,
    rules,
    series,
    views,
)
from portal_app.domain.bookings.booking_details import own_booking
from portal_app.domain.bookings.models import (
    Booking,
    BookingDependent,
    BookingDraft,
    BookingEvent,
    BookingLine,
)
from portal_app.domain.bookings.view_builders import (
    as_booked,
    directions_url,
    instant_text,
    stored_address_lines,
    time_range_text,
)
from portal_app.domain.business import permissions
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.dependents.ownership import find_own_dependent
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.kernel.audiences import STAFF, Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats, duration_text
from portal_app.kernel.ownership import customer_of


def my_bookings(
    tx: Session,
    actor: Actor,
    when: str = rules.UPCOMING,
    page: int = 1,
    sort: str = "",
) -> views.BookingPage:
    """One page of the customer's bookings, at most 20.

    Args:
        tx: The transaction.
        actor: The customer.
        when: ``upcoming`` (not over yet) or ``past`` (over).
        page: Counted from 1.
        sort: One of ``rules.SORTS``; the list's usual order if empty, which is
            soonest first for ``upcoming`` and latest first for ``past``.

    Raises:
        InvalidInput: If there is no such list or order.
        NotAllowed: If nobody is signed in as a customer.
    """
    own = col(Booking.customer_id) == customer_of(actor)
    return booking_page(tx, own, when, page, sort)


def booking_page(
    tx: Session,
    condition: ColumnElement[bool],
    when: str,
    page: int,
    sort: str = "",
) -> views.BookingPage:
    """One page of the bookings that fulfil a condition; as ``my_bookings``.

    Whoever calls this answers for the condition being the actor's own bookings.
    """
    if when not in (rules.UPCOMING, rules.PAST):
        raise InvalidInput({"when": "There is no such list."})
    sort = sort or rules.usual_sort(when)
    if sort not in rules.SORTS:
        raise InvalidInput({"sort": "There is no such order."})
    page = max(1, page)
    over = col(Booking.ends_at) <= utc_now()
    which = condition, over if when == rules.PAST else ~over
    total = tx.exec(select(func.count()).select_from(Booking).where(*which)).one()
    rows = tx.exec(
        _rows()
        .where(*which)
        .order_by(*_order(when, sort))
        .offset((page - 1) * rules.PAGE_SIZE)
        .limit(rules.PAGE_SIZE)
    ).all()
    return views.BookingPage(
        rows=_row_views(tx, rows),
        page=page,
        has_more=page * rules.PAGE_SIZE < total,
        total=total,
    )


_Row = tuple[Booking, Service, Fieldworker]


def _rows() -> SelectOfScalar[_Row]:
    rows: SelectOfScalar[_Row] = (
        select(Booking, Service, Fieldworker)  # type: ignore[assignment]
        .join(Service, col(Service.id) == Booking.service_id)
        .join(Fieldworker, col(Fieldworker.id) == Booking.fieldworker_id)
    )
    return rows


def _order(when: str, sort: str) -> list[ColumnElement[Any]]:
    """What a list is ordered by; equal ones in the list's usual order."""
    starts, ident = col(Booking.starts_at), col(Booking.id)
    places = {status: at for at, status in enumerate(rules.STATUS_TEXTS)}
    first: dict[str, list[ColumnElement[Any]]] = {
        rules.BY_SERVICE: [func.lower(col(Booking.service_name))],
        rules.BY_PRICE: [col(Booking.total_minor).desc()],
        rules.BY_STATUS: [case(places, value=col(Booking.status), else_=len(places))],
    }
    by_time = sort if sort in {rules.SOONEST, rules.LATEST} else rules.usual_sort(when)
    if by_time == rules.SOONEST:
        return [*first.get(sort, []), starts.asc(), ident.asc()]
    return [*first.get(sort, []), starts.desc(), ident.desc()]


def _row_views(tx: Session, rows: Sequence[_Row]) -> list[views.BookingRowView]:
    settings = business.current_business(tx)
    formats = business.formats(tx)
    now = utc_now()
    others = assignments.names_of_others(tx, [booking for booking, *_ in rows])
    names = booking_dependents.booked_names(tx, [booking.id for booking, *_ in rows])
    repeats = series.series_texts(tx, [booking for booking, *_ in rows])
    return [
        views.BookingRowView(
            number=booking.number,
            status=booking.status,
            status_text=rules.STATUS_TEXTS[booking.status],
            service_name=booking.service_name,
            service_slug=service.slug,
            image=service.image,
            image_alt=service.image_alt,
            starts_at=booking.starts_at.isoformat(),
            ends_at=booking.ends_at.isoformat(),
            day=formats.day(booking.starts_at),
            short_day=formats.short_day(booking.starts_at),
            time=time_range_text(formats, booking.starts_at, booking.ends_at),
            duration=duration_text(_duration_minutes(booking)),
            fieldworker=rules.joined_names([fieldworker.name, *others[booking.id]]),
            place=", ".join(stored_address_lines(booking.address, settings.country)),
            total=as_booked(formats, booking).money(booking.total_minor),
            for_whom=rules.joined_names(names[booking.id]) or booking.contact_name,
            next_action=rules.next_action(
                booking.status,
                booking.ends_at,
                now,
                catalogue.is_bookable(service),
            ),
            series=repeats.get(booking.id, ""),
        )
        for booking, service, fieldworker in rows
    ]


_MOST_UPCOMING, _MOST_AGAIN, _LOOKED_THROUGH = 2, 3, 50
_MOST_BEGUN = 3


def home_bookings(tx: Session, actor: Actor) -> views.HomeBookingsView:
    """The shortcuts of a customer.

    Args:
        tx: The transaction.
        actor: The customer.

    Returns:
        Their next two bookings, soonest first, up to three services of their latest
        bookings that can still be booked, and what they have begun to book.

    Raises:
        NotAllowed: If nobody is signed in as a customer.
    """
    own_id = customer_of(actor)
    own = col(Booking.customer_id) == own_id
    over = col(Booking.ends_at) <= utc_now()
    kept = col(Booking.status).not_in(rules.CALLED_OFF)
    upcoming = tx.exec(
        _rows()
        .where(own, ~over, kept)
        .order_by(*_order(rules.UPCOMING, rules.SOONEST))
        .limit(_MOST_UPCOMING)
    ).all()
    past = tx.exec(
        _rows()
        .where(own, over, kept, catalogue.are_bookable())
        .order_by(*_order(rules.PAST, rules.LATEST))
        .limit(_LOOKED_THROUGH)
    ).all()
    formats = business.formats(tx)
    again: dict[str, views.BookedServiceView] = {}
    for booking, service, _ in past:
        again.setdefault(
            service.id,
            views.BookedServiceView(
                number=booking.number,
                service_slug=service.slug,
                service_name=service.name,
                image=service.image,
                last_day=formats.short_day(booking.starts_at),
            ),
        )
    return views.HomeBookingsView(
        _row_views(tx, upcoming), list(again.values())[:_MOST_AGAIN], _begun(tx, own_id)
    )


def _begun(tx: Session, customer_id: str) -> list[views.BegunBookingView]:
    """Open drafts in which something was said, the latest first."""
    rows = tx.exec(
        select(BookingDraft, Service)
        .join(Service, col(Service.id) == col(BookingDraft.service_id))
        .where(
            BookingDraft.customer_id == customer_id,
            col(BookingDraft.closed_at).is_(None),
            col(BookingDraft.version) > 1,
            catalogue.are_bookable(),
        )
        .order_by(col(BookingDraft.updated_at).desc(), col(BookingDraft.id).desc())
        .limit(_MOST_BEGUN)
    ).all()
    formats = business.formats(tx)
    return [
        views.BegunBookingView(
            draft_id=draft.id,
            service_slug=service.slug,
            service_name=service.name,
            image=service.image,
            last_day=formats.short_day(draft.updated_at),
        )
        for draft, service in rows
    ]


def get_booking(tx: Session, actor: Actor, number: str) -> views.BookingView:
    """One booking of the customer, as it was booked, with its history.

    Args:
        tx: The transaction.
        actor: The customer, or a guest who sees just this one.
        number: As a person may type it.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If nobody is signed in as a customer or guest.
    """
    return booking_view(tx, actor, own_booking(tx, actor, number))


def booking_view(tx: Session, actor: Actor, row: Booking) -> views.BookingView:
    """A booking as the actor sees it; whoever calls this answers that they may."""
    settings = business.current_business(tx)
    formats = business.formats(tx)
    service = tx.get_one(Service, row.service_id)
    lines = tx.exec(
        select(BookingLine)
        .where(BookingLine.booking_id == row.id)
        .order_by(col(BookingLine.position))
    )
    money, company = as_booked(formats, row), _company(tx, row)
    return views.BookingView(
        number=row.number,
        status=row.status,
        status_text=rules.STATUS_TEXTS[row.status],
        upcoming=row.ends_at > utc_now(),
        service_name=row.service_name,
        service_slug=service.slug,
        image=service.image,
        image_alt=service.image_alt,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
        day=formats.day(row.starts_at),
        time=time_range_text(formats, row.starts_at, row.ends_at),
        duration=duration_text(_duration_minutes(row)),
        fieldworker=_who_comes(tx, row),
        lines=[
            LineView(
                catalogue.line_text(line.description, line.quantity),
                money.line_amount(line.total_minor),
            )
            for line in lines
        ],
        total=money.money(row.total_minor),
        address_lines=stored_address_lines(row.address, settings.country),
        place=views.BookingAddressView(**row.address),
        directions=directions_url(row.address),
        series=series.series_texts(tx, [row]).get(row.id, ""),
        fee=money.money(row.fee_minor) if row.fee_minor else "",
        bookable=catalogue.is_bookable(service),
        answer_by=(
            instant_text(formats, row.answer_by) if row.status == rules.PENDING else ""
        ),
        access_notes=str(row.address.get("access_notes") or ""),
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        contact_phone=phone_text(row.contact_phone, settings.country),
        notes=row.notes,
        history=_event_views(tx, actor, formats, row),
        company=company.get("name", ""),
        company_tax_number=company.get("tax_number", ""),
        for_whom=booking_details.dependents_of_booking(tx, actor, row),
        fields=booking_details.visible_answers(tx, actor, row),
    )


def _who_comes(tx: Session, row: Booking) -> str:
    first = tx.get_one(Fieldworker, row.fieldworker_id).name
    return rules.joined_names([first, *assignments.names_of_others(tx, [row])[row.id]])


def calendar_entry(tx: Session, actor: Actor, number: str) -> views.CalendarEntry:
    """What a calendar file says about a booking; errors as ``get_booking``."""
    row = own_booking(tx, actor, number)
    settings = business.current_business(tx)
    changed_at = tx.exec(
        select(func.max(BookingEvent.at)).where(BookingEvent.booking_id == row.id)
    ).one()
    place = stored_address_lines(row.address, settings.country)
    company = _company(tx, row).get("name", "")
    return views.CalendarEntry(
        uid=row.number,
        sequence=row.version - 1,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=changed_at if isinstance(changed_at, datetime) else row.created_at,
        cancelled=row.status in rules.CALLED_OFF,
        title=f"{row.service_name} – {settings.name}",
        place=", ".join(place),
        description=f"Booking {row.number} with {_who_comes(tx, row)}"
        + (f", for {company}." if company else "."),
        timezone=settings.timezone,
        number=row.number,
        business_name=settings.name,
        business_email=settings.email,
        pending=row.status == rules.PENDING,
    )


def _event_views(
    tx: Session, actor: Actor, formats: Formats, row: Booking
) -> list[views.BookingEventView]:
    """What happened, latest first."""
    is_guest = actor.audience is Audience.GUEST
    names_dependents = permissions.is_on(tx, Feature.DEPENDENTS)
    who = {"customer": "You", "office": "The office", "system": "The portal"}
    events = tx.exec(
        select(BookingEvent)
        .where(BookingEvent.booking_id == row.id)
        .order_by(col(BookingEvent.at).desc(), col(BookingEvent.id).desc())
    ).all()
    people: dict[str, str] = {}
    if actor.audience in STAFF:
        who |= {"customer": "The customer"}
        # Which of them it was is for the office alone.
        people = accounts.emails_of(
            tx,
            [one.account_id for one in events if one.by == "office" and one.account_id],
        )
    return [
        views.BookingEventView(
            at=event.at.isoformat(),
            when=f"{formats.day(event.at)}, {formats.time(event.at)}",
            who=people.get(event.account_id or "") or who.get(event.by, "The portal"),
            text=rules.event_text(event.what, event.detail),
            told="" if is_guest else rules.notified_text(event.detail.get("told", [])),
        )
        for event in events
        if event.what != "dependents_named" or names_dependents
    ]


def _company(tx: Session, row: Booking) -> dict[str, str]:
    """For which company it was booked; nothing while profiles are switched off."""
    if not permissions.is_on(tx, Feature.BUSINESS_PROFILES):
        return {}
    return {name: str(row.company.get(name, "")) for name in ("name", "tax_number")}


def _duration_minutes(row: Booking) -> int:
    return (row.ends_at - row.starts_at) // timedelta(minutes=1)


def dependent_bookings(
    tx: Session,
    actor: Actor,
    dependent_id: str,
    when: str = rules.UPCOMING,
    page: int = 1,
) -> views.BookingPage:
    """One page of the bookings of a dependent, at most 20.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: One of theirs, archived or not.
        when: ``upcoming`` (soonest first) or ``past`` (latest first).
        page: Counted from 1.

    Raises:
        NotFound: If the dependent is missing or somebody else's.
        InvalidInput: If ``when`` is neither.
    """
    row = find_own_dependent(tx, actor, dependent_id)
    booking_ids = select(col(BookingDependent.booking_id)).where(
        col(BookingDependent.dependent_id) == row.id
    )
    condition = and_(
        col(Booking.customer_id) == row.customer_id, col(Booking.id).in_(booking_ids)
    )
    return booking_page(tx, condition, when, page)
