"""Codes of an authenticator app at the log-in of those who work here."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0013_second_factor"
down_revision = "0012_business_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "business",
        sa.Column(
            "second_factor_required",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.add_column(
        "account_token",
        sa.Column(
            "second_factor", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "code_hash"),
    )
    op.create_table(
        "code_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_code_request_account_id", "code_request", ["account_id"])
    op.create_index("ix_code_request_expires_at", "code_request", ["expires_at"])


def downgrade() -> None:
    op.drop_table("code_request")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_column("account_token", "second_factor")
    op.drop_column("business", "second_factor_required")
