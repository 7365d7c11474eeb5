"""Where the business goes, by radius and by postcode."""

import pytest

from portal_app.domain.business.service_area import (
    POSTCODES,
    RADIUS,
    Place,
    ServiceArea,
    postcodes_fault,
    serves,
)

SYDNEY = Place("2000", -33.8688, 151.2093)
PARRAMATTA = Place("2150", -33.8150, 151.0011)  # 20.1 km away


def test_everywhere_is_everywhere() -> None:
    assert serves(ServiceArea(), Place())
    assert serves(ServiceArea(), SYDNEY)


def test_a_radius_is_measured_as_the_crow_flies() -> None:
    near = ServiceArea(RADIUS, SYDNEY, 20)
    assert not serves(near, PARRAMATTA)
    assert serves(ServiceArea(RADIUS, SYDNEY, 21), PARRAMATTA)
    assert serves(near, SYDNEY)
    # What has no pin cannot be measured.
    assert serves(near, Place("2150"))
    assert serves(ServiceArea(RADIUS, Place(), 1), PARRAMATTA)


@pytest.mark.parametrize(
    ("typed", "postcode", "served"),
    [
        ("2000-2050, 2204", "2000", True),
        ("2000-2050, 2204", "2050", True),
        ("2000-2050, 2204", "2051", False),
        ("2000-2050, 2204", "2204", True),
        ("2000-2050", "", True),
        ("sw1a 1aa", "SW1A1AA", True),
        ("SW1*", "sw1a 2bb", True),
        ("SW1*", "SW9 1AA", False),
        ("10001-10003", "10002-1234", True),
        ("20095-20099; 22303\n22305", "22303", True),
        ("100-0001", "1000001", True),
    ],
)
def test_postcodes_are_compared_as_people_write_them(
    typed: str, postcode: str, served: bool
) -> None:
    assert postcodes_fault(typed) == ""
    assert serves(ServiceArea(POSTCODES, postcodes=typed), Place(postcode)) is served


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please enter at least one postcode."),
        (" , ", "Please enter at least one postcode."),
        ("2050-2000", "“2050-2000” is no range. Please write it as 2000-2050."),
        ("<b>", "“<B>” is no postcode, range (2000-2050) or start (SW1*)."),
        ("2" * 3000, "Please use at most 2000 characters."),
    ],
)
def test_what_is_no_postcode_is_said(typed: str, sentence: str) -> None:
    assert postcodes_fault(typed) == sentence
