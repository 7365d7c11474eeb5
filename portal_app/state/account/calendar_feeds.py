"""The private addresses by which calendar programs read bookings."""

import reflex as rx

from portal_app.domain.bookings import calendar_feeds
from portal_app.settings import settings
from portal_app.state.core import worker
from portal_app.state.core.access import CUSTOMER, OFFICE, STAFF, actor, event_for


class CalendarFeedState(rx.State):
    """The customer's address, while it is shown: just after it was made."""

    address: str = ""

    @event_for(CUSTOMER)
    def load(self) -> None:
        """Forget the address that was shown."""
        self.address = ""

    @event_for(CUSTOMER)
    async def create(self) -> None:
        """Make the address, or make it anew: the old one is worth nothing then."""
        path = await worker.call(calendar_feeds.create_customer_feed, actor())
        self.address = settings().base_url + path


class OfficeCalendarFeedState(rx.State):
    """The address of somebody of the team, while it is shown."""

    address: str = ""

    @event_for(*STAFF)
    def load(self) -> None:
        """Forget the address that was shown."""
        self.address = ""

    @event_for(OFFICE)
    async def create(self, fieldworker_id: str) -> None:
        """Make the address of somebody of the team, or make it anew."""
        path = await worker.call(
            calendar_feeds.create_fieldworker_feed, actor(), fieldworker_id
        )
        self.address = settings().base_url + path
