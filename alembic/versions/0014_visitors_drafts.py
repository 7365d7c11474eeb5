"""Drafts of people without an account, and places saved when they are booked."""

import sqlalchemy as sa
from alembic import op

revision = "0014_visitors_drafts"
down_revision = "0013_second_factor"
branch_labels = None
depends_on = None

_OF_VISITORS = sa.text("visitor_hash <> ''")


def upgrade() -> None:
    with op.batch_alter_table("booking_draft") as table:
        table.alter_column("customer_id", existing_type=sa.String(26), nullable=True)
        table.add_column(
            sa.Column(
                "visitor_hash", sa.String(length=64), nullable=False, server_default=""
            )
        )
        table.add_column(
            sa.Column("new_place", sa.JSON(), nullable=False, server_default="{}")
        )
        table.create_check_constraint(
            op.f("ck_booking_draft_owner"),
            "(customer_id IS NULL) <> (visitor_hash = '')",
        )
    op.create_index(
        "uq_booking_draft_visitor",
        "booking_draft",
        ["visitor_hash", "service_id"],
        unique=True,
        sqlite_where=_OF_VISITORS,
        postgresql_where=_OF_VISITORS,
    )


def downgrade() -> None:
    op.execute("DELETE FROM booking_draft WHERE customer_id IS NULL")
    op.drop_index("uq_booking_draft_visitor", "booking_draft")
    with op.batch_alter_table("booking_draft") as table:
        table.drop_constraint(op.f("ck_booking_draft_owner"), type_="check")
        table.drop_column("new_place")
        table.drop_column("visitor_hash")
        table.alter_column("customer_id", existing_type=sa.String(26), nullable=False)
