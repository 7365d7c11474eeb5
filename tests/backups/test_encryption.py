"""Encrypted content comes back whole, and nothing that was changed comes back."""

import io
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from portal_app.backups import encryption
from portal_app.backups.manifest import BackupError
from portal_app.settings import MIN_PASSPHRASE_LENGTH

PASSPHRASE = "correct horse battery"
_CHUNK = encryption._CHUNK_BYTES
_TAG = encryption._TAG_BYTES
SIZES = {
    "nothing": (0, 1),
    "one byte": (1, 1),
    "a chunk": (_CHUNK, 1),
    "a byte more": (_CHUNK + 1, 2),
    "two chunks": (2 * _CHUNK, 2),
}


@pytest.fixture(autouse=True)
def _quick_keys() -> Iterator[None]:
    with patch.object(encryption, "_SCRYPT_N", 2**4):
        yield


def encrypted(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    target = io.BytesIO()
    writer = encryption.EncryptingWriter(target, passphrase)
    for start in range(0, len(content), 10_000):
        writer.write(content[start : start + 10_000])
    writer.close()
    return target.getvalue()


def decrypted(sealed: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return encryption.DecryptedFile(io.BytesIO(sealed), passphrase).read()


def flipped(sealed: bytes, place: int) -> bytes:
    changed = bytearray(sealed)
    changed[place] ^= 1
    return bytes(changed)


def refusal(sealed: bytes) -> str:
    with pytest.raises(BackupError) as refused:
        decrypted(sealed)
    return str(refused.value)


@pytest.mark.parametrize(("size", "chunks"), SIZES.values(), ids=list(SIZES))
def test_content_around_the_size_of_a_chunk(size: int, chunks: int) -> None:
    content = bytes(number % 251 for number in range(size))
    sealed = encrypted(content)
    assert len(sealed) == encryption._HEADER_BYTES + size + chunks * _TAG
    assert content not in sealed or size < 2
    assert decrypted(sealed) == content
    last_size = size - (chunks - 1) * _CHUNK + _TAG
    for place in {-1, -_TAG, -last_size}:
        assert refusal(flipped(sealed, place)) == "it is damaged"
    for cut in {1, last_size}:
        assert refusal(sealed[:-cut]) == "it is damaged"
    assert refusal(sealed + b"\0") == "it is damaged"


def test_a_changed_end_is_noticed_before_anything_is_read() -> None:
    sealed = flipped(encrypted(bytes(3 * _CHUNK)), -1)
    with pytest.raises(BackupError):
        encryption.DecryptedFile(io.BytesIO(sealed), PASSPHRASE)


def test_parts_are_read_from_anywhere() -> None:
    content = bytes(number % 251 for number in range(2 * _CHUNK + 9))
    opened = io.BufferedReader(
        encryption.DecryptedFile(io.BytesIO(encrypted(content)), PASSPHRASE)
    )
    for start in (2 * _CHUNK, _CHUNK - 3, 0):
        opened.seek(start)
        assert opened.read(8) == content[start : start + 8]
    assert opened.seek(-4, io.SEEK_END) == len(content) - 4
    assert opened.read() == content[-4:]


def test_a_passphrase_is_long_enough_and_the_same_on_every_keyboard() -> None:
    composed, decomposed = "caf\u00e9 au lait ce matin", "cafe\u0301 au lait ce matin"
    assert decrypted(encrypted(b"rows", composed), decomposed) == b"rows"
    with pytest.raises(BackupError) as wrong:
        decrypted(encrypted(b"rows"), PASSPHRASE.upper())
    assert str(wrong.value) == "the passphrase is wrong, or its first bytes are damaged"
    target = io.BytesIO()
    with pytest.raises(BackupError) as short:
        encryption.EncryptingWriter(target, "x" * (MIN_PASSPHRASE_LENGTH - 1))
    assert str(short.value) == "the passphrase takes at least 12 characters"
    assert target.getvalue() == b""
