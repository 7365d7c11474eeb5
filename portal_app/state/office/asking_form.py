"""What the states of forms share that may leave bookings outside somebody's hours."""

from collections.abc import Awaitable
from typing import Any

from portal_app.domain.bookings import outside_hours
from portal_app.domain.bookings.outside_hours import OutsideBookingView
from portal_app.domain.scheduling.outside import LeavesBookings
from portal_app.state.core import worker
from portal_app.state.core.access import actor
from portal_app.state.core.versioned_form import VersionedForm


class AskingForm(VersionedForm, mixin=True):
    """A form that asks before it saves what leaves bookings outside the hours.

    ``asks`` is what the form sends as ``accepted`` once the person has seen them;
    ``outside`` are the first of them, ``outside_count`` how many there are.
    """

    asks: str = ""
    outside: list[OutsideBookingView] = []
    outside_count: int = 0

    def _clear_messages(self) -> None:
        super()._clear_messages()
        self.asks, self.outside, self.outside_count = "", [], 0

    async def _try_save(self, saving: Awaitable[Any]) -> bool:
        left: list[LeavesBookings] = []

        async def watched() -> None:
            try:
                await saving
            except LeavesBookings as found:
                left.append(found)
                raise

        stored = await super()._try_save(watched())
        for found in left:
            self.problem, self.asks = "", found.key
            self.outside_count = len(found.claim_ids)
            self.outside = await worker.query(
                outside_hours.outside_bookings, actor(), found.claim_ids
            )
        return stored
