"""Uploaded files for tests, and a storage in memory."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from portal_app.domain.files import uploads
from portal_app.domain.files.uploads import Upload
from portal_app.domain.files.views import FileView
from portal_app.integrations.images import PillowImages
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from tests.support.pictures import PDF, picture
from tests.support.snapshots import database_snapshot

IMAGES = PillowImages()


class MemoryStorage:
    """A storage in memory whose content a test can look at."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        assert key not in self.contents
        self.contents[key] = content if isinstance(content, bytes) else content.read()

    def read(self, key: str) -> Iterator[bytes]:
        if key not in self.contents:
            raise NotFound
        return iter([self.contents[key]])

    def delete(self, folder: str) -> None:
        for key in [key for key in self.contents if key.startswith(f"{folder}/")]:
            del self.contents[key]


def snapshot_without_attempts(db: Database) -> dict[str, Any]:
    """Every row but the counted attempts, which a refusal counts as well."""
    found = database_snapshot(db)
    del found["attempt_window"]
    return found


def upload_file(
    db: Database,
    actor: Actor,
    purpose: str = "picture",
    *,
    content: bytes | None = None,
    name: str | None = None,
    shelf: MemoryStorage | None = None,
) -> FileView:
    """A file that waits to be used: a picture, or a PDF for documents."""
    if content is None:
        content = PDF if purpose in {"document", "field"} else picture("PNG")
    ending = "pdf" if content.startswith(b"%PDF") else "png"
    return uploads.accept_upload(
        db,
        shelf or MemoryStorage(),
        IMAGES,
        actor,
        Upload(purpose, name or f"{purpose}.{ending}", BytesIO(content), len(content)),
    )
