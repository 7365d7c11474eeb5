"""A booking as a calendar file, for whoever booked it.

Times are on the business's clock, with its zone's rules in the file; the ``UID``
stays the same and ``SEQUENCE`` grows, so that a file downloaded again after a change
replaces the entry instead of doubling it.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api.authentication import client_address
from portal_app.api.downloads import PRIVATE, attachment
from portal_app.api.guard import session_secret
from portal_app.domain.bookings import calendar_feeds, queries
from portal_app.domain.bookings.views import CalendarEntry
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings

_NOT_FOUND = 404


def calendar_file(entry: CalendarEntry) -> bytes:
    """One booking as an iCalendar file (RFC 5545); one called off takes it away."""
    method = "CANCEL" if entry.cancelled else "PUBLISH"
    return _calendar(entry.business_name, method, [entry])


def feed_file(entries: Sequence[CalendarEntry]) -> bytes:
    """Many bookings as one calendar, which a program reads again and again."""
    name = entries[0].business_name if entries else "Bookings"
    return _calendar(name, "PUBLISH", entries, name=name)


def _calendar(
    product: str, method: str, entries: Sequence[CalendarEntry], name: str = ""
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{product}//Customer portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _event(entry: CalendarEntry) -> Event:
    zone = ZoneInfo(entry.timezone)
    status = "TENTATIVE" if entry.pending else "CONFIRMED"
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", _written(entry.starts_at, zone))
    event.add("dtend", _written(entry.ends_at, zone))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else status)
    if entry.place:
        event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    if entry.business_email:
        organiser = vCalAddress(f"mailto:{entry.business_email}")
        organiser.params["CN"] = vText(entry.business_name)
        event.add("organizer", organiser)
    return event


def _written(instant: datetime, zone: ZoneInfo) -> datetime:
    """On the business's clock; the second of two equal times as an instant.

    A wall time that happens twice is the first for every calendar.
    """
    local = instant.astimezone(zone)
    return instant if local.fold else local


def calendar_routes(database: Database, settings: Settings) -> list[Route]:
    """One booking for its owner, and the feeds for whoever has their address.

    Anyone else gets 404.
    """

    async def calendar(request: Request) -> Response:
        try:
            entry = await run_in_threadpool(
                _entry,
                database,
                session_secret(settings, request.headers),
                client_address(request, settings),
                request.headers.get("user-agent", "")[:200],
                str(request.path_params["number"]),
            )
        except DomainError:
            # One answer for a missing booking, somebody else's, and no session.
            return Response(
                "We could not find that booking.",
                _NOT_FOUND,
                PRIVATE,
                media_type="text/plain",
            )
        return Response(
            calendar_file(entry),
            headers=attachment(f"booking-{entry.number}.ics"),
            media_type="text/calendar",
        )

    async def feed(request: Request) -> Response:
        secret = str(request.path_params["token"])
        try:
            entries = await run_in_threadpool(
                database.query, calendar_feeds.feed_entries, secret
            )
        except DomainError as refused:
            return Response(
                refused.message, _NOT_FOUND, PRIVATE, media_type="text/plain"
            )
        return Response(feed_file(entries), headers=PRIVATE, media_type="text/calendar")

    return [
        Route("/api/calendar/feed/{token}.ics", feed, methods=["GET"]),
        Route("/api/calendar/{number}.ics", calendar, methods=["GET"]),
    ]


def _entry(
    database: Database, secret: str, address: str, device: str, number: str
) -> CalendarEntry:
    token_hash = hash_secret(secret) if secret else ""
    who = database.query(session_lookup.resolve_actor, token_hash, address, device)
    return database.query(queries.calendar_entry, who, number)
