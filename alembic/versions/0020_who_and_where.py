"""Several people and services in a visit, its limits and the ways to it."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0020_who_and_where"
down_revision = "0022_holds"
branch_labels = None
depends_on = None

_NUMBERS = {
    "service": {
        "people_needed": "1",
        "visits_per_day": None,
        "dependent_minutes": "0",
        "dependent_price_minor": "0",
    },
    "fieldworker": {"visits_per_day": None},
    "business": {"travel_kmh": "0"},
    "time_claim": {"travel_minutes": "0"},
}


def upgrade() -> None:
    for table, columns in _NUMBERS.items():
        for name, default in columns.items():
            column = sa.Column(
                name, sa.Integer(), nullable=default is None, server_default=default
            )
            op.add_column(table, column)
    op.add_column(
        "time_claim",
        sa.Column("leading", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    for name in ("latitude", "longitude"):
        op.add_column("time_claim", sa.Column(name, sa.Float(), nullable=True))
    op.create_index(
        "ix_time_claim_service_id",
        "time_claim",
        ["service_id", "released_at", "starts_at"],
    )
    op.create_table(
        "booking_assignment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_assignment_booking_id"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id" if table != "time_claim" else "claim_id"],
                [f"{table}.id"],
                name=op.f(
                    "fk_booking_assignment_"
                    + ("claim_id" if table == "time_claim" else f"{table}_id")
                ),
            )
            for table in ("time_claim", "fieldworker", "service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_assignment")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_booking_assignment_claim_id")),
        sa.UniqueConstraint(
            "booking_id",
            "position",
            name=op.f("uq_booking_assignment_booking_id_position"),
        ),
    )
    op.create_index(
        "ix_booking_assignment_fieldworker_id",
        "booking_assignment",
        ["fieldworker_id", "starts_at"],
    )


def downgrade() -> None:
    op.drop_table("booking_assignment")
    op.drop_index("ix_time_claim_service_id", "time_claim")
    for name in ("longitude", "latitude", "leading"):
        op.drop_column("time_claim", name)
    for table, columns in _NUMBERS.items():
        for name in columns:
            op.drop_column(table, name)
