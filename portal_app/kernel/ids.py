"""Identifiers and secrets.

Row ids are opaque and time-ordered (index-friendly); numbers that people read
aloud avoid letters that look alike; secrets are 256 random bits, stored only as
SHA-256 (a fast hash is right for secrets that cannot be guessed).
"""

import hashlib
import secrets
import threading
import time

from portal_app.kernel.text import code

# Crockford's base 32: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 26

_lock = threading.Lock()
_latest = 0


def _base32(value: int, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def new_id() -> str:
    """A 26-character ULID: 48 bits of milliseconds, 80 random bits.

    Those that one process makes within a millisecond sort by their order, too.
    """
    global _latest  # noqa: PLW0603 - there is one clock per process
    millis = time.time_ns() // 1_000_000
    with _lock:
        if millis == _latest >> 80:
            _latest += 1 + secrets.randbits(48)
        else:
            _latest = millis << 80 | secrets.randbits(80)
        return _base32(_latest, ID_LENGTH)


def new_number(prefix: str) -> str:
    """A number for people, such as ``B-7K3M-9QXT``: 40 random bits.

    Args:
        prefix: One or two letters that name the kind of document.
    """
    signs = _base32(secrets.randbits(40), 8)
    return f"{prefix}-{signs[:4]}-{signs[4:]}"


def normalise_number(text: str) -> str:
    """The one spelling of a number a person typed, with or without dashes.

    Case and blanks do not count, and I, L and O are read as 1 and 0.
    """
    signs = "".join(filter(str.isalnum, code(text)))
    prefix, tail = signs[:-8], signs[-8:].translate(str.maketrans("ILO", "110"))
    return f"{prefix}-{tail[:4]}-{tail[4:]}"


def new_secret() -> str:
    """A URL-safe secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What is stored of a secret: its SHA-256 in hex (64 characters)."""
    return hashlib.sha256(secret.encode()).hexdigest()
