"""Contacts who are told of bookings, see them by a link of their own, and stop it."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_A_CONTACT = ("account_session", "account_token", "booking_link")


def upgrade() -> None:
    op.create_index(
        "ix_account_unverified",
        "account",
        ["created_at"],
        sqlite_where=sa.text("verified_at IS NULL"),
        postgresql_where=sa.text("verified_at IS NULL"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", UTCDateTime(), nullable=True))
        batch_op.create_index("ix_contact_archived_at", ["archived_at"])
    with op.batch_alter_table("contact_email", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stopped_at", UTCDateTime(), nullable=True))
    op.create_table(
        "contact_stop",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("email_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_id"],
            ["contact_email.id"],
            name=op.f("fk_contact_stop_email_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_stop")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_contact_stop_token_hash")),
    )
    with op.batch_alter_table("contact_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_stop_email_id"), ["email_id"])
        batch_op.create_index(batch_op.f("ix_contact_stop_expires_at"), ["expires_at"])
    for table in _BY_A_CONTACT:
        # On SQLite the table is made anew, which ends the sessions of guests who
        # came by a link: they follow it again.
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column("contact_id", sa.String(length=26), nullable=True)
            )
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_contact_id"),
                "contact",
                ["contact_id"],
                ["id"],
                ondelete="CASCADE",
            )


def downgrade() -> None:
    for table in reversed(_BY_A_CONTACT):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(
                batch_op.f(f"fk_{table}_contact_id"), type_="foreignkey"
            )
            batch_op.drop_column("contact_id")
    op.drop_table("contact_stop")
    with op.batch_alter_table("contact_email", schema=None) as batch_op:
        batch_op.drop_column("stopped_at")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_archived_at")
        batch_op.drop_column("archived_at")
    op.drop_index("ix_account_unverified", "account")
