"""The choices of the address form: countries, states, towns, geocoded addresses."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import addresses, geocoding, rules, towns
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.views import PlaceSuggestionView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import DomainError, InvalidInput
from portal_app.settings import settings
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, OFFICE, STAFF, actor, event_for

_MOST_FORMATTED = 30


@dataclass(frozen=True)
class CountryLists:
    """What is known of one country.

    Attributes:
        postcode: An example, or empty.
        middle: Where its map begins; latitude and longitude, or nothing.
        near: Where the town of the form is, or nothing.
        state: The state of the form that this is about.
        town: The town of the form that this is about.
    """

    country: str = ""
    states: list[tuple[str, str]] = field(default_factory=list)
    state_needed: bool = False
    towns: list[str] = field(default_factory=list)
    postcode: str = ""
    middle: list[float] = field(default_factory=list)
    near: list[float] = field(default_factory=list)
    state: str = ""
    town: str = ""


@dataclass(frozen=True)
class AddressSearchResult:
    """What was found for one query in one country; towns anywhere.

    Attributes:
        looking: Whether addresses are still being looked up.
        word: Why there are none, if somebody could not be asked.
    """

    query: str = ""
    country: str = ""
    places: list[PlaceSuggestionView] = field(default_factory=list)
    looking: bool = False
    word: str = ""


_NO_POSTCODES = (
    "Streets and postcodes cannot be looked up here. Please type the suburb or town, "
    "or fill in the fields below."
)


@dataclass(frozen=True)
class PinnedAddress:
    """The address where a pin was put; both degrees as the form has them."""

    latitude: str = ""
    longitude: str = ""
    place: PlaceSuggestionView | None = None
    word: str = ""


class AddressFormState(rx.State):
    """The lists of the one address form that is open, and phones as written.

    ``has_geocoder`` says whether streets are looked up. ``formatted`` maps a country
    and a number as typed to the number as people in that country write it.
    """

    home: str = ""
    countries: list[tuple[str, str]] = []
    dialling: list[tuple[str, str]] = []
    lists: CountryLists = CountryLists()
    search_result: AddressSearchResult = AddressSearchResult()
    here: PinnedAddress = PinnedAddress()
    has_geocoder: bool = False
    tiles: str = ""
    formatted: dict[str, str] = {}
    _place: tuple[float, float] | None = None

    @event_for(*BOOKERS, *STAFF)
    async def load(self) -> None:
        """Read the countries, and the lists of the business's own."""
        home, locale, address = await worker.query(_business_place)
        self.home = home
        self._place = await worker.compute(towns.position_of, address, home)
        self.countries = addresses.countries(locale)
        self.dialling = rules.dialling_countries(self.countries)
        self.tiles = settings().map_tiles_url
        self.has_geocoder = geocoding.has_geocoder()
        self.lists = await worker.compute(_country_lists, home, "", "")

    @event_for(*BOOKERS, OFFICE, weight=2)
    async def pick(self, country: str, state: str, town: str) -> None:
        """Show the lists of another country or state, and the map near a town."""
        self.lists = await worker.compute(
            _country_lists, country[:2].upper(), state[:80], town[:80]
        )

    @event_for(*BOOKERS, OFFICE, weight=3)
    async def search(self, query: str, country: str) -> EventSpec | None:
        """Show the towns of this name at once, and begin to look for addresses."""
        typed, code = query.strip()[:120], country[:2].upper()
        country = code or self.home
        near = self._place if country == self.home else None
        found = await worker.compute(geocoding.search_towns, typed, country, near)
        looking = geocoding.has_geocoder()
        postcode_typed = not found and any(map(str.isdigit, typed))
        word = _NO_POSTCODES if postcode_typed and not looking else ""
        self.search_result = AddressSearchResult(
            typed, code, found, looking=looking, word=word
        )
        return AddressFormState.look_up if self.search_result.looking else None

    @event_for(*BOOKERS, OFFICE, background=True, weight=3)
    async def look_up(self) -> None:
        """Add the addresses of the last query, unless there is a newer one then."""
        async with self:
            asked = self.search_result
        found, word = await _found_or_message(
            geocoding.search_addresses, actor(), asked.query, asked.country
        )
        async with self:
            if (self.search_result.query, self.search_result.country) == (
                asked.query,
                asked.country,
            ):
                places = [
                    *asked.places,
                    *_without_shown_towns(found or [], asked.places),
                ]
                self.search_result = replace(
                    asked, places=places, looking=False, word=word
                )

    @event_for(*BOOKERS, OFFICE)
    def locate(self, latitude: str, longitude: str) -> EventSpec | None:
        """Begin to look for the address where a pin was put."""
        self.here = PinnedAddress(latitude[:20], longitude[:20])
        return (
            AddressFormState.find_pinned_address if geocoding.has_geocoder() else None
        )

    @event_for(*BOOKERS, OFFICE, background=True, weight=3)
    async def find_pinned_address(self) -> None:
        """Show the address at the last pin, unless it was moved again then."""
        async with self:
            asked = self.here
        latitude, longitude = addresses.pin_of(
            AddressForm(latitude=asked.latitude, longitude=asked.longitude)
        )
        if latitude is None or longitude is None:
            return
        found, word = await _found_or_message(
            geocoding.reverse_geocode, actor(), latitude, longitude
        )
        async with self:
            if (self.here.latitude, self.here.longitude) == (
                asked.latitude,
                asked.longitude,
            ):
                self.here = replace(asked, place=found, word=word)

    @event_for(*BOOKERS, OFFICE)
    def format_phone(self, number: str, country: str) -> None:
        """Write a phone number as its country does, if it is one."""
        typed, code = number[:40], country[:2].upper()
        try:
            e164 = rules.phone_number(typed, code)
        except InvalidInput:
            return
        written = rules.phone_text(e164, code)
        kept = dict(list(self.formatted.items())[-_MOST_FORMATTED:])
        self.formatted = {**kept, f"{code} {typed}": written}


def _business_place(tx: Session) -> tuple[str, str, str]:
    business = businesses.current_business(tx)
    return business.country, business.locale, business.address


def _country_lists(country: str, state: str, town: str) -> CountryLists:
    near = towns.find_town(town, state, country) if town else None
    return CountryLists(
        country=country,
        states=addresses.regions(country),
        state_needed=country in addresses.STATE_COUNTRIES,
        towns=towns.towns(country, state),
        postcode=addresses.postcode_example(country),
        middle=list(towns.default_position(country) or ()),
        near=[near.latitude, near.longitude] if near else [],
        state=state,
        town=town,
    )


async def _found_or_message(
    look: Callable[..., Any], who: Actor, *wanted: Any
) -> tuple[Any, str]:
    """What a look-up found, or nothing and the word why."""
    try:
        return await worker.run_in_thread(look, who, *wanted), ""
    except DomainError as refused:
        return None, refused.message


def _without_shown_towns(
    found: list[PlaceSuggestionView], towns_shown: list[PlaceSuggestionView]
) -> list[PlaceSuggestionView]:
    """The places that are not one of the towns which are shown already."""
    shown = {(town.town, town.state, town.country) for town in towns_shown}
    return [
        place
        for place in found
        if place.street or (place.town, place.state, place.country) not in shown
    ]
