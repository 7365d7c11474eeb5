"""A booking as a calendar file, for whoever booked it.

Times are written in UTC, which is right in every calendar on both sides of a
change of the clocks; the ``UID`` stays the same, so that a file downloaded again
after a change replaces the entry instead of doubling it.
"""

from icalendar import Calendar, Event, vCalAddress, vText
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api.authentication import client_address
from portal_app.api.downloads import PRIVATE, attachment
from portal_app.api.guard import session_secret
from portal_app.domain.bookings import queries
from portal_app.domain.bookings.views import CalendarEntry
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings

_NOT_FOUND = 404


def calendar_file(entry: CalendarEntry) -> bytes:
    """One booking as an iCalendar file (RFC 5545), times in UTC."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{entry.business_name}//Customer portal//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    if entry.business_email:
        organiser = vCalAddress(f"mailto:{entry.business_email}")
        organiser.params["CN"] = vText(entry.business_name)
        event.add("organizer", organiser)
    calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def calendar_routes(database: Database, settings: Settings) -> list[Route]:
    """``/api/calendar/{number}.ics``: only its owner gets it, anyone else 404."""

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

    return [Route("/api/calendar/{number}.ics", calendar, methods=["GET"])]


def _entry(
    database: Database, secret: str, address: str, device: str, number: str
) -> CalendarEntry:
    token_hash = hash_secret(secret) if secret else ""
    who = database.query(session_lookup.resolve_actor, token_hash, address, device)
    return database.query(queries.calendar_entry, who, number)
