"""Tables of fieldworkers' time.

``TimeClaim`` is the scarce thing: two claims on one fieldworker never overlap.
The migration creates the guard: an exclusion constraint on PostgreSQL, triggers
with the same meaning on SQLite.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    optional_instant_field,
)

CLAIM_GUARD = "time_claim_no_overlap"
"""The name both databases give the violation of the guard."""


class Fieldworker(SQLModel, table=True):
    """Somebody who does the jobs."""

    id: str = id_field()
    account_id: str | None = Field(default=None, foreign_key="account.id", unique=True)
    name: str = Field(max_length=80)
    bio: str = Field(default="", max_length=500)
    position: int = 0
    active: bool = True


class FieldworkerSkill(SQLModel, table=True):
    """Which services a fieldworker does."""

    __tablename__ = "fieldworker_skill"
    __table_args__ = (Index("ix_fieldworker_skill_service_id", "service_id"),)

    fieldworker_id: str = Field(
        foreign_key="fieldworker.id", primary_key=True, ondelete="CASCADE"
    )
    service_id: str = Field(
        foreign_key="service.id", primary_key=True, ondelete="CASCADE"
    )


class WorkingHours(SQLModel, table=True):
    """A weekly stretch of work, on the wall clock of the business's zone.

    ``starts`` and ``ends`` are minutes after midnight (0 to 1440);
    ``weekday`` 0 is Monday.
    """

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="span"),
        Index("ix_working_hours_fieldworker_id", "fieldworker_id"),
    )

    id: str = id_field()
    fieldworker_id: str = Field(foreign_key="fieldworker.id", ondelete="CASCADE")
    weekday: int
    starts: int
    ends: int


class TimeOff(SQLModel, table=True):
    """A stretch in which a fieldworker, or with none named everybody, is away."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index("ix_time_off_ends_at", "ends_at", "fieldworker_id"),
    )

    id: str = id_field()
    fieldworker_id: str | None = Field(
        default=None, foreign_key="fieldworker.id", ondelete="CASCADE"
    )
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    reason: str = Field(default="", max_length=120)


class TimeClaim(SQLModel, table=True):
    """A fieldworker's time that is taken, buffers included: [starts_at, ends_at)."""

    __tablename__ = "time_claim"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(
            "ix_time_claim_active",
            "fieldworker_id",
            "released_at",
            "ends_at",
            "starts_at",
        ),
    )

    id: str = id_field()
    fieldworker_id: str = Field(foreign_key="fieldworker.id")
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    created_at: datetime = created_field()
    released_at: datetime | None = optional_instant_field()
