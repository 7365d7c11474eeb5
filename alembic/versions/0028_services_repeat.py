"""Whether a booking of a service may repeat."""

import sqlalchemy as sa
from alembic import op

revision = "0028_services_repeat"
down_revision = "0033_calendar_feeds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service",
        sa.Column("repeats", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    op.drop_column("service", "repeats")
