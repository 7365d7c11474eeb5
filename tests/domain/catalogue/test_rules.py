from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain.catalogue.rules import (
    Offer,
    PriceBreakdown,
    PricedChoice,
    PricedOption,
    PriceLine,
    Tax,
    cheapest_answers,
    normalise_answers,
    normalise_partial_answers,
    price,
)
from portal_app.kernel.errors import InvalidInput

SIZE = PricedOption(
    key="size",
    name="Size",
    kind="single",
    choices=(PricedChoice("large", "Large", 4000, 60), PricedChoice("small", "Small")),
)
EXTRAS = PricedOption(
    key="extras",
    name="Extras",
    kind="several",
    choices=(
        PricedChoice("oven", "Oven", 3550, 30),
        PricedChoice("fridge", "Fridge", 2000, 15),
    ),
)
WINDOWS = PricedOption(
    key="windows",
    name="Windows",
    kind="quantity",
    choices=(PricedChoice("window", "Window", 399, 5),),
    min_quantity=0,
    max_quantity=20,
)
OFFER = Offer("Clean", 8500, 90, (SIZE, EXTRAS, WINDOWS))


def test_every_answer_is_a_line_and_the_lines_add_up() -> None:
    answers = {"size": "large", "extras": ["fridge", "oven"], "windows": 3}

    assert price(OFFER, answers) == PriceBreakdown(
        lines=(
            PriceLine("Clean", 1, 8500, 90),
            PriceLine("Size: Large", 1, 4000, 60),
            PriceLine("Extras: Oven", 1, 3550, 30),
            PriceLine("Extras: Fridge", 1, 2000, 15),
            PriceLine("Windows", 3, 399, 15),
        ),
        total_minor=8500 + 4000 + 3550 + 2000 + 1197,
        minutes=90 + 60 + 30 + 15 + 15,
    )


def test_an_answer_that_costs_nothing_is_kept_and_a_quantity_of_nought_is_not() -> None:
    priced = price(OFFER, {"size": "small", "windows": 0})

    assert priced.lines == (
        PriceLine("Clean", 1, 8500, 90),
        PriceLine("Size: Small", 1, 0, 0),
    )
    assert (priced.total_minor, priced.minutes) == (8500, 90)


def test_unanswered_quantity_is_its_minimum() -> None:
    offer = replace(OFFER, options=(replace(WINDOWS, min_quantity=4),))

    assert price(offer, {}).lines[1] == PriceLine("Windows", 4, 399, 20)


def test_a_service_without_options_has_its_base_price() -> None:
    assert price(Offer("Walk", 2500, 30), {}) == PriceBreakdown(
        (PriceLine("Walk", 1, 2500, 30),), 2500, 30
    )


def test_a_choice_named_twice_counts_once() -> None:
    answers = {"size": "small", "extras": ["oven", "oven"]}

    assert price(OFFER, answers).total_minor == 8500 + 3550


CHOICE_GONE = "This choice is not available. Please choose another."
NUMBER = "Please enter a whole number."
BOUNDS = "Please enter a number from 0 to 20."


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({}, {"size": "Please choose one."}),
        ({"size": None}, {"size": "Please choose one."}),
        ({"size": ""}, {"size": "Please choose one."}),
        ({"size": "huge"}, {"size": CHOICE_GONE}),
        ({"size": ["large"]}, {"size": CHOICE_GONE}),
        ({"size": {"large": 1}}, {"size": CHOICE_GONE}),
        ({"size": "small", "extras": "oven"}, {"extras": CHOICE_GONE}),
        ({"size": "small", "extras": ["roof"]}, {"extras": CHOICE_GONE}),
        ({"size": "small", "extras": [["oven"]]}, {"extras": CHOICE_GONE}),
        ({"size": "small", "extras": 7}, {"extras": CHOICE_GONE}),
        ({"size": "small", "windows": -1}, {"windows": BOUNDS}),
        ({"size": "small", "windows": 21}, {"windows": BOUNDS}),
        ({"size": "small", "windows": 1.5}, {"windows": NUMBER}),
        ({"size": "small", "windows": True}, {"windows": NUMBER}),
        ({"size": "small", "windows": "three"}, {"windows": NUMBER}),
        ({"size": "small", "windows": "9" * 5000}, {"windows": NUMBER}),
        ({"size": "small", "roof": "x"}, {"roof": "This option is not available."}),
        (
            {"size": "huge", "windows": 99, "roof": 1},
            {
                "roof": "This option is not available.",
                "size": CHOICE_GONE,
                "windows": BOUNDS,
            },
        ),
    ],
)
def test_invalid_answers_are_reported_by_option(
    answers: dict[str, Any], fields: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        price(OFFER, answers)

    assert refused.value.fields == fields
    assert refused.value.message == "Please check the options."


def test_answers_are_normalised() -> None:
    answers = {"windows": "3", "extras": ["fridge", "oven"], "size": "large"}

    assert normalise_answers(OFFER, answers) == {
        "size": "large",
        "extras": ["oven", "fridge"],
        "windows": 3,
    }
    assert normalise_answers(OFFER, {"size": "small"}) == {
        "size": "small",
        "extras": [],
        "windows": 0,
    }


def test_the_starting_price_takes_the_cheapest_of_each_single() -> None:
    assert cheapest_answers(OFFER) == {"size": "small"}
    assert price(OFFER, cheapest_answers(OFFER)).total_minor == 8500


def test_what_need_not_be_answered_adds_nothing() -> None:
    optional = Offer("Walk", 2000, 30, (replace(SIZE, required=False),))
    needed = Offer("Walk", 2000, 30, (replace(EXTRAS, required=True),))

    assert price(optional, {}).total_minor == 2000
    assert normalise_answers(optional, {"size": ""}) == {}
    assert cheapest_answers(optional) == {}
    assert cheapest_answers(needed) == {"extras": ["fridge"]}
    with pytest.raises(InvalidInput) as refused:
        price(needed, {"extras": []})
    assert refused.value.fields == {"extras": "Please choose at least one."}
    assert normalise_partial_answers(needed, {"extras": []}) == {}


def test_the_price_of_an_hour_is_that_of_the_whole_visit() -> None:
    hourly = replace(OFFER, base_price_minor=4001, price_kind="per_hour")
    lines = price(hourly, {"size": "large", "windows": 1}).lines

    # 90 minutes, an hour for the size and five for the window: 155 minutes.
    assert (lines[0].description, lines[0].total_minor) == (
        f"{OFFER.name}, 2 h 35 min",
        10336,
    )


def test_tax_that_prices_do_not_hold_is_a_line_of_its_own() -> None:
    added = replace(OFFER, tax=Tax(825, included=False))
    held = replace(OFFER, tax=Tax(1000))

    assert price(added, {"size": "small"}).lines[-1] == PriceLine(
        "Tax 8.25%", 1, 701, 0
    )
    assert price(added, {"size": "small"}).total_minor == 9201
    assert price(held, {"size": "small"}).total_minor == 8500
    # What is said beside a total; a line of its own says enough.
    assert [price(one, {"size": "small"}).tax_note for one in (added, held, OFFER)] == [
        "",
        "incl. 10% tax",
        "",
    ]
    assert (added.tax.note, held.tax.note, OFFER.tax.note) == (
        "+ 8.25% tax",
        "incl. 10% tax",
        "",
    )


def test_a_price_on_request_is_none() -> None:
    with pytest.raises(InvalidInput) as refused:
        price(replace(OFFER, price_kind="on_request"), {"size": "small"})
    assert list(refused.value.fields) == ["price"]


def test_each_further_dependent_adds_its_price_and_minutes() -> None:
    walk = Offer(
        "Walk", 2500, 30, dependent_price_minor=900, dependent_minutes=10, tax=Tax(1000)
    )

    assert price(walk, {}) == price(walk, {}, 1)
    three = price(walk, {}, 3)
    assert three.lines[1] == PriceLine("Each further one", 2, 900, 20)
    assert (three.total_minor, three.minutes) == (4300, 50)
    plain = Offer("Walk", 2500, 30)
    assert price(plain, {}, 3) == price(plain, {})
