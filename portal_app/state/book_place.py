"""The wizard's third step: a saved place, or a new one."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import service as bookings
from portal_app.domain.customers import places
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.state import entries, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.address_lists import AddressListsState
from portal_app.state.book import BookState

NEW = "new"
_MISSING = "Please choose where to come."


class BookPlaceState(rx.State):
    """The customer's places.

    ``loaded_for`` is the draft they were read for; ``chosen`` a place's id, or
    ``new``.
    """

    loaded_for: str = ""
    places: list[LocationView] = []
    chosen: str = ""

    @event_for(CUSTOMER)
    async def load(self) -> EventSpec | None:
        """Read the places if the wizard stands at this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("address"):
            return None
        saved = await worker.query(places.locations, actor())
        known = [place.id for place in saved]
        first = known[0] if known else NEW
        wanted = book._location_id
        self.places = saved
        self.chosen = wanted if wanted in known else first
        if self.loaded_for == book.draft_id:
            return None
        self.loaded_for = book.draft_id
        return AddressListsState.load

    @event_for(CUSTOMER)
    async def submit(self, form: Any) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("address"):
            return None
        place = forms.field(form, "location") or (NEW if not self.places else "")
        who, draft_id = actor(), book.draft_id
        try:
            if place == NEW:
                typed = entries.address(
                    form,
                    label=forms.field(form, "label"),
                    access_notes=forms.field(form, "access_notes"),
                )
                draft = await worker.call(bookings.choose_address, who, draft_id, typed)
            else:
                draft = await worker.call(
                    bookings.choose_location, who, draft_id, place
                )
        except InvalidInput as wrong:
            book._show(errors=wrong.fields, problem="")
            return None
        except NotFound:
            book._show(errors={}, problem=_MISSING)
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()
