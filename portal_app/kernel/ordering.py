"""Places in a list that people put in order, by hand or from a file."""

from collections.abc import Iterable, Mapping, Sequence


def assign_positions(now: Mapping[str, int], wanted: Sequence[str]) -> dict[str, int]:
    """Places for the wanted, in their order, among others that stay.

    The wanted share the places they have and, as far as some are new, those after
    all others; so saying the same twice changes nothing.

    Args:
        now: Key to place of everything that is in the list.
        wanted: The keys to put in this order; they may be new.

    Returns:
        Key to place, of the wanted.
    """
    slots = sorted(now[key] for key in wanted if key in now)
    after = next_position(now.values())
    slots += range(after, after + len(wanted) - len(slots))
    return dict(zip(wanted, slots, strict=True))


def next_position(taken: Iterable[int]) -> int:
    """The place after all that are taken."""
    return max(taken, default=-1) + 1


def reorder(now: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Places for everything in a list after a person put some of it in order.

    Args:
        now: All keys, in the order they have.
        wanted: Some of them, in the order they shall have; they share the places
            they have. What is not in the list any more is left aside.

    Returns:
        Key to place, of all.
    """
    place = {key: at for at, key in enumerate(now)}
    known = [key for key in dict.fromkeys(wanted) if key in place]
    return place | assign_positions(place, known) if known else place
