"""On which line of a TOML file something stands.

The standard library's parser does not tell, so this walks over a text that it
has found valid and notes the line of every table and key. It knows just enough
of TOML to skip values.
"""

from bisect import bisect_right

Path = tuple[str | int, ...]


class Lines:
    """The lines of everything in a valid TOML text.

    Args:
        text: What ``tomllib`` has parsed without an error.
    """

    def __init__(self, text: str) -> None:
        walker = _Walker(text.replace("\r\n", "\n"))
        walker.document()
        self._lines = walker.lines

    def of(self, path: Path) -> int:
        """The line of a key or table, or of the nearest thing around it."""
        while path not in self._lines:
            if (*path, 0) in self._lines:
                return self._lines[*path, 0]  # the first of a list of tables
            if not path:
                return 1
            path = path[:-1]
        return self._lines[path]


class _Walker:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0] + [i + 1 for i, c in enumerate(text) if c == "\n"]
        self._tables: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self._skip(" \t\n"):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self._current((*path, key))
        path = (*path, keys[-1])
        if is_array:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = (*path, self._tables[path])
        self.lines.setdefault(path, line)
        return path

    def _current(self, path: Path) -> Path:
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._skip(" \t")
        self._value(path)

    def _value(self, path: Path) -> None:
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

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._skip(" \t\n,") and self._text[self._at] != "]":
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
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
