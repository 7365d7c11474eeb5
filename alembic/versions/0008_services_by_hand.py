"""What the office says of services by hand: photos, prices, addresses that stay."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime
from portal_app.kernel.ids import new_id

revision = "0008_services_by_hand"
down_revision = "0007_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("category", "service"):
        op.add_column(table, sa.Column("request_key", sa.String(length=64)))
        op.add_column(table, sa.Column("archived_at", UTCDateTime()))
        op.add_column(
            table,
            sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        )
        op.create_index(f"uq_{table}_request_key", table, ["request_key"], unique=True)
    for column in (
        sa.Column(
            "price_kind", sa.String(length=10), nullable=False, server_default="from"
        ),
        sa.Column("tax_basis_points", sa.Integer()),
        sa.Column("horizon_days", sa.Integer()),
        sa.Column("giftable", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("deposit_minor", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deposit_percent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column(
            "confirmation",
            sa.String(length=10),
            nullable=False,
            server_default="instant",
        ),
    ):
        op.add_column("service", column)
    op.add_column("service_option", sa.Column("required", sa.Boolean()))
    op.add_column(
        "business",
        sa.Column("tax_basis_points", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("business", sa.Column("tax_included", sa.Boolean()))
    op.create_table(
        "former_slug",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("service_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_index("ix_former_slug_service_id", "former_slug", ["service_id"])
    photos = op.create_table(
        "service_photo",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("service_id", sa.String(length=26), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("(path = '') = (file_id IS NOT NULL)", name="source"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_service_photo_service_id", "service_photo", ["service_id"])
    op.create_index("ix_service_photo_file_id", "service_photo", ["file_id"])
    service = sa.table(
        "service", sa.column("id"), sa.column("image"), sa.column("image_alt")
    )
    rows = op.get_bind().execute(sa.select(service).where(service.c.image != ""))
    op.bulk_insert(
        photos,
        [
            {
                "id": new_id(),
                "service_id": row.id,
                "path": row.image,
                "file_id": None,
                "alt": row.image_alt,
                "position": 0,
            }
            for row in rows.all()
        ],
    )


def downgrade() -> None:
    op.drop_table("service_photo")
    op.drop_table("former_slug")
    op.drop_column("business", "tax_included")
    op.drop_column("business", "tax_basis_points")
    op.drop_column("service_option", "required")
    for column in (
        "confirmation",
        "deposit_percent",
        "deposit_minor",
        "giftable",
        "horizon_days",
        "tax_basis_points",
        "price_kind",
    ):
        op.drop_column("service", column)
    for table in ("service", "category"):
        op.drop_index(f"uq_{table}_request_key", table)
        op.drop_column(table, "version")
        op.drop_column(table, "archived_at")
        op.drop_column(table, "request_key")
