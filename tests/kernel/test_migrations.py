from sqlalchemy import text

from portal_app.kernel.db import Database
from portal_app.migrations import check_complete, migrate


def test_the_models_need_no_further_migration(db: Database) -> None:
    check_complete(db)


def test_migrating_twice_changes_nothing(db: Database) -> None:
    migrate(db)
    with db.read() as tx:
        revisions = tx.execute(text("SELECT version_num FROM alembic_version"))
        assert revisions.scalars().all() == ["0003"]
