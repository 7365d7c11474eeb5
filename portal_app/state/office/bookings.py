"""The office's list of bookings, page by page."""

from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import office_list
from portal_app.domain.bookings.office_list import BookingsFilter, Mark
from portal_app.domain.bookings.views import OfficeBookingsPage
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import STAFF, actor, event_for

_PATH = "/office/bookings"
_PARAMETERS = ("find", "status", "service", "with", "from", "to", "waits")
_LONGEST = 100


class OfficeBookingsState(rx.State):
    """One page of the list; the address says which bookings.

    ``asked`` is the address's part that narrows it, without the page; ``given``
    what the form is filled with.
    """

    loaded: bool = False
    found: OfficeBookingsPage = OfficeBookingsPage()
    asked: str = ""
    given: dict[str, str] = dict.fromkeys(_PARAMETERS, "")

    @event_for(*STAFF)
    async def load(self) -> None:
        """Read the page that the address names."""
        address = self.router.url.query_parameters
        given = {name: address.get(name, "")[:_LONGEST] for name in _PARAMETERS}
        first, last = form_parsing.day(given["from"]), form_parsing.day(given["to"])
        mark = address.get("before") or address.get("after") or ""
        self.found = await worker.query(
            office_list.office_bookings,
            actor(),
            BookingsFilter(
                text=given["find"],
                status=given["status"],
                service=given["service"],
                fieldworker=given["with"],
                first=first,
                last=last,
                waits=bool(given["waits"]),
            ),
            Mark(mark[:_LONGEST], before="before" in address),
        )
        self.given = given | {
            "from": first.isoformat() if first else "",
            "to": last.isoformat() if last else "",
        }
        self.asked = _query(given)
        self.loaded = True

    @event_for(*STAFF)
    def narrow(self, form_data: dict[str, str]) -> EventSpec:
        """Go to the bookings that the form asks for."""
        return rx.redirect(_address(form_parsing.texts(form_data, *_PARAMETERS)))

    @event_for(*STAFF)
    def turn(self, further: bool) -> EventSpec:
        """Go to the next page of them, or to the one before."""
        rows = self.found.rows
        if not rows:
            return rx.redirect(_PATH)
        mark = {"after": rows[-1].number} if further else {"before": rows[0].number}
        return rx.redirect(f"{_PATH}?{self.asked}&{urlencode(mark)}".replace("?&", "?"))


def _address(given: dict[str, str]) -> str:
    asked = _query(given)
    return f"{_PATH}?{asked}" if asked else _PATH


def _query(given: dict[str, str]) -> str:
    return urlencode({name: value for name, value in given.items() if value})
