"""Bookings that repeat."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0028_booking_series"
down_revision = "0025_changes_of_bookings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_series",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("anchor_index", sa.Integer(), nullable=False),
        sa.Column("anchor_day", sa.Date(), nullable=False),
        sa.Column("wall_minutes", sa.Integer(), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=True),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "wall_minutes BETWEEN 0 AND 1439", name=op.f("ck_booking_series_wall")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_booking_series_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_booking_series_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["booking_draft.id"], name=op.f("fk_booking_series_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_booking_series_fieldworker_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_booking_series_draft_id")),
    )
    op.create_index("ix_booking_series_customer_id", "booking_series", ["customer_id"])
    op.create_index("ix_booking_series_next_day", "booking_series", ["next_day"])
    # By hand: Alembic would make the table anew on SQLite, and what refers to it
    # would go with the old one.
    op.execute(
        "ALTER TABLE booking ADD COLUMN series_id VARCHAR "
        "CONSTRAINT fk_booking_series_id REFERENCES booking_series (id)"
    )
    op.add_column("booking", sa.Column("series_index", sa.Integer(), nullable=True))
    op.create_index(
        "uq_booking_visit", "booking", ["series_id", "series_index"], unique=True
    )
    op.add_column(
        "booking_draft",
        sa.Column("repeat", sa.JSON(), nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    op.drop_column("booking_draft", "repeat")
    op.drop_index("uq_booking_visit", "booking")
    op.drop_column("booking", "series_index")
    op.drop_column("booking", "series_id")
    op.drop_table("booking_series")
