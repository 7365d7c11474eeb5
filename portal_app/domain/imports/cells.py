"""Words in cells that several kinds read in the same way."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from portal_app.kernel.text import one_line

T = TypeVar("T")

_YES = frozenset({"yes", "y", "true", "1", "on", "x"})
_NO = frozenset({"no", "n", "false", "0", "off", "-"})


def key_of_name(text: str) -> str:
    """What tells one name from another: blanks and case do not count."""
    return one_line(text).casefold()


def yes_no(text: str) -> bool:
    """Yes or no, in the words of spreadsheets.

    Raises:
        ValueError: With a sentence.
    """
    word = one_line(text).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("Please write Yes or No.")


def yes_no_text(value: bool) -> str:
    """Yes or no in a cell."""
    return "Yes" if value else "No"


def choice_of(words: Mapping[str, T]) -> Callable[[str], T]:
    """Read one of several words; raises ``ValueError`` with all of them."""
    known = {name.casefold(): value for name, value in words.items()}

    def read(text: str) -> T:
        word = one_line(text).casefold()
        if word not in known:
            raise ValueError(f"Please write one of these: {', '.join(words)}.")
        return known[word]

    return read
