"""Files as programs and people make them, and files made to do harm."""

import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.rules import CSV, XLSX
from portal_app.domain.imports import service as imports
from portal_app.domain.imports import spreadsheets
from portal_app.domain.imports.spreadsheets import UnreadableTable
from portal_app.kernel.audiences import Audience
from portal_app.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.support.imports import ImportDesk, csv_file
from tests.support.pictures import PDF, picture
from tests.support.snapshots import database_snapshot
from tests.support.uploads import snapshot_without_attempts

HEAD = "Email,First name\n"
AT = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - a workbook knows no zones
ROW = "zoe@example.com,Zoë\n"


def read(content: bytes, media_type: str = CSV) -> list[tuple[int, list[str]]]:
    return list(spreadsheets.read_rows(BytesIO(content), media_type))


def workbook(*rows: list[Any]) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced; ``sheet`` is its only sheet."""
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            key = name.rpartition("/")[2].partition(".")[0].replace("1", "")
            new.writestr(name, parts.pop(key, old.read(name)))
        for key, part in parts.items():
            new.writestr(f"xl/{key}.bin", part)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + ROW).encode(),
        (HEAD + ROW).encode("utf-8-sig"),
        (HEAD + ROW).encode("cp1252"),
        (HEAD + ROW).encode("utf-16"),
        (HEAD + ROW).encode("utf-16-le"),
        (HEAD + ROW).encode("utf-16-be"),
        (HEAD + ROW).replace(",", ";").encode(),
        (HEAD + ROW).replace(",", "\t").encode("utf-16"),
        ("sep=;\n" + HEAD + ROW).replace(",", ";").encode(),
        (HEAD + ROW).replace("\n", "\r\n").encode(),
        ('"Email","First name"\n"zoe@example.com","Zoë"').encode("utf-8-sig"),
        ("\n\n" + HEAD + ",\n" + ROW + ",,,\n").encode(),
    ],
)
def test_a_csv_of_any_program_is_read(content: bytes) -> None:
    rows = [row for _, row in read(content)]
    assert rows == [["Email", "First name"], ["zoe@example.com", "Zoë"]]


def test_what_a_cell_of_a_csv_says_stays() -> None:
    rows = read(b'a;"b;c";"d ""e"" f";"g\nh"\n\n1;2\n')
    assert rows == [(1, ["a", "b;c", 'd "e" f', "g\nh"]), (3, ["1", "2"])]


def test_the_cells_of_a_workbook_are_read_as_values() -> None:
    content = workbook(
        ["Text", 1, 2.5, 1e9, True, None, "x"],
        [date(1990, 3, 21), AT, time(9, 30), "=1+1", "'=1"],
    )
    assert read(content, XLSX) == [
        (1, ["Text", "1", "2.5", "1000000000", "Yes", "", "x"]),
        (2, ["1990-03-21", "2026-01-02 03:04:00", "09:30", "", "=1"]),
    ]


def test_what_is_written_reads_back(desk: ImportDesk) -> None:
    rows = [["Email", "Näme"], ["=cmd|x", "'=quoted"], ["+61", "a;b,c\nd"], ["@x", "-"]]
    for write, media_type in (
        (spreadsheets.write_csv, CSV),
        (lambda file, rows: spreadsheets.write_xlsx(file, "T", rows), XLSX),
    ):
        file = BytesIO()
        write(file, rows)
        assert [row for _, row in read(file.getvalue(), media_type)] == rows


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a," * 299 + b"a\n", "Row 1 has more than 100 columns"),
        (b"a\n" + b"x\n" * 20_001, "more than 20,000 rows"),
        (b"a\n" + b"x" * 10_001, "A cell in row 2 has more than 10,000"),
        (b'a\n"' + b"x" * 140_000, "cannot read row 2. Is a quotation mark missing"),
        (b"a,b\n\x81\x8d", "cannot read the letters"),
        (b"a" * 70 + b"\0" * 5, "holds more than text"),
    ],
)
def test_a_csv_beyond_bounds_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableTable, match=sentence):
        read(content)


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
BOMB = "unpacks to more than we can read"


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"sheet": SHEET + b" " * 61_000_000}, BOMB),
        # A row of a million empty cells, which take hundreds of bytes each.
        (
            {"sheet": SHEET + b"<sheetData><row>" + b"<c/>" * 1_000_000},
            BOMB,
        ),
        ({"sharedStrings": b"<sst/>" + b" " * 21_000_000}, BOMB),
        ({"styles": b"<styleSheet/>" + b" " * 5_000_000}, BOMB),
        (
            {"sheet": b'<!DOCTYPE x [<!ENTITY a "b">]>' + SHEET + b"</worksheet>"},
            "may be damaged",
        ),
        ({"sheet": b"<worksheet"}, "may be damaged"),
        ({"workbook": b"nothing"}, "may be damaged"),
    ],
)
def test_a_workbook_made_to_do_harm_is_refused(
    parts: dict[str, bytes], sentence: str
) -> None:
    content = repacked(workbook(["Email", "First name"], ["a", "b"]), **parts)
    with pytest.raises(UnreadableTable, match=sentence):
        read(content, XLSX)


def test_rows_far_down_cost_nothing() -> None:
    cell = b'<c t="inlineStr"><is><t>x</t></is></c>'
    rows = b'<row r="1">' + cell + b'</row><row r="99999999999">' + cell + b"</row>"
    sheet = SHEET + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    assert read(repacked(workbook(["a"]), sheet=sheet), XLSX) == [(1, ["x"])]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "This file is empty"),
        (b" \n", "a.csv", "This file is empty"),
        (picture("PNG"), "a.csv", "This is no table"),
        (PDF, "a.csv", "This is no table"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff", "a.csv", "This is no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "a.xlsx", "old workbook"),
        (b"PK\x03\x04" + b"x" * 99, "a.xlsx", "This is no XLSX workbook"),
    ],
)
def test_a_file_that_is_no_table_is_not_taken_in(
    desk: ImportDesk, content: bytes, name: str, sentence: str
) -> None:
    before = snapshot_without_attempts(desk.db)
    with pytest.raises(InvalidInput, match=sentence):
        desk.hand_in(content, name)
    assert snapshot_without_attempts(desk.db) == before
    assert desk.storage.contents == {}


def test_only_the_office_hands_tables_in(desk: ImportDesk) -> None:
    before = snapshot_without_attempts(desk.db)
    for audience in (Audience.CUSTOMER, Audience.FIELDWORKER):
        desk.actor = type(desk.actor)(audience, account_id=desk.actor.account_id)
        with pytest.raises(NotAllowed):
            desk.hand_in((HEAD + ROW).encode())
    assert snapshot_without_attempts(desk.db) == before


def test_another_file_of_theirs_is_no_table(desk: ImportDesk) -> None:
    file_id = desk.hand_in((HEAD + ROW).encode())
    with desk.db.write() as tx:
        tx.get_one(StoredFile, file_id).kind = "document"
    before = database_snapshot(desk.db)
    with pytest.raises(NotFound):
        desk.db.call(imports.begin, desk.actor, "customers", file_id)
    with pytest.raises(NotFound):
        desk.db.call(imports.begin, desk.actor, "planets", file_id)
    with pytest.raises(InvalidInput):
        desk.db.call(imports.begin, desk.actor, "customers", "")
    assert database_snapshot(desk.db) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEAD.encode(), "There are no rows in this file"),
        (b"Colour,Size\n1,2\n", "we miss “Email”, “First name”"),
        (b"Email,Email,First name\na,b,c\n", "are there twice: “Email”"),
        (b"a," * 299 + b"a\n", "more than 100 columns"),
    ],
)
def test_a_table_that_cannot_be_imported_says_why(
    desk: ImportDesk, content: bytes, sentence: str
) -> None:
    view = desk.check(content)
    assert view.stage == "failed"
    assert sentence in view.problem
    assert database_snapshot(desk.db)["import_row"] == []


def test_columns_are_found_in_any_order_and_others_are_named(desk: ImportDesk) -> None:
    view = desk.check(
        csv_file(
            ("Shoe size", "FIRST  NAME", "e-mail address", "Surname", "Zip code"),
            ("44", "Zoë", "zoe@example.com", "Reid", ""),
        )
    )
    assert (view.stage, view.added, view.unknown) == ("ready", 1, "Shoe size")
    [row] = desk.rows()
    assert [(cell.label, cell.text) for cell in row.cells] == [
        ("Email", "zoe@example.com"),
        ("First name", "Zoë"),
        ("Last name", "Reid"),
    ]


def test_cells_that_no_database_keeps_are_refused(desk: ImportDesk) -> None:
    text = 'Email,First name\na@example.com,"A\0B"\n'
    view = desk.check(text.encode("utf-16"))
    assert (view.stage, view.refused) == ("ready", 1)
    assert desk.refusals() == {
        2: {"First name": "This cell holds characters that cannot be stored."}
    }
