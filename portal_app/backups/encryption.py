"""Encryption of an archive with a passphrase, in the manner of ``age``.

The key comes from the passphrase by scrypt with a random salt, so each file has a
key of its own. The header is authenticated by a MAC, the content encrypted in
chunks by ChaCha20-Poly1305 (the STREAM construction: the nonce counts the chunks
and flags the last one). So no chunk can be changed, moved, repeated or cut off.
"""

import hashlib
import hmac
import io
import os
import unicodedata
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portal_app.backups.manifest import BackupError
from portal_app.settings import MIN_PASSPHRASE_LENGTH

_MAGIC = b"customer-portal-backup encrypted "
_VERSION = b"1\n"
_SALT_BYTES = 16
_MAC_BYTES = 32
_KEY_BYTES = 32
_HEADER_BYTES = len(_MAGIC) + len(_VERSION) + _SALT_BYTES + _MAC_BYTES
_CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
_SEALED_BYTES = _CHUNK_BYTES + _TAG_BYTES
# 128 MB and a third of a second for each guess.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_DAMAGED = "it is damaged"


def is_encrypted(start: bytes) -> bool:
    """Whether a file that starts so is an encrypted archive."""
    return start.startswith(_MAGIC)


class EncryptingWriter:
    """Encrypts what is written to it; ``close`` writes the last chunk.

    Args:
        target: Where the encrypted bytes go.
        passphrase: What opens the archive again.

    Raises:
        BackupError: If the passphrase is too short.
    """

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < MIN_PASSPHRASE_LENGTH:
            raise BackupError(
                f"the passphrase takes at least {MIN_PASSPHRASE_LENGTH} characters"
            )
        start = _MAGIC + _VERSION + os.urandom(_SALT_BYTES)
        mac_key, key = _keys(passphrase, start[-_SALT_BYTES:])
        self._target = target
        self._cipher = ChaCha20Poly1305(key)
        self._held = bytearray()
        self._count = 0
        target.write(start + _mac(mac_key, start))

    def write(self, data: bytes) -> int:
        """Take more of the content."""
        self._held += data
        # The last chunk is known as such only when nothing follows it.
        while len(self._held) > _CHUNK_BYTES:
            self._seal(bytes(self._held[:_CHUNK_BYTES]), last=False)
            del self._held[:_CHUNK_BYTES]
        return len(data)

    def flush(self) -> None:
        """Nothing can be written before its chunk is full."""

    def close(self) -> None:
        """Write what is left, as the last chunk; the target stays open."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._count, last=last)
        self._target.write(self._cipher.encrypt(nonce, chunk, None))
        self._count += 1


class DecryptedFile(io.RawIOBase):
    """An encrypted archive as the file it was before, without a copy on the disk.

    Args:
        source: The encrypted file, which is closed with this one.
        passphrase: What it was encrypted with.

    Raises:
        BackupError: If the passphrase is wrong, or the header or the end damaged.
    """

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        header = source.read(_HEADER_BYTES)
        version = header[len(_MAGIC) : len(_MAGIC) + len(_VERSION)]
        if version != _VERSION:
            raise BackupError("it is damaged, or of a newer version of the portal")
        start, mac = header[:-_MAC_BYTES], header[-_MAC_BYTES:]
        sealed = source.seek(0, os.SEEK_END) - _HEADER_BYTES
        self._chunks = -(-sealed // _SEALED_BYTES)
        if self._chunks < 1 or sealed - (self._chunks - 1) * _SEALED_BYTES < _TAG_BYTES:
            raise BackupError(_DAMAGED)
        mac_key, key = _keys(passphrase, start[-_SALT_BYTES:])
        if not hmac.compare_digest(_mac(mac_key, start), mac):
            raise BackupError("the passphrase is wrong, or its first bytes are damaged")
        self._source = source
        self._cipher = ChaCha20Poly1305(key)
        self._size = sealed - self._chunks * _TAG_BYTES
        self._position = 0
        self._open_number = -1
        self._open_chunk = b""
        # Only now the size is known to be that of what was written.
        self._chunk(self._chunks - 1)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position in the decrypted content."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move in the decrypted content."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        position = start[whence] + offset
        if position < 0:
            raise ValueError("a position before the start")
        self._position = position
        return position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read from one chunk, after it was authenticated.

        Raises:
            BackupError: If the chunk is not what was written there.
        """
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, _CHUNK_BYTES)
        piece = self._chunk(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the encrypted file as well."""
        if not self.closed:
            self._source.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if number != self._open_number:
            self._source.seek(_HEADER_BYTES + number * _SEALED_BYTES)
            nonce = _nonce(number, last=number == self._chunks - 1)
            sealed = self._source.read(_SEALED_BYTES)
            try:
                self._open_chunk = self._cipher.decrypt(nonce, sealed, None)
            except InvalidTag:
                raise BackupError(_DAMAGED) from None
            self._open_number = number
        return self._open_chunk


def _keys(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """One key for the header, one for the content."""
    derivation = Scrypt(
        salt=salt, length=2 * _KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P
    )
    # The same letters give the same key, whichever keyboard they are typed on.
    typed = unicodedata.normalize("NFC", passphrase).encode()
    keys = derivation.derive(typed)
    return keys[:_KEY_BYTES], keys[_KEY_BYTES:]


def _mac(key: bytes, start: bytes) -> bytes:
    return hmac.digest(key, start, hashlib.sha256)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
