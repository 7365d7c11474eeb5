"""The rules of the business about bookings, and previews of changes that bind it."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0025_changes_of_bookings"
down_revision = "0029_office_bookings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("business") as table:
        table.add_column(
            sa.Column("booking_rules", sa.JSON(), nullable=False, server_default="{}")
        )
        table.add_column(
            sa.Column(
                "booking_rules_version",
                sa.Integer(),
                nullable=False,
                server_default="1",
            )
        )
    with op.batch_alter_table("booking") as table:
        table.add_column(
            sa.Column("fee_minor", sa.Integer(), nullable=False, server_default="0")
        )
        table.add_column(
            sa.Column("moves", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("booking_link") as table:
        table.drop_constraint(op.f("ck_booking_link_purpose"), type_="check")
        table.create_check_constraint(
            op.f("ck_booking_link_purpose"), "purpose IN ('view', 'change')"
        )
    op.create_table(
        "change_offer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("booking_version", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("fieldworker_id", sa.String(length=26), nullable=True),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'move' AND starts_at IS NOT NULL) "
            "OR (kind = 'cancel' AND starts_at IS NULL)",
            name=op.f("ck_change_offer_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_change_offer_booking_id_booking"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_change_offer_fieldworker_id_fieldworker"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_offer")),
    )
    op.create_index("ix_change_offer_booking_id", "change_offer", ["booking_id"])
    op.create_index("ix_change_offer_expires_at", "change_offer", ["expires_at"])


def downgrade() -> None:
    op.drop_table("change_offer")
    op.execute("DELETE FROM booking_link WHERE purpose = 'change'")
    with op.batch_alter_table("booking_link") as table:
        table.drop_constraint(op.f("ck_booking_link_purpose"), type_="check")
        table.create_check_constraint(
            op.f("ck_booking_link_purpose"), "purpose IN ('view')"
        )
    with op.batch_alter_table("booking") as table:
        table.drop_column("moves")
        table.drop_column("fee_minor")
    with op.batch_alter_table("business") as table:
        table.drop_column("booking_rules_version")
        table.drop_column("booking_rules")
