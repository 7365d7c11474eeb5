"""Lines of a CSV file that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
"""Before the first line: without it, Excel takes UTF-8 for something else."""

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_TEXT_MARK = "'"


def csv_line(cells: Iterable[str]) -> bytes:
    """One line, in UTF-8; a cell that begins as a formula does is marked as text."""
    line = io.StringIO()
    csv.writer(line).writerow(_as_text(cell) for cell in cells)
    return line.getvalue().encode()


def _as_text(cell: str) -> str:
    # Blanks before it do not keep every program from running it.
    begins = cell.lstrip(" ")[:1]
    runs = begins != "" and begins in _STARTS_A_FORMULA
    return f"{_TEXT_MARK}{cell}" if runs else cell
