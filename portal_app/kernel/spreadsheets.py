"""Cells and lines that a spreadsheet shows and never runs."""

import csv
import io
import re
from collections.abc import Iterable

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
"""Before the first line: without it, Excel takes UTF-8 for something else."""

_TEXT_MARK = "'"
# Blanks before it do not keep every program from running it.
_RUNS = " *[=+\\-@\t\r\n＝＋－＠]"
_RUNNING = re.compile(f"{_TEXT_MARK}*{_RUNS}")
_MARKED = re.compile(f"{_TEXT_MARK}+{_RUNS}")


def csv_line(cells: Iterable[str]) -> bytes:
    """One line, in UTF-8; a cell that begins as a formula does is marked as text."""
    line = io.StringIO()
    csv.writer(line).writerow(text_cell(cell) for cell in cells)
    return line.getvalue().encode()


def text_cell(text: str) -> str:
    """A text as a cell: marked where a spreadsheet would take it for a formula."""
    return f"{_TEXT_MARK}{text}" if _RUNNING.match(text) else text


def cell_text(cell: str) -> str:
    """The text of a cell, without the mark that ``text_cell`` gave it."""
    return cell[len(_TEXT_MARK) :] if _MARKED.match(cell) else cell
