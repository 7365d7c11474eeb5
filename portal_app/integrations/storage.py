"""Files in any storage that fsspec knows: a folder, or a bucket elsewhere."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import fsspec
import structlog
from fsspec.implementations.local import LocalFileSystem

from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.kernel.errors import NotFound
from portal_app.kernel.private_files import make_private_folder, take_from_others

log = structlog.get_logger("storage")

_CHUNK_BYTES = 256 * 1024
# Keys are made by the domain; anything else is a mistake, not a path.
_KEY = re.compile(r"[a-z0-9]+(/[a-z0-9]+)*")


class StorageMisconfigured(Exception):
    """``PORTAL_STORAGE_URL`` names a storage that cannot be used."""


class FsspecStorage:
    """Keeps bytes under keys below one address.

    Args:
        url: A folder, or an fsspec address such as ``s3://bucket/portal``.

    Raises:
        StorageMisconfigured: If fsspec does not know the address, or lacks the
            package it takes.
    """

    def __init__(self, url: str) -> None:
        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise StorageMisconfigured(
                f"PORTAL_STORAGE_URL: cannot be used: {error}"
            ) from None
        self._root = str(root).rstrip("/")
        self._is_local = isinstance(self._files, LocalFileSystem)

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store bytes under a key that nothing was stored under before."""
        path = self._path(key)
        try:
            self._make_folder(path.rpartition("/")[0])
            with self._files.open(path, "wb") as target:
                if self._is_local:
                    take_from_others(Path(path))
                if isinstance(content, bytes):
                    target.write(content)
                    return
                while piece := content.read(_CHUNK_BYTES):
                    target.write(piece)
        except Exception as error:
            self._remove_half(path)
            raise self._unavailable(error) from error

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes under a key, in pieces.

        Raises:
            NotFound: If there are none, before the first piece.
        """
        path = self._path(key)
        try:
            opened = self._files.open(path, "rb")
        except FileNotFoundError:
            log.error("a stored file is missing", key=key)
            raise NotFound("We could not find that file.") from None
        except Exception as error:
            raise self._unavailable(error) from error
        return self._pieces(opened)

    def delete(self, folder: str) -> None:
        """Delete every key below a folder; nothing there is fine."""
        path = self._path(folder)
        try:
            self._files.rm(path, recursive=True)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._unavailable(error) from error

    @property
    def folder(self) -> Path | None:
        """The folder of the files, or ``None`` if they are stored elsewhere."""
        return Path(self._root) if isinstance(self._files, LocalFileSystem) else None

    def list_keys(self, folder: str = "") -> Iterator[str]:
        """Every key below a folder, or all there are; what is no key is left out."""
        root = self._path(folder) if folder else self._root
        try:
            paths = self._files.find(root)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._unavailable(error) from error
        for path in paths:
            key = str(path).removeprefix(f"{self._root}/")
            if _KEY.fullmatch(key):
                yield key

    def move(self, key: str, target: str) -> None:
        """Give bytes another key, in place of what is stored under it.

        In a folder that is one step; elsewhere bytes are copied, then deleted.
        """
        try:
            path = self._path(target)
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.mv(self._path(key), path)
        except Exception as error:
            raise self._unavailable(error) from error

    def _make_folder(self, path: str) -> None:
        if self._is_local:
            make_private_folder(Path(path))
        else:
            self._files.makedirs(path, exist_ok=True)

    def _remove_half(self, path: str) -> None:
        """Leave nothing of a file that could not be stored whole."""
        with suppress(Exception):  # the storage is away, and so is what it has
            self._files.rm(path)

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of ours")
        return f"{self._root}/{key}"

    @staticmethod
    def _pieces(opened: BinaryIO) -> Iterator[bytes]:
        with opened:
            while piece := opened.read(_CHUNK_BYTES):
                yield piece

    @staticmethod
    def _unavailable(error: Exception) -> StorageUnavailable:
        log.error("the storage does not answer", exc_info=error)
        return StorageUnavailable()
