"""Reminders of visits, and who said to be there."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0032_reminders"
down_revision = "0021_classes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("attending_at", UTCDateTime(), nullable=True))
    op.create_table(
        "booking_reminder",
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_reminder_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "booking_id", "starts_at", "minutes", name=op.f("pk_booking_reminder")
        ),
    )


def downgrade() -> None:
    op.drop_table("booking_reminder")
    op.drop_column("booking", "attending_at")
