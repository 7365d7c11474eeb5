"""A restore that is killed leaves the old portal or the new one, whole."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from portal_app.backups.restoration import restore_backup, settle
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.db import Database
from tests.support.archives import SmallPortal, small_portal

pytestmark = pytest.mark.each_database

_KILLED = 9
OLD, NEW = "old", "new"


@pytest.fixture
def portal(own_db: Database, tmp_path: Path) -> SmallPortal:
    return small_portal(own_db, tmp_path / "portal")


class DyingStorage(FsspecStorage):
    """Ends the process before a certain file is put or moved."""

    def __init__(self, url: str, put: int = -1, move: int = -1) -> None:
        super().__init__(url)
        self._left = {"put": put, "move": move}

    def _count(self, what: str) -> None:
        if self._left[what] == 0:
            os._exit(_KILLED)
        self._left[what] -= 1

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        self._count("put")
        super().put(key, content)

    def move(self, key: str, target: str) -> None:
        self._count("move")
        super().move(key, target)


def killed(restore: Callable[[], object]) -> bool:
    """Run it in a process of its own. Returns: Whether that was killed."""
    child = os.fork()
    if child == 0:
        try:
            restore()
        finally:
            os._exit(0)
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == _KILLED


def restore_in_child(portal: SmallPortal, archive: Path, dies_at: str) -> None:
    """Restore with connections of its own, and die at a step."""
    kind, _, number = dies_at.partition(" number ")
    deaths = {kind: int(number)} if number else {}
    storage = DyingStorage(str(portal.folder / "files"), **deaths)

    def report(step: str) -> None:
        if step == dies_at:
            os._exit(_KILLED)

    database = Database(portal.database.url)
    restore_backup(database, storage, archive, lambda: "", report)


STEPS = {
    "check": OLD,
    "build": OLD,
    "stage files": OLD,
    "put number 2": OLD,
    "put number 4": OLD,  # all files are staged, the journal is not
    "swap": OLD,
    "rename": OLD,
    "commit": OLD,
    "place files": NEW,
    "move number 2": NEW,
    "delete old files": NEW,
    "clean up": NEW,
}
_NOT_ON = {True: {"commit"}, False: {"rename"}}


def test_a_kill_leaves_the_old_or_the_new(portal: SmallPortal) -> None:
    new_files, new_rows = portal.files(), portal.rows()
    archive = portal.back_up()
    # The old portal has a file of its own, and lost and spoiled what the new one has.
    lost, spoiled = sorted(name for name in portal.files() if name.endswith("/full"))
    (portal.folder / "files" / lost).unlink()
    (portal.folder / "files" / spoiled).write_bytes(b"spoiled")
    portal.add_file(b"a picture that the archive has not")
    old_files, old_rows = portal.files(), portal.rows()
    assert old_rows != new_rows
    old = portal.back_up("old.backup")
    for step, expected in STEPS.items():
        if step in _NOT_ON[portal.database.is_sqlite]:
            continue
        portal.database.engine.dispose()

        def restore(step: str = step) -> None:
            restore_in_child(portal, archive, step)

        assert killed(restore), step
        settle(portal.database, portal.storage)
        found = OLD if portal.rows() == old_rows else NEW
        assert found == expected, step
        rows, files = (old_rows, old_files) if found == OLD else (new_rows, new_files)
        assert portal.rows() == rows, step
        assert portal.files() == files, step
        beside = Path(portal.database.engine.url.database or "").parent
        assert list(beside.glob("*.restoring*")) == []
        if found == NEW:
            restore_backup(portal.database, portal.storage, old, lambda: "")
            # What was lost or spoiled is so in its archive too.
            (portal.folder / "files" / lost).unlink(missing_ok=True)
            assert portal.rows() == old_rows
            assert portal.files() == old_files


def test_a_failure_on_the_way_undoes_everything(portal: SmallPortal) -> None:
    archive = portal.back_up()
    portal.add_file(b"a picture that the archive has not")
    rows, files = portal.rows(), portal.files()

    def report(step: str) -> None:
        if step == ("rename" if portal.database.is_sqlite else "commit"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore_backup(portal.database, portal.storage, archive, lambda: "", report)
    assert portal.rows() == rows
    assert portal.files() == files
