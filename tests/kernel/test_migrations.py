from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

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


def _policies(db: Database) -> list[tuple[str, str, str]]:
    with db.read() as tx:
        rows = tx.execute(text("SELECT key, title, text FROM policy ORDER BY position"))
        return [(row[0], row[1], row[2]) for row in rows]


def _step(db: Database, move: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)


def test_terms_and_cancellation_become_policies_and_back(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    _step(db, command.upgrade, "0004")
    with db.write() as tx:
        tx.execute(
            text(
                "INSERT INTO business (id, name, tagline, about, email, phone, address,"
                " timezone, currency, country, locale, accent_color, logo_path, terms,"
                " cancellation_policy, lead_minutes, horizon_days, slot_step_minutes,"
                " demo, version) VALUES (1, 'B', '', '', '', '', '', 'UTC', 'AUD',"
                " 'AU', 'en', '#000000', '', 'Be kind.', 'A day before.', 1, 1, 30, 0,"
                " 1)"
            )
        )
        tx.execute(
            text(
                "INSERT INTO policy (id, key, title, text, position, version)"
                " VALUES ('01P', 'keys', 'Keys', 'In a safe.', 0, 1)"
            )
        )
    _step(db, command.upgrade, "0005")
    assert _policies(db) == [
        ("terms", "Terms and conditions", "Be kind."),
        ("cancellation", "Cancellation policy", "A day before."),
        ("keys", "Keys", "In a safe."),
    ]
    _step(db, command.downgrade, "0004")
    assert _policies(db) == [("keys", "Keys", "In a safe.")]
    with db.read() as tx:
        texts = tx.execute(text("SELECT terms, cancellation_policy FROM business"))
        assert texts.one() == ("Be kind.", "A day before.")
    db.engine.dispose()
