"""Keys: the short names by which rows are known to machines, for good."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from portal_app.kernel.errors import InvalidInput

MAX_KEY_LENGTH = 40
MAX_REQUEST_KEY_LENGTH = 64


def key_of(name: str, separator: str = "_") -> str:
    """The key that follows from a name; empty where nothing in it can be spelt."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    key = separator.join(re.findall(r"[a-z0-9]+", plain.lower()))
    return key[:MAX_KEY_LENGTH].rstrip(separator)


def unique_key(
    name: str, taken: Collection[str], *, otherwise: str, separator: str = "_"
) -> str:
    """A key from a name that nothing else has, such as ``weight`` or ``weight_2``.

    Args:
        name: As a person wrote it.
        taken: Keys that are in use, or were.
        otherwise: What to call it if the name gives nothing, or no letter first.
        separator: Between words.
    """
    key = key_of(name, separator)
    if not key[:1].isalpha():
        key = key_of(f"{otherwise} {key}", separator)
    number, found = 1, key
    while found in taken:
        number += 1
        ending = f"{separator}{number}"
        found = key[: MAX_KEY_LENGTH - len(ending)].rstrip(separator) + ending
    return found


def keys_for(
    typed: Sequence[tuple[str, str]], known: Mapping[str, str], *, otherwise: str
) -> list[str]:
    """Keys for a list that somebody edited by hand.

    What was there before keeps its key, under whatever name; what was taken away
    and is written anew under its old name is the same again.

    Args:
        typed: The key it had, or an empty one, and the name of each.
        known: Key to name of what was there before, taken away or not.
        otherwise: As for ``unique_key``.

    Returns:
        A key for each, all different.
    """
    kept = {key for key, _ in typed if key in known}
    away = {name.casefold(): key for key, name in known.items() if key not in kept}
    found: list[str] = []
    for before, name in typed:
        key = before if before in kept and before not in found else ""
        key = key or away.pop(name.casefold(), "")
        found.append(key or unique_key(name, {*known, *found}, otherwise=otherwise))
    return found


def request_key(text: str) -> str | None:
    """What a browser calls a request, or ``None`` if it says nothing usable."""
    key = text.strip()
    usable = key.isascii() and key.isalnum() and len(key) <= MAX_REQUEST_KEY_LENGTH
    return key if usable and key else None


def required_request_key(text: str) -> str:
    """What a browser calls a request that must have one, to be done only once.

    Raises:
        InvalidInput: If it says nothing usable.
    """
    key = request_key(text)
    if key is None:
        raise InvalidInput({}, "Please open the form again and send it once more.")
    return key
