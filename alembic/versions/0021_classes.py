"""Classes: times that several customers book, each place of them once."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0021_classes"
down_revision = "0020_who_and_where"
branch_labels = None
depends_on = None

_IS_SEAT = sa.text("session_id IS NOT NULL AND released_at IS NULL")
_ANY, _NO_SEAT = "released_at IS NULL", "released_at IS NULL AND session_id IS NULL"


def upgrade() -> None:
    op.add_column(
        "service",
        sa.Column("seats", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column(
        "time_claim", sa.Column("session_id", sa.String(length=26), nullable=True)
    )
    op.add_column("time_claim", sa.Column("seat", sa.Integer(), nullable=True))
    op.create_index(
        "uq_time_claim_seat",
        "time_claim",
        ["session_id", "seat"],
        unique=True,
        sqlite_where=_IS_SEAT,
        postgresql_where=_IS_SEAT,
    )
    op.create_table(
        "class_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_class_session_span")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_class_session_seats")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_class_session_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_class_session_fieldworker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["time_claim.id"], name=op.f("fk_class_session_claim_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_session")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_class_session_claim_id")),
    )
    op.create_index(
        "ix_class_session_service_id", "class_session", ["service_id", "starts_at"]
    )
    _guard_time_claims(_NO_SEAT)


def downgrade() -> None:
    op.execute(
        "UPDATE time_claim SET released_at = CURRENT_TIMESTAMP "
        "WHERE session_id IS NOT NULL AND released_at IS NULL"
    )
    _guard_time_claims(_ANY)
    op.drop_table("class_session")
    op.drop_index("uq_time_claim_seat", "time_claim")
    op.drop_column("time_claim", "seat")
    op.drop_column("time_claim", "session_id")
    op.drop_column("service", "seats")


def _guard_time_claims(guarded: str) -> None:
    """Let no two claims on one fieldworker overlap, of those that are guarded."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE time_claim DROP CONSTRAINT time_claim_no_overlap")
        op.execute(
            "ALTER TABLE time_claim ADD CONSTRAINT time_claim_no_overlap "
            "EXCLUDE USING gist (fieldworker_id WITH =, "
            f"tstzrange(starts_at, ends_at) WITH &&) WHERE ({guarded})"
        )
        return
    new, other = (
        " AND ".join(f"{alias}.{part}" for part in guarded.split(" AND "))
        for alias in ("NEW", "other")
    )
    for moment in ("INSERT", "UPDATE"):
        op.execute(f"DROP TRIGGER time_claim_no_overlap_{moment.lower()}")
        op.execute(
            f"CREATE TRIGGER time_claim_no_overlap_{moment.lower()} "
            f"BEFORE {moment} ON time_claim WHEN {new} BEGIN "
            "SELECT RAISE(ABORT, 'time_claim_no_overlap') WHERE EXISTS ("
            "SELECT 1 FROM time_claim AS other "
            "WHERE other.fieldworker_id = NEW.fieldworker_id "
            f"AND {other} AND other.id <> NEW.id "
            "AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at); "
            "END"
        )
