"""The wizard's step of day and time: a time picker whose choice the draft keeps."""

from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import drafts
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict
from portal_app.state.bookings.time_picker import TAKEN, TimeSource, time_picker
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.bookings.wizard_repeat import WizardRepeatState
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, actor, event_for
from portal_app.state.core.form_parsing import day as day_of

_SOURCE = TimeSource(
    drafts.fieldworkers, drafts.bookable_range, drafts.free_days, drafts.free_times
)


class WizardTimeState(time_picker(*BOOKERS), rx.State):  # type: ignore[misc]
    """Days and times that are free for the draft.

    ``slot`` is the draft's start; ``shown_for`` names the draft and the length of the
    visit. ``proposed`` says that nobody has chosen it yet.
    """

    proposed: bool = False

    @event_for(*BOOKERS, weight=3)
    async def load(self) -> None:
        """Look for free time if the wizard stands at this step.

        Where no time was chosen yet, the first free one is proposed: chosen, and
        seen. One that was chosen and is not to be had any more is asked for again.
        """
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return
        is_new = self.shown_for != book.time_key
        await self._begin(book)
        if book._lost_time:
            self._show(missing="" if book.notice else drafts.TIME_UNAVAILABLE)
        elif is_new and not self.slot and (starts := self._starts()):
            await self._choose(datetime.fromisoformat(starts[0]), hold=False)
            self._propose(book)

    @event_for(*BOOKERS)
    async def next_from_time(self) -> EventSpec | None:
        """*Next* on this step: goes on with the time that is shown as chosen."""
        book = await self._book()
        if book is None:
            return None
        if self.slot != book._chosen[0]:
            self._show(slot="")
        repeat = await self.get_state(WizardRepeatState)
        if self._is_missing() or repeat._is_missing(book):
            return None
        if book.held_until <= utc_now().isoformat():
            # Proposed, or held no more: going on with it is choosing it.
            if refused := await self._choose(datetime.fromisoformat(self.slot)):
                return refused
            if self.missing:
                return None
        book._proposed = False
        return book._go_on()

    def _propose(self, book: BookingWizardState) -> None:
        """Say that the choice is ours, until *Next* takes it."""
        self._show(proposed=bool(self.slot))
        book._proposed = self.proposed

    def _source(self) -> TimeSource:
        return _SOURCE

    async def _picking(self) -> str | None:
        book = await self._book()
        return book.draft_id if book is not None else None

    async def _book(self) -> BookingWizardState | None:
        """The wizard, if it stands at this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return None
        if self.shown_for != book.time_key:
            await self._begin(book)  # the server that had looked is gone
        return book

    async def _begin(self, book: BookingWizardState) -> None:
        slot, day, person = book._chosen
        if self.shown_for != book.time_key:
            self.reset()
        self._show(slot=slot, person=person, missing="")
        await self._read_people(book.draft_id)
        await self._look(book.draft_id, day_of(day) or day_of(self.day), None)
        self._show(shown_for=book.time_key)

    async def _choose(self, start: datetime, *, hold: bool = True) -> Any:
        """Keep a time in the draft at once, and from others for some minutes."""
        book = await self.get_state(BookingWizardState)
        try:
            draft = await worker.call(
                drafts.choose_time,
                actor(),
                book.draft_id,
                start,
                self.person or None,
                hold=hold,
            )
        except drafts.SlotGone:
            await self._look(book.draft_id, day_of(self.day), self._first)
            await self._drop_choice()
            self._show(missing=TAKEN)
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        book._proposed = False
        self._show(slot=draft.starts_at, missing="", proposed=False)
        if draft.starts_at not in self._starts():
            # Chosen in a list that is not shown any more: show it where it is.
            await self._look(book.draft_id, day_of(draft.day_iso), None)
        await (await self.get_state(WizardRepeatState))._read(book)
        return None

    async def _drop_choice(self) -> Any:
        """Give up what was chosen, in the draft as on the page."""
        book = await self.get_state(BookingWizardState)
        self._show(slot="", proposed=False)
        if not book._chosen[0]:
            return
        try:
            book._take(await worker.call(drafts.clear_time, actor(), book.draft_id))
        except Conflict as refused:
            await book._refused(refused)
