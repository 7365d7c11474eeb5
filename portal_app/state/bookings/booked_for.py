"""For whom the office books, at the head of the wizard."""

import reflex as rx

from portal_app.domain.bookings import on_behalf
from portal_app.domain.bookings.on_behalf import BookedForView
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, actor, event_for


class BookedForState(rx.State):
    """The customer; empty for whoever books for themselves."""

    customer: BookedForView = BookedForView()

    @event_for(*BOOKERS)
    async def load(self) -> None:
        """Read whose draft the address names."""
        self.customer = await worker.query(on_behalf.booked_for, actor())
