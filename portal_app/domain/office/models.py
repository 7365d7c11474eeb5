"""How far the first day has come."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import created_field


class SetupStep(SQLModel, table=True):
    """A step of the set-up that somebody of the office has been through.

    Attributes:
        detail: What was chosen, where nothing else stores it: the trade's pack.
    """

    __tablename__ = "setup_step"

    key: str = Field(primary_key=True, max_length=20)
    detail: str = Field(default="", max_length=80)
    account_id: str | None = Field(default=None, max_length=26)
    done_at: datetime = created_field()
