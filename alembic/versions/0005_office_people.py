"""Roles in the office."""

import sqlalchemy as sa
from alembic import op

revision = "0005_office_people"
down_revision = "0004_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In one statement: SQLite would have to copy a table that others refer to.
    op.execute(
        "ALTER TABLE account ADD COLUMN office_role VARCHAR(16) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_account_office_role "
        "CHECK (office_role IN ('', 'owner', 'office', 'reader'))"
    )
    op.add_column(
        "account",
        sa.Column("name", sa.String(length=80), nullable=False, server_default=""),
    )
    # Until now everybody of the office could change everything.
    op.execute("UPDATE account SET office_role = 'owner' WHERE role = 'office'")
    op.add_column(
        "invitation",
        sa.Column(
            "office_role", sa.String(length=16), nullable=False, server_default=""
        ),
    )


def downgrade() -> None:
    op.drop_column("invitation", "office_role")
    op.drop_column("account", "name")
    op.drop_column("account", "office_role")
