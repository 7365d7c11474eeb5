"""Finding addresses while one types, and where a pin was put."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal_app.domain.customers import finding
from portal_app.kernel.db import Database
from portal_app.state.address_lists import AddressListsState, Here, Hits
from tests.support.locating import BONDI, Told, locating
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
    opened.fire(AddressListsState.load)
    return opened


@pytest.fixture
def told() -> Iterator[Told]:
    with locating() as geocoder:
        yield geocoder


def _hits(tab: Tab) -> Hits:
    return tab.state(AddressListsState).hits


def _here(tab: Tab) -> Here:
    return tab.state(AddressListsState).here


def _names(events: list) -> list[str]:
    return [event.name.rsplit(".", 1)[-1] for event in events]


def test_without_a_geocoder_there_are_towns(tab: Tab) -> None:
    assert not tab.state(AddressListsState).finds
    assert tab.fire(AddressListsState.search, "Newcastle", "AU") == []
    hits = _hits(tab)
    assert (hits.query, hits.country, hits.looking, hits.word) == (
        "Newcastle",
        "AU",
        False,
        "",
    )
    assert hits.places[0].label == "Newcastle, NSW, Australia"
    assert tab.fire(AddressListsState.locate, "-33.9", "151.3") == []
    assert _here(tab) == Here("-33.9", "151.3")


def test_towns_come_at_once_and_addresses_after_them(tab: Tab, told: Told) -> None:
    tab.fire(AddressListsState.load)
    assert tab.state(AddressListsState).finds
    told.places = [
        replace(BONDI, road="", house_number="", suburb="Newcastle", postcode=""),
        replace(BONDI, road="Newcastle Street", postcode="2030"),
    ]
    events = tab.fire(AddressListsState.search, " Newcastle ", "AU")
    assert _names(events) == ["look_up"]
    towns = _hits(tab)
    assert towns.looking
    assert towns.places[0].label == "Newcastle, NSW, Australia"
    assert told.asked == []
    tab.fire(AddressListsState.look_up)
    hits = _hits(tab)
    assert told.asked == [("Newcastle", "AU", 5)]
    assert not hits.looking
    assert hits.places[:-1] == towns.places
    assert hits.places[-1].street == "12 Newcastle Street"


def test_the_answer_to_an_earlier_query_never_replaces_that_to_a_later(
    tab: Tab, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Hits("12 Ocean Street Bondi", "AU", looking=True)
    state = tab.state(AddressListsState)

    def search(*_: object) -> list:
        # Meanwhile somebody has typed on.
        state.hits = later
        return [BONDI]

    monkeypatch.setattr(told, "search", search)
    tab.fire(AddressListsState.search, "12 Ocean", "AU")
    tab.fire(AddressListsState.look_up)
    assert _hits(tab) == later


def test_a_geocoder_that_is_down_leaves_the_towns_and_a_word(
    tab: Tab, told: Told
) -> None:
    told.down = True
    tab.fire(AddressListsState.search, "Newcastle", "AU")
    towns = _hits(tab).places
    tab.fire(AddressListsState.look_up)
    assert _hits(tab) == Hits("Newcastle", "AU", towns, word=UNAVAILABLE)
    tab.fire(AddressListsState.locate, "-33.9", "151.3")
    tab.fire(AddressListsState.look_around)
    assert _here(tab) == Here("-33.9", "151.3", word=UNAVAILABLE)


def test_the_address_where_the_pin_was_put(tab: Tab, told: Told) -> None:
    events = tab.fire(AddressListsState.locate, "-33.891", "151.274")
    assert _names(events) == ["look_around"]
    assert _here(tab) == Here("-33.891", "151.274")
    tab.fire(AddressListsState.look_around)
    here = _here(tab)
    assert (here.latitude, here.longitude, here.word) == ("-33.891", "151.274", "")
    assert here.place is not None
    assert here.place.label == ADDRESS


def test_a_pin_that_was_moved_on_is_not_answered(
    tab: Tab, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tab.state(AddressListsState)

    def reverse(*_: object) -> finding.Located:
        state.here = Here("1.0", "2.0")
        return BONDI

    monkeypatch.setattr(told, "reverse", reverse)
    tab.fire(AddressListsState.locate, "-33.891", "151.274")
    tab.fire(AddressListsState.look_around)
    assert _here(tab) == Here("1.0", "2.0")


@pytest.mark.parametrize("nonsense", [None, 7, {"x": 1}, ["a"], "nan", "x" * 5_000])
def test_nonsense_asks_nobody(tab: Tab, told: Told, nonsense: object) -> None:
    tab.fire(AddressListsState.locate, nonsense, nonsense)
    tab.fire(AddressListsState.look_around)
    assert _here(tab).place is None
    tab.fire(AddressListsState.search, nonsense, nonsense)
    tab.fire(AddressListsState.look_up)
    assert [asked for asked in told.asked if len(str(asked[0])) > 120] == []
