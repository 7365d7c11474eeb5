"""Which steps a draft has gone through whose answers may all be empty."""

import sqlalchemy as sa
from alembic import op

revision = "0030_wizard_steps"
down_revision = "0026_quotes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "booking_draft",
        sa.Column("steps_taken", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_column("booking_draft", "steps_taken")
