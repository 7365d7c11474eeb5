from decimal import Decimal

import pytest

from portal_app.domain.catalogue.rules import PricedChoice as OptionChoice
from portal_app.domain.catalogue.rules import PricedOption
from portal_app.domain.dependents.rules import DocumentKind
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.domain.packs import parser, service, writer
from portal_app.domain.packs.format import PackError

SMALL = """\
[pack]
name = "Small"

[[dependent_types]]
key = "boat"
singular = "Boat"
plural = "Boats"
icon = "waves"

[[dependent_types.documents]]
key = "licence"
name = "Licence"
expires = "always"
required = true

[[dependent_types.fields]]
key = "kind_of_boat"
name = "Kind"
kind = "choice"
choices = ["Sailing boat", { key = "motor", name = "Motor boat" }]

[[dependent_types.fields]]
key = "engine"
name = "Engine"
kind = "number"
unit = "kW"
minimum = 2.5
maximum = 900
decimals = 1
required = true
shown_when = "kind_of_boat = motor, sailing_boat"
visible_to = ["customer", "office"]
editable_by = ["office"]

[[categories]]
key = "boats"
name = "Boats"

[[services]]
key = "hull-wash"
category = "boats"
name = "Hull wash"
price = 120.50
minutes = 90
included = ["Brush", "Water"]

[[services.options]]
key = "length"
name = "Length"
kind = "single"
choices = [{ name = "Up to 8 m" }, { name = "Longer", price = 40, minutes = 30 }]

[[policies]]
key = "cancellation"
text = "Until the day before."

[[templates]]
key = "done"
name = "Done"
text = "Hello {first_name}, {dependents} is clean."
"""


def problems_of(text: str, decimals: int = 2) -> list[str]:
    with pytest.raises(PackError) as refusal:
        parser.parse_pack(text, decimals=decimals)
    return [str(problem) for problem in refusal.value.problems]


def test_a_pack_is_parsed() -> None:
    pack = parser.parse_pack(SMALL)
    assert (pack.name, pack.summary) == ("Small", "")
    (boat,) = pack.types
    assert (boat.definition.singular, boat.definition.plural) == ("Boat", "Boats")
    assert boat.definition.documents == (
        DocumentKind("licence", "Licence", expires="always", required=True),
    )
    assert boat.fields == (
        Definition(
            key="kind_of_boat",
            name="Kind",
            kind="choice",
            choices=(
                FieldChoice("sailing_boat", "Sailing boat"),
                FieldChoice("motor", "Motor boat"),
            ),
        ),
        Definition(
            key="engine",
            name="Engine",
            kind="number",
            unit="kW",
            minimum=Decimal("2.5"),
            maximum=Decimal(900),
            decimals=1,
            required=True,
            shown_when=FieldCondition("kind_of_boat", ("motor", "sailing_boat")),
            visible_to=frozenset({"customer", "office"}),
            editable_by=frozenset({"office"}),
        ),
    )
    (wash,) = pack.services
    assert wash.definition.base_price_minor == 12050
    assert wash.definition.included == "Brush\nWater"
    assert wash.definition.options == (
        PricedOption(
            key="length",
            name="Length",
            kind="single",
            choices=(
                OptionChoice("up_to_8_m", "Up to 8 m"),
                OptionChoice("longer", "Longer", 4000, 30),
            ),
        ),
    )
    assert pack.policies[0].title == "Cancellation policy"


def test_a_written_pack_parses_to_the_same_pack() -> None:
    pack = parser.parse_pack(SMALL)
    text = writer.format_pack(pack)
    assert parser.parse_pack(text) == pack
    assert writer.format_pack(parser.parse_pack(text)) == text
    assert 'shown_when = "kind_of_boat = motor, sailing_boat"' in text
    assert "price = 120.50" in text


@pytest.mark.parametrize("name", service.shipped_packs())
def test_shipped_packs_round_trip(name: str) -> None:
    pack = parser.parse_pack(service.shipped_pack_text(name))
    assert parser.parse_pack(writer.format_pack(pack)) == pack


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "price = 120.50",
            "price = 120.555",
            [
                "line 43: services.hull-wash.price: "
                "Too many decimal places: the currency has 2 decimal places."
            ],
        ),
        (
            "price = 120.50",
            'price = "120"',
            ["line 43: services.hull-wash.price: Please give a number."],
        ),
        (
            "price = 120.50",
            "price = -1",
            [
                "line 43: services.hull-wash.price: "
                "Please give a price from 0 to 1000000."
            ],
        ),
        (
            "price = 120.50",
            "price = nan",
            [
                "line 43: services.hull-wash.price: "
                "Please give a price from 0 to 1000000."
            ],
        ),
        (
            "price = 120.50\n",
            "",
            ["line 39: services.hull-wash.price: Please give the price."],
        ),
        (
            "minutes = 90",
            "minutes = 90.5",
            ["line 44: services.hull-wash.minutes: Please give a whole number."],
        ),
        (
            "minutes = 90",
            "minuts = 90",
            [
                "line 39: services.hull-wash.minutes: "
                "Please give the minutes it takes.",
                "line 44: services.hull-wash.minuts: "
                "“minuts” is not known here. Did you mean “minutes”?",
            ],
        ),
        (
            'category = "boats"',
            'category = "ships"',
            [
                "line 41: services.hull-wash.category: "
                "There is no category with the key “ships”."
            ],
        ),
        (
            'kind = "single"',
            'kind = "any"',
            [
                "line 50: services.hull-wash.options.length.kind: "
                "An option is single, several or quantity."
            ],
        ),
        (
            'kind = "single"',
            'kind = "quantity"',
            [
                "line 47: services.hull-wash.options.length: "
                "A quantity has exactly one choice: its unit."
            ],
        ),
        (
            'name = "Up to 8 m"',
            'name = ""',
            [
                "line 51: services.hull-wash.options.length.choices.1.name: "
                "Please give the name."
            ],
        ),
        (
            'unit = "kW"',
            'unit = "kW"\nunits = 3\nperiod = "past"',
            [
                "line 27: dependent_types.boat.fields.engine.units: "
                "“units” is not known here. Did you mean “unit”?",
                "line 28: dependent_types.boat.fields.engine.period: "
                "Only a date has a period.",
            ],
        ),
        (
            "maximum = 900",
            "maximum = 1",
            [
                "line 27: dependent_types.boat.fields.engine.minimum: "
                "The minimum is more than the maximum."
            ],
        ),
        (
            "kind_of_boat = motor, sailing_boat",
            "kind_of_boat = rowing",
            [
                "line 31: dependent_types.boat.fields.engine.shown_when: "
                "“kind_of_boat” never has the value “rowing”."
            ],
        ),
        (
            "kind_of_boat = motor, sailing_boat",
            "always",
            [
                "line 31: dependent_types.boat.fields.engine.shown_when: "
                'Please write it as "FIELD = VALUE", such as "has_allergies = yes".'
            ],
        ),
        (
            "required = true\nshown_when",
            'required = "yes"\nshown_when',
            [
                "line 30: dependent_types.boat.fields.engine.required: "
                "Please give true or false, without quotes."
            ],
        ),
        (
            'editable_by = ["office"]',
            'editable_by = ["boss"]',
            [
                "line 33: dependent_types.boat.fields.engine.editable_by: "
                "There is no “boss”: it takes customer, fieldworker, office."
            ],
        ),
        (
            'editable_by = ["office"]',
            'editable_by = "office"',
            [
                "line 33: dependent_types.boat.fields.engine.editable_by: "
                'Please give a list such as ["One", "Two"].'
            ],
        ),
        (
            'expires = "always"',
            'expires = "yearly"',
            [
                "line 13: dependent_types.boat.documents.licence.expires: "
                "A document expires always, sometimes or never."
            ],
        ),
        (
            'key = "engine"',
            'key = "kind_of_boat"',
            [
                "line 23: dependent_types.boat.fields.kind_of_boat.key: "
                "There are two fields with the key “kind_of_boat”."
            ],
        ),
        (
            "{first_name}",
            "{name}",
            [
                "line 60: templates.done.text: Nothing can be put for {name}; "
                "there is: booking_number, business_name, customer_name, day, "
                "dependents, fieldworker, first_name, service, time, total."
            ],
        ),
        (
            "[[policies]]",
            "[policies]",
            ["line 53: policies: Please write each as a table: [[policies]]."],
        ),
        (
            "[[policies]]",
            "[[polices]]",
            ["line 53: polices: “polices” is not known here. Did you mean “policies”?"],
        ),
        (
            'name = "Small"',
            'name = "Small"\nformat = 2',
            ["line 3: pack.format: This portal reads packs of format 1."],
        ),
        ('name = "Small"', "", ["line 1: pack.name: Please give the name."]),
        (
            'singular = "Boat"',
            "singular = Boat",
            ["line 6: This is not valid TOML: Invalid value."],
        ),
        (
            '"Until the day before."',
            '"Until the day before.',
            ["line 55: This is not valid TOML: Illegal character '\\n'."],
        ),
    ],
)
def test_problems_are_reported_with_their_line(
    old: str, new: str, told: list[str]
) -> None:
    assert old in SMALL
    assert problems_of(SMALL.replace(old, new, 1)) == told


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_editor_may_have_written_it(mark: str, line_end: str) -> None:
    text = mark + SMALL.replace("\n", line_end)
    assert parser.parse_pack(text) == parser.parse_pack(SMALL)
    wrong = text.replace('"Boat"', '""', 1)
    assert problems_of(wrong) == problems_of(SMALL.replace('"Boat"', '""', 1))


def test_all_problems_are_reported_in_file_order() -> None:
    text = (
        SMALL.replace('"Small"', '""')
        .replace("120.50", "true")
        .replace("= 90\n", "= 0\n")
    )
    assert [line.partition(":")[0] for line in problems_of(text)] == [
        "line 2",
        "line 43",
        "line 44",
    ]


def test_a_currency_without_cents() -> None:
    assert problems_of(SMALL, decimals=0) == [
        "line 43: services.hull-wash.price: "
        "Too many decimal places: the currency has none."
    ]
    pack = parser.parse_pack(SMALL.replace("120.50", "120"), decimals=0)
    assert pack.services[0].definition.base_price_minor == 120
    assert "price = 120\n" in writer.format_pack(pack, decimals=0)


@pytest.mark.parametrize(
    "text",
    ["", "[pack]", "pack = 3", "[[pack]]", "pack = []", "a.b = 1", "services = 3"],
)
def test_malformed_files_are_refused(text: str) -> None:
    assert problems_of(text)


def test_an_oversized_file_is_refused() -> None:
    assert problems_of("#" * 1_000_001) == [
        "line 1: A pack has at most a million characters."
    ]


def test_deep_nesting_is_refused() -> None:
    assert problems_of("a = " + "[" * 5000 + "]" * 5000) == [
        "line 1: This file is nested too deeply."
    ]
