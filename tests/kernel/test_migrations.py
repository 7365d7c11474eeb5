from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from portal_app.kernel.db import Database
from portal_app.migrations import _config, check_complete, is_current, migrate

pytestmark = pytest.mark.each_database


@pytest.fixture
def db(own_db: Database) -> Database:
    """A database of the test's own: its schema changes."""
    return own_db


def test_the_models_need_no_further_migration(db: Database) -> None:
    check_complete(db)


def test_migrating_twice_changes_nothing(db: Database) -> None:
    migrate(db)
    with db.read() as tx:
        revisions = tx.execute(text("SELECT version_num FROM alembic_version"))
        assert len(revisions.scalars().all()) == 1
    assert is_current(db)


def test_the_first_schema_is_taken_back_whole(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    migrate(db)
    config = _config()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    migrate(db)
    check_complete(db)
    db.engine.dispose()
