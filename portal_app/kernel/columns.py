"""Columns that many tables share."""

from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import UTCDateTime
from portal_app.kernel.ids import new_id


def id_field() -> Any:
    """The primary key: a ULID in text."""
    return Field(default_factory=new_id, primary_key=True, max_length=26)


def instant_field(*, index: bool = False) -> Any:
    """A required instant, stored in UTC."""
    return Field(sa_type=UTCDateTime, index=index)


def optional_instant_field(*, index: bool = False) -> Any:
    """An instant that may not have come yet."""
    return Field(default=None, sa_type=UTCDateTime, index=index)


def created_field() -> Any:
    """When the row was written."""
    return Field(default_factory=utc_now, sa_type=UTCDateTime)


def json_field(default: type[dict[str, Any]] | type[list[Any]] = dict) -> Any:
    """A JSON document that is read and written whole."""
    return Field(default_factory=default, sa_column=Column(JSON, nullable=False))


def later_json_field(default: type[dict[str, Any]] | type[list[Any]] = dict) -> Any:
    """As ``json_field``, of a column that came to a table with rows in it."""
    empty = str(default())
    return Field(
        default_factory=default,
        sa_column=Column(JSON, nullable=False, server_default=empty),
    )
