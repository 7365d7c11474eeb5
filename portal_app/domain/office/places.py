"""What follows from the country a business is in: money, clock and language."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies, list_currencies

from portal_app.kernel.errors import InvalidInput

_WORDS = Locale("en")
# Where a country has several clocks, the one of most of its people.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "GB": "Europe/London",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
_COMMON = "en"


@dataclass(frozen=True, slots=True)
class PlaceChoices:
    """What is offered in a country; pairs of what is stored and what is read.

    The first of each is what is suggested.
    """

    currencies: list[tuple[str, str]]
    timezones: list[tuple[str, str]]
    locales: list[tuple[str, str]]


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """Every country, by its name in English."""
    known = _country_codes()
    named = [(code, _WORDS.territories.get(code, code)) for code in known]
    return tuple(sorted(named, key=lambda pair: pair[1]))


@cache
def place_choices(country: str) -> PlaceChoices:
    """What fits a country, the likeliest first.

    Raises:
        InvalidInput: For ``country``.
    """
    if country not in _country_codes():
        raise InvalidInput({"country": "Please choose a country."})
    return PlaceChoices(_currencies(country), _timezones(country), _locales(country))


@cache
def _country_codes() -> frozenset[str]:
    """Those that are countries: their clocks and money are known."""
    return frozenset(
        code
        for code in map(str, _WORDS.territories)
        if len(code) == 2
        and code.isalpha()
        and get_territory_currencies(code)
        and code in _territories_with_clocks()
    )


@cache
def _territories_with_clocks() -> frozenset[str]:
    return frozenset(get_global("zone_territories").values())


def _currencies(country: str) -> list[tuple[str, str]]:
    own = [code for code in get_territory_currencies(country) if code in _usable()]
    others = sorted(_usable() - set(own))
    return [(code, f"{code}, {_WORDS.currencies[code]}") for code in (*own, *others)]


@cache
def _usable() -> frozenset[str]:
    return frozenset(code for code in list_currencies() if code in _WORDS.currencies)


def _timezones(country: str) -> list[tuple[str, str]]:
    of_country = get_global("zone_territories")
    known = available_timezones()
    own = sorted(
        zone
        for zone, territory in of_country.items()
        if territory == country and zone in known
    )
    main = _MAIN_ZONES.get(country)
    if main is not None:
        own = [main, *(zone for zone in own if zone != main)]
    others = sorted(
        zone for zone in of_country if zone in known and zone not in own and "/" in zone
    )
    return [
        (zone, zone.replace("_", " "))
        for zone in (*own, *others)
        if not zone.startswith("Etc/")
    ]


def _locales(country: str) -> list[tuple[str, str]]:
    languages = [*get_official_languages(country, regional=True), _COMMON]
    found: dict[str, str] = {}
    for language in languages:
        for identifier in (f"{language}_{country}", language):
            name = _locale_name(identifier)
            if name:
                found.setdefault(identifier, name)
                break
    first = f"{_COMMON}_{country}"
    if first in found and languages[0] != _COMMON:
        # The portal's own words are English; dates and prices should fit them.
        found = {first: found[first], **found}
    found.setdefault("en_GB", _locale_name("en_GB"))
    found.setdefault("en_US", _locale_name("en_US"))
    return list(found.items())


def _locale_name(identifier: str) -> str:
    try:
        return str(Locale.parse(identifier).get_display_name("en"))
    except (UnknownLocaleError, ValueError):
        return ""
