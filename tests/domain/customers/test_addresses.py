from dataclasses import replace

import pytest

from portal_app.domain.customers.addresses import (
    Address,
    AddressForm,
    address_lines,
    countries,
    place_key,
    states,
    validate_address,
)
from portal_app.kernel.errors import InvalidInput

BONDI = AddressForm(
    street=" 12  Bay Street ",
    unit="4",
    town="Bondi",
    state="New South Wales",
    postcode=" 2026 ",
    country="au",
    access_notes="Ring twice.\r\nMind the cat.",
)


def test_addresses_are_normalised() -> None:
    assert validate_address(BONDI) == Address(
        street="12 Bay Street",
        unit="4",
        town="Bondi",
        state="NSW",
        postcode="2026",
        country="AU",
        access_notes="Ring twice.\nMind the cat.",
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"street": " "}, ["street"]),
        ({"town": ""}, ["town"]),
        ({"state": ""}, ["state"]),
        ({"state": "Bavaria"}, ["state"]),
        ({"postcode": "202"}, ["postcode"]),
        ({"postcode": ""}, ["postcode"]),
        ({"country": ""}, ["country"]),
        ({"country": "XX"}, ["country"]),
        ({"street": "x" * 121}, ["street"]),
        ({"unit": "x" * 41}, ["unit"]),
        ({"label": "x" * 61}, ["label"]),
        ({"access_notes": "x" * 501}, ["access_notes"]),
        ({"street": "12 Bay\x00Street"}, ["street"]),
        ({"access_notes": "\x1bevil"}, ["access_notes"]),
        ({"street": "", "town": "", "postcode": "x"}, ["postcode", "street", "town"]),
    ],
)
def test_invalid_addresses(changes: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        validate_address(replace(BONDI, **changes))
    assert sorted(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("US", "94103-1234", "94103-1234"),
        ("CA", "k1a0b1", "K1A 0B1"),
        ("GB", "sw1a1aa", "SW1A 1AA"),
        ("GB", "M1 1AE", "M1 1AE"),
        ("IE", "d02af30", "D02 AF30"),
        ("NL", "1012ab", "1012 AB"),
        ("SE", "11122", "111 22"),
        ("DE", "10115", "10115"),
        ("NZ", "6011", "6011"),
        ("JP", "100-0001", "100-0001"),
        ("HK", "", ""),
        ("AU", "２０２６", "2026"),
        ("AU", "٢٠٢٦", "2026"),
        ("AT", "A-1010", "1010"),
        ("AT", "A 1010", "1010"),
        ("DE", "D-10115", "10115"),
        ("CH", "CH-8001", "8001"),
        ("SE", "SE-111 22", "111 22"),
        ("SE", "s-111 22", "111 22"),
        ("IN", "110 001", "110001"),
        ("PT", "1000001", "1000-001"),
        ("CA", "H2X-1Y4", "H2X 1Y4"),
        ("JP", "〒100-0001", "100-0001"),
        ("JP", "1000001", "100-0001"),
        ("LV", "1073", "LV-1073"),
        ("LV", "LV-1073", "LV-1073"),
        ("US", "941031234", "94103-1234"),
        ("GB", "bfpo 61", "BFPO 61"),
        ("IE", "", ""),
        ("XK", "10000", "10000"),
        ("MX", "06700", "06700"),
    ],
)
def test_postcodes_by_country(country: str, typed: str, stored: str) -> None:
    state = {"US": "ca", "CA": "ontario", "AU": "NSW"}.get(country, "")
    form = replace(BONDI, country=country, state=state, postcode=typed)
    assert validate_address(form).postcode == stored


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("US", "9410"),
        ("CA", "123456"),
        ("GB", "A"),
        ("DE", "1011"),
        ("DE", "X-10115"),
        ("JP", "<b>"),
    ],
)
def test_invalid_postcodes(country: str, typed: str) -> None:
    state = {"US": "CA", "CA": "ON"}.get(country, "")
    form = replace(BONDI, country=country, state=state, postcode=typed)
    with pytest.raises(InvalidInput) as refused:
        validate_address(form)
    assert list(refused.value.fields) == ["postcode"]


@pytest.mark.parametrize(
    ("changes", "home", "lines"),
    [
        ({}, "AU", ["Unit 4, 12 Bay Street", "Bondi NSW 2026"]),
        ({"unit": ""}, "AU", ["12 Bay Street", "Bondi NSW 2026"]),
        ({"unit": "Shop 2"}, "AU", ["Shop 2, 12 Bay Street", "Bondi NSW 2026"]),
        ({}, "NZ", ["Unit 4, 12 Bay Street", "Bondi NSW 2026", "Australia"]),
        (
            {"country": "US", "state": "CA", "postcode": "94103", "unit": ""},
            "US",
            ["12 Bay Street", "Bondi, CA 94103"],
        ),
        (
            {"country": "GB", "state": "", "postcode": "SW1A 1AA", "unit": ""},
            "GB",
            ["12 Bay Street", "Bondi", "SW1A 1AA"],
        ),
        (
            {"country": "DE", "state": "", "postcode": "10115", "unit": ""},
            "",
            ["12 Bay Street", "10115 Bondi", "Germany"],
        ),
    ],
)
def test_address_lines(changes: dict[str, str], home: str, lines: list[str]) -> None:
    assert address_lines(validate_address(replace(BONDI, **changes)), home) == lines


def test_equal_addresses_have_one_key() -> None:
    key = place_key(validate_address(BONDI))
    same = replace(BONDI, street="12 BAY street.", town="bondi", access_notes="")
    assert place_key(validate_address(same)) == key
    for changes in ({"unit": "5"}, {"street": "1 2 Bay Street"}, {"postcode": "2027"}):
        other = replace(BONDI, **changes)
        assert place_key(validate_address(other)) != key


def test_country_and_state_choices() -> None:
    assert states("AU")[:2] == [
        ("ACT", "Australian Capital Territory"),
        ("JBT", "Jervis Bay Territory"),
    ]
    assert (len(states("AU")), states("DE")) == (9, [])
    assert ("AU", "Australia") in countries("en_AU")
    assert ("AU", "Australien") in countries("de_DE")
