"""Places in a list that people put in order, by hand or from a file."""

from collections.abc import Mapping, Sequence


def places(now: Mapping[str, int], wanted: Sequence[str]) -> dict[str, int]:
    """Places for the wanted, in their order, among others that stay.

    What is in the wanted order already keeps its places, so that saying the
    same twice changes nothing; new ones come after all others.

    Args:
        now: Key to place of everything that is in the list.
        wanted: The keys to put in this order; they may be new.

    Returns:
        Key to place, of the wanted.
    """
    known = [key for key in wanted if key in now]
    slots = sorted(now[key] for key in known)
    found = dict(zip(known, slots, strict=True))
    place = max(now.values(), default=-1)
    for key in wanted:
        if key not in found:
            place += 1
            found[key] = place
    return found
