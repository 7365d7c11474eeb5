"""The form by which the office moves a booking, or has somebody else come."""

from collections.abc import AsyncIterator, Awaitable
from functools import partial
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import office_moves
from portal_app.domain.bookings.office_moves import MoveForm
from portal_app.domain.scheduling.by_hand import Overrides
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm
from portal_app.state.office.booking import OfficeBookingState


class OfficeBookingMoveState(VersionedForm, rx.State):
    """It asks before it overrides hours or notice.

    ``asks`` is what the form sends as ``accepted`` once the person has seen the
    ``warnings``.
    """

    asks: str = ""
    warnings: list[str] = []

    @event_for(*STAFF)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await self._read()
        self._clear_messages()

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Move the booking, unless it changed meanwhile."""
        booking = await self.get_state(OfficeBookingState)
        save = partial(
            worker.call,
            office_moves.move_by_hand,
            actor(),
            booking._number(),
            MoveForm(
                **form_parsing.texts(form_data, "day", "time", "fieldworker", "reason")
            ),
            form_parsing.number(form_data, "version"),
            accepted=form_parsing.field(form_data, "accepted"),
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The booking is changed.")]
        ):
            yield step

    def _clear_messages(self) -> None:
        super()._clear_messages()
        self.asks, self.warnings = "", []

    async def _try_save(self, saving: Awaitable[Any]) -> bool:
        asked: list[Overrides] = []

        async def watched() -> None:
            try:
                await saving
            except Overrides as found:
                asked.append(found)
                raise

        stored = await super()._try_save(watched())
        for found in asked:
            self.problem, self.asks, self.warnings = "", found.key, found.warnings
        return stored

    async def _read(self) -> None:
        await (await self.get_state(OfficeBookingState))._read()
