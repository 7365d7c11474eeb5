"""A folder of archives, one a day, the old ones deleted."""

import fcntl
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from portal_app.backups.creation import UNFINISHED, create_backup
from portal_app.backups.manifest import BackupError
from portal_app.backups.stored_files import BackedUpStorage
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.settings import Settings

log = structlog.get_logger("backups")

_INTERVAL = timedelta(days=1)
_NAME_FORMAT = "portal-%Y%m%dT%H%M%SZ.backup"
_NAME = re.compile(r"portal-\d{8}T\d{6}Z\.backup")
_UNFINISHED_NAME = re.compile(rf"{_NAME.pattern}\..*{re.escape(UNFINISHED)}")
_LOCK = "portal-backups.lock"


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """Where backups are made by themselves.

    Attributes:
        folder: Made if it is not there. Several workers may share it.
        keep_days: How long a backup stays; the newest always does.
        passphrase: Encrypts them; ``None`` leaves them as they are.
    """

    folder: Path
    keep_days: int
    passphrase: str | None = None

    def make_if_due(self, database: Database, storage: BackedUpStorage) -> Path | None:
        """Make a backup if the newest is a day old, and delete the old ones.

        Of those who ask at the same time one makes it.

        Returns:
            The new backup.

        Raises:
            BackupError: If it could not be made; none is deleted then.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BackupError(
                f"PORTAL_BACKUP_DIR: {error.strerror}: {self.folder}"
            ) from None
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        else:
            return self._make_if_due(database, storage)
        finally:
            os.close(opened)

    def newest(self) -> datetime | None:
        """When the newest backup was made, if there is one.

        One that a wrong clock dated later than now is not the newest for years.
        """
        now = utc_now()
        return max((m for m in self._backups().values() if m <= now), default=None)

    def _make_if_due(self, database: Database, storage: BackedUpStorage) -> Path | None:
        now = utc_now()
        newest = self.newest()
        if newest is not None and now - newest < _INTERVAL:
            return None
        for path in self.folder.iterdir():
            if _UNFINISHED_NAME.fullmatch(path.name):
                path.unlink()  # of a run that was killed: this one has the lock
        target = self.folder / now.strftime(_NAME_FORMAT)
        made = create_backup(database, storage, target, passphrase=self.passphrase)
        deleted = [
            path
            for path, moment in self._backups().items()
            if path != target and now - moment > timedelta(days=self.keep_days)
        ]
        for path in deleted:
            path.unlink(missing_ok=True)
        log.info(
            "backup made",
            rows=made.rows,
            files=made.files,
            missing_files=made.missing_files,
            damaged_files=made.damaged_files,
            deleted=len(deleted),
        )
        return target

    def _backups(self) -> dict[Path, datetime]:
        return {
            path: datetime.strptime(path.name, _NAME_FORMAT).replace(tzinfo=UTC)
            for path in self.folder.glob("portal-*")
            if _NAME.fullmatch(path.name)
        }


def backup_folder(settings: Settings) -> BackupFolder | None:
    """Where the settings want backups to be made; ``None`` for nowhere."""
    if not settings.backup_dir:
        return None
    return BackupFolder(
        Path(settings.backup_dir),
        settings.backup_keep_days,
        settings.backup_passphrase.get_secret_value() or None,
    )
