"""What is made of a geocoder's answers, and when it is asked at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import select

from portal_app.domain.customers import geocoding
from portal_app.domain.customers.geocoding import GeocodedPlace, GeocoderUnavailable
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, TooManyAttempts
from tests.support.accounts import STRANGER
from tests.support.fake_geocoder import BERLIN, BONDI, FakeGeocoder, use_geocoder


@pytest.fixture
def told() -> Iterator[FakeGeocoder]:
    with use_geocoder() as geocoder:
        yield geocoder


def _labels(
    db: Database, her: Actor, told: FakeGeocoder, *places: GeocodedPlace
) -> list[str]:
    told.places = list(places)
    return [one.label for one in geocoding.search_addresses(db, her, "anything", "")]


def test_an_address_uses_the_postal_town(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    [found] = geocoding.search_addresses(db, her, "  12 ocean\tstreet ", "AU")
    assert found.label == "12 Ocean Street, Bondi NSW 2026, Australia"
    assert (found.street, found.town, found.state, found.postcode, found.country) == (
        "12 Ocean Street",
        "Bondi",
        "NSW",
        "2026",
        "AU",
    )
    assert (found.latitude, found.longitude) == ("-33.891234", "151.274567")
    assert found.source == "Data © somebody"
    assert told.asked == [("12 ocean street", "AU", 5)]


def test_each_country_has_its_own_order(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    new_york = replace(
        BONDI,
        country="US",
        road="Broadway",
        suburb="Manhattan",
        town="New York",
        state="New York",
        state_code="US-NY",
        postcode="10001",
    )
    tokyo = replace(
        BERLIN,
        country="JP",
        house_number="",
        road="Chuo-dori",
        town="Chuo",
        state="Tokyo-to",
        state_code="JP-13",
        postcode="104-0061",
    )
    assert _labels(db, her, told, BONDI, BERLIN, new_york, tokyo) == [
        "12 Ocean Street, Bondi NSW 2026, Australia",
        "Unter den Linden 5, 10117 Berlin, Germany",
        "12 Broadway, New York, NY 10001, United States",
        "Chuo-dori, 104-0061 Chuo, Tokyo, Japan",
    ]


def test_an_unknown_state_is_left_empty(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    told.places = [
        replace(BONDI, state_code=""),
        replace(BONDI, state_code="AU-XX", state="Elsewhere", postcode="2027"),
    ]
    found = geocoding.search_addresses(db, her, "Ocean Street", "")
    assert [one.state for one in found] == ["NSW", ""]


def test_the_number_typed_is_kept_where_no_houses_are_known(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    told.places = [
        replace(BONDI, house_number=""),
        replace(BERLIN, house_number=""),
        replace(BONDI, road="", house_number="", postcode="2027"),
    ]
    found = geocoding.search_addresses(db, her, "7a Ocean Street", "")
    assert [one.street for one in found] == ["7a Ocean Street", "Unter den Linden", ""]


def test_named_places_show_their_name(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    assert _labels(
        db,
        her,
        told,
        replace(BONDI, name="Surf Club"),
        replace(BONDI, house_number="", name="Ocean Street"),
    ) == [
        "Surf Club, 12 Ocean Street, Bondi NSW 2026, Australia",
        "Ocean Street, Bondi NSW 2026, Australia",
    ]


def test_useless_results_are_left_out(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    nothing = replace(BONDI, road="", suburb="", town="")
    nowhere = replace(BONDI, country="XX")
    assert _labels(db, her, told, nothing, nowhere, BONDI, BONDI) == [
        "12 Ocean Street, Bondi NSW 2026, Australia"
    ]
    told.places = [nothing]
    assert geocoding.reverse_geocode(db, her, 1.0, 2.0) is None


def test_the_address_at_a_pin(db: Database, her: Actor, told: FakeGeocoder) -> None:
    found = geocoding.reverse_geocode(db, her, -33.9, 151.3)
    assert found is not None
    assert (found.street, found.town) == ("12 Ocean Street", "Bondi")
    assert told.asked == [(-33.9, 151.3)]


def test_invalid_queries_are_not_sent(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    for text in ("", "  x ", "\x00\u202e\n ab"):
        assert geocoding.search_addresses(db, her, text, "AU") == []
    for latitude in (91.0, float("nan"), float("inf")):
        assert geocoding.reverse_geocode(db, her, latitude, 0.0) is None
    assert told.asked == []
    geocoding.search_addresses(db, her, "a" * 500, "Atlantis")
    assert told.asked == [("a" * 120, "", 5)]


def test_without_a_geocoder_nothing_is_found(db: Database, her: Actor) -> None:
    assert not geocoding.has_geocoder()
    assert geocoding.search_addresses(db, her, "12 Ocean Street", "AU") == []
    assert geocoding.reverse_geocode(db, her, -33.9, 151.3) is None
    assert (
        geocoding.search_towns("newcas", "AU")[0].label == "Newcastle, NSW, Australia"
    )


def test_lookups_are_limited_per_customer(
    db: Database, her: Actor, him: Actor, told: FakeGeocoder
) -> None:
    for at in range(119):
        geocoding.search_addresses(db, her, f"Street {at}", "AU")
    geocoding.reverse_geocode(db, her, -33.9, 151.3)
    for attempt in (
        lambda: geocoding.search_addresses(db, her, "One more", "AU"),
        lambda: geocoding.reverse_geocode(db, her, -33.9, 151.3),
    ):
        with pytest.raises(TooManyAttempts):
            attempt()
    assert len(told.asked) == 120
    assert len(geocoding.search_addresses(db, him, "12 Ocean Street", "AU")) == 1


def test_no_transaction_is_open_during_a_lookup(
    db: Database, her: Actor, told: FakeGeocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(*_: object) -> list[GeocodedPlace]:
        # Waits, and fails, if the look-up were still in a transaction.
        with db.write() as tx:
            tx.execute(update(Customer).values(first_name="Written meanwhile"))
        return [BONDI]

    monkeypatch.setattr(told, "search", search)
    assert len(geocoding.search_addresses(db, her, "12 Ocean Street", "AU")) == 1
    with db.read() as tx:
        assert tx.exec(select(Customer.first_name)).all() == ["Written meanwhile"]


def test_only_customers_look_up_addresses(db: Database, told: FakeGeocoder) -> None:
    with pytest.raises(NotAllowed):
        geocoding.search_addresses(db, STRANGER, "12 Ocean Street", "AU")
    with pytest.raises(NotAllowed):
        geocoding.reverse_geocode(db, STRANGER, -33.9, 151.3)
    assert told.asked == []


def test_towns_are_found_while_the_geocoder_is_down(
    db: Database, her: Actor, told: FakeGeocoder
) -> None:
    told.down = True
    with pytest.raises(GeocoderUnavailable) as refused:
        geocoding.search_addresses(db, her, "12 Ocean Street", "AU")
    assert refused.value.message == (
        "Streets cannot be looked up just now. Towns can, "
        "and the fields below take any address."
    )
    assert geocoding.search_towns("bondi", "AU") == geocoding.search_towns(
        "BONDI", "AU"
    )
