"""Checks that the database, mail, storage and all else the portal needs are usable."""

import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import redis
from sqlalchemy.exc import ArgumentError, DBAPIError

from portal_app import migrations
from portal_app.backups.retention import backup_folder
from portal_app.domain.business import service as businesses
from portal_app.domain.customers.geocoding import GeocoderUnavailable
from portal_app.domain.files.protocols import StorageUnavailable
from portal_app.integrations.geocoding import NominatimGeocoder
from portal_app.integrations.storage import FsspecStorage, StorageMisconfigured
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database, database_error_text
from portal_app.kernel.ids import new_id
from portal_app.serving import build as frontend
from portal_app.settings import ROOT, Settings

_CONNECT_SECONDS = 5
_DATABASE = "PORTAL_DATABASE_URL"
_POSTGRESQL_PORT = 5432
_OLD_BACKUP = timedelta(days=2)


class ConfigError(Exception):
    """Something the operator can put right; the message is the line to print."""


def open_database(settings: Settings) -> Database:
    """The database of the settings, which answers.

    Raises:
        Refusal: If its address is wrong or it does not answer.
    """
    try:
        database = Database(settings.database_url)
        if database.is_sqlite:
            _make_folder(database.engine.url.database)
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"{_DATABASE}: takes sqlite:///FILE or "
            "postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    if not database.is_sqlite:
        _check_reachable(database.engine.url.host, database.engine.url.port)
    try:
        database.engine.connect().close()
    except DBAPIError as error:
        raise ConfigError(
            f"{_DATABASE}: the database does not answer: {database_error_text(error)}"
        ) from None
    return database


def prepared_database(settings: Settings) -> Database:
    """The database, on the newest schema, with a business in it.

    Raises:
        Refusal: As ``open_database``.
    """
    return prepare(open_database(settings))


def prepare(database: Database) -> Database:
    """Bring a database to the newest schema, and put a business into it."""
    migrations.migrate(database)
    database.call(businesses.ensure_business)
    return database


def open_storage(settings: Settings) -> FsspecStorage:
    """Where the files are kept.

    Raises:
        Refusal: If its address cannot be used.
    """
    try:
        return FsspecStorage(settings.storage_url)
    except StorageMisconfigured as error:
        raise ConfigError(str(error)) from None


def check_database(settings: Settings) -> str:
    """Say which database answers.

    Raises:
        Refusal: If it does not.
    """
    return (
        "SQLite answers" if open_database(settings).is_sqlite else "PostgreSQL answers"
    )


def check_schema(settings: Settings) -> str:
    """Say that every migration was applied.

    Raises:
        Refusal: If one was not, or the database does not answer.
    """
    if not migrations.is_current(open_database(settings)):
        raise ConfigError("not up to date; run `python -m portal_app migrate`")
    return "up to date"


def check_mail(settings: Settings) -> str:
    """Say where mail goes. Nothing is sent.

    Raises:
        Refusal: If the folder cannot be made or the server does not answer.
    """
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "file":
        try:
            mail_folder(settings).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"PORTAL_MAIL_URL: {_os_reason(error)}") from None
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
    return f"{parts.hostname}:{port} answers"


def check_storage(settings: Settings) -> str:
    """Say where files are kept, after having kept and deleted one.

    Raises:
        Refusal: If that did not work.
    """
    storage = open_storage(settings)
    probe = f"check/{new_id().lower()}"
    try:
        storage.put(f"{probe}/full", b"kept")
        storage.delete(probe)
    except StorageUnavailable:
        raise ConfigError(
            "PORTAL_STORAGE_URL: a file could not be kept there; "
            "the log above says what was wrong"
        ) from None
    folder = settings.files_folder
    return f"kept in {short_path(folder) if folder else settings.storage_url}"


def check_redis(settings: Settings) -> str:
    """Say whether Redis is used and answers.

    Raises:
        Refusal: If it is used and does not answer.
    """
    if not settings.redis_url:
        return "not used"
    try:
        client = redis.Redis.from_url(
            settings.redis_url,
            socket_connect_timeout=_CONNECT_SECONDS,
            socket_timeout=_CONNECT_SECONDS,
        )
        client.ping()
        client.close()
    except (redis.RedisError, ValueError, OSError) as error:
        raise ConfigError(f"PORTAL_REDIS_URL: Redis does not answer: {error}") from None
    return "answers"


def check_geocoder(settings: Settings) -> str:
    """Say whether streets are looked up, and whether the geocoder answers.

    Raises:
        Refusal: If it is used and does not.
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
        Refusal: If it was not.
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


def _make_folder(name: str | None) -> None:
    if not name or name == ":memory:":
        raise ValueError("the portal keeps its data in a file")
    folder = Path(name).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{_DATABASE}: {_os_reason(error)}: {folder}") from None


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


def _os_reason(error: OSError) -> str:
    return error.strerror or str(error)
