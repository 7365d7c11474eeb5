"""Moving a booking: another time, what it costs, and that it shall be so."""

from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import changes, series_changes
from portal_app.domain.bookings.changes import OfferExpired
from portal_app.domain.bookings.series_views import SeriesOfferView
from portal_app.domain.bookings.views import ChangeOfferView, ChangeOptionsView
from portal_app.domain.scheduling.claims import SlotTaken
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.features import Feature
from portal_app.state.bookings.booking import BOOKING_PREFIX
from portal_app.state.bookings.time_picker import TAKEN, TimeSource, time_picker
from portal_app.state.core import worker
from portal_app.state.core.access import CUSTOMER, GUEST, actor, event_for
from portal_app.state.core.form_parsing import day as day_of
from portal_app.state.core.toasts import toast

MOVE_SUFFIX = "/reschedule"
_SOURCE = TimeSource(
    changes.fieldworkers,
    changes.bookable_range,
    changes.free_days,
    changes.free_times,
)
_MAY = (CUSTOMER, GUEST)


class BookingMoveState(time_picker(*_MAY), rx.State):  # type: ignore[misc]
    """The new time of the booking at this address, and what the move costs.

    ``shown_for`` is the booking's number. ``offer`` is what was offered for ``slot``;
    without its ``id`` nothing was yet. ``following`` is whether the visits that follow
    are moved along; then ``series_offer`` is what was offered, or has no ``key``.
    ``problem`` is why it cannot be moved.
    """

    number: str = ""
    options: ChangeOptionsView = ChangeOptionsView()
    offer: ChangeOfferView = ChangeOfferView()
    following: bool = False
    series_offer: SeriesOfferView = SeriesOfferView()
    problem: str = ""
    pending: bool = False

    @event_for(*_MAY, weight=3, feature=Feature.RESCHEDULING)
    async def load(self) -> None:
        """Look for free times, if the booking may be moved."""
        number = self._number()
        self.reset()
        self.number = number
        try:
            self.options = await worker.query(
                changes.change_options, actor(), self.number
            )
        except NotFound:
            self.problem = "We could not find that booking."
            return
        if not self.options.may_move:
            self.problem = self.options.move_text or "This booking cannot be moved."
            return
        await self._begin()

    @event_for(*_MAY, feature=Feature.RESCHEDULING)
    async def review(self) -> None:
        """*Next*: say what it costs to move to the time that was chosen."""
        number = await self._picking()
        if number is None or self._is_missing():
            return
        self.problem = ""
        moved = number, datetime.fromisoformat(self.slot), self.person or None
        try:
            if self.following:
                self.series_offer = await worker.call(
                    series_changes.preview_move, actor(), *moved
                )
            else:
                self.offer = await worker.call(changes.preview_move, actor(), *moved)
        except SlotTaken:
            await self._is_taken(number)
        except Conflict as refused:
            if self.following:
                self._show(missing=refused.message)  # another time may do
            else:
                self.problem = refused.message

    @event_for(*_MAY, feature=Feature.RESCHEDULING)
    def back(self) -> None:
        """Choose another time."""
        self._forget_offer()
        self.problem = ""

    @event_for(CUSTOMER, feature=Feature.RESCHEDULING)
    def move_following(self, on: bool) -> None:
        """Say whether the visits that follow are moved along."""
        self.following = on and bool(self.options.series)
        self._forget_offer()

    @event_for(*_MAY, feature=Feature.RESCHEDULING)
    async def confirm(self, offer_id: str) -> Any:
        """Move it as the offer says, once; ``offer_id`` is of what was shown.

        Several visits are moved by the ``key`` of their offer.
        """
        if self.pending:
            return
        self.pending, self.problem = True, ""
        yield
        take = series_changes.take_offers if self.following else changes.take_offer
        try:
            number = await worker.call(take, actor(), offer_id)
        except SlotTaken:
            await self._is_taken(self.number)
        except OfferExpired as expired:
            self._forget_offer()
            self._show(missing=expired.message)
        except Conflict as refused:
            self.problem = refused.message
        else:
            yield self._moved(number)
        finally:
            self.pending = False

    def _moved(self, number: str) -> list[EventSpec]:
        done = toast("success", "Your booking has a new time.")
        return [done, rx.redirect(BOOKING_PREFIX + quote(number), replace=True)]

    async def _is_taken(self, number: str) -> None:
        """Show what is free now."""
        self._forget_offer()
        self._show(slot="")
        await self._look(number, day_of(self.day), self._first)
        self._show(missing=TAKEN)

    def _forget_offer(self) -> None:
        self.offer, self.series_offer = ChangeOfferView(), SeriesOfferView()

    def _source(self) -> TimeSource:
        return _SOURCE

    async def _picking(self) -> str | None:
        if self.number != self._number():
            return None
        if self.shown_for != self.number:
            await self._begin()  # the server that had looked is gone
        return self.number

    async def _begin(self) -> None:
        await self._read_people(self.number)
        await self._look(self.number, day_of(self.day), None)
        self._show(shown_for=self.number)

    async def _choose(self, start: datetime) -> None:
        """Take a start that is shown; it is claimed when the move is confirmed."""
        chosen = start.isoformat()
        self._show(slot=chosen if chosen in self._starts() else "", missing="")

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(BOOKING_PREFIX).removesuffix(MOVE_SUFFIX))
