"""The overview of one booking."""

from urllib.parse import unquote

import reflex as rx

from portal_app.domain.bookings import service as bookings
from portal_app.domain.bookings.views import AskedView, BookingView
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, GUEST, actor, event_for
from portal_app.state.for_whom import ADDED, ways_to_add, with_added
from portal_app.state.typed import text

PREFIX = "/bookings/"


class BookingState(rx.State):
    """The booking at the address ``path``; ``None`` if there is none to see.

    ``asked`` is what can still be changed of its details; ``adds`` are words and
    address of the pages where another dependent is added.
    """

    path: str = ""
    booking: BookingView | None = None
    asked: AskedView = AskedView()
    adds: list[tuple[str, str]] = []
    clock: str = ""
    _added: str = ""

    @event_for(CUSTOMER, GUEST)
    async def load(self) -> None:
        """Read the booking the address names."""
        path = str(self.router.url.path).rstrip("/")
        self._added = text(self.router.url.query_parameters.get(ADDED))
        try:
            await self._read()
        except NotFound:
            self.booking = None
        self.path = path

    async def _read(self) -> None:
        self.booking, asked, self.clock = await worker.query(
            _booking, actor(), self._number()
        )
        self.asked = with_added(asked, self._added)
        self.adds = ways_to_add(asked.types, PREFIX + self._number())

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(PREFIX))


def _booking(
    tx: worker.Session, who: Actor, number: str
) -> tuple[BookingView, AskedView, str]:
    return (
        bookings.booking(tx, who, number),
        bookings.details(tx, who, number),
        businesses.formats(tx).clock,
    )
