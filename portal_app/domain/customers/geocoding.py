"""Searching for an address by text, or by its position on the map."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from portal_app.domain import wiring
from portal_app.domain.customers import addresses, towns
from portal_app.domain.customers.addresses import Address
from portal_app.domain.customers.views import PlaceSuggestionView
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.domain.rate_limits.rules import Limit
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.kernel.ownership import customer_of
from portal_app.kernel.text import readable_line

MAX_ADDRESSES = 5
_MAX_QUERY_LENGTH = 120
_MIN_QUERY_LENGTH = 3
_LOOKUP_LIMIT = Limit("address look-ups", 120, timedelta(minutes=10))
_TYPED_HOUSE_NUMBER = re.compile(r"(\d{1,5}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?) +\S")


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
class GeocodedPlace:
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

    def search(self, text: str, country: str, limit: int) -> list[GeocodedPlace]:
        """The places that a text may mean, the likeliest first.

        Args:
            text: As a person wrote it.
            country: ISO code of the country to stay in; anywhere if empty.
            limit: How many at most.
        """

    def reverse(self, latitude: float, longitude: float) -> GeocodedPlace | None:
        """The address nearest to a point in degrees, or ``None``."""


def has_geocoder() -> bool:
    """Whether there is anybody to ask for streets and houses."""
    return wiring.current().geocoder is not None


def search_towns(
    text: str, home: str, near: tuple[float, float] | None = None
) -> list[PlaceSuggestionView]:
    """The towns whose name begins with a text.

    Args:
        text: As typed.
        home: ISO code of the country to prefer.
        near: A place there, in degrees; of towns of one name its nearest comes first.
    """
    return [
        PlaceSuggestionView(
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
            latitude=addresses.degrees_text(town.latitude),
            longitude=addresses.degrees_text(town.longitude),
        )
        for town in towns.search(text, home, near=near)
    ]


def search_addresses(
    db: Database, actor: Actor, text: str, country: str
) -> list[PlaceSuggestionView]:
    """The addresses that a text may mean, the likeliest first.

    Args:
        db: Counts the look-ups; nothing is held while the geocoder is asked.
        actor: A customer, or the office.
        text: As typed.
        country: ISO code of the country to stay in; anywhere for no such country.

    Raises:
        NotAllowed: If the actor is anybody else.
        TooManyAttempts: After 120 look-ups within ten minutes.
        GeocoderUnavailable: If it does not answer.
    """
    asker = _asker(actor)
    wanted = readable_line(text)[:_MAX_QUERY_LENGTH]
    geocoder = wiring.current().geocoder
    if geocoder is None or len(wanted) < _MIN_QUERY_LENGTH:
        return []
    limiter.count_attempt(db, LimitKey(_LOOKUP_LIMIT, asker))
    within = country if addresses.is_country(country) else ""
    found = geocoder.search(wanted, within, MAX_ADDRESSES)
    seen = [_suggestion_view(one, wanted) for one in found if _is_useful(one)]
    return list({view.label: view for view in seen}.values())[:MAX_ADDRESSES]


def reverse_geocode(
    db: Database, actor: Actor, latitude: float, longitude: float
) -> PlaceSuggestionView | None:
    """The address nearest to a pin, or ``None`` if there is none.

    Args:
        db: Counts the look-ups; nothing is held while the geocoder is asked.
        actor: A customer, or the office.
        latitude: In degrees.
        longitude: In degrees.

    Raises:
        NotAllowed: If the actor is anybody else.
        TooManyAttempts: After 120 look-ups within ten minutes.
        GeocoderUnavailable: If it does not answer.
    """
    asker = _asker(actor)
    geocoder = wiring.current().geocoder
    if geocoder is None or not addresses.is_valid_position(latitude, longitude):
        return None
    limiter.count_attempt(db, LimitKey(_LOOKUP_LIMIT, asker))
    found = geocoder.reverse(latitude, longitude)
    return _suggestion_view(found, "") if found and _is_useful(found) else None


def _is_useful(found: GeocodedPlace) -> bool:
    """Whether there is anything to fill in; a whole state is no address."""
    return addresses.is_country(found.country) and bool(
        found.road or _postal_town(found)
    )


def _suggestion_view(found: GeocodedPlace, typed: str) -> PlaceSuggestionView:
    town = _postal_town(found)
    street = addresses.street_line(
        found.road,
        found.house_number or _typed_house_number(found, typed),
        found.country,
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
    return PlaceSuggestionView(
        label=", ".join([found.name, *lines] if found.name not in known else lines),
        street=street,
        town=town,
        state=state,
        postcode=found.postcode,
        country=found.country,
        latitude=addresses.degrees_text(found.latitude),
        longitude=addresses.degrees_text(found.longitude),
        source=found.source,
    )


def _postal_town(found: GeocodedPlace) -> str:
    """What letters call it: in some countries the suburb, in others the city."""
    if found.country in addresses.SUBURB_COUNTRIES:
        return found.suburb or found.town
    return found.town or found.suburb


def _typed_house_number(found: GeocodedPlace, typed: str) -> str:
    """The number a person wrote before a street of which no houses are known."""
    number = _TYPED_HOUSE_NUMBER.match(typed)
    if not found.road or found.country not in addresses.NUMBER_FIRST or number is None:
        return ""
    return number[1]


def _asker(actor: Actor) -> str:
    """Whose questions are counted."""
    if actor.audience is Audience.OFFICE and actor.account_id is not None:
        return actor.account_id
    return customer_of(actor)
