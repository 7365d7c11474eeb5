"""Which files of the storage belong to the rows of a database."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import Storage
from portal_app.domain.files.rules import FULL_SIZE

FILE_TABLE = str(StoredFile.__tablename__)
_FILE_FOLDER = re.compile(r"[0-9a-f]{2}/[0-9a-z]{26}")


class BackedUpStorage(Storage, Protocol):
    """A storage whose content can be listed and moved."""

    @property
    def folder(self) -> Path | None:
        """Its folder, if it is one of this machine."""

    def list_keys(self, folder: str = "") -> Iterator[str]:
        """Every key below a folder, or all there are."""

    def move(self, key: str, target: str) -> None:
        """Give bytes another key, in place of what is stored under it."""


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file that a row refers to; ``sha256`` is empty where the row has none."""

    key: str
    sha256: str


def needed_files(columns: list[str], rows: Iterable[list[Any]]) -> Iterator[NeededFile]:
    """The files that somebody can still read, from the rows of the table of files."""
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        if row["stored_at"] is None or row["removed_at"] is not None:
            continue
        yield NeededFile(f"{row['storage_key']}/{FULL_SIZE}", row["sha256"])
        for size in json.loads(row["sizes"]):
            yield NeededFile(f"{row['storage_key']}/{size}", "")


def is_file_folder(folder: str) -> bool:
    """Whether a folder of the storage can only be that of a file of the portal."""
    return _FILE_FOLDER.fullmatch(folder) is not None
