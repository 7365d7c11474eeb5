"""Quotes: requests, their versions, decisions and history."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0026_quotes"
down_revision = "0028_booking_series"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_OPEN_AND_NOT_REQUESTED = sa.text("closed_at IS NULL AND requested_at IS NULL")


def _index_open_drafts(condition: sa.TextClause) -> None:
    op.drop_index("uq_booking_draft_open", "booking_draft")
    op.create_index(
        "uq_booking_draft_open",
        "booking_draft",
        ["customer_id", "service_id"],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    op.create_table(
        "quote_template",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_template")),
        sa.UniqueConstraint("name", name=op.f("uq_quote_template_name")),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("service_name", sa.String(length=100), nullable=False),
        sa.Column("contact_name", sa.String(length=161), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("preferred_times", sa.String(length=500), nullable=False),
        sa.Column("sent_number", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("warned_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'sent', 'changes_asked', 'accepted', "
            "'declined', 'expired', 'turned_down')",
            name=op.f("ck_quote_status"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_quote_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["booking_draft.id"], name=op.f("fk_quote_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_quote_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_quote_draft_id")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
    )
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quote_customer_id", ["customer_id", "updated_at"], unique=False
        )
        batch_op.create_index(
            "ix_quote_expires_at", ["status", "expires_at"], unique=False
        )
        batch_op.create_index("ix_quote_status", ["status", "updated_at"], unique=False)

    op.create_table(
        "quote_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_quote_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
            name=op.f("fk_quote_event_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_event")),
    )
    with op.batch_alter_table("quote_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quote_event_quote_id", ["quote_id", "at"], unique=False
        )

    op.create_table(
        "quote_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
            name=op.f("fk_quote_link_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_quote_link_token_hash")),
    )
    with op.batch_alter_table("quote_link", schema=None) as batch_op:
        batch_op.create_index("ix_quote_link_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("ix_quote_link_quote_id", ["quote_id"], unique=False)

    op.create_table(
        "quote_version",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_basis_points", sa.Integer(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("fieldworker_id", sa.String(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_quote_version_minutes")),
        sa.CheckConstraint(
            "valid_days BETWEEN 1 AND 365", name=op.f("ck_quote_version_valid_days")
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_quote_version_fieldworker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
            name=op.f("fk_quote_version_quote_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_version")),
        sa.UniqueConstraint(
            "quote_id", "number", name=op.f("uq_quote_version_quote_id_number")
        ),
    )
    with op.batch_alter_table("quote_version", schema=None) as batch_op:
        batch_op.create_index(
            "uq_quote_version_unsent",
            ["quote_id"],
            unique=True,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "quote_decision",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("signed_name", sa.String(length=160), nullable=False),
        sa.Column("signature_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "kind IN ('accepted', 'declined', 'changes')",
            name=op.f("ck_quote_decision_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_quote_decision_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
            name=op.f("fk_quote_decision_quote_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["stored_file.id"],
            name=op.f("fk_quote_decision_signature_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quote_version.id"],
            name=op.f("fk_quote_decision_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_decision")),
        sa.UniqueConstraint("version_id", name=op.f("uq_quote_decision_version_id")),
    )
    with op.batch_alter_table("quote_decision", schema=None) as batch_op:
        batch_op.create_index("ix_quote_decision_quote_id", ["quote_id"], unique=False)

    op.create_table(
        "quote_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_quote_file_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"],
            ["quote.id"],
            name=op.f("fk_quote_file_quote_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quote_version.id"],
            name=op.f("fk_quote_file_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_file")),
    )
    with op.batch_alter_table("quote_file", schema=None) as batch_op:
        batch_op.create_index("ix_quote_file_file_id", ["file_id"], unique=False)
        batch_op.create_index(
            "ix_quote_file_quote_id",
            ["quote_id", "version_id", "position"],
            unique=False,
        )

    op.create_table(
        "quote_line",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "total_minor = quantity * unit_minor", name=op.f("ck_quote_line_total")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quote_version.id"],
            name=op.f("fk_quote_line_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint(
            "version_id", "position", name=op.f("uq_quote_line_version_id_position")
        ),
    )
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("requested_at", UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("agreed", sa.JSON(), server_default="{}", nullable=False)
        )
    _index_open_drafts(_OPEN_AND_NOT_REQUESTED)


def downgrade() -> None:
    op.drop_table("quote_line")
    with op.batch_alter_table("quote_file", schema=None) as batch_op:
        batch_op.drop_index("ix_quote_file_quote_id")
        batch_op.drop_index("ix_quote_file_file_id")

    op.drop_table("quote_file")
    with op.batch_alter_table("quote_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_quote_decision_quote_id")

    op.drop_table("quote_decision")
    with op.batch_alter_table("quote_version", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quote_version_unsent",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.drop_table("quote_version")
    with op.batch_alter_table("quote_link", schema=None) as batch_op:
        batch_op.drop_index("ix_quote_link_quote_id")
        batch_op.drop_index("ix_quote_link_expires_at")

    op.drop_table("quote_link")
    with op.batch_alter_table("quote_event", schema=None) as batch_op:
        batch_op.drop_index("ix_quote_event_quote_id")

    op.drop_table("quote_event")
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.drop_index("ix_quote_status")
        batch_op.drop_index("ix_quote_expires_at")
        batch_op.drop_index("ix_quote_customer_id")

    op.drop_table("quote")
    op.drop_table("quote_template")
    op.execute(
        "DELETE FROM booking_draft WHERE requested_at IS NOT NULL AND closed_at IS NULL"
    )
    _index_open_drafts(_OPEN)
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.drop_column("agreed")
        batch_op.drop_column("requested_at")
