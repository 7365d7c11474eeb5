from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.catalogue.checks import (
    CategoryDefinition,
    category_faults,
    service_faults,
)
from portal_app.domain.catalogue.rules import PricedChoice
from tests.support.sample_business import CLEANING

SIZE, EXTRAS, WINDOWS = CLEANING.options
LETTERS = "Please use only letters, numbers and signs."
RIGHT_TO_LEFT = "\u05e0\u05d9\u05e7\u05d9\u05d5\u05df \U0001f9f9"


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, {}),
        ({"name": RIGHT_TO_LEFT, "description": RIGHT_TO_LEFT * 20}, {}),
        ({"name": " "}, {"name": "Please enter a name."}),
        ({"name": "x" * 101}, {"name": "Please use at most 100 characters."}),
        ({"name": "a\x00b"}, {"name": LETTERS}),
        ({"summary": "a\nb"}, {"summary": LETTERS}),
        ({"description": "a\n\nb"}, {}),
        (
            {"description": "x" * 6001},
            {"description": "Please use at most 6000 characters."},
        ),
        (
            {"slug": "Deep Clean"},
            {
                "slug": "Please use small letters, digits and hyphens, "
                "such as deep-clean."
            },
        ),
        ({"slug": "a" * 61}, {"slug": "Please use at most 60 characters."}),
        (
            {"base_price_minor": -1},
            {"base_price_minor": "A price cannot be negative."},
        ),
        (
            {"base_price_minor": 10**9},
            {"base_price_minor": "This price is too high."},
        ),
        (
            {"duration_minutes": 0},
            {"duration_minutes": "Please enter 1 to 43200 minutes."},
        ),
        (
            {"duration_minutes": 10**9},
            {"duration_minutes": "Please enter 1 to 43200 minutes."},
        ),
        (
            {"buffer_after_minutes": -1},
            {"buffer_after_minutes": "A buffer cannot be negative."},
        ),
        (
            {"lead_minutes": 10**9},
            {"lead_minutes": "Please enter at most 365 days."},
        ),
        ({"horizon_days": 0}, {"horizon_days": "Please enter 1 to 1095 days."}),
        ({"people_needed": 0}, {"people_needed": "Please enter 1 to 10."}),
        ({"seats": 501}, {"seats": "Please enter at most 500."}),
        ({"visits_per_day": 0}, {"visits_per_day": "Please enter 1 to 1000."}),
        (
            {"dependent_minutes": -1},
            {"dependent_minutes": "Please enter at most 43200 minutes."},
        ),
        (
            {"dependent_price_minor": -1},
            {"dependent_price_minor": "Please enter a smaller amount."},
        ),
        (
            {"tax_basis_points": 10_001},
            {"tax_basis_points": "Please enter 0 to 100 percent."},
        ),
        ({"deposit_percent": 101}, {"deposit": "Please enter 1 to 100 percent."}),
        (
            {"deposit_percent": 10, "deposit_minor": 1},
            {"deposit": "A deposit is an amount or a percentage, not both."},
        ),
        (
            {"price_kind": "free"},
            {"price_kind": "Please choose how the price is meant."},
        ),
        (
            {"confirmation": "nobody"},
            {"confirmation": "Please choose who confirms a booking."},
        ),
        ({"options": (SIZE, SIZE)}, {"options": "Two options have the same key."}),
        (
            {"options": (replace(SIZE, choices=()),)},
            {"options.bedrooms": "An option needs a choice."},
        ),
        (
            {"options": (replace(SIZE, choices=SIZE.choices * 2),)},
            {"options.bedrooms": "Two choices have the same key."},
        ),
        (
            {"options": (replace(SIZE, kind="quantity"),)},
            {"options.bedrooms": "A quantity has exactly one choice: its unit."},
        ),
        (
            {"options": (replace(WINDOWS, min_quantity=21),)},
            {"options.windows": "The least quantity is more than the most."},
        ),
        (
            {"options": (replace(SIZE, choices=(PricedChoice("a", "A", -1),)),)},
            {"options.bedrooms": "A choice can only add to price and duration."},
        ),
        (
            {"options": (replace(SIZE, choices=(PricedChoice("a", ""),)),)},
            {"options.bedrooms.a": "Please enter a name."},
        ),
        (
            {"options": (replace(SIZE, choices=(PricedChoice("a", "A", 10**9),)),)},
            {"options.bedrooms.a": "This price is too high."},
        ),
    ],
)
def test_each_part_of_a_service_is_checked(
    change: dict[str, Any], faults: dict[str, str]
) -> None:
    assert service_faults(replace(CLEANING, **change)) == faults


def test_each_part_of_a_category_is_checked() -> None:
    assert category_faults(CategoryDefinition("pets", "Pets")) == {}
    assert category_faults(CategoryDefinition("", "", "x" * 301)) == {
        "slug": "Please use small letters, digits and hyphens, such as deep-clean.",
        "name": "Please enter a name.",
        "description": "Please use at most 300 characters.",
    }
