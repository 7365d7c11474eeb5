"""Imports of spreadsheets, and the rows of those that are open."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0007_imports"
down_revision = "0006_team"
branch_labels = None
depends_on = None


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=400), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("unknown", sa.JSON(), nullable=False),
        *map(_count, ("total", "checked", "added", "changed", "unchanged", "refused")),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=26), nullable=True),
        sa.Column("worker_until", UTCDateTime(), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('reading', 'checking', 'ready', 'importing', 'done', "
            "'stopped', 'failed')",
            name=op.f("ck_import_run_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_import_run_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_import_run_file_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(
        "ix_import_run_account_id", "import_run", ["account_id", "created_at"]
    )
    op.create_table(
        "import_row",
        sa.Column("run_id", sa.String(), nullable=False),
        _count("number"),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'added', 'changed', 'unchanged', 'refused')",
            name=op.f("ck_import_row_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["import_run.id"],
            name=op.f("fk_import_row_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_key", "import_row", ["run_id", "key"])
    op.create_index(
        "ix_import_row_outcome", "import_row", ["run_id", "outcome", "number"]
    )


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_run")
