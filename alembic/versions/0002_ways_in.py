"""The ways in: providers, guests, links, known devices, what happened, switches."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PROVIDERS = "provider IN ('google', 'apple', 'facebook')"
_WHOSE = "(account_id IS NULL) <> (booking_id IS NULL)"
_SWITCHES = (
    ("google_sign_in", sa.Boolean(), sa.true()),
    ("apple_sign_in", sa.Boolean(), sa.true()),
    ("facebook_sign_in", sa.Boolean(), sa.true()),
    ("booking_number_sign_in", sa.Boolean(), sa.true()),
    ("guest_booking", sa.Boolean(), sa.false()),
    ("guest_session_minutes", sa.Integer(), "120"),
    ("session_hours", sa.Integer(), "12"),
    ("remembered_days", sa.Integer(), "30"),
    ("password_min_length", sa.Integer(), "10"),
    ("password_min_score", sa.Integer(), "2"),
)


def upgrade() -> None:
    op.create_table(
        "booking_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("switched_off_at", UTCDateTime(), nullable=True),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("purpose IN ('view')", name=op.f("ck_booking_link_purpose")),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_link_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_booking_link_token_hash")),
    )
    op.create_index("ix_booking_link_booking_id", "booking_link", ["booking_id"])
    op.create_index(op.f("ix_booking_link_expires_at"), "booking_link", ["expires_at"])
    op.create_table(
        "identity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("connected_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(_PROVIDERS, name=op.f("ck_identity_provider")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_identity_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "provider", "subject", name=op.f("uq_identity_provider_subject")
        ),
        sa.UniqueConstraint(
            "account_id", "provider", name=op.f("uq_identity_account_id_provider")
        ),
    )
    op.create_table(
        "pending_identity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("mail_token_hash", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("provider_email", sa.String(length=254), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_identity_offer_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_offer")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_offer_token_hash")),
        sa.UniqueConstraint(
            "mail_token_hash", name=op.f("uq_identity_offer_mail_token_hash")
        ),
    )
    op.create_index(
        op.f("ix_identity_offer_expires_at"), "pending_identity", ["expires_at"]
    )
    op.create_table(
        "known_device",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_known_device_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint(
            "account_id",
            "token_hash",
            name=op.f("uq_known_device_account_id_token_hash"),
        ),
    )
    op.create_index(
        op.f("ix_known_device_last_seen_at"), "known_device", ["last_seen_at"]
    )
    op.create_table(
        "security_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("about", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_security_event_account_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index(op.f("ix_security_event_at"), "security_event", ["at"])
    op.create_index(op.f("ix_security_event_kind"), "security_event", ["kind"])
    op.create_index(
        "ix_security_event_account_id", "security_event", ["account_id", "at"]
    )
    op.create_table(
        "provider_flow",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(_PROVIDERS, name=op.f("ck_provider_flow_provider")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_provider_flow_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_flow")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_provider_flow_state_hash")),
    )
    op.create_index(
        op.f("ix_provider_flow_expires_at"), "provider_flow", ["expires_at"]
    )
    _recreate_sessions()
    _recreate_tokens()
    _recreate_attempts()
    for name, kind, default in _SWITCHES:
        op.add_column(
            "business", sa.Column(name, kind, nullable=False, server_default=default)
        )


def _whose_columns() -> list[sa.Column[str]]:
    return [
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("link_id", sa.String(), nullable=True),
    ]


def _whose_constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(_WHOSE, name=op.f(f"ck_{table}_whose")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{target}.id"],
                name=op.f(f"fk_{table}_{column}"),
                ondelete="CASCADE",
            )
            for column, target in (
                ("account_id", "account"),
                ("booking_id", "booking"),
                ("link_id", "booking_link"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{table}_token_hash")),
    ]


# What these three hold is short-lived: who was signed in signs in again.
def _recreate_sessions() -> None:
    op.drop_table("account_session")
    op.create_table(
        "account_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        *_whose_columns(),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        *_whose_constraints("account_session"),
    )
    for column in ("account_id", "booking_id", "expires_at"):
        op.create_index(f"ix_account_session_{column}", "account_session", [column])


def _recreate_tokens() -> None:
    op.drop_table("account_token")
    op.create_table(
        "account_token",
        sa.Column("id", sa.String(length=26), nullable=False),
        *_whose_columns(),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'sign_in', 'reset_password', 'change_email')",
            name=op.f("ck_account_token_purpose"),
        ),
        *_whose_constraints("account_token"),
    )
    for column in ("account_id", "expires_at"):
        op.create_index(f"ix_account_token_{column}", "account_token", [column])


def _recreate_attempts() -> None:
    op.drop_table("attempt_window")
    op.create_table(
        "attempt_window",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("forgotten_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_attempt_window")),
    )
    op.create_index(
        "ix_attempt_window_forgotten_at", "attempt_window", ["forgotten_at"]
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
