"""The team: hours over midnight and by two weeks in turn, dates, holidays, bases."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0006_team"
down_revision = "0005_office_people"
branch_labels = None
depends_on = None

_SPAN = "0 <= starts AND starts < ends AND ends <= 1440"
_LONG_SPAN = "0 <= starts AND starts < 1440 AND starts < ends AND ends <= starts + 1440"


def upgrade() -> None:
    for column in (
        sa.Column("first_week", sa.Date(), nullable=False, server_default="2024-01-01"),
        sa.Column("base", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("base_latitude", sa.Float(), nullable=True),
        sa.Column("base_longitude", sa.Float(), nullable=True),
        sa.Column("radius_km", sa.Integer(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("fieldworker", column)
    # By hand: Alembic would make the table anew on SQLite, and what refers to it
    # would go with the old one.
    op.execute(
        "ALTER TABLE fieldworker ADD COLUMN photo_id VARCHAR "
        "CONSTRAINT fk_fieldworker_photo_id REFERENCES stored_file (id)"
    )
    op.execute(
        "UPDATE fieldworker SET archived_at = CURRENT_TIMESTAMP WHERE NOT active"
    )
    op.drop_column("fieldworker", "active")
    op.create_index(
        "uq_fieldworker_request_key", "fieldworker", ["request_key"], unique=True
    )
    _check_hours(_LONG_SPAN, with_week=True)
    op.create_table(
        "hours_exception",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stretches", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_hours_exception_fieldworker_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_exception")),
        sa.UniqueConstraint(
            "fieldworker_id", "day", name=op.f("uq_hours_exception_fieldworker_id_day")
        ),
    )
    op.create_table(
        "holiday_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("subdivision", sa.String(length=40), nullable=False),
        sa.Column("worked", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_holiday_calendar_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_calendar")),
    )
    op.add_column(
        "time_off",
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )
    op.add_column(
        "time_claim", sa.Column("service_id", sa.String(length=26), nullable=True)
    )
    op.execute(
        "UPDATE time_claim SET service_id = (SELECT booking.service_id FROM booking "
        "WHERE booking.claim_id = time_claim.id)"
    )


def downgrade() -> None:
    op.drop_column("time_claim", "service_id")
    op.drop_column("time_off", "version")
    op.drop_table("holiday_calendar")
    op.drop_table("hours_exception")
    # What the table could not hold before is lost.
    op.execute("DELETE FROM working_hours WHERE ends > 1440 OR week > 0")
    _check_hours(_SPAN, with_week=False)
    op.drop_index("uq_fieldworker_request_key", "fieldworker")
    op.add_column(
        "fieldworker",
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute("UPDATE fieldworker SET active = false WHERE archived_at IS NOT NULL")
    for column in (
        *("photo_id", "version", "archived_at", "request_key", "radius_km"),
        *("base_longitude", "base_latitude", "base", "first_week"),
    ):
        op.drop_column("fieldworker", column)


def _check_hours(span: str, *, with_week: bool) -> None:
    with op.batch_alter_table("working_hours") as table:
        table.drop_constraint(op.f("ck_working_hours_span"), type_="check")
        if with_week:
            table.add_column(
                sa.Column("week", sa.Integer(), nullable=False, server_default="0")
            )
            table.create_check_constraint(
                op.f("ck_working_hours_week"), "week BETWEEN 0 AND 2"
            )
        else:
            table.drop_constraint(op.f("ck_working_hours_week"), type_="check")
            table.drop_column("week")
        table.create_check_constraint(op.f("ck_working_hours_span"), span)
