"""A backup a day, by one of those who ask; the old ones go, the newest stays."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal_app.backups.manifest import BackupError
from portal_app.backups.restoration import verify_backup
from portal_app.backups.retention import BackupFolder
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.archives import SmallPortal, small_portal

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class ObservedStorage(FsspecStorage):
    """Does something when it is asked for its files."""

    def __init__(self, url: str, then: Callable[[], object]) -> None:
        super().__init__(url)
        self._then = then

    def list_keys(self, folder: str = "") -> Iterator[str]:
        self._then()
        return super().list_keys(folder)


@pytest.fixture
def portal(db: Database, tmp_path: Path) -> SmallPortal:
    return small_portal(db, tmp_path / "portal")


@pytest.fixture
def backups(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path / "backups" / "daily", keep_days=2)


def name_at(moment: datetime) -> str:
    return f"portal-{moment:%Y%m%dT%H%M%S}Z.backup"


def names_in(backups: BackupFolder) -> set[str]:
    return {path.name for path in backups.folder.iterdir()} - {"portal-backups.lock"}


def made_at(backups: BackupFolder, portal: SmallPortal, moment: datetime) -> str | None:
    """The name of what a runner made, if it did."""
    with frozen(moment):
        made = backups.make_if_due(portal.database, portal.storage)
    return made.name if made else None


def test_one_of_several_makes_one_a_day(
    portal: SmallPortal, backups: BackupFolder
) -> None:
    others: list[Path | None] = []

    def ask_meanwhile() -> None:
        others.append(backups.make_if_due(portal.database, portal.storage))

    busy = ObservedStorage(str(portal.folder / "files"), ask_meanwhile)
    with frozen(NOON):
        made = backups.make_if_due(portal.database, busy)
    assert made == backups.folder / name_at(NOON)
    assert others == [None]
    assert made_at(backups, portal, NOON + DAY - timedelta(seconds=1)) is None
    assert names_in(backups) == {name_at(NOON)}
    assert made_at(backups, portal, NOON + DAY) == name_at(NOON + DAY)
    assert names_in(backups) == {name_at(NOON), name_at(NOON + DAY)}
    assert backups.folder.stat().st_mode & 0o777 == 0o700
    assert made.stat().st_mode & 0o777 == 0o600
    assert verify_backup(made, lambda: "").files == 4


def test_the_old_ones_are_deleted(portal: SmallPortal, backups: BackupFolder) -> None:
    days = [NOON + number * DAY for number in range(4)]
    for day in days:
        assert made_at(backups, portal, day) == name_at(day)
    assert names_in(backups) == {name_at(day) for day in days[1:]}


def test_the_newest_stays_however_old(
    portal: SmallPortal, backups: BackupFolder
) -> None:
    made_at(backups, portal, NOON)
    later = NOON + 30 * DAY

    def fail() -> None:
        raise StorageUnavailable

    away = ObservedStorage(str(portal.folder / "files"), fail)
    with frozen(later), pytest.raises(BackupError) as refused:
        backups.make_if_due(portal.database, away)
    assert str(refused.value) == "the files cannot be read: the storage is away"
    assert names_in(backups) == {name_at(NOON)}
    assert made_at(backups, portal, later) == name_at(later)
    assert names_in(backups) == {name_at(later)}


def test_what_a_killed_run_left_is_deleted_and_nothing_else(
    portal: SmallPortal, backups: BackupFolder
) -> None:
    backups.folder.mkdir(parents=True)
    left = f"{name_at(NOON - DAY)}.k3x9.unfinished"
    # Of the office, and of a `backup` into this folder that may be running.
    kept = {"portal-notes.txt", "portal-monday.backup.k3x9.unfinished"}
    for name in {left, *kept}:
        (backups.folder / name).write_bytes(b"half")
    assert made_at(backups, portal, NOON) == name_at(NOON)
    assert names_in(backups) == {name_at(NOON), *kept}


def test_a_clock_that_was_wrong_stops_no_backup(
    portal: SmallPortal, backups: BackupFolder
) -> None:
    ahead = NOON + 3000 * DAY
    assert made_at(backups, portal, ahead) == name_at(ahead)
    with frozen(NOON):
        assert backups.newest() is None
    assert made_at(backups, portal, NOON) == name_at(NOON)
    with frozen(NOON):
        assert backups.newest() == NOON


def test_a_folder_that_cannot_be_made_is_one_line(
    portal: SmallPortal, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    folder = tmp_path / "file" / "backups"
    with pytest.raises(BackupError) as refused:
        BackupFolder(folder, 2).make_if_due(portal.database, portal.storage)
    assert str(refused.value) == f"PORTAL_BACKUP_DIR: Not a directory: {folder}"
