"""Whether guests may book, and what a browser booked as one."""

import sqlalchemy as sa
from alembic import op

revision = "0031_guests_who_book"
down_revision = "0032_reminders"
branch_labels = None
depends_on = None

_INDEX = "uq_booking_draft_visitor"


def _index(condition: str) -> None:
    op.drop_index(_INDEX, "booking_draft")
    op.create_index(
        _INDEX,
        "booking_draft",
        ["visitor_hash", "service_id"],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def upgrade() -> None:
    op.add_column(
        "business",
        sa.Column(
            "guests_may_book", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    _index("visitor_hash <> '' AND closed_at IS NULL")


def downgrade() -> None:
    op.execute(
        "DELETE FROM booking_draft WHERE customer_id IS NULL AND closed_at IS NOT NULL"
    )
    _index("visitor_hash <> ''")
    op.drop_column("business", "guests_may_book")
