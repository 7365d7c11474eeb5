"""A backup is made whole while the portal works, or nothing is left of it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal_app.backups import creation
from portal_app.backups.creation import Summary, create_backup
from portal_app.backups.manifest import BackupError
from portal_app.backups.restoration import verify_backup
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from tests.support.archives import SmallPortal, parts_of, small_portal, tree
from tests.support.people import new_customer


@pytest.fixture
def portal(db: Database, tmp_path: Path) -> SmallPortal:
    return small_portal(db, tmp_path / "portal")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where archives go."""
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


class LosingStorage(FsspecStorage):
    """Loses a file after it told of it, or has lost it before."""

    def __init__(self, place: Path, lost: str, *, told: bool) -> None:
        super().__init__(str(place))
        self._lost, self._told = place / lost, told

    def list_keys(self, folder: str = "") -> Iterator[str]:
        found = list(super().list_keys(folder))
        self._lost.unlink()
        return iter(found if self._told else list(super().list_keys(folder)))


@pytest.mark.parametrize("told", [True, False], ids=["meanwhile", "before"])
def test_a_file_that_vanishes_is_left_out_and_told(
    portal: SmallPortal, folder: Path, told: bool
) -> None:
    lost = portal.add_file(b"a picture that goes")
    rows = sum(len(found) for found in portal.rows().values())
    place, target = portal.folder / "files", folder / "kept.backup"
    storage = LosingStorage(place, f"{lost}/full", told=told)
    expected = Summary(rows=rows, files=4, missing_files=1, damaged_files=0)
    assert create_backup(portal.database, storage, target) == expected
    assert verify_backup(target, lambda: "") == expected
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["kept.backup"]


@pytest.mark.each_database
def test_what_is_written_meanwhile_is_not_in_it(
    portal: SmallPortal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: len(rows) for name, rows in portal.rows().items()}
    office = Database(portal.database.url)
    add_table = creation._add_table

    def add_while_somebody_signs_up(*arguments: object) -> object:
        new_customer(office)
        return add_table(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(creation, "_add_table", add_while_somebody_signs_up)
    target = folder / "kept.backup"
    create_backup(portal.database, portal.storage, target)
    office.engine.dispose()
    archive = parts_of(target.read_bytes())
    kept = {name: len(archive.rows(name)) for name in before}
    assert kept == before
    assert len(portal.rows()["account"]) == before["account"] + len(
        archive.manifest["tables"]
    )


@contextmanager
def no_file_larger_than(limit: int) -> Iterator[None]:
    """As on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("passphrase", [None, "correct horse battery"])
def test_a_full_disk_leaves_what_was_there(
    portal: SmallPortal, folder: Path, passphrase: str | None
) -> None:
    portal.add_file(bytes(400_000))
    target = folder / "kept.backup"
    target.write_bytes(b"the backup of yesterday")
    for _ in range(2):
        with no_file_larger_than(300_000), pytest.raises(BackupError) as refused:
            create_backup(
                portal.database,
                portal.storage,
                target,
                passphrase=passphrase,
                overwrite=True,
            )
        assert str(refused.value) == f"{target} cannot be written: File too large"
        assert tree(folder) == {"kept.backup": b"the backup of yesterday"}


class FailingStorage(FsspecStorage):
    """Fails when a file is read."""

    def __init__(self, url: str, error: BaseException) -> None:
        super().__init__(url)
        self._error = error

    def read(self, key: str) -> Iterator[bytes]:
        yield from super().read(key)
        raise self._error


def test_a_failure_leaves_nothing(portal: SmallPortal, folder: Path) -> None:
    target, place = folder / "kept.backup", str(portal.folder / "files")
    away = FailingStorage(place, StorageUnavailable())
    with pytest.raises(BackupError) as refused:
        create_backup(portal.database, away, target)
    assert str(refused.value) == "the files cannot be read: the storage is away"
    interrupted = FailingStorage(place, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        create_backup(portal.database, interrupted, target)
    with pytest.raises(BackupError) as short:
        create_backup(portal.database, portal.storage, target, passphrase="short")
    assert str(short.value) == "the passphrase takes at least 12 characters"
    assert list(folder.iterdir()) == []


def test_a_target_that_appears_meanwhile_stays(
    portal: SmallPortal, folder: Path
) -> None:
    target = folder / "kept.backup"

    class AnotherMakesOne(FsspecStorage):
        def list_keys(self, folder: str = "") -> Iterator[str]:
            target.write_bytes(b"of somebody else")
            return super().list_keys(folder)

    storage = AnotherMakesOne(str(portal.folder / "files"))
    with pytest.raises(BackupError) as refused:
        create_backup(portal.database, storage, target)
    assert str(refused.value) == f"{target} exists already; --overwrite replaces it"
    assert tree(folder) == {"kept.backup": b"of somebody else"}
