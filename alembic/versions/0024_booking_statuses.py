"""Everything that can become of a booking, and until when a request is answered."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0024_booking_statuses"
down_revision = "0016_sign_in_methods"
branch_labels = None
depends_on = None

_BEFORE = "status IN ('pending', 'confirmed', 'completed', 'cancelled')"
_NOW = (
    "status IN ('pending', 'confirmed', 'in_progress', 'completed', 'no_show', "
    "'cancelled', 'declined', 'expired')"
)


def upgrade() -> None:
    with op.batch_alter_table("booking") as table:
        table.add_column(sa.Column("answer_by", UTCDateTime(), nullable=True))
        table.drop_constraint(op.f("ck_booking_status"), type_="check")
        table.create_check_constraint(op.f("ck_booking_status"), _NOW)
    op.create_index("ix_booking_answer_by", "booking", ["status", "answer_by"])


def downgrade() -> None:
    for now, before in (
        ("in_progress", "confirmed"),
        ("no_show", "completed"),
        ("declined", "cancelled"),
        ("expired", "cancelled"),
    ):
        op.execute(f"UPDATE booking SET status = '{before}' WHERE status = '{now}'")
    op.drop_index("ix_booking_answer_by", "booking")
    with op.batch_alter_table("booking") as table:
        table.drop_constraint(op.f("ck_booking_status"), type_="check")
        table.create_check_constraint(op.f("ck_booking_status"), _BEFORE)
        table.drop_column("answer_by")
