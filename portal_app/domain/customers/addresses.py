"""Addresses: what one must have in which country, and how it is written.

The rules are few on purpose: a state must exist where letters need one, a
postcode must look like one. Whether the house is there, a person knows better.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import pycountry
from babel import Locale

from portal_app.domain.customers import postal
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import is_readable, one_line, paragraphs

_LENGTHS = {"label": 60, "street": 120, "unit": 40, "town": 80, "state": 80}
_MAX_NOTES = 500

# Countries whose addresses are written with a state or province code.
STATE_COUNTRIES = frozenset({"AU", "US", "CA"})

# Where the town of an address is the suburb, not the city it belongs to.
SUBURB_COUNTRIES = frozenset({"AU"})
# Where the house number stands before the street; elsewhere it follows.
NUMBER_FIRST = frozenset({"AU", "NZ", "US", "CA", "GB", "IE", "FR", "SG", "IN", "ZA"})
_TOWN_STATE_POSTCODE = frozenset({"AU", "US", "CA", "IN"})
_POSTCODE_LAST = frozenset({"GB", "IE"})


ADDRESS_PARTS = ("street", "unit", "town", "state", "postcode", "country")
"""What tells one address from another, as forms and tables call it."""

Pin = tuple[float | None, float | None]
"""Latitude and longitude in degrees, both or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressForm:
    """An address as typed. The fields' names are those of the form.

    ``country`` is an ISO 3166 code; ``label`` names a saved place ("Home");
    ``latitude`` and ``longitude`` are the pin, in degrees, both or neither.
    """

    street: str = ""
    unit: str = ""
    town: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    label: str = ""
    access_notes: str = ""
    is_default: bool = False
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A checked address in stored form; plain texts, so that it can be kept as JSON.

    ``state`` is the code where the country has them (``NSW``).
    """

    street: str
    unit: str
    town: str
    state: str
    postcode: str
    country: str
    access_notes: str = ""


def validate_address(form: AddressForm) -> Address:
    """Check an address.

    Returns:
        The address in stored form.

    Raises:
        InvalidInput: With a sentence for each field that is wrong.
    """
    wrong: dict[str, str] = {}
    texts = {field: one_line(getattr(form, field)) for field in _LENGTHS}
    for field, limit in _LENGTHS.items():
        if len(texts[field]) > limit:
            wrong[field] = f"Please use at most {limit} characters."
        elif not is_readable(texts[field]):
            wrong[field] = "Please use only letters and numbers."
    notes = paragraphs(form.access_notes)
    if len(notes) > _MAX_NOTES:
        wrong["access_notes"] = f"Please use at most {_MAX_NOTES} characters."
    elif not is_readable(notes, lines=True):
        wrong["access_notes"] = "Please use only letters and numbers."
    if not texts["street"]:
        wrong["street"] = "Please enter the street and house number."
    if not texts["town"]:
        wrong["town"] = "Please enter the suburb or town."
    country = form.country.strip().upper()
    if not is_country(country):
        wrong["country"] = "Please choose a country."
    else:
        _check_state(texts, country, wrong)
        _check_postcode(texts, form.postcode, country, wrong)
    if wrong:
        raise InvalidInput(wrong)
    return Address(
        street=texts["street"],
        unit=texts["unit"],
        town=texts["town"],
        state=texts["state"],
        postcode=texts["postcode"],
        country=country,
        access_notes=notes,
    )


def pin_of(form: AddressForm) -> Pin:
    """The pin on the map: latitude and longitude in degrees, or two ``None``.

    A pin is a help, not a part of the address: one that makes no sense is none.
    """
    try:
        latitude, longitude = float(form.latitude), float(form.longitude)
    except ValueError:
        return None, None
    if not is_valid_position(latitude, longitude):
        return None, None
    return round(latitude, 6), round(longitude, 6)


def degrees_text(degrees: float | None) -> str:
    """One half of a pin for a form; empty where there is none."""
    return "" if degrees is None else f"{degrees:.6f}"


def is_valid_position(latitude: float, longitude: float) -> bool:
    """Whether these are degrees of a place; not-a-number is none."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def is_empty(form: AddressForm) -> bool:
    """Whether nothing was entered; a chosen country alone is nothing."""
    return not any(
        text.strip()
        for text in (form.street, form.unit, form.town, form.postcode, form.state)
    )


def address_lines(address: Address, home_country: str = "") -> list[str]:
    """An address as it is written on an envelope, line by line.

    Args:
        address: A checked address.
        home_country: ISO code of the country whose name goes without saying.
    """
    unit = f"Unit {address.unit}" if address.unit.isdigit() else address.unit
    lines = [", ".join(part for part in (unit, address.street) if part)]
    if address.country in _TOWN_STATE_POSTCODE:
        comma = "," if address.country == "US" else ""
        parts = (f"{address.town}{comma}", address.state, address.postcode)
        lines.append(" ".join(part for part in parts if part))
    elif address.country in _POSTCODE_LAST:
        lines += [address.town, address.state, address.postcode]
    elif address.country == "NZ":
        lines += [f"{address.town} {address.postcode}".strip(), address.state]
    else:
        lines += [f"{address.postcode} {address.town}".strip(), address.state]
    if address.country != home_country:
        lines.append(country_name(address.country))
    return [line for line in lines if line]


def address_parts(address: Address) -> dict[str, Any]:
    """An address without notes on how to get in, by its ``ADDRESS_PARTS``."""
    return {name: getattr(address, name) for name in ADDRESS_PARTS}


def place_key(address: Address) -> str:
    """Equal for two spellings of one place: case and punctuation do not count."""
    plain = "\n".join(
        " ".join(re.findall(r"[^\W_]+", part.casefold()))
        for part in address_parts(address).values()
    )
    return hashlib.sha256(plain.encode()).hexdigest()


def states(country: str) -> list[tuple[str, str]]:
    """The states to choose from: code and name by name; empty where none is needed."""
    if country not in STATE_COUNTRIES:
        return []
    return sorted(postal.states(country).items(), key=lambda state: state[1])


def regions(country: str) -> list[tuple[str, str]]:
    """The states, provinces or regions to choose from: code and name, by name.

    Where addresses need none, the name is its own code, and none may be chosen.
    """
    if country in STATE_COUNTRIES:
        return states(country)
    lookup: Any = pycountry.subdivisions  # its methods are untyped
    names = {
        str(subdivision.name)
        for subdivision in lookup.get(country_code=country) or []
        if subdivision.parent_code is None
    }
    return [(name, name) for name in sorted(names)] if len(names) <= 100 else []


def state_of(country: str, code: str, name: str) -> str:
    """What an address says of the state, province or region a place is in.

    Args:
        country: ISO 3166 code.
        code: ISO 3166-2, such as ``AU-NSW``, if it is known.
        name: As somebody else calls it.

    Returns:
        The code where addresses have one; nothing where letters need none; else
        the name, as ``regions`` writes it where it is known there.
    """
    if country in STATE_COUNTRIES:
        known = postal.states(country)
        suffix = code.partition("-")[2]
        named = (key for key, text in known.items() if text == name)
        return suffix if suffix in known else next(named, "")
    if not postal.uses_states(country):
        return ""
    lookup: Any = pycountry.subdivisions  # its methods are untyped
    found = lookup.get(code=code) if code.startswith(f"{country}-") else None
    return str(found.name) if found is not None else name


def street_line(road: str, number: str, country: str) -> str:
    """Street and house number in the order of a country."""
    parts = (number, road) if country in NUMBER_FIRST else (road, number)
    return " ".join(part for part in parts if part)


def is_country(code: str) -> bool:
    """Whether this is the ISO 3166 code of a country."""
    return code in postal.country_codes()


def postcode_example(country: str) -> str:
    """A postcode of a country to show, or an empty text where none is known."""
    return postal.postcode_example(country)


def countries(locale: str) -> list[tuple[str, str]]:
    """The countries to choose from: code and name, by name.

    Args:
        locale: A Babel locale for the names.
    """
    names = Locale.parse(locale).territories
    found = [(code, str(names.get(code, code))) for code in postal.country_codes()]
    # Å is looked for under A.
    return sorted(found, key=lambda country: unicodedata.normalize("NFD", country[1]))


def country_name(country: str) -> str:
    """A country's name in English."""
    return str(Locale("en").territories.get(country, country))


def _check_state(texts: dict[str, str], country: str, wrong: dict[str, str]) -> None:
    if country not in STATE_COUNTRIES:
        return
    typed = texts["state"].casefold()
    for code, name in postal.states(country).items():
        if typed in {code.casefold(), name.casefold()}:
            texts["state"] = code
            return
    wrong["state"] = "Please choose a state."


def _check_postcode(
    texts: dict[str, str], typed: str, country: str, wrong: dict[str, str]
) -> None:
    postcode = postal.normal_postcode(typed, country)
    example = postal.postcode_example(country)
    if postcode is None:
        wrong["postcode"] = (
            f"Please enter a postcode such as {example}."
            if example
            else "Please enter a postcode, or leave it empty."
        )
    elif not postcode and postal.requires_postcode(country):
        wrong["postcode"] = f"Please enter a postcode such as {example}."
    texts["postcode"] = postcode or ""
