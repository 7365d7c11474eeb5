"""What the address forms of a page choose from: countries, states, towns."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from portal_app.domain.business import service as businesses
from portal_app.domain.customers import addresses, rules, towns
from portal_app.kernel.errors import InvalidInput
from portal_app.settings import settings
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, event_for
from portal_app.state.typed import text

_MOST_FORMATTED = 30


@dataclass(frozen=True)
class Lists:
    """What is known of one country.

    Attributes:
        postcode: An example, or empty.
        middle: Where its map begins; latitude and longitude, or nothing.
        near: Where the town of the form is, or nothing.
    """

    country: str = ""
    states: list[tuple[str, str]] = field(default_factory=list)
    state_needed: bool = False
    towns: list[str] = field(default_factory=list)
    postcode: str = ""
    middle: list[float] = field(default_factory=list)
    near: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """A place that was found; ``label`` is as a person reads it."""

    label: str
    town: str
    state: str
    country: str
    latitude: str
    longitude: str


@dataclass(frozen=True)
class Hits:
    """What was found for one query."""

    query: str = ""
    hits: list[Hit] = field(default_factory=list)


class AddressListsState(rx.State):
    """The lists of the one address form that is open, and phones as written.

    ``formatted`` maps a country and a number as typed to the number as people in
    that country write it.
    """

    home: str = ""
    countries: list[tuple[str, str]] = []
    dialling: list[tuple[str, str]] = []
    lists: Lists = Lists()
    hits: Hits = Hits()
    tiles: str = ""
    formatted: dict[str, str] = {}

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the countries, and the lists of the business's own."""
        home, locale = await worker.query(_home)
        self.home = home
        self.countries = addresses.countries(locale)
        self.dialling = rules.dialling_countries(self.countries)
        self.tiles = settings().map_tiles_url
        self.lists = await worker.compute(_lists, home, "", "")

    @event_for(CUSTOMER)
    async def pick(self, country: Any, state: Any, town: Any) -> None:
        """Show the lists of another country or state, and the map near a town."""
        self.lists = await worker.compute(
            _lists, text(country)[:2].upper(), text(state)[:80], text(town)[:80]
        )

    @event_for(CUSTOMER)
    async def search(self, query: Any) -> None:
        """Look for a town."""
        typed = text(query).strip()[:120]
        self.hits = Hits(typed, await worker.compute(_find, typed, self.home))

    @event_for(CUSTOMER)
    def settle(self, number: Any, country: Any) -> None:
        """Write a phone number as its country does, if it is one."""
        typed, code = text(number)[:40], text(country)[:2].upper()
        try:
            e164 = rules.phone_number(typed, code)
        except InvalidInput:
            return
        written = rules.phone_text(e164, code)
        kept = dict(list(self.formatted.items())[-_MOST_FORMATTED:])
        self.formatted = {**kept, f"{code} {typed}": written}


def _home(tx: worker.Session) -> tuple[str, str]:
    business = businesses.current(tx)
    return business.country, business.locale


def _lists(country: str, state: str, town: str) -> Lists:
    near = towns.locate(town, state, country) if town else None
    return Lists(
        country=country,
        states=addresses.regions(country),
        state_needed=country in addresses.STATE_COUNTRIES,
        towns=towns.towns(country, state),
        postcode=addresses.postcode_example(country),
        middle=list(towns.middle_of(country) or ()),
        near=[near.latitude, near.longitude] if near else [],
    )


def _find(query: str, home: str) -> list[Hit]:
    return [
        Hit(
            label=", ".join(
                part
                for part in (
                    town.name,
                    town.state,
                    addresses.country_name(town.country),
                )
                if part
            ),
            town=town.name,
            state=town.state,
            country=town.country,
            latitude=f"{town.latitude:.6f}",
            longitude=f"{town.longitude:.6f}",
        )
        for town in towns.find(query, home)
    ]
