"""One booking, and the form that changes its details."""

from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import unquote

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import (
    booking_details,
    changes,
    queries,
    reminders,
    series_changes,
)
from portal_app.domain.bookings.changes import OfferExpired
from portal_app.domain.bookings.series_views import SeriesOfferView
from portal_app.domain.bookings.view_builders import calendar_links
from portal_app.domain.bookings.views import (
    BookingView,
    ChangeOfferView,
    ChangeOptionsView,
    DetailsFormView,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import towns
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, NotAllowed, NotFound
from portal_app.kernel.features import Feature
from portal_app.settings import settings
from portal_app.state.bookings.booking_dependents import (
    ADDED_PARAMETER,
    add_links,
    tick_added,
)
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, GUEST, actor, event_for
from portal_app.state.core.form_parsing import details_form
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

BOOKING_PREFIX = "/bookings/"


class BookingState(rx.State):
    """The booking at the address ``path``; ``None`` if there is none to see.

    ``tiles`` is the address of the map's pictures, and ``near`` where the town is
    when no pin was set. ``asked`` is what can still be changed of its details;
    ``adds`` are words and address of the pages where another dependent is added;
    ``options`` is what else may be done, ``calendars`` are words and address of
    calendars that take it in.
    """

    path: str = ""
    booking: BookingView | None = None
    asked: DetailsFormView = DetailsFormView()
    options: ChangeOptionsView = ChangeOptionsView()
    adds: list[tuple[str, str]] = []
    calendars: list[tuple[str, str]] = []
    clock: str = ""
    tiles: str = ""
    near: list[float] = []
    _added: str = ""

    @event_for(CUSTOMER, GUEST)
    async def load(self) -> None:
        """Read the booking the address names."""
        path = str(self.router.url.path).rstrip("/")
        self._added = self.router.url.query_parameters.get(ADDED_PARAMETER, "")
        try:
            await self._read()
        except NotFound:
            self.booking = None
        self.path = path

    @event_for(CUSTOMER, GUEST)
    async def confirm_attendance(self) -> EventSpec:
        """Say that somebody will be there."""
        try:
            await worker.call(reminders.confirm_attendance, actor(), self._number())
        except (Conflict, NotAllowed) as refused:
            await self._read()
            return toast("error", refused.message)
        await self._read()
        return toast("success", "Thank you, we look forward to it.")

    async def _read(self) -> None:
        self.booking, asked, self.options, self.clock = await worker.query(
            _booking, actor(), self._number(), self._added
        )
        self.calendars = calendar_links(self.booking)
        self.tiles = settings().map_tiles_url
        self.near = await self._town() if self.tiles else []
        self.asked = tick_added(asked, self._added)
        self.adds = add_links(asked.types, BOOKING_PREFIX + self._number())

    async def _town(self) -> list[float]:
        """Where the town of the address is, for a map without a pin."""
        place = self.booking.place if self.booking else None
        if place is None or place.latitude:
            return []
        town = await worker.compute(
            towns.find_town, place.town, place.state, place.country
        )
        return [town.latitude, town.longitude] if town else []

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(BOOKING_PREFIX))


def _booking(
    tx: Session, who: Actor, number: str, added: str
) -> tuple[BookingView, DetailsFormView, ChangeOptionsView, str]:
    return (
        queries.get_booking(tx, who, number),
        booking_details.details_form(tx, who, number, added),
        changes.change_options(tx, who, number),
        businesses.formats(tx).clock,
    )


class BookingDetailsState(VersionedForm, rx.State):
    """The form of ``BookingState.asked``."""

    @event_for(CUSTOMER)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await self._read()
        self._clear_messages()

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store for whom it is and the answers, unless they changed meanwhile."""
        booking = await self.get_state(BookingState)

        async def change() -> None:
            await worker.call(
                booking_details.change_details,
                actor(),
                booking._number(),
                details_form(form_data),
                form_parsing.number(form_data, "version"),
            )
            booking._added = ""

        async for step in self._save(
            form_data, change, lambda: [toast("success", "Your changes are saved.")]
        ):
            yield step

    async def _read(self) -> None:
        await (await self.get_state(BookingState))._read()


class SeriesCancelState(VersionedForm, rx.State):
    """The dialog that cancels several visits of a booking that repeats.

    ``scope`` is which ones, ``offer`` what it costs, for as long as it binds.
    """

    scope: str = series_changes.FOLLOWING
    offer: SeriesOfferView = SeriesOfferView()

    @event_for(CUSTOMER, feature=Feature.CANCELLATION)
    async def begin(self) -> None:
        """Open the dialog with what it costs now."""
        await self._preview(series_changes.FOLLOWING)

    @event_for(CUSTOMER, feature=Feature.CANCELLATION)
    async def choose(self, scope: Literal["following", "all"]) -> None:
        """Say which visits."""
        await self._preview(scope)

    @event_for(CUSTOMER, feature=Feature.CANCELLATION)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Cancel them as the dialog says, once."""

        async def cancel() -> None:
            try:
                await worker.call(series_changes.take_offers, actor(), self.offer.key)
            except OfferExpired as expired:
                await self._preview(self.scope)
                raise expired

        async for step in self._save(
            form_data, cancel, lambda: [toast("success", "The visits are cancelled.")]
        ):
            yield step

    async def _preview(self, scope: str) -> None:
        self._clear_messages()
        self.scope, self.offer = scope, SeriesOfferView()
        booking = await self.get_state(BookingState)
        with self._reported_errors():
            self.offer = await worker.call(
                series_changes.preview_cancellation, actor(), booking._number(), scope
            )

    async def _read(self) -> None:
        await (await self.get_state(BookingState))._read()


class BookingCancelState(VersionedForm, rx.State):
    """The dialog that cancels; ``offer`` is what it costs, for as long as it binds."""

    offer: ChangeOfferView = ChangeOfferView()

    @event_for(CUSTOMER, GUEST, feature=Feature.CANCELLATION)
    async def begin(self) -> None:
        """Open the dialog with what it costs now."""
        self._clear_messages()
        self.offer = ChangeOfferView()
        with self._reported_errors():
            await self._preview()

    @event_for(CUSTOMER, GUEST, feature=Feature.CANCELLATION)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Cancel as the dialog says, once."""

        async def cancel() -> None:
            try:
                await worker.call(changes.take_offer, actor(), self.offer.id)
            except OfferExpired:
                await self._preview()
                raise

        async for step in self._save(
            form_data, cancel, lambda: [toast("success", "Your booking is cancelled.")]
        ):
            yield step

    async def _preview(self) -> None:
        booking = await self.get_state(BookingState)
        self.offer = await worker.call(
            changes.preview_cancellation, actor(), booking._number()
        )

    async def _read(self) -> None:
        await (await self.get_state(BookingState))._read()
