"""Tables of fieldworkers' time.

``TimeClaim`` is the scarce thing: two claims on one fieldworker never overlap, but for
the places of a class, of which each is taken once.
The migration creates the guard: an exclusion constraint on PostgreSQL, triggers
with the same meaning on SQLite.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy import true as sa_true
from sqlmodel import Field, SQLModel

from portal_app.domain.scheduling.rules import FIRST_WEEK
from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    json_field,
    later_json_field,
    optional_instant_field,
)

CLAIM_GUARD = "time_claim_no_overlap"
"""The name both databases give the violation of the guard."""

SEAT_GUARD = "uq_time_claim_seat"
"""Nobody else has a place that is taken."""

_IS_SEAT = text("session_id IS NOT NULL AND released_at IS NULL")
_IS_HELD = text("expires_at IS NOT NULL AND released_at IS NULL")


class Fieldworker(SQLModel, table=True):
    """Somebody who does the jobs. Archived ones keep their past and get no new one.

    Attributes:
        first_week: The Monday of a week A, where the hours go by weeks in turn.
        base: The checked address from which they start, or empty.
        base_latitude: Of the base's pin, in degrees.
        base_longitude: As ``base_latitude``.
        radius_km: How far from the base they go; ``None`` for anywhere.
        visits_per_day: How many they do in a day at most; ``None`` for any number.
        request_key: What the browser called the request that added them.
    """

    __table_args__ = (Index("uq_fieldworker_request_key", "request_key", unique=True),)

    id: str = id_field()
    account_id: str | None = Field(default=None, foreign_key="account.id", unique=True)
    name: str = Field(max_length=80)
    bio: str = Field(default="", max_length=500)
    position: int = 0
    photo_id: str | None = Field(default=None, foreign_key="stored_file.id")
    first_week: date = FIRST_WEEK
    base: dict[str, Any] = later_json_field()
    base_latitude: float | None = None
    base_longitude: float | None = None
    radius_km: int | None = None
    visits_per_day: int | None = None
    request_key: str | None = Field(default=None, max_length=64)
    archived_at: datetime | None = optional_instant_field()
    version: int = 1


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

    ``starts`` and ``ends`` are minutes after midnight; an end beyond 1440 is on the
    next day. ``weekday`` 0 is Monday. ``week`` is 0, or 1 (A) or 2 (B) of two weeks
    in turn, counted from ``Fieldworker.first_week``.
    """

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= starts AND starts < 1440 AND starts < ends AND ends <= starts + 1440",
            name="span",
        ),
        CheckConstraint("week BETWEEN 0 AND 2", name="week"),
        Index("ix_working_hours_fieldworker_id", "fieldworker_id"),
    )

    id: str = id_field()
    fieldworker_id: str = Field(foreign_key="fieldworker.id", ondelete="CASCADE")
    weekday: int
    starts: int
    ends: int
    week: int = 0


class HoursException(SQLModel, table=True):
    """A date with hours of its own instead of the weekly ones, or with none.

    ``stretches`` are pairs of minutes as in ``WorkingHours``.
    """

    __tablename__ = "hours_exception"
    __table_args__ = (UniqueConstraint("fieldworker_id", "day"),)

    id: str = id_field()
    fieldworker_id: str = Field(foreign_key="fieldworker.id", ondelete="CASCADE")
    day: date
    stretches: list[list[int]] = json_field(list)
    reason: str = Field(default="", max_length=120)
    version: int = 1


class HolidayCalendar(SQLModel, table=True):
    """On which public holidays nobody works; one row, or none.

    Attributes:
        country: Two letters, or empty for no holidays.
        subdivision: As the library ``holidays`` calls it, or empty.
        worked: The names of holidays on which the business works.
    """

    __tablename__ = "holiday_calendar"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    country: str = Field(default="", max_length=2)
    subdivision: str = Field(default="", max_length=40)
    worked: list[str] = json_field(list)
    version: int = 1


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
    version: int = 1


class TimeClaim(SQLModel, table=True):
    """A fieldworker's time that is taken, buffers included: [starts_at, ends_at).

    Attributes:
        service_id: What it is claimed for; ``None`` for what is no visit.
        leading: Whether it counts as the visit: of several people who do it together,
            one does.
        travel_minutes: How much of it, at its beginning, is the way there.
        latitude: Of where the visit is; ``None`` where that is not known.
        longitude: As ``latitude``.
        session_id: Of a place in a class: which class; the time of who leads it is
            another claim.
        seat: The number of the place.
        expires_at: Of a hold: from when it does not count any more.
        holder: Of a hold: what it is kept for, such as the id of a draft.
        held_by: Of a hold: who holds it; how many they hold is counted by it.
    """

    __tablename__ = "time_claim"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        Index(
            "ix_time_claim_active",
            "fieldworker_id",
            "released_at",
            "ends_at",
            "starts_at",
            "expires_at",
            "holder",
        ),
        *(
            Index(
                f"ix_time_claim_{column}",
                column,
                sqlite_where=_IS_HELD,
                postgresql_where=_IS_HELD,
            )
            for column in ("expires_at", "holder", "held_by")
        ),
        Index(
            SEAT_GUARD,
            "session_id",
            "seat",
            unique=True,
            sqlite_where=_IS_SEAT,
            postgresql_where=_IS_SEAT,
        ),
        Index("ix_time_claim_service_id", "service_id", "released_at", "starts_at"),
    )

    id: str = id_field()
    fieldworker_id: str = Field(foreign_key="fieldworker.id")
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    created_at: datetime = created_field()
    released_at: datetime | None = optional_instant_field()
    service_id: str | None = Field(default=None, max_length=26)
    leading: bool = Field(default=True, sa_column_kwargs={"server_default": sa_true()})
    session_id: str | None = Field(default=None, max_length=26)
    seat: int | None = None
    travel_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    latitude: float | None = None
    longitude: float | None = None
    expires_at: datetime | None = optional_instant_field()
    holder: str = Field(
        default="", max_length=40, sa_column_kwargs={"server_default": ""}
    )
    held_by: str = Field(
        default="", max_length=64, sa_column_kwargs={"server_default": ""}
    )


class ClassSession(SQLModel, table=True):
    """A class that takes place: a time that several customers can book.

    Attributes:
        claim_id: The time of who leads it, buffers included.
        seats: How many can book it; each place is a ``TimeClaim`` with its number.
    """

    __tablename__ = "class_session"
    __table_args__ = (
        UniqueConstraint("claim_id"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("seats > 0", name="seats"),
        Index("ix_class_session_service_id", "service_id", "starts_at"),
    )

    id: str = id_field()
    service_id: str = Field(foreign_key="service.id")
    fieldworker_id: str = Field(foreign_key="fieldworker.id")
    claim_id: str = Field(foreign_key="time_claim.id")
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    seats: int
    cancelled_at: datetime | None = optional_instant_field()
    created_at: datetime = created_field()
