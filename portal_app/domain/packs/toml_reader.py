"""Reading the tables of a TOML pack with the line of everything that is wrong."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from portal_app.domain.packs.format import Problem
from portal_app.kernel.text_files import plain_text

KeyPath = tuple[str | int, ...]


class LineNumbers:
    """The lines of everything in a valid TOML text.

    Args:
        text: What ``tomllib`` has parsed without an error.
    """

    def __init__(self, text: str) -> None:
        walker = _LineScanner(plain_text(text))
        walker.document()
        self._lines = walker.lines

    def of(self, path: KeyPath) -> int:
        """The line of a key or table, or of the nearest thing around it."""
        while path not in self._lines:
            if (*path, 0) in self._lines:
                return self._lines[*path, 0]  # the first of a list of tables
            if not path:
                return 1
            path = path[:-1]
        return self._lines[path]


class _LineScanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0] + [i + 1 for i, c in enumerate(text) if c == "\n"]
        self._tables: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while self._skip(" \t\n"):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._current((*path, key))
        path = (*path, keys[-1])
        if is_array:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = (*path, self._tables[path])
        self.lines.setdefault(path, line)
        return path

    def _current(self, path: KeyPath) -> KeyPath:
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(" \t")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self._line())
        character = self._text[self._at]
        if character == "[":
            self._array(path)
        elif character == "{":
            self._inline_table(path)
        elif character in "\"'":
            self._string()
        else:
            self._until(",]}\n#")

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._skip(" \t\n,") and self._text[self._at] != "]":
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip(" \t\n,") and self._text[self._at] != "}":
            self._pair(path)
        self._at += 1

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(" \t")
            if self._text[self._at] in "\"'":
                keys.append(self._string())
            else:
                keys.append(self._until(" \t.=]"))
            self._skip(" \t")
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _string(self) -> str:
        quote = self._text[self._at]
        mark = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        start = self._at = self._at + len(mark)
        while not self._text.startswith(mark, self._at):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        content = self._text[start : self._at]
        self._at += len(mark)
        # A text may end in one or two quotes of its own.
        while len(mark) == 3 and self._text.startswith(quote, self._at):
            self._at += 1
        return content

    def _until(self, ends: str) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in ends:
            self._at += 1
        return self._text[start : self._at].strip()

    def _skip(self, blanks: str) -> bool:
        """Skip blanks and comments; whether anything is left."""
        while self._at < len(self._text):
            if self._text[self._at] == "#" and "\n" in blanks:
                self._until("\n")
            elif self._text[self._at] in blanks:
                self._at += 1
            else:
                return True
        return False

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)


T = TypeVar("T")


class ProblemCollector:
    """Everything that was found to be wrong with a file.

    Args:
        lines: Where things stand in it.
    """

    def __init__(self, lines: LineNumbers) -> None:
        self._lines = lines
        self._found: dict[tuple[int, str], Problem] = {}

    def note(self, path: KeyPath, where: str, sentence: str) -> None:
        """Note a problem; the first one of a place counts."""
        problem = Problem(self._lines.of(path), where, sentence)
        self._found.setdefault((problem.line, where), problem)

    @property
    def problems(self) -> list[Problem]:
        """What was noted."""
        return list(self._found.values())


class TableReader:
    """One table of a pack.

    Args:
        table: Its values.
        path: Where it stands in the file.
        where: What a person calls the place.
        notes: Takes what is wrong.
    """

    def __init__(
        self, table: dict[str, Any], path: KeyPath, where: str, notes: ProblemCollector
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

    def checked_texts(self, key: str, limit: int, read: Callable[[str], str]) -> None:
        """Hand over each text of a list, and note the fault that is returned."""
        for at, text in self._texts(key, limit):
            if fault := read(text):
                self._fault_at(key, at, fault)

    def tables(self, key: str, name_by: str = "key") -> Iterator["TableReader"]:
        """The tables of a list, each called by its key."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(t, dict) for t in value):
            self.fault(key, f"Please write each as a table: [[{key}]].")
            return
        for at, table in enumerate(value):
            name = table.get(name_by)
            called = name if isinstance(name, str) and name else str(at + 1)
            where = f"{self.where}.{key}.{called}".lstrip(".")
            yield TableReader(table, (*self._path, key, at), where, self._notes)

    def mixed(self, key: str) -> Iterator["str | TableReader"]:
        """A list of texts and tables."""
        value = self._value(key, [])
        if not isinstance(value, list):
            self.fault(key, 'Please give a list such as ["One", "Two"].')
            return
        for at, one in enumerate(value):
            where = f"{self.where}.{key}.{at + 1}"
            if isinstance(one, dict):
                yield TableReader(one, (*self._path, key, at), where, self._notes)
            elif isinstance(one, str) and one.strip():
                yield one.strip()
            else:
                self._fault_at(key, at, "Please write this in quotes.")

    def inner(self, key: str) -> "TableReader":
        """The table under a key; an empty one where there is none."""
        value = self._value(key, {})
        if not isinstance(value, dict):
            self.fault(key, f"Please write this as a table: [{key}].")
            value = {}
        where = f"{self.where}.{key}".lstrip(".")
        return TableReader(value, (*self._path, key), where, self._notes)

    def done(self) -> None:
        """Note every key that was not asked for; call it last."""
        for key in self._table:
            if key not in self._known:
                near = get_close_matches(key, self._known, 1, 0.6)
                hint = f" Did you mean “{near[0]}”?" if near else ""
                self.fault(key, f"“{key}” is not known here.{hint}")

    def keyed(
        self, key: str, what: str, make: Callable[["TableReader"], T]
    ) -> dict[str, tuple[T, "TableReader"]]:
        """The tables of a list by their own keys; a key given twice is a fault.

        Args:
            key: Of the list.
            what: What a person calls such tables.
            make: Reads one.
        """
        found: dict[str, tuple[T, TableReader]] = {}
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
