"""Drafts that the office opens for a customer."""

import sqlalchemy as sa
from alembic import op

revision = "0029_on_behalf"
down_revision = "0031_guests_who_book"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL AND requested_at IS NULL")


def _index(*columns: str) -> None:
    op.create_index(
        "uq_booking_draft_open",
        "booking_draft",
        list(columns),
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def upgrade() -> None:
    op.drop_index("uq_booking_draft_open", "booking_draft")
    with op.batch_alter_table("booking_draft") as table:
        table.add_column(
            sa.Column(
                "by_office", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
    _index("customer_id", "service_id", "by_office")


def downgrade() -> None:
    op.drop_index("uq_booking_draft_open", "booking_draft")
    op.execute("DELETE FROM booking_draft WHERE by_office AND closed_at IS NULL")
    with op.batch_alter_table("booking_draft") as table:
        table.drop_column("by_office")
    _index("customer_id", "service_id")
