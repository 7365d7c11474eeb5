"""One archive: written from its entries, read after all of it was checked."""

import hashlib
import io
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self

from pydantic import ValidationError

from portal_app.backups import encryption
from portal_app.backups.manifest import (
    FORMAT,
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    PROGRAM,
    BackupError,
    Entry,
    Manifest,
    Origin,
)

Passphrase = Callable[[], str]

_PIECE_BYTES = 256 * 1024
# The archive's comment, which is at its very end: the digest of all bytes before.
_DIGEST_BYTES = 64
_NO_BACKUP = "it is damaged, or no backup of the portal"
NEWER = "it is of a newer version of the portal; update the portal first"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
)


@contextmanager
def readable_archive() -> Iterator[None]:
    """Whatever is wrong with an archive's bytes is a ``BackupError``."""
    try:
        yield
    except OSError as error:
        raise BackupError(error.strerror or str(error)) from None
    except _UNREADABLE:
        raise BackupError(_NO_BACKUP) from None


class _DigestedWriter:
    """Passes on what is written; the last bytes become the digest of the others."""

    def __init__(self, target: BinaryIO | encryption.EncryptingWriter) -> None:
        self._target = target
        self._held = b""
        self._digest = hashlib.sha256()
        self.given_up = False

    def write(self, data: bytes) -> int:
        if self.given_up:
            return len(data)
        held = self._held + bytes(data)
        ready, self._held = held[:-_DIGEST_BYTES], held[-_DIGEST_BYTES:]
        self._digest.update(ready)
        self._target.write(ready)
        return len(data)

    def flush(self) -> None:
        self._target.flush()

    def close(self) -> None:
        self._target.write(self._digest.hexdigest().encode())


class ArchiveWriter:
    """Writes one archive, entry by entry; a context that fails gives it up.

    Args:
        target: The open file.
        passphrase: Encrypts the archive; ``None`` leaves it as it is.
    """

    def __init__(self, target: BinaryIO, passphrase: str | None) -> None:
        self.entries: dict[str, Entry] = {}
        self._sealed = (
            encryption.EncryptingWriter(target, passphrase) if passphrase else None
        )
        self._output = _DigestedWriter(self._sealed or target)
        self._zip = zipfile.ZipFile(self._output, "w")  # type: ignore[arg-type]
        self._zip.comment = b"0" * _DIGEST_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            # Otherwise it writes its end into a file that was closed, when collected.
            self._output.given_up = True
            with suppress(Exception):
                self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes], *, compress: bool) -> Entry:
        """Add an entry and note its size and digest."""
        about = zipfile.ZipInfo(name)
        about.external_attr = 0o600 << 16
        about.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        size, digest = 0, hashlib.sha256()
        with self._zip.open(about, "w", force_zip64=True) as target:
            for piece in pieces:
                size += len(piece)
                digest.update(piece)
                target.write(piece)
        self.entries[name] = Entry(size=size, sha256=digest.hexdigest())
        return self.entries[name]

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and what makes the archive complete."""
        self.add(MANIFEST_NAME, [manifest.model_dump_json().encode()], compress=True)
        self._zip.close()
        self._output.close()
        if self._sealed:
            self._sealed.close()


class Archive:
    """An archive whose every byte was checked against its digests."""

    def __init__(self, content: zipfile.ZipFile, manifest: Manifest) -> None:
        self.manifest = manifest
        self._zip = content

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of an entry.

        Raises:
            BackupError: If it is not what the manifest says, at the end at latest.
        """
        expected = self.manifest.entries[name]
        size, digest = 0, hashlib.sha256()
        with readable_archive(), self._zip.open(name) as source:
            while piece := source.read(_PIECE_BYTES):
                size += len(piece)
                if size > expected.size:
                    break
                digest.update(piece)
                yield piece
        if (size, digest.hexdigest()) != (expected.size, expected.sha256):
            raise BackupError(f"its entry {name} is damaged")

    def stream(self, name: str) -> IO[bytes]:
        """The content of an entry as a file to read from."""
        return io.BufferedReader(_PieceReader(self.pieces(name)))

    def check_entries(self) -> None:
        """Read every entry to its end.

        Raises:
            BackupError: If one is not what the manifest says.
        """
        for name in self.manifest.entries:
            for _piece in self.pieces(name):
                pass


class _PieceReader(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        given, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


@contextmanager
def opened_archive(
    source: Path, passphrase: Passphrase, place: Path
) -> Iterator[Archive]:
    """Open an archive and check all of it.

    Args:
        source: The file.
        passphrase: Asked once if the archive is encrypted.
        place: The folder of a disk that must have room for what is in it.

    Raises:
        BackupError: If it is damaged, no backup, of a newer version, or too large.
    """
    with ExitStack() as opened:
        with readable_archive():
            content = _decrypted(opened.enter_context(source.open("rb")), passphrase)
            _check_digest(content)
            packed = opened.enter_context(zipfile.ZipFile(content))
            archive = Archive(packed, _manifest(packed))
        check_space(place, sum(e.size for e in archive.manifest.entries.values()))
        archive.check_entries()
        yield archive


def check_space(folder: Path, needed: int) -> None:
    """Refuse what would not fit.

    Raises:
        BackupError: With how many megabytes are needed and free.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"it takes {needed // 10**6 + 1} MB in {folder}, "
            f"where {free // 10**6} MB are free"
        )


def _decrypted(raw: BinaryIO, passphrase: Passphrase) -> BinaryIO:
    start = raw.read(_DIGEST_BYTES)
    raw.seek(0)
    if not encryption.is_encrypted(start):
        return raw
    return io.BufferedReader(encryption.DecryptedFile(raw, passphrase()), _PIECE_BYTES)


def _check_digest(content: BinaryIO) -> None:
    left = content.seek(0, os.SEEK_END) - _DIGEST_BYTES
    if left <= 0:
        raise BackupError(_NO_BACKUP)
    content.seek(0)
    digest = hashlib.sha256()
    while left:
        piece = content.read(min(left, _PIECE_BYTES))
        if not piece:
            raise BackupError(_NO_BACKUP)
        digest.update(piece)
        left -= len(piece)
    if content.read() != digest.hexdigest().encode():
        raise BackupError(_NO_BACKUP)


def _manifest(opened: zipfile.ZipFile) -> Manifest:
    found = {about.filename: about for about in opened.infolist()}
    about = found.get(MANIFEST_NAME)
    if about is None or about.file_size > MAX_MANIFEST_BYTES:
        raise BackupError(_NO_BACKUP)
    with opened.open(about) as source:
        text = source.read(MAX_MANIFEST_BYTES)
    origin = Origin.model_validate_json(text)
    if origin.program != PROGRAM:
        raise BackupError(f"it is of another program: {origin.program[:40]!r}")
    if origin.format > FORMAT:
        raise BackupError(NEWER)
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupError("its manifest is damaged") from None
    sizes = {name: entry.size for name, entry in manifest.entries.items()}
    del found[MANIFEST_NAME]
    if len(found) + 1 != len(opened.infolist()) or sizes != {
        name: about.file_size for name, about in found.items()
    }:
        raise BackupError("its entries are not those of its manifest")
    kinds = {about.compress_type for about in found.values()}
    if kinds - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BackupError("its entries are packed in a way the portal does not use")
    return manifest
