"""Finding an address by a few words of it, or by where it is on the map.

Towns are known here and are always found (``towns``). Streets and houses only a
geocoder knows, a server of somebody else's that may be slow, wrong or down; where
none is configured, nothing but towns is found. It is asked outside transactions.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from portal_app.domain.accounts import attempts
from portal_app.domain.accounts.attempts import Try
from portal_app.domain.accounts.rules import Limit
from portal_app.domain.customers import addresses, towns
from portal_app.domain.customers.addresses import Address
from portal_app.domain.customers.ownership import customer_of
from portal_app.domain.customers.rules import is_printable
from portal_app.domain.customers.views import FoundPlaceView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError

MOST_ADDRESSES = 5
_LONGEST = 120
_SHORTEST = 3
_LOOK_UPS = Limit("address look-ups", 120, timedelta(minutes=10))
_NUMBER_TYPED = re.compile(r"(\d{1,5}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?) +\S")


class GeocoderUnavailable(DomainError):
    """The geocoder does not answer, or not with sense.

    Attributes:
        reason: For the log and whoever runs the portal; holds nothing typed.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Streets cannot be looked up just now. Towns can, "
            "and the fields below take any address."
        )
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A place as a geocoder tells it; what it does not know is empty.

    Attributes:
        country: ISO 3166 code.
        town: A city, a town or a village.
        suburb: A part of it with a name of its own.
        state_code: ISO 3166-2, such as ``AU-NSW``.
        name: What a place is called that is known by more than its address.
        source: Whose data it is, as they want it said.
    """

    latitude: float
    longitude: float
    country: str
    house_number: str = ""
    road: str = ""
    suburb: str = ""
    town: str = ""
    state: str = ""
    state_code: str = ""
    postcode: str = ""
    name: str = ""
    source: str = ""


class Geocoder(Protocol):
    """Who knows streets and houses; ``integrations.geocoding`` implements it.

    Texts are printable and short. Both methods raise ``GeocoderUnavailable``.
    """

    def search(self, text: str, country: str, limit: int) -> list[Located]:
        """The places that a text may mean, the likeliest first.

        Args:
            text: As a person wrote it.
            country: ISO code of the country to stay in; anywhere if empty.
            limit: How many at most.
        """

    def reverse(self, latitude: float, longitude: float) -> Located | None:
        """The address nearest to a point in degrees, or ``None``."""


_geocoder: Geocoder | None = None


def use(geocoder: Geocoder | None) -> None:
    """Say whom this process asks; ``None`` for nobody."""
    global _geocoder  # noqa: PLW0603 - set once by the composition root
    _geocoder = geocoder


def finds_addresses() -> bool:
    """Whether there is anybody to ask for streets and houses."""
    return _geocoder is not None


def find_towns(text: str, home: str) -> list[FoundPlaceView]:
    """The towns whose name begins with a text.

    Args:
        text: As typed.
        home: ISO code of the country to prefer.
    """
    return [
        FoundPlaceView(
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
        for town in towns.find(text, home)
    ]


def find_addresses(
    db: Database, actor: Actor, text: str, country: str
) -> list[FoundPlaceView]:
    """The addresses that a text may mean, the likeliest first.

    Args:
        db: Counts the look-ups; nothing is held while the geocoder is asked.
        actor: A customer.
        text: As typed.
        country: ISO code of the country to stay in; anywhere for no such country.

    Raises:
        NotAllowed: If the actor is no customer.
        TooManyAttempts: After 120 look-ups within ten minutes.
        GeocoderUnavailable: If it does not answer.
    """
    customer_id = customer_of(actor)
    wanted = _plain(text)
    if _geocoder is None or len(wanted) < _SHORTEST:
        return []
    attempts.take(db, Try(_LOOK_UPS, customer_id))
    within = country if addresses.is_country(country) else ""
    found = _geocoder.search(wanted, within, MOST_ADDRESSES)
    seen = [_view(one, wanted) for one in found if _says_something(one)]
    return list({view.label: view for view in seen}.values())[:MOST_ADDRESSES]


def address_at(
    db: Database, actor: Actor, latitude: float, longitude: float
) -> FoundPlaceView | None:
    """The address nearest to a pin, or ``None`` if there is none.

    Args:
        db: Counts the look-ups; nothing is held while the geocoder is asked.
        actor: A customer.
        latitude: In degrees.
        longitude: In degrees.

    Raises:
        NotAllowed: If the actor is no customer.
        TooManyAttempts: After 120 look-ups within ten minutes.
        GeocoderUnavailable: If it does not answer.
    """
    customer_id = customer_of(actor)
    if _geocoder is None or not addresses.is_on_earth(latitude, longitude):
        return None
    attempts.take(db, Try(_LOOK_UPS, customer_id))
    found = _geocoder.reverse(latitude, longitude)
    return _view(found, "") if found and _says_something(found) else None


def _says_something(found: Located) -> bool:
    """Whether there is anything to fill in; a whole state is no address."""
    return addresses.is_country(found.country) and bool(found.road or _town(found))


def _view(found: Located, typed: str) -> FoundPlaceView:
    town = _town(found)
    street = addresses.street_line(
        found.road, found.house_number or _number_typed(found, typed), found.country
    )
    state = addresses.state_of(found.country, found.state_code, found.state)
    address = Address(
        street=street,
        unit="",
        town=town,
        state=state,
        postcode=found.postcode,
        country=found.country,
    )
    lines = addresses.address_lines(address)
    known = {"", found.road, found.suburb, found.town, found.state, street}
    return FoundPlaceView(
        label=", ".join([found.name, *lines] if found.name not in known else lines),
        street=street,
        town=town,
        state=state,
        postcode=found.postcode,
        country=found.country,
        latitude=f"{found.latitude:.6f}",
        longitude=f"{found.longitude:.6f}",
        source=found.source,
    )


def _town(found: Located) -> str:
    """What letters call it: in some countries the suburb, in others the city."""
    if found.country in addresses.SUBURB_COUNTRIES:
        return found.suburb or found.town
    return found.town or found.suburb


def _number_typed(found: Located, typed: str) -> str:
    """The number a person wrote before a street of which no houses are known."""
    number = _NUMBER_TYPED.match(typed)
    if not found.road or found.country not in addresses.NUMBER_FIRST or number is None:
        return ""
    return number[1]


def _plain(text: str) -> str:
    seen = "".join(
        character if is_printable(character) else " "
        for character in unicodedata.normalize("NFC", text)
    )
    return " ".join(seen.split())[:_LONGEST]
