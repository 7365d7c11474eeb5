"""The shortcuts of a signed-in customer on the home page."""

import reflex as rx

from portal_app.domain.bookings import queries
from portal_app.domain.bookings.views import HomeBookingsView
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, actor, event_for


class HomeState(rx.State):
    """What comes next, and what can be booked again; nothing for anybody else."""

    bookings: HomeBookingsView = HomeBookingsView()
    loaded: bool = False

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read the shortcuts, if it is a customer who is looking."""
        if actor().customer_id is None or actor().booking_id is not None:
            self.bookings = HomeBookingsView()
        else:
            self.bookings = await worker.query(queries.home_bookings, actor())
        self.loaded = True
