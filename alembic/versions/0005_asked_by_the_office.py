"""What the office defines by hand; terms and cancellation become policies."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime
from portal_app.kernel.ids import new_id

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ADDED_BY_HAND = ("field_definition", "dependent_type", "policy")
_MOVED = (
    ("terms", "Terms and conditions", "terms", 20_000),
    ("cancellation", "Cancellation policy", "cancellation_policy", 4000),
)
_policy = sa.table(
    "policy",
    *(sa.column(name) for name in ("id", "key", "title", "text", "version")),
    sa.column("position", sa.Integer()),
)


def upgrade() -> None:
    for table in _ADDED_BY_HAND:
        op.add_column(
            table, sa.Column("request_key", sa.String(length=64), nullable=True)
        )
        op.create_index(f"uq_{table}_request_key", table, ["request_key"], unique=True)
    op.add_column("policy", sa.Column("archived_at", UTCDateTime(), nullable=True))
    with op.batch_alter_table("policy") as batch:
        batch.alter_column(
            "text",
            existing_type=sa.String(length=8000),
            type_=sa.String(length=20_000),
            existing_nullable=False,
        )
    _move_into_policies()
    with op.batch_alter_table("business") as batch:
        for _, _, column, _ in _MOVED:
            batch.drop_column(column)


def _move_into_policies() -> None:
    columns = ", ".join(column for _, _, column, _ in _MOVED)
    bind = op.get_bind()
    bind.execute(sa.update(_policy).values(position=_policy.c.position + len(_MOVED)))
    for texts in bind.execute(sa.text(f"SELECT {columns} FROM business")).all():
        for at, ((key, title, _, _), text) in enumerate(
            zip(_MOVED, texts, strict=True)
        ):
            if text:
                bind.execute(
                    sa.insert(_policy).values(
                        id=new_id(),
                        key=key,
                        title=title,
                        text=text,
                        position=at,
                        version=1,
                    )
                )


def downgrade() -> None:
    with op.batch_alter_table("business") as batch:
        for _, _, column, longest in _MOVED:
            batch.add_column(
                sa.Column(
                    column, sa.String(length=longest), nullable=False, server_default=""
                )
            )
    bind = op.get_bind()
    for key, _, column, _ in _MOVED:
        moved = sa.select(_policy.c.text).where(_policy.c.key == key)
        text = bind.execute(moved).scalar()
        bind.execute(
            sa.text(f"UPDATE business SET {column} = :text"), {"text": text or ""}
        )
        bind.execute(sa.delete(_policy).where(_policy.c.key == key))
    with op.batch_alter_table("policy") as batch:
        batch.drop_column("archived_at")
    for table in _ADDED_BY_HAND:
        op.drop_index(f"uq_{table}_request_key", table)
        op.drop_column(table, "request_key")
