"""Finding addresses while one types, and where a pin was put."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal_app.domain.customers import geocoding
from portal_app.kernel.db import Database
from portal_app.state.account.addresses import (
    AddressFormState,
    AddressSearchResult,
    PinnedAddress,
)
from tests.support.fake_geocoder import BONDI, FakeGeocoder, use_geocoder
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.tabs import Tab

ADDRESS = "12 Ocean Street, Bondi NSW 2026, Australia"
UNAVAILABLE = (
    "Streets cannot be looked up just now. Towns can, "
    "and the fields below take any address."
)


@pytest.fixture
def tab(database: Database) -> Tab:
    person = new_customer(database)
    opened = Tab("/account", actor_of(database, session_cookie(database, person)))
    opened.fire(AddressFormState.load)
    return opened


@pytest.fixture
def told() -> Iterator[FakeGeocoder]:
    with use_geocoder() as geocoder:
        yield geocoder


def _hits(tab: Tab) -> AddressSearchResult:
    return tab.state(AddressFormState).search_result


def _here(tab: Tab) -> PinnedAddress:
    return tab.state(AddressFormState).here


def _names(events: list) -> list[str]:
    return [event.name.rsplit(".", 1)[-1] for event in events]


def test_without_a_geocoder_there_are_towns(tab: Tab) -> None:
    assert not tab.state(AddressFormState).has_geocoder
    assert tab.fire(AddressFormState.search, "Newcastle", "AU") == []
    hits = _hits(tab)
    assert (hits.query, hits.country, hits.looking, hits.word) == (
        "Newcastle",
        "AU",
        False,
        "",
    )
    assert hits.places[0].label == "Newcastle, NSW, Australia"
    assert tab.fire(AddressFormState.locate, "-33.9", "151.3") == []
    assert _here(tab) == PinnedAddress("-33.9", "151.3")


@pytest.mark.parametrize("typed", ["2204", "12 Ocean Street"])
def test_without_a_geocoder_streets_and_postcodes_are_not_found(
    tab: Tab, typed: str
) -> None:
    assert tab.fire(AddressFormState.search, typed, "AU") == []
    assert _hits(tab).places == []
    assert _hits(tab).word == (
        "Streets and postcodes cannot be looked up here. Please type the suburb or "
        "town, or fill in the fields below."
    )


def test_towns_are_shown_before_addresses(tab: Tab, told: FakeGeocoder) -> None:
    tab.fire(AddressFormState.load)
    assert tab.state(AddressFormState).has_geocoder
    told.places = [
        replace(BONDI, road="", house_number="", suburb="Newcastle", postcode=""),
        replace(BONDI, road="Newcastle Street", postcode="2030"),
    ]
    events = tab.fire(AddressFormState.search, " Newcastle ", "AU")
    assert _names(events) == ["look_up"]
    towns = _hits(tab)
    assert towns.looking
    assert towns.places[0].label == "Newcastle, NSW, Australia"
    assert told.asked == []
    tab.fire(AddressFormState.look_up)
    hits = _hits(tab)
    assert told.asked == [("Newcastle", "AU", 5)]
    assert not hits.looking
    assert hits.places[:-1] == towns.places
    assert hits.places[-1].street == "12 Newcastle Street"


def test_late_answer_to_an_earlier_query_is_dropped(
    tab: Tab, told: FakeGeocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = AddressSearchResult("12 Ocean Street Bondi", "AU", looking=True)
    state = tab.state(AddressFormState)

    def search(*_: object) -> list:
        # Meanwhile somebody has typed on.
        state.search_result = later
        return [BONDI]

    monkeypatch.setattr(told, "search", search)
    tab.fire(AddressFormState.search, "12 Ocean", "AU")
    tab.fire(AddressFormState.look_up)
    assert _hits(tab) == later


def test_geocoder_failure_leaves_towns_and_a_message(
    tab: Tab, told: FakeGeocoder
) -> None:
    told.down = True
    tab.fire(AddressFormState.search, "Newcastle", "AU")
    towns = _hits(tab).places
    tab.fire(AddressFormState.look_up)
    assert _hits(tab) == AddressSearchResult("Newcastle", "AU", towns, word=UNAVAILABLE)
    tab.fire(AddressFormState.locate, "-33.9", "151.3")
    tab.fire(AddressFormState.find_pinned_address)
    assert _here(tab) == PinnedAddress("-33.9", "151.3", word=UNAVAILABLE)


def test_pin_is_resolved_to_an_address(tab: Tab, told: FakeGeocoder) -> None:
    events = tab.fire(AddressFormState.locate, "-33.891", "151.274")
    assert _names(events) == ["find_pinned_address"]
    assert _here(tab) == PinnedAddress("-33.891", "151.274")
    tab.fire(AddressFormState.find_pinned_address)
    here = _here(tab)
    assert (here.latitude, here.longitude, here.word) == ("-33.891", "151.274", "")
    assert here.place is not None
    assert here.place.label == ADDRESS


def test_late_answer_for_a_moved_pin_is_dropped(
    tab: Tab, told: FakeGeocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tab.state(AddressFormState)

    def reverse(*_: object) -> geocoding.GeocodedPlace:
        state.here = PinnedAddress("1.0", "2.0")
        return BONDI

    monkeypatch.setattr(told, "reverse", reverse)
    tab.fire(AddressFormState.locate, "-33.891", "151.274")
    tab.fire(AddressFormState.find_pinned_address)
    assert _here(tab) == PinnedAddress("1.0", "2.0")


@pytest.mark.parametrize("nonsense", ["", "nan", "x" * 5_000])
def test_invalid_input_makes_no_request(
    tab: Tab, told: FakeGeocoder, nonsense: str
) -> None:
    tab.fire(AddressFormState.locate, nonsense, nonsense)
    tab.fire(AddressFormState.find_pinned_address)
    assert _here(tab).place is None
    tab.fire(AddressFormState.search, nonsense, nonsense)
    tab.fire(AddressFormState.look_up)
    assert [asked for asked in told.asked if len(str(asked[0])) > 120] == []
