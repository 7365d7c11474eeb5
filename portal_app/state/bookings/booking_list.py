"""*My Bookings*: upcoming and past bookings, page by page."""

import reflex as rx

from portal_app.domain.bookings import queries, rules
from portal_app.domain.bookings.rules import PAGE_SIZE
from portal_app.domain.bookings.views import BookingRowView
from portal_app.state.core import worker
from portal_app.state.core.access import CUSTOMER, actor, event_for

_LAST_PAGE = 10_000


class BookingsState(rx.State):
    """One page of one of the two lists; the address says which.

    ``shown`` is the list that ``rows`` belong to, empty until it is read.
    """

    when: str = rules.UPCOMING
    shown: str = ""
    rows: list[BookingRowView] = []
    page: int = 1
    has_more: bool = False
    total: int = 0
    summary: str = ""

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the list and page that the address names."""
        asked = self.router.url.query_parameters
        past = asked.get("when") == rules.PAST
        self.when = rules.PAST if past else rules.UPCOMING
        if self.shown != self.when:
            self.shown = ""
            self.rows = []
        page = _page_number(asked.get("page", ""))
        found = await worker.query(queries.my_bookings, actor(), self.when, page)
        if not found.rows and page > 1:
            found = await worker.query(queries.my_bookings, actor(), self.when, 1)
        first = (found.page - 1) * PAGE_SIZE + 1
        self.rows = found.rows
        self.page = found.page
        self.has_more = found.has_more
        self.total = found.total
        self.summary = f"{first} to {first + len(found.rows) - 1} of {found.total}"
        self.shown = self.when


def _page_number(asked: str) -> int:
    """What the address asks for; anything but a number is the first page."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        return 1
    return min(max(1, int(asked)), _LAST_PAGE)
