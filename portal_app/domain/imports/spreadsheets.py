"""Reading and writing tables as CSV and XLSX.

What is read comes from strangers' programs: its characters, separators and sizes are
found out, and whatever would take too much memory is refused before it is unpacked.
What is written runs nowhere (``kernel.spreadsheets``), and reads back as it was.
"""

import codecs
import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from io import TextIOWrapper
from itertools import count
from typing import IO, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal_app.domain.files.rules import XLSX, utf_16
from portal_app.domain.imports.cells import yes_no_text
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.spreadsheets import (
    BYTE_ORDER_MARK,
    cell_text,
    csv_line,
    text_cell,
)

MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL_LENGTH = 10_000

_MEGABYTE = 1_000_000
_MAX_PARTS = 1000
_MAX_UNPACKED = 60 * _MEGABYTE
_MAX_ITEM_BYTES = 2 * _MEGABYTE
_LAST_SHEET_ROW = 1_048_576
_PIECE = 256 * 1024
_HEAD = 64 * 1024
# The rows of a sheet, and the texts that its cells share.
_ITEM_TAG = re.compile(rb"<(?:\w+:)?(?:row|si)[ />]")
_DELIMITERS = (",", ";", "\t")
_MARK = BYTE_ORDER_MARK.decode()


class UnreadableTable(InvalidInput):
    """A file that cannot be read as a table; the message says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"file": sentence}, sentence)


_DAMAGED = (
    "We cannot read this workbook; it may be damaged. "
    "Please save it again as XLSX or as CSV."
)
_TOO_MUCH = (
    "This workbook unpacks to more than we can read. "
    "Please copy the rows into a new one, or save it as CSV."
)


def read_rows(content: IO[bytes], media_type: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table that are not blank, each with its number in the file.

    Args:
        content: A file that can be read from any position.
        media_type: ``rules.CSV`` or ``rules.XLSX`` of ``files``.

    Raises:
        UnreadableTable: If it is no such table, or larger than is read; perhaps
            after some rows.
    """
    rows = _workbook_rows(content) if media_type == XLSX else _text_rows(content)
    found = 0
    for number, row in rows:
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        found += 1
        if len(row) > MAX_COLUMNS:
            raise UnreadableTable(
                f"Row {number} has more than {MAX_COLUMNS} columns. "
                "Please leave out what is not needed."
            )
        # The first row says what the columns are.
        if found > MAX_ROWS + 1:
            raise UnreadableTable(
                f"This file has more than {MAX_ROWS:,} rows. "
                "Please split it into several files."
            )
        if any(len(cell) > MAX_CELL_LENGTH for cell in row):
            raise UnreadableTable(
                f"A cell in row {number} has more than {MAX_CELL_LENGTH:,} characters."
            )
        yield number, [cell_text(cell) for cell in row]


def write_csv(file: IO[bytes], rows: Iterable[list[str]]) -> None:
    """Write a table as spreadsheets of all countries open it: UTF-8 with its mark."""
    file.write(BYTE_ORDER_MARK)
    for row in rows:
        file.write(csv_line(row))


def write_xlsx(file: IO[bytes], title: str, rows: Iterable[list[str]]) -> None:
    """Write a table as a workbook of texts, its first row in bold."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    for column in range(1, MAX_COLUMNS + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 22
    for at, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text_cell(text))
            cell.data_type = "s"
            cell.number_format = "@"
            if at == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    workbook.save(file)


# --- Text -------------------------------------------------------------------------


def _text_rows(content: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding(content)
    content.seek(0)
    text = TextIOWrapper(content, encoding=encoding, newline="")
    try:
        delimiter = _delimiter(text)
        reader = csv.reader(text, delimiter=delimiter)
        for number in count(1):
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise UnreadableTable(
                    f"We cannot read row {number}. Is a quotation mark missing?"
                ) from None
            if number == 1:
                if row and row[0].startswith(_MARK):
                    row[0] = row[0].removeprefix(_MARK).strip('"')
                if len(row) <= 2 and "".join(row).lower().startswith("sep="):
                    continue
            yield number, row
    except UnicodeError:
        raise UnreadableTable(
            "We cannot read the letters of this file. "
            "Please save it as CSV in UTF-8, or as XLSX."
        ) from None
    finally:
        text.detach()


def _encoding(content: IO[bytes]) -> str:
    content.seek(0)
    head = content.read(_HEAD)
    if found := utf_16(head):
        return found
    if b"\0" in head:
        raise UnreadableTable(
            "This file holds more than text. Please save it as CSV or XLSX."
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    content.seek(0)
    try:
        while piece := content.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def _delimiter(text: TextIOWrapper) -> str:
    """What parts the columns of the first line; the text is read from its start."""
    line = text.readline(_HEAD).removeprefix(_MARK)
    told = re.match(r'"?sep=(.)', line, re.I)
    text.seek(0)
    if told and told[1] in _DELIMITERS:
        return told[1]
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


# --- Workbooks --------------------------------------------------------------------


@contextmanager
def _damage_named() -> Iterator[None]:
    """What a broken workbook makes the library raise, in words."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnreadableTable:
        raise
    except Exception as error:
        # Each of its parts fails in a way of its own: XML, ZIP, types, keys.
        raise UnreadableTable(_DAMAGED) from error


def _workbook_rows(content: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    content.seek(0)
    with _damage_named():
        _check_parts(content)
        content.seek(0)
        workbook = load_workbook(
            content, read_only=True, data_only=True, keep_links=False
        )
    try:
        with _damage_named():
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(
                max_col=MAX_COLUMNS + 1, max_row=_LAST_SHEET_ROW, values_only=True
            )
        number = 0
        while True:
            with _damage_named():
                row = next(rows, None)
            if row is None:
                return
            number += 1
            if any(value is not None for value in row):
                yield number, [_cell_text(value) for value in row]
    finally:
        workbook.close()


def _check_parts(content: IO[bytes]) -> None:
    """Refuse a workbook whose parts take too much to read.

    A part never gives more bytes than the archive's list says it has.
    """
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS:
            raise UnreadableTable(_TOO_MUCH)
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableTable(
                "This workbook has a password. Please save it without one."
            )
        if sum(part.file_size for part in parts) > _MAX_UNPACKED:
            raise UnreadableTable(_TOO_MUCH)
        for part in parts:
            _check_part(archive, part)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse what is unpacked to more than a sheet's row or a text can be.

    Names and types say nothing: any part may be made to be read as a sheet.
    """
    since, tail, first = 0, b"", True
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            if first:
                _check_declarations(piece[:4096])
                first = False
            window = tail + piece
            starts = [found.start() for found in _ITEM_TAG.finditer(window)]
            since = len(window) - starts[-1] if starts else since + len(piece)
            if since > _MAX_ITEM_BYTES:
                raise UnreadableTable(_TOO_MUCH)
            tail = window[-16:]


def _check_declarations(head: bytes) -> None:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnreadableTable(_DAMAGED)


def _cell_text(value: Any) -> str:
    """The value of a cell as a person would type it."""
    text = "" if value is None else str(value)
    if isinstance(value, bool):
        text = yes_no_text(value)
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    elif isinstance(value, time):
        text = value.strftime("%H:%M")
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return text
