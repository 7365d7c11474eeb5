"""What is made of a geocoder's answers, and when it is asked at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import select

from portal_app.domain.customers import finding
from portal_app.domain.customers.finding import GeocoderUnavailable, Located
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, TooManyAttempts
from tests.support.accounts import STRANGER
from tests.support.locating import BERLIN, BONDI, Told, locating


@pytest.fixture
def told() -> Iterator[Told]:
    with locating() as geocoder:
        yield geocoder


def _labels(db: Database, her: Actor, told: Told, *places: Located) -> list[str]:
    told.places = list(places)
    return [one.label for one in finding.find_addresses(db, her, "anything", "")]


def test_an_address_is_as_letters_have_it(db: Database, her: Actor, told: Told) -> None:
    [found] = finding.find_addresses(db, her, "  12 ocean\tstreet ", "AU")
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


def test_each_country_has_its_own_order(db: Database, her: Actor, told: Told) -> None:
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


def test_a_state_that_is_not_known_is_left_to_the_person(
    db: Database, her: Actor, told: Told
) -> None:
    told.places = [
        replace(BONDI, state_code=""),
        replace(BONDI, state_code="AU-XX", state="Elsewhere", postcode="2027"),
    ]
    found = finding.find_addresses(db, her, "Ocean Street", "")
    assert [one.state for one in found] == ["NSW", ""]


def test_the_number_typed_is_kept_where_no_houses_are_known(
    db: Database, her: Actor, told: Told
) -> None:
    told.places = [
        replace(BONDI, house_number=""),
        replace(BERLIN, house_number=""),
        replace(BONDI, road="", house_number="", postcode="2027"),
    ]
    found = finding.find_addresses(db, her, "7a Ocean Street", "")
    assert [one.street for one in found] == ["7a Ocean Street", "Unter den Linden", ""]


def test_what_is_known_by_name_says_it(db: Database, her: Actor, told: Told) -> None:
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


def test_what_fills_in_nothing_is_not_offered(
    db: Database, her: Actor, told: Told
) -> None:
    nothing = replace(BONDI, road="", suburb="", town="")
    nowhere = replace(BONDI, country="XX")
    assert _labels(db, her, told, nothing, nowhere, BONDI, BONDI) == [
        "12 Ocean Street, Bondi NSW 2026, Australia"
    ]
    told.places = [nothing]
    assert finding.address_at(db, her, 1.0, 2.0) is None


def test_the_address_at_a_pin(db: Database, her: Actor, told: Told) -> None:
    found = finding.address_at(db, her, -33.9, 151.3)
    assert found is not None
    assert (found.street, found.town) == ("12 Ocean Street", "Bondi")
    assert told.asked == [(-33.9, 151.3)]


def test_nobody_is_asked_what_makes_no_sense(
    db: Database, her: Actor, told: Told
) -> None:
    for text in ("", "  x ", "\x00\u202e\n ab"):
        assert finding.find_addresses(db, her, text, "AU") == []
    for latitude in (91.0, float("nan"), float("inf")):
        assert finding.address_at(db, her, latitude, 0.0) is None
    assert told.asked == []
    finding.find_addresses(db, her, "a" * 500, "Atlantis")
    assert told.asked == [("a" * 120, "", 5)]


def test_where_nobody_can_be_asked_nothing_is_found(db: Database, her: Actor) -> None:
    assert not finding.finds_addresses()
    assert finding.find_addresses(db, her, "12 Ocean Street", "AU") == []
    assert finding.address_at(db, her, -33.9, 151.3) is None
    assert finding.find_towns("newcas", "AU")[0].label == "Newcastle, NSW, Australia"


def test_a_customer_looks_up_so_much_and_no_more(
    db: Database, her: Actor, him: Actor, told: Told
) -> None:
    for at in range(119):
        finding.find_addresses(db, her, f"Street {at}", "AU")
    finding.address_at(db, her, -33.9, 151.3)
    for attempt in (
        lambda: finding.find_addresses(db, her, "One more", "AU"),
        lambda: finding.address_at(db, her, -33.9, 151.3),
    ):
        with pytest.raises(TooManyAttempts):
            attempt()
    assert len(told.asked) == 120
    assert len(finding.find_addresses(db, him, "12 Ocean Street", "AU")) == 1


def test_nothing_is_held_while_it_is_asked(
    db: Database, her: Actor, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(*_: object) -> list[Located]:
        # Waits, and fails, if the look-up were still in a transaction.
        with db.write() as tx:
            tx.execute(update(Customer).values(first_name="Written meanwhile"))
        return [BONDI]

    monkeypatch.setattr(told, "search", search)
    assert len(finding.find_addresses(db, her, "12 Ocean Street", "AU")) == 1
    with db.read() as tx:
        assert tx.exec(select(Customer.first_name)).all() == ["Written meanwhile"]


def test_a_stranger_looks_nothing_up(db: Database, told: Told) -> None:
    with pytest.raises(NotAllowed):
        finding.find_addresses(db, STRANGER, "12 Ocean Street", "AU")
    with pytest.raises(NotAllowed):
        finding.address_at(db, STRANGER, -33.9, 151.3)
    assert told.asked == []


def test_while_it_is_down_towns_are_found(db: Database, her: Actor, told: Told) -> None:
    told.down = True
    with pytest.raises(GeocoderUnavailable) as refused:
        finding.find_addresses(db, her, "12 Ocean Street", "AU")
    assert refused.value.message == (
        "Streets cannot be looked up just now. Towns can, "
        "and the fields below take any address."
    )
    assert finding.find_towns("bondi", "AU") == finding.find_towns("BONDI", "AU")
