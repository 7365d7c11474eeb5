import errno
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.storage import FsspecStorage, StorageMisconfigured
from portal_app.kernel.errors import NotFound


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> FsspecStorage:
    if request.param == "folder":
        return FsspecStorage(str(tmp_path / "files"))
    return FsspecStorage(f"memory://{tmp_path}")


def test_what_is_put_is_read_until_it_is_deleted(storage: FsspecStorage) -> None:
    storage.put("ab/file1/full", b"x" * 600_000)
    storage.put("ab/file1/64", BytesIO(b"small"))
    storage.put("ab/file2/full", b"other")
    assert b"".join(storage.read("ab/file1/full")) == b"x" * 600_000
    assert b"".join(storage.read("ab/file1/64")) == b"small"
    storage.delete("ab/file1")
    storage.delete("ab/file1")
    for key in ("ab/file1/full", "ab/file1/64"):
        with pytest.raises(NotFound):
            storage.read(key)
    assert b"".join(storage.read("ab/file2/full")) == b"other"


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../secret", "ab/../../x", "ab//x", "AB/x", "ab/x\0", "~"],
)
def test_only_keys_of_ours_become_paths(storage: FsspecStorage, key: str) -> None:
    with pytest.raises(ValueError, match="not a key of ours"):
        storage.read(key)
    with pytest.raises(ValueError, match="not a key of ours"):
        storage.delete(key)


def test_a_storage_that_fails_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    storage = FsspecStorage(str(tmp_path / "files"))
    with pytest.raises(StorageUnavailable):
        storage.put("ab/file1/full", b"x")


def test_an_unknown_storage_is_named_at_the_start() -> None:
    with pytest.raises(StorageMisconfigured, match=r"^PORTAL_STORAGE_URL: cannot be"):
        FsspecStorage("pigeon://x")


class Full:
    """A file on a disk that has room for one piece."""

    def __init__(self, opened: Any) -> None:
        self._opened, self._pieces = opened, 0

    def __enter__(self) -> "Full":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def write(self, piece: bytes) -> None:
        self._pieces += 1
        if self._pieces > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._opened.write(piece)


def test_a_full_disk_keeps_no_half_file(
    storage: FsspecStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put("ab/file1/full", b"whole")
    opening = type(storage._files).open
    monkeypatch.setattr(
        type(storage._files), "open", lambda *args: Full(opening(*args))
    )
    with pytest.raises(StorageUnavailable):
        storage.put("ab/file2/full", BytesIO(b"x" * 600_000))
    monkeypatch.undo()
    with pytest.raises(NotFound):
        storage.read("ab/file2/full")
    assert b"".join(storage.read("ab/file1/full")) == b"whole"


def test_files_are_for_nobody_else(tmp_path: Path) -> None:
    """Whatever the process's umask lets."""
    umask = os.umask(0)
    try:
        FsspecStorage(str(tmp_path / "a" / "files")).put("ab/file1/full", b"x")
    finally:
        os.umask(umask)
    made = {
        str(path.relative_to(tmp_path)): oct(path.stat().st_mode & 0o777)
        for path in tmp_path.rglob("*")
    }
    assert made == {
        "a": "0o700",
        "a/files": "0o700",
        "a/files/ab": "0o700",
        "a/files/ab/file1": "0o700",
        "a/files/ab/file1/full": "0o600",
    }
