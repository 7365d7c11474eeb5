"""My Account: saved locations."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import places
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.changes import Change
from portal_app.state import edits, entries, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.toasts import toast
from portal_app.state.typed import text


class AccountPlacesState(rx.State):
    """The saved locations, and what their form is told (``edits.Editing``).

    ``removed`` is the one that was removed last, for taking that back.
    """

    places: list[LocationView] = []
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
        self.places = await worker.query(places.locations, actor())
        edits.clear(self)
        self.removed, self.loaded = "", True

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Save a new place, or change the one the form names."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = entries.address(
            form_data,
            label=forms.field(form_data, "label"),
            access_notes=forms.field(form_data, "access_notes"),
            is_default=forms.ticked(form_data, "is_default"),
        )
        place_id = forms.field(form_data, "place")
        version = forms.number(form_data, "version")
        saving = (
            worker.call(places.change_location, actor(), place_id, typed, version)
            if place_id
            else worker.call(places.save_location, actor(), typed)
        )
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            self.places = await worker.query(places.locations, actor())
        if stored:
            self.saved = forms.field(form_data, "request")
            yield [toast("success", "The location is saved.")]

    @event_for(CUSTOMER)
    async def remove(self, place_id: Any) -> None:
        """Offer a place no more; old bookings keep it."""
        wanted = text(place_id)
        await worker.call(places.remove_location, actor(), wanted)
        self.removed_name = next(
            (one.label or one.lines[0] for one in self.places if one.id == wanted), ""
        )
        self.places = await worker.query(places.locations, actor())
        self.removed = wanted

    @event_for(CUSTOMER)
    async def undo(self) -> EventSpec | None:
        """Take the last removal back."""
        if not self.removed:
            return None
        await worker.call(places.restore_location, actor(), self.removed)
        self.places = await worker.query(places.locations, actor())
        self.removed = ""
        return toast("success", "The location is back.")
