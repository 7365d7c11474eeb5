"""*Repeat this booking*, in the wizard's step of day and time."""

from typing import Any, Literal

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import draft_repetition as repetition
from portal_app.domain.bookings.draft_repetition import RepetitionForm
from portal_app.domain.bookings.series_plan import LEAVE_OUT
from portal_app.domain.bookings.series_views import RepetitionView
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.features import Feature
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import BOOKERS, actor, event_for

_SHOWN_AT = ("time", "overview")
_UNRESOLVED = (
    "Some dates are taken. Please choose another time for them, or leave them out."
)


class WizardRepeatState(rx.State):
    """How the draft repeats, and every visit there would be, as last looked at.

    ``shown_for`` is the draft they belong to. ``errors`` are what does not fit, by
    the part of the form.
    """

    shown_for: str = ""
    view: RepetitionView = RepetitionView()
    errors: dict[str, str] = {}
    busy: bool = False

    @event_for(*BOOKERS, weight=3)
    async def load(self) -> None:
        """Look at the visits where the wizard shows them."""
        book = await self.get_state(BookingWizardState)
        if book.phase != "open" or book.step not in _SHOWN_AT:
            return
        await self._read(book)
        if self.view.unit and not self.view.offered and book._chosen[0]:
            # It was switched off meanwhile: what is left is one visit.
            await self._change(book, RepetitionForm())

    @event_for(*BOOKERS, weight=3, feature=Feature.REPEATING_BOOKINGS)
    async def change(
        self, name: Literal["unit", "every", "ends", "visits", "until"], value: str
    ) -> Any:
        """Say how it repeats: one part of the form at a time."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return
        self.busy = True
        yield
        try:
            form = {**_form(self.view), name: value}
            await self._change(book, _parsed(form))
        finally:
            self.busy = False

    @event_for(*BOOKERS, weight=3, feature=Feature.REPEATING_BOOKINGS)
    async def take_nearest(self, wanted: str) -> EventSpec | None:
        """Take the nearest free time for a visit whose time is taken."""
        offered = {one.wanted: one.nearest for one in self.view.preview.visits}
        return await self._instead(wanted, offered.get(wanted) or None)

    @event_for(*BOOKERS, weight=3, feature=Feature.REPEATING_BOOKINGS)
    async def leave_out(self, wanted: str) -> EventSpec | None:
        """Skip a visit."""
        return await self._instead(wanted, LEAVE_OUT)

    @event_for(*BOOKERS, weight=3, feature=Feature.REPEATING_BOOKINGS)
    async def take_back(self, wanted: str) -> EventSpec | None:
        """Have a visit at its own time after all."""
        return await self._instead(wanted, None)

    async def _change(self, book: BookingWizardState, form: RepetitionForm) -> None:
        try:
            draft = await worker.call(
                repetition.choose_repetition, actor(), book.draft_id, form
            )
        except InvalidInput as wrong:
            self.errors = wrong.fields
            return
        book._take(draft)
        self.errors = {}
        await self._read(book)

    async def _instead(self, wanted: str, instead: str | None) -> EventSpec | None:
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at("time"):
            return None
        try:
            draft = await worker.call(
                repetition.choose_instead, actor(), book.draft_id, wanted, instead
            )
        except InvalidInput:
            await self._read(book)  # it was taken meanwhile: show what is free now
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        book._show(problem="")
        await self._read(book)
        return None

    async def _read(self, book: BookingWizardState) -> None:
        found = await worker.query(repetition.repetition_view, actor(), book.draft_id)
        if self.view != found:
            self.view = found
        if self.shown_for != book.draft_id:
            self.shown_for = book.draft_id
            self.errors = {}

    def _is_missing(self, book: BookingWizardState) -> bool:
        """Whether a date is in conflict; then the step says so."""
        if not self.view.preview.taken:
            return False
        book._show(problem=_UNRESOLVED)
        return True


def _form(view: RepetitionView) -> dict[str, str]:
    """The form as it is filled in."""
    return {
        "unit": view.unit,
        "every": view.every,
        "ends": view.ends,
        "visits": str(view.visits),
        "until": view.until,
    }


def _parsed(form: dict[str, str]) -> RepetitionForm:
    return RepetitionForm(
        unit=form["unit"],
        every=form_parsing.number(form, "every"),
        ends=form["ends"],
        visits=form_parsing.number(form, "visits"),
        until=form_parsing.day(form["until"]),
    )
