"""What the office switches for customers, and the features that files belong to."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009_features"
down_revision = "0008_services_by_hand"
branch_labels = None
depends_on = None

_FILE = sa.table(
    "stored_file",
    sa.column("id", sa.String),
    sa.column("kind", sa.String),
    sa.column("features", sa.JSON),
)
_VALUE = sa.table(
    "field_value",
    sa.column("subject_kind", sa.String),
    sa.column("kind", sa.String),
    sa.column("value", sa.JSON),
)


def upgrade() -> None:
    for table, column in (
        (
            "business",
            sa.Column("features", sa.JSON(), server_default="{}", nullable=False),
        ),
        (
            "business",
            sa.Column(
                "features_version", sa.Integer(), server_default="1", nullable=False
            ),
        ),
        (
            "stored_file",
            sa.Column("features", sa.JSON(), server_default="[]", nullable=False),
        ),
    ):
        op.add_column(table, column)
    _say_what_files_belong_to()


def downgrade() -> None:
    op.drop_column("stored_file", "features")
    op.drop_column("business", "features_version")
    op.drop_column("business", "features")


def _say_what_files_belong_to() -> None:
    tx = op.get_bind()
    dependents = [
        row[0]
        for table, column in (
            ("dependent", "picture_id"),
            ("dependent_document", "file_id"),
        )
        for row in tx.execute(
            sa.select(sa.column(column))
            .select_from(sa.table(table))
            .where(sa.column(column).is_not(None))
        )
    ]
    _set(["dependents"], dependents)
    handed_in = tx.execute(
        sa.select(_FILE.c.id).where(_FILE.c.kind.in_(["field", "signature"]))
    )
    _set(["custom_fields"], [row[0] for row in handed_in])
    of_dependents = tx.execute(
        sa.select(_VALUE.c.value).where(
            _VALUE.c.subject_kind == "dependent",
            _VALUE.c.kind.in_(["file", "signature"]),
        )
    )
    _set(
        ["custom_fields", "dependents"],
        [file_id for row in of_dependents if (file_id := _file_id(row[0]))],
    )


def _file_id(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("file", ""))
    return value if isinstance(value, str) else ""


def _set(features: list[str], ids: list[str]) -> None:
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        op.get_bind().execute(
            _FILE.update().where(_FILE.c.id.in_(some)).values(features=features)
        )
