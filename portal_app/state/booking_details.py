"""The details of a booking, changed by its customer."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import service as bookings
from portal_app.kernel.changes import Change
from portal_app.state import edits, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.answers import details
from portal_app.state.booking import BookingState
from portal_app.state.toasts import toast


class BookingDetailsState(rx.State):
    """What the form is told (``edits.Editing``); it shows ``BookingState.asked``."""

    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await (await self.get_state(BookingState))._read()
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store for whom it is and the answers, unless they changed meanwhile."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        booking = await self.get_state(BookingState)
        saving = worker.call(
            bookings.change_details,
            actor(),
            booking._number(),
            details(form_data),
            forms.number(form_data, "version"),
        )
        stored = await edits.attempt(self, saving)
        if stored:
            booking._added = ""
        if stored or self.changes:
            await booking._read()
        if stored:
            self.saved = forms.field(form_data, "request")
            yield [toast("success", "Your changes are saved.")]
