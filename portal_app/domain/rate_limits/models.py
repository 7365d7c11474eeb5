"""Table of the windows in which attempts are counted."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import instant_field


class AttemptWindow(SQLModel, table=True):
    """How often something limited was tried in one window of time.

    Attributes:
        strikes: How many windows in a row were used up; each makes the next
            one longer.
        forgotten_at: Until when the strikes count.
    """

    __tablename__ = "attempt_window"
    __table_args__ = (Index("ix_attempt_window_forgotten_at", "forgotten_at"),)

    key_hash: str = Field(primary_key=True, max_length=64)
    starts_at: datetime = instant_field()
    ends_at: datetime = instant_field()
    attempts: int = 0
    strikes: int = 0
    forgotten_at: datetime = instant_field()
