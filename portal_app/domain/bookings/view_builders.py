"""Views of drafts, and the texts that drafts, bookings and mails share."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from portal_app.domain.bookings import draft_details, rules, views
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.bookings.rules import OverviewSnapshot
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import rules as pricing
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import addresses
from portal_app.domain.customers.addresses import Address, Pin, address_lines
from portal_app.domain.customers.models import Customer
from portal_app.domain.customers.rules import phone_text
from portal_app.domain.scheduling import holds
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.domain.scheduling.service import Slot
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats, duration_text

_PIN = ("latitude", "longitude")
_GOOGLE_CALENDAR = "https://calendar.google.com/calendar/render"
_OUTLOOK_CALENDAR = "https://outlook.live.com/calendar/0/action/compose"
_DIRECTIONS = "https://www.google.com/maps/dir/?api=1"


def price_of_draft(
    tx: Session, row: BookingDraft, offer: pricing.Offer | None = None
) -> pricing.PriceBreakdown | None:
    """What a draft costs now; ``None`` while its options are not complete.

    What is agreed stays; what a price is asked for costs nothing yet.

    Args:
        tx: The transaction.
        row: The draft.
        offer: ``offer_of_draft``, if it is read already.
    """
    if row.agreed:
        return rules.agreed_price(row.agreed).breakdown
    try:
        return pricing.price(
            offer or offer_of_draft(tx, row), row.options, len(row.dependent_ids)
        )
    except InvalidInput:
        return None


def offer_of_draft(tx: Session, row: BookingDraft) -> pricing.Offer:
    """What a draft is of; without prices where they are on request."""
    offer = catalogue.offer_of(tx, tx.get_one(Service, row.service_id))
    on_request = offer.price_kind == pricing.ON_REQUEST
    return pricing.without_prices(offer) if on_request else offer


def completed_steps(
    row: BookingDraft,
    asked: Collection[str],
    price: pricing.PriceBreakdown | None,
    reasons: Collection[str],
) -> list[str]:
    """The steps of a draft that are complete, in the wizard's order.

    Args:
        row: The draft.
        asked: Its steps.
        price: What it costs, or ``None`` while its options are not complete.
        reasons: Steps of which something does not count any more.
    """
    complete = {
        rules.OPTIONS: price is not None,
        rules.WHO: rules.WHO in row.steps_taken,
        rules.ADDRESS: bool(row.address),
        rules.TIME: row.starts_at is not None,
        rules.CONTACT: bool(row.contact),
        rules.QUESTIONS: rules.QUESTIONS in row.steps_taken,
    }
    return [step for step in asked if complete[step] and step not in reasons]


def stored_address(address: Address, pin: Pin) -> dict[str, str]:
    """An address as drafts and bookings keep it, with its pin if it has one."""
    kept = asdict(address)
    latitude, longitude = pin
    if latitude is not None and longitude is not None:
        kept |= {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    return kept


def stored_address_lines(address: dict[str, Any], home_country: str) -> list[str]:
    """A kept address as on an envelope; empty while there is none."""
    if not address:
        return []
    envelope = {name: text for name, text in address.items() if name not in _PIN}
    return address_lines(Address(**envelope), home_country)


def calendar_links(booking: views.BookingView) -> list[tuple[str, str]]:
    """The words and the address by which other calendars take a booking in."""
    start, end = (
        datetime.fromisoformat(one) for one in (booking.starts_at, booking.ends_at)
    )
    place = ", ".join(booking.address_lines)
    about = f"Booking {booking.number}"
    utc = "%Y%m%dT%H%M%SZ"
    google = {
        "action": "TEMPLATE",
        "text": booking.service_name,
        "dates": f"{start.astimezone(UTC):{utc}}/{end.astimezone(UTC):{utc}}",
        "location": place,
        "details": about,
    }
    outlook = {
        "rru": "addevent",
        "subject": booking.service_name,
        "startdt": start.isoformat(),
        "enddt": end.isoformat(),
        "location": place,
        "body": about,
    }
    return [
        ("Add to Google", f"{_GOOGLE_CALENDAR}?{urlencode(google)}"),
        ("Add to Outlook", f"{_OUTLOOK_CALENDAR}?{urlencode(outlook)}"),
    ]


def directions_url(address: dict[str, Any]) -> str:
    """Where a map service shows the way to a kept address; empty without one.

    A phone opens its own app for it.
    """
    if not address:
        return ""
    if address.get("latitude"):
        place = f"{address['latitude']},{address['longitude']}"
    else:
        country = addresses.country_name(address["country"])
        place = ", ".join([*stored_address_lines(address, address["country"]), country])
    return f"{_DIRECTIONS}&{urlencode({'destination': place})}"


def time_range_text(formats: Formats, starts_at: datetime, ends_at: datetime) -> str:
    """From when to when, such as ``9:00 am – 11:30 am``."""
    return f"{formats.time(starts_at)} – {formats.time(ends_at)}"


def instant_text(formats: Formats, instant: datetime | None) -> str:
    """A day and a time, such as ``Tue, 3 Nov, 9:00 am``; empty for none."""
    if instant is None:
        return ""
    return f"{formats.short_day(instant)}, {formats.time(instant)}"


def as_booked(formats: Formats, row: Booking) -> Formats:
    """In the currency it was booked in, which the business may have left since."""
    return replace(formats, currency=row.currency)


def places_text(left: int | None) -> str:
    """How many places of a class are left, in words; empty for a visit."""
    if left is None:
        return ""
    return "1 place left" if left == 1 else f"{left} places left"


def free_time_views(formats: Formats, offered: list[Slot]) -> list[views.FreeTimeView]:
    """Free starts on the business's clock."""
    return [
        views.FreeTimeView(
            starts_at=slot.starts_at.isoformat(),
            day_iso=slot.starts_at.astimezone(formats.zone).date().isoformat(),
            day=formats.short_day(slot.starts_at),
            time=formats.time(slot.starts_at),
            note=places_text(slot.places_left),
        )
        for slot in offered
    ]


def draft_view(tx: Session, row: BookingDraft, notice: str = "") -> views.DraftView:
    """A draft as it stands, priced by the catalogue as it is now."""
    settings = business.current_business(tx)
    formats = business.formats(tx)
    service = tx.get_one(Service, row.service_id)
    customer = tx.get_one(Customer, row.customer_id) if row.customer_id else None
    offer = offer_of_draft(tx, row)
    price = price_of_draft(tx, row, offer)
    reasons = draft_details.check_details(tx, row).reasons
    steps = draft_details.steps_of(tx, row, offer)
    done = completed_steps(row, steps, price, reasons)
    on_request = service.price_kind == pricing.ON_REQUEST and not row.agreed
    total_minor = price.total_minor if price else 0
    minutes = price.minutes if price else 0
    booked = booking_of_draft(tx, row) if row.closed_at is not None else None
    day_iso = day = time = short_time = ""
    if row.starts_at is not None:
        day_iso = row.starts_at.astimezone(formats.zone).date().isoformat()
        day = formats.day(row.starts_at)
        short_time = (
            f"{formats.short_day(row.starts_at)}, {formats.time(row.starts_at)}"
        )
        time = time_range_text(
            formats, row.starts_at, row.starts_at + timedelta(minutes=minutes)
        )
    held_until = holds.held_until(tx, row.id) if row.starts_at else None
    asked_for = tx.get(Fieldworker, row.fieldworker_id) if row.fieldworker_id else None
    contact = row.contact or contact_of(customer)
    return views.DraftView(
        id=row.id,
        service_slug=service.slug,
        service_name=service.name,
        answers=dict(row.options),
        lines=catalogue.line_views(formats, price.lines) if price else [],
        total=formats.money(total_minor) if price and not on_request else "",
        total_minor=total_minor,
        tax_note=price.tax_note if price else "",
        # What is agreed in a quote is all there is to pay.
        deposit="" if row.agreed else _deposit_text(formats, service, total_minor),
        duration=duration_text(minutes) if price else "",
        minutes=minutes,
        starts_at=row.starts_at.isoformat() if row.starts_at else "",
        held_until=held_until.isoformat() if held_until else "",
        held_until_text=formats.time(held_until) if held_until else "",
        held_seconds=ceil((held_until - utc_now()).total_seconds())
        if held_until
        else 0,
        day_iso=day_iso,
        day=day,
        time=time,
        short_time=short_time,
        fieldworker_id=row.fieldworker_id or "",
        fieldworker=asked_for.name if asked_for else "Anyone",
        location_id=row.location_id or "",
        address=views.BookingAddressView(**row.address, **row.new_place),
        address_lines=stored_address_lines(row.address, settings.country),
        contact_name=contact["name"],
        contact_email=contact["email"],
        contact_phone=phone_text(contact["phone"], settings.country),
        notes=row.notes,
        steps=steps,
        done=done,
        ready=done == steps,
        on_request=on_request,
        sent=row.requested_at is not None and not row.agreed,
        agreed=rules.agreed_price(row.agreed).quote if row.agreed else "",
        shown=OverviewSnapshot(row.version, total_minor, minutes),
        number=booked.number if booked else "",
        notice=notice or next(iter(reasons.values()), ""),
        company_id=str(contact.get("company", {}).get("id", "")),
        company=str(contact.get("company", {}).get("name", "")),
        for_whom=draft_details.dependents_of_draft(tx, row),
        gaps=draft_details.gaps_of_draft(tx, row, formats.zone),
        fields=draft_details.fields_of_draft(tx, row),
    )


def _deposit_text(formats: Formats, service: Service, total_minor: int) -> str:
    """What a service asks in advance of a price, in words; empty for nothing."""
    percent = service.deposit_percent
    minor = pricing.deposit_of(
        total_minor, flat_minor=service.deposit_minor, percent=percent
    )
    if not minor:
        return ""
    return rules.deposit_text(
        formats.money(minor), 0 if service.deposit_minor else percent
    )


def contact_of(customer: Customer | None) -> dict[str, Any]:
    """Whom to ask for until something else is said; nobody before there is one."""
    if customer is None:
        return {"name": "", "email": "", "phone": ""}
    return {
        "name": f"{customer.first_name} {customer.last_name}".strip(),
        "email": customer.email,
        "phone": customer.phone,
    }


def booking_of_draft(tx: Session, draft: BookingDraft) -> Booking | None:
    """The booking that grew from a draft, if it was confirmed."""
    return tx.exec(
        select(Booking).where(col(Booking.draft_id) == draft.id)
    ).one_or_none()
