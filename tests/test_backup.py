"""Keeping the whole portal in one file, on both databases."""

import tarfile
from pathlib import Path

import pytest

from portal_app.backup import BackupError, create_backup, restore_backup
from portal_app.demo.loader import load_demo
from portal_app.domain.business import service as businesses
from portal_app.kernel.db import Database
from tests.support.databases import postgresql_available
from tests.support.demo import NOW, ordered_rows

pytestmark = pytest.mark.each_database


@pytest.fixture
def db(own_db: Database) -> Database:
    """A database of the test's own: it is replaced as a whole."""
    return own_db


def test_database_and_files_come_back(db: Database, tmp_path: Path) -> None:
    load_demo(db, NOW)
    kept = ordered_rows(db)
    files = tmp_path / "files"
    (files / "photos").mkdir(parents=True)
    (files / "photos" / "dog.webp").write_bytes(b"a dog")
    archive = tmp_path / "portal.tar.gz"
    create_backup(db, files, archive)
    db.call(businesses.ensure_business)
    with db.write() as tx:
        tx.connection().exec_driver_sql("UPDATE business SET name = 'Changed'")
    (files / "photos" / "dog.webp").write_bytes(b"a cat")
    (files / "late.webp").write_bytes(b"later")
    restore_backup(db, files, archive)
    assert ordered_rows(db) == kept
    assert [p.relative_to(files) for p in files.rglob("*.webp")] == [
        Path("photos/dog.webp")
    ]
    assert (files / "photos" / "dog.webp").read_bytes() == b"a dog"


def test_only_the_owner_may_read_a_backup(sqlite_db: Database, tmp_path: Path) -> None:
    archive = tmp_path / "portal.tar.gz"
    create_backup(sqlite_db, tmp_path / "none", archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.glob("portal.tar.gz*")] == ["portal.tar.gz"]


@pytest.mark.parametrize("content", [b"", b"dear diary", b"\x1f\x8b\x08\x00broken"])
def test_an_invalid_archive_changes_nothing(
    db: Database, tmp_path: Path, content: bytes
) -> None:
    db.call(businesses.ensure_business)
    before = ordered_rows(db)
    archive = tmp_path / "diary.tar.gz"
    archive.write_bytes(content)
    with pytest.raises(BackupError) as refused:
        restore_backup(db, tmp_path / "files", archive)
    assert str(refused.value) == (
        f"{archive} could not be restored: it is no backup of the portal"
    )
    assert ordered_rows(db) == before


def test_a_damaged_database_changes_nothing(db: Database, tmp_path: Path) -> None:
    load_demo(db, NOW)
    archive = tmp_path / "portal.tar.gz"
    create_backup(db, tmp_path / "files", archive)
    folder = tmp_path / "unpacked"
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    inside = next(folder.glob("portal.d*"))
    whole = inside.read_bytes()
    inside.write_bytes(whole[: len(whole) // 2])
    with tarfile.open(archive, "w:gz") as broken:
        for path in sorted(folder.iterdir()):
            broken.add(path, arcname=path.name)
    before = ordered_rows(db)
    with pytest.raises(BackupError):
        restore_backup(db, tmp_path / "files", archive)
    assert ordered_rows(db) == before


def test_a_path_out_of_the_archive_is_refused(
    sqlite_db: Database, tmp_path: Path
) -> None:
    archive = tmp_path / "evil.tar.gz"
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(archive, "w:gz") as opened:
        opened.add(tmp_path / "evil", arcname="../escaped")
    with pytest.raises(BackupError):
        restore_backup(sqlite_db, tmp_path / "files", archive)
    assert list(tmp_path.rglob("escaped")) == []


@pytest.mark.skipif(not postgresql_available(), reason="PostgreSQL does not answer")
def test_a_backup_of_the_other_kind_is_refused(
    sqlite_db: Database, tmp_path: Path
) -> None:
    archive = tmp_path / "portal.tar.gz"
    create_backup(sqlite_db, tmp_path / "files", archive)
    other = Database("postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    with pytest.raises(BackupError) as refused:
        restore_backup(other, tmp_path / "files", archive)
    assert str(refused.value) == (
        "this backup is of a sqlite database, "
        "PORTAL_DATABASE_URL names a postgresql one"
    )
    other.engine.dispose()


def test_a_missing_folder_is_refused(sqlite_db: Database, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "portal.tar.gz"
    with pytest.raises(BackupError) as refused:
        create_backup(sqlite_db, tmp_path / "files", target)
    assert str(refused.value) == (
        f"{target} could not be written: No such file or directory"
    )
