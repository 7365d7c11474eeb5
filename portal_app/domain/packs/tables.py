"""Reading the tables of a pack: known keys, right kinds, lengths; all at once.

A ``Reader`` stands at one table, gives its values by key, and notes what is
wrong with the line it is on, instead of stopping at the first fault.
"""

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from portal_app.domain.packs.format import Problem
from portal_app.domain.packs.lines import Lines, Path

T = TypeVar("T")


class Notes:
    """Everything that was found to be wrong with a file.

    Args:
        lines: Where things stand in it.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._found: dict[tuple[int, str], Problem] = {}

    def note(self, path: Path, where: str, sentence: str) -> None:
        """Note a problem; the first one of a place counts."""
        problem = Problem(self._lines.of(path), where, sentence)
        self._found.setdefault((problem.line, where), problem)

    @property
    def problems(self) -> list[Problem]:
        """What was noted."""
        return list(self._found.values())


class Reader:
    """One table of a pack.

    Args:
        table: Its values.
        path: Where it stands in the file.
        where: What a person calls the place.
        notes: Takes what is wrong.
    """

    def __init__(
        self, table: dict[str, Any], path: Path, where: str, notes: Notes
    ) -> None:
        self._table = table
        self._path = path
        self.where = where
        self._notes = notes
        self._known: list[str] = []

    def fault(self, key: str, sentence: str) -> None:
        """Note what is wrong with a key of this table (empty: the table)."""
        where = f"{self.where}.{key}" if key and self.where else key or self.where
        self._notes.note((*self._path, key) if key else self._path, where, sentence)

    def has(self, key: str) -> bool:
        """Whether the table gives a value for a key."""
        return key in self._table

    def text(
        self, key: str, limit: int, *, required: bool = False, default: str = ""
    ) -> str:
        """A text of at most ``limit`` characters, without blanks around it."""
        given = self._value(key, default)
        if not isinstance(given, str):
            self.fault(key, "Please write this in quotes.")
            return default
        value = given.strip()
        if required and not value:
            self.fault(key, f"Please give the {key}.")
        elif len(value) > limit:
            self.fault(key, f"Please use at most {limit} characters.")
        return value

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """A whole number within bounds."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, "Please give a whole number.")
        elif not low <= value <= high:
            self.fault(key, f"Please give a number from {low} to {high}.")
        else:
            return value
        return default

    def optional_whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds, or ``None`` where there is none."""
        if not self.has(key):
            self._known.append(key)
            return None
        return self.whole(key, low, high, low)

    def number(self, key: str) -> Decimal | None:
        """Any number, or ``None`` where there is none."""
        value = self._value(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.fault(key, "Please give a number.")
            return None
        return Decimal(value)

    def yes(self, key: str, *, default: bool = False) -> bool:
        """``true`` or ``false``."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self.fault(key, "Please give true or false, without quotes.")
            return default
        return value

    def texts(self, key: str, limit: int) -> list[str]:
        """A list of texts."""
        return [text for _, text in self._texts(key, limit)]

    def keys(self, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
        """A list of keys of what there is, each named once.

        Args:
            key: Of the list.
            known: The keys there are.
            what: What a person calls one of them.
        """
        found: list[str] = []
        for at, name in self._texts(key, 60):
            if name not in known:
                self._fault_at(key, at, f"There is no {what} with the key “{name}”.")
            elif name in found:
                self._fault_at(key, at, f"This {what} is named twice.")
            else:
                found.append(name)
        return tuple(found)

    def tables(self, key: str, name_by: str = "key") -> Iterator["Reader"]:
        """The tables of a list, each called by its key."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(t, dict) for t in value):
            self.fault(key, f"Please write each as a table: [[{key}]].")
            return
        for at, table in enumerate(value):
            name = table.get(name_by)
            called = name if isinstance(name, str) and name else str(at + 1)
            where = f"{self.where}.{key}.{called}".lstrip(".")
            yield Reader(table, (*self._path, key, at), where, self._notes)

    def mixed(self, key: str) -> Iterator["str | Reader"]:
        """A list of texts and tables."""
        value = self._value(key, [])
        if not isinstance(value, list):
            self.fault(key, 'Please give a list such as ["One", "Two"].')
            return
        for at, one in enumerate(value):
            where = f"{self.where}.{key}.{at + 1}"
            if isinstance(one, dict):
                yield Reader(one, (*self._path, key, at), where, self._notes)
            elif isinstance(one, str) and one.strip():
                yield one.strip()
            else:
                self._fault_at(key, at, "Please write this in quotes.")

    def inner(self, key: str) -> "Reader":
        """The table under a key; an empty one where there is none."""
        value = self._value(key, {})
        if not isinstance(value, dict):
            self.fault(key, f"Please write this as a table: [{key}].")
            value = {}
        where = f"{self.where}.{key}".lstrip(".")
        return Reader(value, (*self._path, key), where, self._notes)

    def done(self) -> None:
        """Note every key that was not asked for; call it last."""
        for key in self._table:
            if key not in self._known:
                near = get_close_matches(key, self._known, 1, 0.6)
                hint = f" Did you mean “{near[0]}”?" if near else ""
                self.fault(key, f"“{key}” is not known here.{hint}")

    def keyed(
        self, key: str, what: str, make: Callable[["Reader"], T]
    ) -> dict[str, tuple[T, "Reader"]]:
        """The tables of a list by their own keys; a key given twice is a fault.

        Args:
            key: Of the list.
            what: What a person calls such tables.
            make: Reads one.
        """
        found: dict[str, tuple[T, Reader]] = {}
        for table in self.tables(key):
            name = str(table._table.get("key", ""))
            made = make(table)
            if name in found:
                table.fault("key", f"There are two {what} with the key “{name}”.")
            else:
                found[name] = (made, table)
        return found

    def _value(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._table.get(key, default)

    def _texts(self, key: str, limit: int) -> Iterator[tuple[int, str]]:
        """The texts of a list that are not empty, each with its place from 0."""
        value = self._value(key, [])
        if not isinstance(value, list):
            self.fault(key, 'Please give a list such as ["One", "Two"].')
            return
        for at, one in enumerate(value):
            if not isinstance(one, str):
                self._fault_at(key, at, "Please write this in quotes.")
                continue
            if len(one) > limit:
                self._fault_at(key, at, f"Please use at most {limit} characters.")
            if one.strip():
                yield at, one.strip()

    def _fault_at(self, key: str, at: int, sentence: str) -> None:
        where = f"{self.where}.{key}.{at + 1}"
        self._notes.note((*self._path, key, at), where, sentence)
