"""A small portal to back up, and archives taken apart and put together again."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal_app.backups.creation import create_backup
from portal_app.domain.business import service as businesses
from portal_app.domain.files.models import StoredFile
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ids import new_id
from tests.support.people import new_customer
from tests.support.snapshots import database_snapshot

DIGEST_LENGTH = 64


@dataclass(frozen=True)
class SmallPortal:
    """A business, a customer, and files; ``folder`` is where they are."""

    database: Database
    storage: FsspecStorage
    folder: Path

    def back_up(self, name: str = "kept.backup") -> Path:
        """An archive of it as it is now."""
        target = self.folder.with_name(name)
        create_backup(self.database, self.storage, target, overwrite=True)
        return target

    def add_file(self, content: bytes, *sizes: int) -> str:
        """Store a file with small copies; the folder of its bytes."""
        file_id = new_id()
        digest = hashlib.sha256(content).hexdigest()
        folder = f"{digest[:2]}/{file_id.lower()}"
        for size in sizes:
            self.storage.put(f"{folder}/{size}", content[:size])
        self.storage.put(f"{folder}/full", content)
        row = StoredFile(
            id=file_id,
            kind="picture",
            storage_key=folder,
            media_type="image/webp",
            size=len(content),
            sha256=digest,
            name="dog.webp",
            sizes=list(sizes),
            created_at=utc_now(),
            stored_at=utc_now(),
            attached_at=utc_now(),
        )
        with self.database.write() as tx:
            tx.add(row)
        return folder

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        return database_snapshot(self.database)

    def files(self) -> dict[str, bytes]:
        """Every file in its folder."""
        return tree(self.folder / "files")


def small_portal(database: Database, folder: Path) -> SmallPortal:
    """Fill an empty database, and a folder of files."""
    folder.mkdir()
    storage = FsspecStorage(str(folder / "files"))
    portal = SmallPortal(database, storage, folder)
    database.call(businesses.ensure_business)
    new_customer(database)
    portal.add_file(b"a picture of a dog", 2, 8)
    portal.add_file(b"a document" * 20)
    return portal


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass
class Parts:
    """What is in an archive, to be changed."""

    manifest: dict[str, Any]
    entries: dict[str, bytes]
    extra: list[tuple[str, bytes]] = field(default_factory=list)

    def rows(self, table: str) -> list[list[Any]]:
        """The rows of a table."""
        lines = self.entries[f"tables/{table}.jsonl"].splitlines()
        return [json.loads(line) for line in lines]

    def set_rows(self, table: str, rows: list[list[Any]]) -> None:
        """Replace the rows of a table, with their digest and number."""
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        self.set_entry(f"tables/{table}.jsonl", text.encode())
        self.manifest["tables"][table]["rows"] = len(rows)

    def set_entry(self, name: str, content: bytes) -> None:
        """Replace an entry, with its digest."""
        self.entries[name] = content
        self.manifest["entries"][name] = {
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    def column(self, table: str, name: str) -> int:
        """Where a column is in a row."""
        return int(self.manifest["tables"][table]["columns"].index(name))

    def packed(self, kind: int = zipfile.ZIP_STORED) -> bytes:
        """The archive, with the digest of all its bytes."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", kind) as archive:
            for name, content in self.entries.items():
                archive.writestr(name, content)
            for name, content in self.extra:
                archive.writestr(name, content)
            archive.writestr("manifest.json", json.dumps(self.manifest))
            archive.comment = b"0" * DIGEST_LENGTH
        return sealed(target.getvalue())


def sealed(packed: bytes) -> bytes:
    """A ZIP file with a comment of the right length, with the right digest in it."""
    start = packed[:-DIGEST_LENGTH]
    return start + hashlib.sha256(start).hexdigest().encode()


def parts_of(archive: bytes) -> Parts:
    """Take an archive apart."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    return Parts(json.loads(entries.pop("manifest.json")), entries)
