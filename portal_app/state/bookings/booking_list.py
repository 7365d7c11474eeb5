"""*My Bookings*: upcoming and past bookings, page by page."""

import reflex as rx

from portal_app.domain.bookings import queries, rules
from portal_app.domain.bookings.rules import PAGE_SIZE
from portal_app.domain.bookings.views import BookingPage, BookingRowView
from portal_app.state.core import worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import page_number
from portal_app.state.core.paged_list import PagedList


class BookingsState(PagedList, rx.State):
    """One page of one of the two lists; the address says which, and in what order.

    ``shown`` is the list that ``rows`` belong to, empty until it is read. ``sort``
    is the order, ``asked_sort`` the one that the address names, if any.
    """

    when: str = rules.UPCOMING
    sort: str = rules.SOONEST
    sorts: list[tuple[str, str]] = list(rules.SORTS.items())
    asked_sort: str = ""
    shown: str = ""
    rows: list[BookingRowView] = []

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the list and page that the address names, in the order it names."""
        asked = self.router.url.query_parameters
        if asked.get("when") == rules.QUOTES:
            self.when = rules.QUOTES
            return
        past = asked.get("when") == rules.PAST
        self.when = rules.PAST if past else rules.UPCOMING
        sort = asked.get("sort", "")
        self.asked_sort = sort if sort in rules.SORTS else ""
        self.sort = self.asked_sort or rules.usual_sort(self.when)
        if self.shown != self.when:
            self.shown = ""
            self.rows = []
        page = page_number(asked.get("page", ""))
        found = await self._page(page)
        if not found.rows and page > 1:
            found = await self._page(1)
        self._show_page(found, PAGE_SIZE)
        self.shown = self.when

    async def _page(self, page: int) -> BookingPage:
        return await worker.query(
            queries.my_bookings, actor(), self.when, page, self.sort
        )
