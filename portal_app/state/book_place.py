"""The wizard's third step: a saved place, or a new one."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import service as bookings
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import addresses, places
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.views import LocationView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.book import BookState
from portal_app.state.typed import text, texts

NEW = "new"
_FIELDS = (
    "label",
    "street",
    "unit",
    "town",
    "state",
    "postcode",
    "country",
    "access_notes",
)
_MISSING = "Please choose where to come."


class BookPlaceState(rx.State):
    """The customer's places, and what a new address is asked for.

    ``loaded_for`` is the draft they were read for; ``chosen`` a place's id, or
    ``new``. ``states`` is empty for a country whose addresses have none to choose.
    """

    loaded_for: str = ""
    places: list[LocationView] = []
    chosen: str = ""
    country: str = ""
    countries: list[tuple[str, str]] = []
    states: list[tuple[str, str]] = []

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the places if the wizard stands at this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("address"):
            return
        saved, home, countries, states = await worker.query(_places, actor())
        known = [place.id for place in saved]
        first = known[0] if known else NEW
        wanted = book._location_id
        self.places = saved
        self.chosen = wanted if wanted in known else first
        if self.loaded_for != book.draft_id:
            self.country, self.countries, self.states = home, countries, states
            self.loaded_for = book.draft_id

    @event_for(CUSTOMER)
    async def pick_country(self, code: Any) -> None:
        """Ask for what addresses of another country need."""
        chosen = text(code)
        if chosen not in {code for code, _ in self.countries}:
            return
        self.country = chosen
        self.states = addresses.states(chosen)

    @event_for(CUSTOMER)
    async def submit(self, form: Any) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("address"):
            return None
        place = texts(form, "location")["location"] or (NEW if not self.places else "")
        who, draft_id = actor(), book.draft_id
        try:
            if place == NEW:
                typed = AddressForm(**texts(form, *_FIELDS))
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


def _places(
    tx: worker.Session, who: Actor
) -> tuple[list[LocationView], str, list[tuple[str, str]], list[tuple[str, str]]]:
    """Saved places, the business's country, all countries, and its states."""
    business = businesses.current(tx)
    return (
        places.locations(tx, who),
        business.country,
        addresses.countries(business.locale),
        addresses.states(business.country),
    )
