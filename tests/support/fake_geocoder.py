"""A geocoder in process whose answers a test sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from portal_app.domain.customers.geocoding import GeocodedPlace, GeocoderUnavailable
from tests.support.wiring import wired

BONDI = GeocodedPlace(
    latitude=-33.891234,
    longitude=151.274567,
    country="AU",
    house_number="12",
    road="Ocean Street",
    suburb="Bondi",
    town="Sydney",
    state="New South Wales",
    state_code="AU-NSW",
    postcode="2026",
    source="Data © somebody",
)
BERLIN = GeocodedPlace(
    latitude=52.5,
    longitude=13.4,
    country="DE",
    house_number="5",
    road="Unter den Linden",
    suburb="Mitte",
    town="Berlin",
    state="Berlin",
    state_code="DE-BE",
    postcode="10117",
)


@dataclass
class FakeGeocoder:
    """Answers every question with ``places``, unless it is ``down``."""

    places: list[GeocodedPlace] = field(default_factory=lambda: [BONDI])
    asked: list[tuple[object, ...]] = field(default_factory=list)
    down: bool = False

    def search(self, text: str, country: str, limit: int) -> list[GeocodedPlace]:
        self._ask(text, country, limit)
        return self.places

    def reverse(self, latitude: float, longitude: float) -> GeocodedPlace | None:
        self._ask(latitude, longitude)
        return next(iter(self.places), None)

    def _ask(self, *asked: object) -> None:
        if self.down:
            raise GeocoderUnavailable("down")
        self.asked.append(asked)


@contextmanager
def use_geocoder() -> Iterator[FakeGeocoder]:
    """Ask this geocoder for a while."""
    geocoder = FakeGeocoder()
    with wired(geocoder=geocoder):
        yield geocoder
