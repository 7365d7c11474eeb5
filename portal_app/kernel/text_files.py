"""Text files as the editors of this world write them."""

import codecs
import re
from pathlib import Path

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_END = re.compile(r"\r\n?")


def plain_text(text: str) -> str:
    """A text without a byte-order mark at its start and with line feeds alone."""
    return _LINE_END.sub("\n", text.removeprefix(_BYTE_ORDER_MARK))


def decode_text(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte-order mark.

    Returns:
        What ``plain_text`` makes of it.

    Raises:
        UnicodeDecodeError: If it is neither.
    """
    encoding = "utf-16" if content.startswith(_UTF_16_MARKS) else "utf-8"
    return plain_text(content.decode(encoding))


def read_text(path: Path) -> str:
    """The text of a file, see ``decode_text``.

    Raises:
        OSError: If it cannot be read.
        UnicodeDecodeError: If it is no text.
    """
    return decode_text(path.read_bytes())
