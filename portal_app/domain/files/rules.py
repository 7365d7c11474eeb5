"""What a file may be, decided by its bytes; never by what it says it is."""

import codecs
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from portal_app.domain.rate_limits.rules import Limit
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import Feature

PICTURE = "picture"
DOCUMENT = "document"
FIELD = "field"
SIGNATURE = "signature"
QUOTE = "quote"
"""What a customer shows of what a price is asked for, and what the office answers."""
TABLE = "table"
PORTRAIT = "portrait"
"""What a picture becomes that is of somebody of the team: everybody may see it."""
PHOTO = "photo"
"""Of what the business offers; see ``domain.catalogue``."""

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PDF = "application/pdf"
CSV = "text/csv"
# The older name of workbooks: the newer one is longer than what the table holds.
XLSX = "application/vnd.ms-excel"

MEGABYTE = 1_000_000
MAX_PIXELS = 65_000_000
"""More than the 64 megapixels of a phone, as ``picture_file.js`` has it as well."""
MAX_EDGE = 20_000
MAX_NAME = 120
SMALL_SIZE = 128
"""The edge in pixels of the copy that lists show; every picture has it."""

FULL_SIZE = "full"
"""What the full copy is called in the storage."""

MAX_FILES = 500
MAX_STORED_BYTES = 1000 * MEGABYTE
MAX_UNUSED_FILES = 60
MAX_UNUSED_BYTES = 300 * MEGABYTE
"""What one customer may have stored: in all, and that nothing uses, or uses any
more, until it is swept."""

MAX_CONCURRENT_UPLOADS = 8
"""How many files of one account may be on their way at the same time; a browser
sends up to six."""

UPLOAD_LIMIT = Limit("uploads", 60, timedelta(minutes=10))
UNUSED_LIFETIME = timedelta(days=1)

TABLES = frozenset({CSV, XLSX})
_PICTURES = frozenset({JPEG, PNG, WEBP, HEIC})
_EXTENSIONS = {
    # The first is given to a file that has none, or another kind's.
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    WEBP: ("webp",),
    HEIC: ("heic", "heif", "hif"),
    PDF: ("pdf",),
    CSV: ("csv", "txt", "tsv"),
    XLSX: ("xlsx", "xlsm"),
}
# An ending of ours, with what others hang on it: ``jpg_large``, ``jpeg~2``, ``JPG-1``.
_KNOWN_EXTENSION = re.compile(
    "({})([^a-z0-9].*)?".format("|".join(sum(_EXTENSIONS.values(), ()))), re.I
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_FALLBACK_NAMES = {
    DOCUMENT: "document",
    FIELD: "file",
    SIGNATURE: "signature",
    QUOTE: "file",
    TABLE: "table",
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file is handed in for, and what that allows.

    Attributes:
        max_bytes: The most the file may have as it comes in.
        media_types: What it may be.
        largest: The longest edge in pixels of the full copy of a picture.
        sizes: Edge lengths in pixels of the small copies.
        square: Whether small copies are cut to a square.
        takes: What a person is asked for.
        for_office: Whether only the office may hand it in.
    """

    max_bytes: int
    media_types: frozenset[str]
    largest: int
    sizes: tuple[int, ...]
    square: bool
    takes: str
    for_office: bool = False


PURPOSES = {
    PICTURE: Purpose(
        10 * MEGABYTE,
        _PICTURES,
        1600,
        (64, SMALL_SIZE, 512),
        True,
        "a JPEG, PNG, WebP or HEIC picture",
    ),
    PHOTO: Purpose(
        10 * MEGABYTE,
        _PICTURES,
        1600,
        (SMALL_SIZE, 480, 960),
        False,
        "a JPEG, PNG, WebP or HEIC picture",
    ),
    DOCUMENT: Purpose(
        20 * MEGABYTE,
        _PICTURES | {PDF},
        2400,
        (SMALL_SIZE, 512),
        False,
        "a PDF or a picture (JPEG, PNG, WebP, HEIC)",
    ),
    FIELD: Purpose(
        20 * MEGABYTE,
        _PICTURES | {PDF},
        2400,
        (SMALL_SIZE, 512),
        False,
        "a PDF or a picture (JPEG, PNG, WebP, HEIC)",
    ),
    QUOTE: Purpose(
        20 * MEGABYTE,
        _PICTURES | {PDF},
        2400,
        (SMALL_SIZE, 512),
        False,
        "a PDF or a picture (JPEG, PNG, WebP, HEIC)",
    ),
    SIGNATURE: Purpose(
        1 * MEGABYTE,
        frozenset({PNG, WEBP, JPEG}),
        1200,
        (SMALL_SIZE,),
        False,
        "a drawn signature",
    ),
    TABLE: Purpose(
        10 * MEGABYTE,
        TABLES,
        0,
        (),
        False,
        "a table (CSV or XLSX)",
        for_office=True,
    ),
}
PURPOSE_FEATURES = {
    DOCUMENT: (Feature.DEPENDENTS,),
    FIELD: (Feature.CUSTOM_FIELDS,),
    QUOTE: (Feature.QUOTES,),
    SIGNATURE: (Feature.CUSTOM_FIELDS, Feature.QUOTES),
}
"""What customers hand in a file of a purpose for: one of these must be on."""


def purpose_of(kind: str) -> Purpose:
    """What a kind allows.

    Raises:
        InvalidInput: If there is no such kind.
    """
    purpose = PURPOSES.get(kind)
    if purpose is None:
        raise refusal("Files are not taken for this.")
    return purpose


def refusal(sentence: str) -> InvalidInput:
    """A file that is not taken, and why."""
    return InvalidInput({"file": sentence}, sentence)


def too_large_message(purpose: Purpose) -> str:
    """What to say about a file that has too many bytes."""
    return (
        f"This file is larger than {purpose.max_bytes // MEGABYTE} MB. "
        "Please choose a smaller one."
    )


def sniff_media_type(head: bytes) -> str:
    """The media type that the first bytes of a file tell, or an empty text.

    Args:
        head: At least the first 16 bytes.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    # Readers find a PDF further inside a file as well; that would be a file of
    # two kinds.
    if head.startswith(b"%PDF-"):
        return PDF
    return ""


def check_type(purpose: Purpose, head: bytes) -> str:
    """The media type of a file, from its bytes; its name does not matter.

    Args:
        purpose: What it is handed in for.
        head: The first bytes.

    Raises:
        InvalidInput: If it is empty, or none of what is taken.
    """
    if not head:
        raise refusal("This file is empty. Please choose another one.")
    media_type = sniff_media_type(head)
    if media_type not in purpose.media_types:
        raise refusal(f"We cannot take this file. Please choose {purpose.takes}.")
    return media_type


_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


def check_table(head: bytes, content: BinaryIO) -> str:
    """Whether a file is a CSV or an XLSX, from its bytes; its name does not matter.

    Args:
        head: The first 64 kB.
        content: All of it, to be read from any position.

    Returns:
        The media type.

    Raises:
        InvalidInput: If it is empty, or neither.
    """
    if not head.strip():
        raise refusal("This file is empty. Please choose another one.")
    if head.startswith(_OLD_WORKBOOK):
        raise refusal(
            "This is an old workbook (.xls), or one with a password. "
            "Please save it as XLSX without a password, or as CSV."
        )
    if head.startswith(_ZIP):
        if not _is_workbook(content):
            raise refusal("This is no XLSX workbook. Please save it as XLSX or CSV.")
        return XLSX
    if sniff_media_type(head) or not _looks_like_text(head):
        raise refusal("This is no table. Please choose a CSV or XLSX file.")
    return CSV


def _is_workbook(content: BinaryIO) -> bool:
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names


def _looks_like_text(head: bytes) -> bool:
    if utf_16(head):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a" for byte in head)
    return b"\0" not in head and controls <= len(head) // 100


def utf_16(head: bytes) -> str:
    """The kind of UTF-16 a text is in, by its first bytes, or nothing."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark, the letters of the first line tell: each has a NUL beside it.
    start = head[: len(head[:64]) // 2 * 2]
    if len(start) < 4:
        return ""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if not any(start[first::2]) and all(start[1 - first :: 2]):
            return encoding
    return ""


def check_pdf(tail: bytes) -> None:
    """Refuse a PDF that does not end as one.

    Args:
        tail: The last 1024 bytes.

    Raises:
        InvalidInput: If the end is missing, as after a broken transfer.
    """
    if b"%%EOF" not in tail:
        raise refusal("This PDF is not complete. Please save it again and try anew.")


def display_name(name: str, kind: str) -> str:
    """A name to show and to download under: no folders, no control characters.

    Args:
        name: As the browser gives it.
        kind: Names a file that has no usable name.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        character
        for character in last
        if unicodedata.category(character)[0] != "C" and character not in '<>:"|?*'
    )
    kept = " ".join(kept.split()).strip(". ")
    if len(kept) > MAX_NAME:
        stem, dot, extension = kept.rpartition(".")
        ending = f"{dot}{extension}" if stem and len(extension) <= 8 else ""
        kept = kept[: MAX_NAME - len(ending)] + ending
    return kept or _FALLBACK_NAMES.get(kind, "picture")


def stored_name(name: str, kind: str, media_type: str) -> str:
    """``display_name`` with an ending that tells what the file is.

    Cameras, messengers and other systems give endings that do not, or none.

    Args:
        name: As the browser gives it.
        kind: Names a file that has no usable name.
        media_type: What its bytes are.
    """
    shown = display_name(name, kind)
    if shown.rpartition(".")[2].lower() in _EXTENSIONS[media_type] and "." in shown:
        return shown
    ending = f".{_EXTENSIONS[media_type][0]}"
    return _without_known_extension(shown)[: MAX_NAME - len(ending)] + ending


def download_name(name: str, media_type: str) -> str:
    """The name a browser stores a file under; its ending tells what it is now."""
    ending = {WEBP: ".webp", PDF: ".pdf"}.get(media_type, "")
    return f"{_without_known_extension(name)}{ending}"


def _without_known_extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if dot and stem and _KNOWN_EXTENSION.fullmatch(extension) else name


def size_text(size: int) -> str:
    """Bytes for people, such as ``1.2 MB``."""
    if size < 1000:
        return f"{size} bytes"
    if size < MEGABYTE:
        return f"{round(size / 1000)} kB"
    return f"{size / MEGABYTE:.1f} MB"
