"""The overview of one booking."""

from urllib.parse import unquote

import reflex as rx

from portal_app.domain.bookings import service as bookings
from portal_app.domain.bookings.views import BookingView
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import NotFound
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, GUEST, actor, event_for

_PREFIX = "/bookings/"


class BookingState(rx.State):
    """The booking at the address ``path``; ``None`` if there is none to see."""

    path: str = ""
    booking: BookingView | None = None
    clock: str = ""

    @event_for(CUSTOMER, GUEST)
    async def load(self) -> None:
        """Read the booking the address names."""
        path = str(self.router.url.path).rstrip("/")
        number = unquote(path.removeprefix(_PREFIX))
        try:
            self.booking, self.clock = await worker.query(_booking, actor(), number)
        except NotFound:
            self.booking = None
        self.path = path


def _booking(tx: worker.Session, who: Actor, number: str) -> tuple[BookingView, str]:
    return bookings.booking(tx, who, number), businesses.formats(tx).clock
