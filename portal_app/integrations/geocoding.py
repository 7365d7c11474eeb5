"""Streets and houses from a server that speaks as Nominatim does.

Whatever comes from there is a stranger's: it is waited for briefly, read up to a
limit, taken apart, and only short printable texts and sound degrees are left.
"""

import time
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import structlog
from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from portal_app.domain.customers.geocoding import GeocodedPlace, GeocoderUnavailable
from portal_app.kernel.text import readable_line

log = structlog.get_logger("geocoding")

_TIMEOUT_SECONDS = 3.0
_QUEUE_SECONDS = 0.5
# A geocoder that hangs takes so many threads and no more.
_CONNECTIONS = 4
_MAX_RESPONSE_BYTES = 256 * 1024
_CACHE_SIZE = 512
_CACHE_SECONDS = 3600
_MAX_TEXT_LENGTH = 80
_MAX_CODE_LENGTH = 16
_OK = 200
# What a street or a town may be called in ``address``, the usual first.
_ROADS = ("road", "pedestrian", "footway", "path")
_TOWNS = ("city", "town", "village", "hamlet", "municipality")
_SUBURBS = ("suburb", "quarter", "neighbourhood")


def _clean(value: Any) -> str:
    """A short printable text; anything that is no text is an empty one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = readable_line(str(value)[: 4 * _MAX_TEXT_LENGTH])
    return text[:_MAX_TEXT_LENGTH].rstrip()


_Text = Annotated[str, BeforeValidator(_clean)]


class _Place(BaseModel):
    """One place of an answer in ``jsonv2``, as far as it is looked at."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    name: _Text = ""
    licence: _Text = ""
    address: dict[str, _Text] = {}


_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class NominatimGeocoder:
    """Asks a Nominatim server; see ``customers.finding.Geocoder``.

    Recent answers are remembered for up to an hour.

    Args:
        url: Its address; a query in it, such as a key, goes with every question.
        caller: Who asks, for its operator: the portal's public address.
        patience: Seconds to wait for it.
    """

    def __init__(
        self, url: str, caller: str, patience: float = _TIMEOUT_SECONDS
    ) -> None:
        parts = urlsplit(url)
        self._address = parts._replace(query="").geturl().rstrip("/")
        self._always = [*parse_qsl(parts.query), ("format", "jsonv2")]
        self._patience = patience
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(patience, pool=_QUEUE_SECONDS),
            limits=httpx2.Limits(max_connections=_CONNECTIONS),
            follow_redirects=False,
            headers={
                "user-agent": f"customer-portal ({caller})",
                "accept": "application/json",
                # Nothing is unpacked, so nothing unfolds to more than it was.
                "accept-encoding": "identity",
            },
        )
        self._remembered = lru_cache(maxsize=_CACHE_SIZE)(self._ask)

    def search(self, text: str, country: str, limit: int) -> list[GeocodedPlace]:
        """The places that a text may mean, the likeliest first.

        Raises:
            GeocoderUnavailable: If it does not answer in time and with sense.
        """
        asked = [("q", text), ("addressdetails", "1"), ("limit", str(limit))]
        if country:
            asked.append(("countrycodes", country.lower()))
        return self._remembered("/search", tuple(asked), self._hour())[:limit]

    def reverse(self, latitude: float, longitude: float) -> GeocodedPlace | None:
        """The address nearest to a point in degrees, or ``None``.

        Raises:
            GeocoderUnavailable: If it does not answer in time and with sense.
        """
        # A metre is near enough, and the same pin is the same question.
        asked = (
            ("lat", f"{latitude:.5f}"),
            ("lon", f"{longitude:.5f}"),
            ("addressdetails", "1"),
        )
        found = self._remembered("/reverse", asked, self._hour())
        return found[0] if found else None

    @staticmethod
    def _hour() -> int:
        return int(time.monotonic() // _CACHE_SECONDS)

    def _ask(
        self, path: str, asked: tuple[tuple[str, str], ...], _hour: int
    ) -> list[GeocodedPlace]:
        try:
            return _located(self._read(path, asked))
        except GeocoderUnavailable as error:
            log.warning("geocoder unavailable", reason=error.reason)
            raise

    def _read(self, path: str, asked: tuple[tuple[str, str], ...]) -> bytes:
        until = time.monotonic() + self._patience
        body = bytearray()
        try:
            with self._client.stream(
                "GET", f"{self._address}{path}", params=[*self._always, *asked]
            ) as answer:
                if answer.status_code != _OK:
                    raise GeocoderUnavailable(f"status {answer.status_code}")
                for piece in answer.iter_raw():
                    body += piece
                    if len(body) > _MAX_RESPONSE_BYTES:
                        raise GeocoderUnavailable("the answer is too long")
                    if time.monotonic() > until:
                        raise GeocoderUnavailable("the answer takes too long")
        except httpx2.TimeoutException:
            raise GeocoderUnavailable("no answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # The kind only: a description may repeat what was asked.
            raise GeocoderUnavailable(type(error).__name__) from None
        return bytes(body)


def _located(body: bytes) -> list[GeocodedPlace]:
    try:
        told = _ANYTHING.validate_json(body)
    except ValidationError:
        raise GeocoderUnavailable("the answer is no JSON") from None
    if isinstance(told, dict):
        # One place, or the word that there is none.
        told = [] if "error" in told else [told]
    if not isinstance(told, list):
        raise GeocoderUnavailable("the answer is no list of places")
    places = [place for one in told if (place := _place(one)) is not None]
    if told and not places:
        raise GeocoderUnavailable("the answer holds no place")
    return [found for place in places if (found := _geocoded_place(place)) is not None]


def _place(told: Any) -> _Place | None:
    try:
        return _Place.model_validate(told)
    except ValidationError:
        return None


def _geocoded_place(place: _Place) -> GeocodedPlace | None:
    """A place that is in a country; at sea there is nothing to fill in."""
    told = place.address
    country = told.get("country_code", "").upper()
    if len(country) != 2:
        return None
    return GeocodedPlace(
        latitude=place.lat,
        longitude=place.lon,
        country=country,
        house_number=told.get("house_number", "")[:_MAX_CODE_LENGTH],
        road=_first(told, _ROADS),
        suburb=_first(told, _SUBURBS),
        town=_first(told, _TOWNS),
        state=told.get("state", ""),
        state_code=told.get("ISO3166-2-lvl4", ""),
        postcode=told.get("postcode", "")[:_MAX_CODE_LENGTH],
        name=place.name,
        source=place.licence,
    )


def _first(told: dict[str, str], labels: tuple[str, ...]) -> str:
    return next((told[label] for label in labels if told.get(label)), "")
