"""A CSV file is text to every spreadsheet, whatever somebody wrote into it."""

import csv
import io

import pytest

from portal_app.kernel.spreadsheets import cell_text, csv_line, text_cell


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+61 2 5550 0100", "'+61 2 5550 0100"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1+1", "'＝1+1"),
        ("", ""),
        ("a=1", "a=1"),
        ("Dog walking, 30 min", "Dog walking, 30 min"),
        ('She said "hi"\nand left', 'She said "hi"\nand left'),
    ],
)
def test_a_cell_that_could_run_is_marked_as_text(cell: str, shown: str) -> None:
    line = csv_line(["first", cell]).decode()
    assert line.endswith("\r\n")
    assert next(csv.reader(io.StringIO(line, newline=""))) == ["first", shown]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "'=1+1", "''=1", "' =1", "+61 2", "'quoted'", "'", "", "a", "  @x", "o'-"],
)
def test_a_cell_reads_back_as_it_was(text: str) -> None:
    assert cell_text(text_cell(text)) == text
