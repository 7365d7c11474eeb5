"""No damaged archive is restored, and trying to changes nothing."""

from pathlib import Path
from unittest.mock import patch

import pytest

from portal_app.backups import encryption
from portal_app.backups.creation import create_backup
from portal_app.backups.manifest import BackupError
from portal_app.backups.restoration import restore_backup
from portal_app.kernel.db import Database
from tests.support.archives import SmallPortal, small_portal, tree
from tests.support.damaged_archives import damaged_archives

pytestmark = pytest.mark.each_database

PASSPHRASE = "correct horse battery"
_CASES = 300
# On PostgreSQL the same checks run before the database is asked for anything.
_EVERY_NTH_ON_POSTGRESQL = 12


@pytest.fixture
def portal(own_db: Database, tmp_path: Path) -> SmallPortal:
    return small_portal(own_db, tmp_path / "portal")


@pytest.fixture(autouse=True)
def _quick_keys() -> object:
    with patch.object(encryption, "_SCRYPT_N", 2**4):
        yield


def test_damaged_archives_are_refused(portal: SmallPortal, tmp_path: Path) -> None:
    whole = portal.back_up().read_bytes()
    secret = tmp_path / "secret.backup"
    create_backup(portal.database, portal.storage, secret, passphrase=PASSPHRASE)
    found = damaged_archives(whole, secret.read_bytes(), tmp_path)
    cases = [(name, archive) for archive, name in {a: n for n, a in found}.items()]
    assert len(cases) >= _CASES
    if not portal.database.is_sqlite:
        cases = cases[::_EVERY_NTH_ON_POSTGRESQL]
    portal.add_file(b"a picture that no archive has")
    rows = portal.rows()
    before = _bytes(portal)
    archive = tmp_path / "damaged.backup"
    accepted = []
    for name, content in cases:
        archive.write_bytes(content)
        try:
            restore_backup(portal.database, portal.storage, archive, lambda: PASSPHRASE)
            accepted.append(name)
        except BackupError as refused:
            line = str(refused)
            assert line.startswith(f"{archive} cannot be restored: "), name
            assert len(line.splitlines()) == 1, name
        assert _bytes(portal) == before, name
    assert accepted == []
    assert list(tmp_path.rglob("escaped*")) == []
    assert portal.rows() == rows


def _bytes(portal: SmallPortal) -> dict[str, bytes]:
    """All there is on the disk, once nobody has the database open."""
    portal.database.engine.dispose()
    place = portal.database.engine.url.database or ""
    found = tree(portal.folder)
    if portal.database.is_sqlite:
        beside = tree(Path(place).parent)
        beside.pop("portal.db.lock", None)
        found |= {f"database/{name}": content for name, content in beside.items()}
    return found
