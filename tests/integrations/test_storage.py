from io import BytesIO
from pathlib import Path

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
