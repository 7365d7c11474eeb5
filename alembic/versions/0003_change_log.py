"""What the staff changed: who, what, from and to which value, when, from where."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0003_change_log"
down_revision = "0002_undelivered_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_entry",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("thing_kind", sa.String(length=30), nullable=False),
        sa.Column("thing_id", sa.String(length=26), nullable=False),
        sa.Column("thing_name", sa.String(length=200), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "action IN ('added', 'changed', 'archived', 'restored', 'removed')",
            name="action",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_change_entry_at", "change_entry", ["at", "id"])
    op.create_index("ix_change_entry_account_id", "change_entry", ["account_id", "at"])
    op.create_index(
        "ix_change_entry_thing", "change_entry", ["thing_kind", "thing_id", "at"]
    )


def downgrade() -> None:
    op.drop_table("change_entry")
