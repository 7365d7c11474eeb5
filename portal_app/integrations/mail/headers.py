"""Headers of letters, written as they go over the wire.

Python's own folding of headers breaks long words, names and links in ways that
mail programs do not undo. What a letter says in its headers is therefore encoded
here, whatever people typed: lines of at most 78 octets where that is possible,
ASCII but for an address that needs SMTPUTF8, and no line break but those of folding.
"""

import re
from collections.abc import Mapping
from email.header import Header
from email.policy import SMTP, EmailPolicy
from typing import Any

from portal_app.kernel import email_addresses

_LINE = 76
_LONGEST_WORD = 60
_LONGEST_NAME = 200
_ATOMS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)
_NEW_LINES = re.compile("\r\n?|[\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


class WireHeader(str):
    """The value of a header, encoded and folded already."""

    __slots__ = ()


class WirePolicy(EmailPolicy):
    """As ``email.policy.SMTP``, but a ``WireHeader`` is kept and written as it is."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep it."""
        if isinstance(value, WireHeader):
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: Any) -> str:
        """Write it."""
        if isinstance(value, WireHeader):
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write it; as UTF-8 where an address needs that."""
        if isinstance(value, WireHeader):
            return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")
        return bytes(super().fold_binary(name, value))


# One octet less than Python writes into a line of quoted-printable by default is
# what RFC 2045 allows.
WIRE = WirePolicy(**{**SMTP.__dict__, "max_line_length": _LINE})


def clean_text(text: str) -> str:
    r"""Text without what no mail may hold; its line breaks are ``\n``."""
    text = _SURROGATES.sub("\ufffd", text)
    return _CONTROLS.sub("", _NEW_LINES.sub("\n", text))


def clean_line(text: str) -> str:
    """As ``clean_text``, in one line with single spaces."""
    return " ".join(clean_text(text).split())


def clean_payload(value: Any) -> Any:
    """The same of all texts in the values of JSON."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {key: clean_payload(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean_payload(one) for one in value]
    return value


def text_header(name: str, text: str) -> WireHeader:
    """A header of free text, such as the subject."""
    return WireHeader(_encoded(clean_line(text), name))


def mailbox_header(name: str, address: str, shown: str = "") -> WireHeader:
    """A header of one mailbox.

    Args:
        name: Of the header.
        address: Bare.
        shown: The name beside it.

    Raises:
        ValueError: If it is not exactly one address.
    """
    address = email_addresses.wire_form(address)
    shown = clean_line(shown)[:_LONGEST_NAME].strip()
    if not shown:
        return WireHeader(address)
    if _is_plain(shown):
        if not _ATOMS.fullmatch(shown):
            escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
            shown = f'"{escaped}"'
    else:
        shown = _encoded(shown, name)
    last_line = shown.rpartition("\r\n")[2]
    fits = len(name) + 2 + len(last_line) + len(address) + 3 <= _LINE + 2
    return WireHeader(f"{shown}{' ' if fits else chr(13) + chr(10) + ' '}<{address}>")


def bracketed_header(value: str) -> WireHeader:
    """A header of one link or id in angle brackets, which must not be folded.

    Raises:
        ValueError: If it is neither.
    """
    if not value.isascii() or re.search(r"[\x00-\x20<>\x7f]", value):
        raise ValueError("no link and no id")
    return WireHeader(f"<{value}>")


def _is_plain(text: str) -> bool:
    return (
        text.isascii()
        and "=?" not in text
        and max(map(len, text.split()), default=0) <= _LONGEST_WORD
    )


def _encoded(text: str, name: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, maxlinelen=_LINE, header_name=name).encode(
        linesep="\r\n"
    )
