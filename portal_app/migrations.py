"""Bring a database to the newest schema, and say whether the models agree."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal_app.kernel.db import Database
from portal_app.settings import ROOT


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


def migrate(database: Database) -> None:
    """Apply every migration that the database has not seen; safe to repeat."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether every migration was applied."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def check_complete(database: Database) -> None:
    """Compare the models with a migrated database.

    Raises:
        alembic.util.CommandError: If a migration is missing.
    """
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
