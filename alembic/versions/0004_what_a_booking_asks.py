"""What a booking asks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("dependent_types", sa.JSON(), server_default="[]", nullable=False)
        )

    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("dependent_ids", sa.JSON(), server_default="[]", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.drop_column("dependent_ids")

    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_column("dependent_types")
