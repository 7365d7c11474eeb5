"""Where the business goes: anywhere, around its address, to some postcodes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from portal_app.kernel.text import code

EVERYWHERE, RADIUS, POSTCODES = "", "radius", "postcodes"
KIND_LABELS = {
    EVERYWHERE: "Everywhere",
    RADIUS: "Around our address",
    POSTCODES: "To these postcodes",
}
"""What the office chooses from."""

MAX_KILOMETRES = 500
MAX_POSTCODES_TEXT = 2000
_EARTH_RADIUS_KM = 6371.0
_RANGE = re.compile(r"(\d{3,10})-(\d{3,10})")
_PLAIN = re.compile(r"[0-9A-Z]{2,10}")
_PREFIX = re.compile(r"[0-9A-Z]{1,9}\*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody wants the business to come; what is not known is empty."""

    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """Where the business goes.

    Attributes:
        kind: ``EVERYWHERE``, ``RADIUS`` or ``POSTCODES``.
        centre: The address of the business, for a radius.
        kilometres: The radius, as the crow flies.
        postcodes: As typed: ``2000-2050, 2204, SW1*``.
    """

    kind: str = EVERYWHERE
    centre: Place = Place()
    kilometres: int = 0
    postcodes: str = ""


def serves(area: ServiceArea, place: Place) -> bool:
    """Whether the business goes to a place.

    What cannot be told, because the pin or the postcode is missing, counts as
    served: the office sees the address before anybody goes there.
    """
    if area.kind == RADIUS:
        distance = distance_km(area.centre, place)
        return distance is None or distance <= area.kilometres
    if area.kind == POSTCODES:
        postcode = _normal(place.postcode)
        return not postcode or any(
            _matches(postcode, one) for one in _parts(area.postcodes)
        )
    return True


def postcodes_fault(text: str) -> str:
    """What is wrong with typed postcodes, in a sentence; empty for nothing."""
    if len(text) > MAX_POSTCODES_TEXT:
        return f"Please use at most {MAX_POSTCODES_TEXT} characters."
    parts = _parts(text)
    if not parts:
        return "Please enter at least one postcode."
    for part in parts:
        found = _RANGE.fullmatch(part)
        if found:
            low, high = found.groups()
            if low > high:
                return f"“{part}” is no range. Please write it as 2000-2050."
        elif not (_PLAIN.fullmatch(part) or _PREFIX.fullmatch(part)):
            return f"“{part[:20]}” is no postcode, range (2000-2050) or start (SW1*)."
    return ""


def _parts(text: str) -> Sequence[str]:
    separated = re.split(r"[,;\n]", text)
    return [part for one in separated if (part := _normal(one, dash=True))]


def _normal(text: str, *, dash: bool = False) -> str:
    plain = code(text).replace(" ", "")
    found = _RANGE.fullmatch(plain) if dash else None
    # Codes of some countries have a dash: 100-0001.
    is_range = found is not None and len(found[1]) == len(found[2])
    return plain if is_range else plain.replace("-", "")


def _matches(postcode: str, part: str) -> bool:
    found = _RANGE.fullmatch(part)
    if found:
        low, high = found.groups()
        # A longer code, such as ZIP+4, begins with the one that counts.
        start = postcode[: len(low)]
        return start.isdecimal() and low <= start <= high
    if part.endswith("*"):
        return postcode.startswith(part[:-1])
    return postcode == part


def distance_km(one: Place, other: Place) -> float | None:
    """As the crow flies; ``None`` where one of them has no pin."""
    found = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(part is None for part in found):
        return None
    lat1, lon1, lat2, lon2 = (radians(part) for part in found if part is not None)
    half = (
        sin((lat2 - lat1) / 2) ** 2
        + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, half)))
