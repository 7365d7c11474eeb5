"""Checks that the database, mail, storage and all else the portal needs are usable."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import redis
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from portal_app import migrations
from portal_app.backups.retention import backup_folder
from portal_app.domain.business import service as businesses
from portal_app.domain.customers.geocoding import GeocoderUnavailable
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.domain.notifications import reasons
from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.integrations.geocoding import NominatimGeocoder
from portal_app.integrations.mail.transports import SmtpTransport
from portal_app.integrations.storage import FsspecStorage, StorageMisconfigured
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database, DatabaseUnavailable, database_error_text
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ids import new_id
from portal_app.kernel.private_files import (
    make_private_folder,
    open_private,
    take_from_others,
)
from portal_app.serving import build as frontend
from portal_app.settings import ROOT, Settings

_CONNECT_SECONDS = 5
_CHECK_SECONDS = 60
_KEPT = b"kept"
_DATABASE, _MAIL = "PORTAL_DATABASE_URL", "PORTAL_MAIL_URL"
_STORAGE, _REDIS = "PORTAL_STORAGE_URL", "PORTAL_REDIS_URL"
_POSTGRESQL_PORT = 5432
_OLD_BACKUP = timedelta(days=2)


class ConfigError(Exception):
    """Something the operator can put right; the message is the line to print."""


def open_database(settings: Settings) -> Database:
    """The database of the settings, which answers.

    Raises:
        ConfigError: If its address is wrong or it does not answer.
    """
    try:
        database = Database(settings.database_url)
        if database.is_sqlite:
            _make_folder(_file_of(database))
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"{_DATABASE}: takes sqlite:///FILE or "
            "postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    if not database.is_sqlite:
        _check_reachable(database.engine.url.host, database.engine.url.port)
    try:
        database.engine.connect().close()
        if database.is_sqlite:
            _take_database_from_others(_file_of(database))
    except DBAPIError as error:
        raise ConfigError(
            f"{_DATABASE}: the database does not answer: {database_error_text(error)}"
        ) from None
    return database


def _take_database_from_others(file: Path) -> None:
    """An earlier version let everybody on the machine read it."""
    for end in ("", "-wal", "-shm"):
        take_from_others(file.with_name(file.name + end))


def prepare(database: Database) -> Database:
    """Bring a database to the newest schema, and put a business into it."""
    migrations.migrate(database)
    database.call(businesses.ensure_business)
    return database


def open_storage(settings: Settings) -> FsspecStorage:
    """Where the files are kept.

    Raises:
        ConfigError: If its address cannot be used.
    """
    try:
        if settings.files_folder is not None:
            take_from_others(settings.files_folder)
        return FsspecStorage(settings.storage_url)
    except StorageMisconfigured as error:
        raise ConfigError(str(error)) from None


def check_database(settings: Settings) -> str:
    """Say which database answers, after having stored and deleted something there.

    Raises:
        ConfigError: If that did not work.
    """
    database = open_database(settings)
    try:
        database.call(_store_and_delete, f"portal_check_{new_id().lower()}")
    except DatabaseUnavailable as error:
        raise ConfigError(_not_stored(_DATABASE, error.reason)) from None
    except DBAPIError as error:
        raise ConfigError(_not_stored(_DATABASE, database_error_text(error))) from None
    return "SQLite answers" if database.is_sqlite else "PostgreSQL answers"


def _store_and_delete(tx: Session, table: str) -> None:
    """Try the database with a table of its own: it may not be migrated yet."""
    tx.execute(text(f"CREATE TABLE {table} (word VARCHAR(8))"))
    tx.execute(text(f"INSERT INTO {table} VALUES ('kept')"))  # noqa: S608 - ours
    tx.execute(text(f"SELECT word FROM {table}")).one()  # noqa: S608 - ours
    tx.execute(text(f"DROP TABLE {table}"))


def _not_stored(variable: str, reason: str) -> str:
    return f"{variable}: nothing can be stored there: {reason}"


def check_schema(settings: Settings) -> str:
    """Say that every migration was applied.

    Raises:
        ConfigError: If one was not, or the database does not answer.
    """
    if not migrations.is_current(open_database(settings)):
        raise ConfigError("not up to date; run `python -m portal_app migrate`")
    return "up to date"


def check_mail(settings: Settings) -> str:
    """Say where mail goes. Nothing is sent.

    Raises:
        ConfigError: If the folder cannot be made, or the server does not answer, does
            not let us in, or does not take the addresses that the portal takes.
    """
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "file":
        try:
            _keep_and_delete(mail_folder(settings))
        except OSError as error:
            raise ConfigError(_not_stored(_MAIL, _os_reason(error))) from None
        return f"kept in {short_path(mail_folder(settings))}"
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        address = (parts.hostname or "", port)
        socket.create_connection(address, _CONNECT_SECONDS).close()
    except OSError as error:
        raise ConfigError(
            f"PORTAL_MAIL_URL: the mail server does not answer: "
            f"{parts.hostname}:{port}: {_os_reason(error)}"
        ) from None
    try:
        offered = SmtpTransport(settings.mail_url).offers_smtputf8()
    except DeliveryFailed as failed:
        raise ConfigError(
            f"PORTAL_MAIL_URL: the mail server takes no mail from us: "
            f"{reasons.words_of(failed.reason)}"
        ) from None
    if settings.mail_smtputf8 and not offered:
        raise ConfigError(
            "PORTAL_MAIL_SMTPUTF8: the mail server does not take addresses with "
            "letters beyond a to z before the @; leave it out"
        )
    unused = offered and not settings.mail_smtputf8
    more = (
        ", and takes letters beyond a to z before the @: PORTAL_MAIL_SMTPUTF8=true "
        "lets customers have them"
    )
    return f"{parts.hostname}:{port} answers{more if unused else ''}"


def check_storage(settings: Settings) -> str:
    """Say where files are kept, after having kept and deleted one.

    Raises:
        ConfigError: If that did not work.
    """
    storage = open_storage(settings)
    probe = f"check/{new_id().lower()}"
    try:
        storage.put(f"{probe}/full", _KEPT)
        read = b"".join(storage.read(f"{probe}/full"))
        storage.delete(probe)
    except (StorageUnavailable, NotFound) as error:
        reason = error.__cause__ or error
        raise ConfigError(_not_stored(_STORAGE, _os_reason(reason))) from None
    if read != _KEPT:
        raise ConfigError(_not_stored(_STORAGE, "it came back changed"))
    folder = settings.files_folder
    return f"kept in {short_path(folder) if folder else settings.storage_url}"


def check_redis(settings: Settings) -> str:
    """Say whether Redis is used and answers.

    Raises:
        ConfigError: If it is used and does not answer.
    """
    if not settings.redis_url:
        return "not used"
    try:
        client = redis.Redis.from_url(
            settings.redis_url,
            socket_connect_timeout=_CONNECT_SECONDS,
            socket_timeout=_CONNECT_SECONDS,
        )
        key = f"portal:check:{new_id()}"
        client.set(key, _KEPT, ex=_CHECK_SECONDS)
        read = client.get(key)
        client.delete(key)
        client.close()
    except redis.ResponseError as error:
        raise ConfigError(_not_stored(_REDIS, str(error))) from None
    except (redis.RedisError, ValueError, OSError) as error:
        raise ConfigError(f"{_REDIS}: Redis does not answer: {error}") from None
    if read != _KEPT:
        raise ConfigError(_not_stored(_REDIS, "it came back changed"))
    return "answers"


def check_geocoder(settings: Settings) -> str:
    """Say whether streets are looked up, and whether the geocoder answers.

    Raises:
        ConfigError: If it is used and does not.
    """
    if not settings.geocoder_url:
        return "not used; towns are found without one"
    try:
        NominatimGeocoder(settings.geocoder_url, settings.base_url).search(
            "Berlin", "", 1
        )
    except GeocoderUnavailable as error:
        raise ConfigError(
            f"PORTAL_GEOCODER_URL: the geocoder does not answer: {error.reason}"
        ) from None
    return "answers"


def check_backups(settings: Settings) -> str:
    """Say when the newest backup was made.

    Raises:
        Refusal: If backups are wanted and the newest is more than two days old.
    """
    backups = backup_folder(settings)
    if backups is None:
        return "not made by themselves; PORTAL_BACKUP_DIR says where to"
    newest = backups.newest()
    if newest is None:
        return f"none yet in {short_path(backups.folder)}; the portal makes one a day"
    age = utc_now() - newest
    if age > _OLD_BACKUP:
        raise ConfigError(
            f"the newest in {short_path(backups.folder)} is {age.days} days old; "
            "the log says why"
        )
    return (
        f"the newest in {short_path(backups.folder)} is of {newest:%Y-%m-%d %H:%M} UTC"
    )


def check_frontend(_settings: Settings) -> str:
    """Say that the front end was built from the sources that are there.

    Raises:
        ConfigError: If it was not.
    """
    if not frontend.is_current():
        raise ConfigError(
            "not built from these sources; run `python -m portal_app build`"
        )
    return "built"


def mail_folder(settings: Settings) -> Path:
    """Where mail is kept, for a ``file://`` address."""
    return Path(unquote(urlsplit(settings.mail_url).path))


def short_path(path: Path) -> Path:
    """A path as short as it can be told: inside the project, from there."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _file_of(database: Database) -> Path:
    """The file of a SQLite database, which may be given as a ``file:`` address."""
    name = (database.engine.url.database or "").removeprefix("file:")
    if not name or name == ":memory:":
        raise ValueError("the portal keeps its data in a file")
    return Path(name)


def _make_folder(file: Path) -> None:
    try:
        make_private_folder(file.parent)
    except OSError as error:
        raise ConfigError(f"{_DATABASE}: {_os_reason(error)}: {file.parent}") from None


def _check_reachable(host: str | None, port: int | None) -> None:
    """Fail in seconds where the driver would wait for minutes."""
    if not host or host.startswith("/"):
        return  # a socket of this machine
    address = (host, port or _POSTGRESQL_PORT)
    try:
        socket.create_connection(address, _CONNECT_SECONDS).close()
    except OSError as error:
        raise ConfigError(
            f"{_DATABASE}: the database does not answer: "
            f"{address[0]}:{address[1]}: {_os_reason(error)}"
        ) from None


def _os_reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _keep_and_delete(folder: Path) -> None:
    """Write, read and delete a file in a folder, which is made if it is missing."""
    make_private_folder(folder)
    probe = folder / f".check-{new_id().lower()}"
    try:
        with os.fdopen(open_private(probe), "wb") as file:
            file.write(_KEPT)
            os.fsync(file.fileno())
        probe.read_bytes()
    finally:
        probe.unlink(missing_ok=True)
