"""My Account: saved locations."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import locations
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.changes import Change
from portal_app.state.core import collection, form_parsing, versioned_form, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for


def _store(
    place_id: str, form: dict[str, Any], version: int, _request: str
) -> Awaitable[Any]:
    typed = form_parsing.address(
        form,
        label=form_parsing.field(form, "label"),
        access_notes=form_parsing.field(form, "access_notes"),
        is_default=form_parsing.ticked(form, "is_default"),
    )
    if place_id:
        return worker.call(locations.update_location, actor(), place_id, typed, version)
    # One place is never saved twice, whatever it is sent with.
    return worker.call(locations.save_location, actor(), typed)


_LOCATIONS = collection.CollectionSpec(
    read=locations.list_locations,
    name=lambda place: place.label or place.lines[0],
    field="place",
    store=_store,
    remove=locations.remove_location,
    restore=locations.restore_location,
    saved="The location is saved.",
    back="The location is back.",
)


class AccountLocationsState(rx.State):
    """The saved locations (``collection.CollectionVars``)."""

    items: list[LocationView] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the places as they are now."""
        await collection.load(self, _LOCATIONS)

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Save a new place, or change the one the form names."""
        async for step in collection.save(self, _LOCATIONS, form_data):
            yield step

    @event_for(CUSTOMER)
    async def remove(self, place_id: Any) -> None:
        """Offer a place no more; old bookings keep it."""
        await collection.remove(self, _LOCATIONS, place_id)

    @event_for(CUSTOMER)
    async def undo(self) -> EventSpec | None:
        """Take the last removal back."""
        return await collection.undo(self, _LOCATIONS)
