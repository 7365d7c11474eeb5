"""Private addresses of calendars, of customers and of fieldworkers."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0033_calendar_feeds"
down_revision = "0029_on_behalf"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(length=26), nullable=True),
        sa.Column("fieldworker_id", sa.String(length=26), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(customer_id IS NULL) <> (fieldworker_id IS NULL)",
            name=op.f("ck_calendar_feed_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_calendar_feed_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_calendar_feed_fieldworker_id_fieldworker"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_calendar_feed_customer_id")),
        sa.UniqueConstraint(
            "fieldworker_id", name=op.f("uq_calendar_feed_fieldworker_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("calendar_feed")
