"""Bring a database to the newest schema, and say whether the models agree."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal_app.kernel.db import Database
from portal_app.settings import ROOT


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


def migrate(database: Database) -> None:
    """Apply every migration that the database has not seen; safe to repeat."""
    with database.engine.begin() as connection:
        upgrade(connection)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply the migrations up to a revision, in the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision of a database's schema; ``None`` without one."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """Every revision there is, the newest first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in scripts]


def is_current(database: Database) -> bool:
    """Whether every migration was applied."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return revision_of(connection) == newest


def check_complete(database: Database) -> None:
    """Compare the models with a migrated database.

    Raises:
        alembic.util.CommandError: If a migration is missing.
    """
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
