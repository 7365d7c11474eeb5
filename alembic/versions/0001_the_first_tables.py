"""The first tables."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=True),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("terms_accepted_at", UTCDateTime(), nullable=True),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('customer', 'office', 'fieldworker')",
            name=op.f("ck_account_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "attempt_window",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_attempt_window")),
    )
    with op.batch_alter_table("attempt_window", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_window_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "business",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tagline", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=4000), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("accent_color", sa.String(length=7), nullable=False),
        sa.Column("logo_path", sa.String(length=200), nullable=False),
        sa.Column("terms", sa.String(length=20000), nullable=False),
        sa.Column("cancellation_policy", sa.String(length=4000), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("slot_step_minutes", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_business_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_message_dedupe_key")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_due", ["delivered_at", "due_at"], unique=False
        )

    op.create_table(
        "account_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_session_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_session_token_hash")),
    )
    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_session_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_account_session_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "account_token",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'sign_in')",
            name=op.f("ck_account_token_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_token_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_token_token_hash")),
    )
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_token_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_account_token_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_customer_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("account_id", name=op.f("uq_customer_account_id")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_email"), ["email"], unique=False)

    op.create_table(
        "fieldworker",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("bio", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_fieldworker_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldworker")),
        sa.UniqueConstraint("account_id", name=op.f("uq_fieldworker_account_id")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=6000), nullable=False),
        sa.Column("included", sa.String(length=3000), nullable=False),
        sa.Column("what_is_needed", sa.String(length=3000), nullable=False),
        sa.Column("image", sa.String(length=200), nullable=False),
        sa.Column("image_alt", sa.String(length=200), nullable=False),
        sa.Column("base_price_minor", sa.Integer(), nullable=False),
        sa.Column("price_unit", sa.String(length=40), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("base_price_minor >= 0", name=op.f("ck_service_price")),
        sa.CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0",
            name=op.f("ck_service_buffers"),
        ),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_service_duration")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_service_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index("ix_service_category_id", ["category_id"], unique=False)

    op.create_table(
        "fieldworker_skill",
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_fieldworker_skill_fieldworker_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_fieldworker_skill_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "fieldworker_id", "service_id", name=op.f("pk_fieldworker_skill")
        ),
    )
    with op.batch_alter_table("fieldworker_skill", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fieldworker_skill_service_id", ["service_id"], unique=False
        )

    op.create_table(
        "location",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("place_key", sa.String(length=64), nullable=False),
        sa.Column("access_notes", sa.String(length=500), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_location_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index("ix_location_customer_id", ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_location_default",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("is_default AND archived_at IS NULL"),
            postgresql_where=sa.text("is_default AND archived_at IS NULL"),
        )
        batch_op.create_index(
            "uq_location_place",
            ["customer_id", "place_key"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "service_option",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("help", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("min_quantity", sa.Integer(), nullable=False),
        sa.Column("max_quantity", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('single', 'several', 'quantity')",
            name=op.f("ck_service_option_kind"),
        ),
        sa.CheckConstraint(
            "0 <= min_quantity AND min_quantity <= max_quantity",
            name=op.f("ck_service_option_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_option_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_option")),
        sa.UniqueConstraint(
            "service_id", "key", name=op.f("uq_service_option_service_id_key")
        ),
    )
    op.create_table(
        "time_claim",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_claim_span")),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_time_claim_fieldworker_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_claim")),
    )
    with op.batch_alter_table("time_claim", schema=None) as batch_op:
        batch_op.create_index(
            "ix_time_claim_active",
            ["fieldworker_id", "released_at", "ends_at", "starts_at"],
            unique=False,
        )

    op.create_table(
        "time_off",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_off_span")),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_time_off_fieldworker_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
    )
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.create_index(
            "ix_time_off_ends_at", ["ends_at", "fieldworker_id"], unique=False
        )

    op.create_table(
        "working_hours",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= starts AND starts < ends AND ends <= 1440",
            name=op.f("ck_working_hours_span"),
        ),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6", name=op.f("ck_working_hours_weekday")
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_working_hours_fieldworker_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    with op.batch_alter_table("working_hours", schema=None) as batch_op:
        batch_op.create_index(
            "ix_working_hours_fieldworker_id", ["fieldworker_id"], unique=False
        )

    op.create_table(
        "booking",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(length=26), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("service_name", sa.String(length=100), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("contact_name", sa.String(length=161), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("location_id", sa.String(), nullable=True),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'confirmed', 'completed', 'cancelled')",
            name=op.f("ck_booking_status"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_span")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["time_claim.id"], name=op.f("fk_booking_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_booking_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_booking_fieldworker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_booking_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_booking_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_booking_claim_id")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_booking_draft_id")),
        sa.UniqueConstraint("number", name=op.f("uq_booking_number")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(
            "ix_booking_customer_id", ["customer_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_booking_fieldworker_id", ["fieldworker_id", "starts_at"], unique=False
        )

    op.create_table(
        "booking_draft",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("fieldworker_id", sa.String(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=True),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_booking_draft_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["fieldworker_id"],
            ["fieldworker.id"],
            name=op.f("fk_booking_draft_fieldworker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_booking_draft_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_booking_draft_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_draft")),
    )
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.create_index(
            "ix_booking_draft_updated_at", ["updated_at"], unique=False
        )
        batch_op.create_index(
            "uq_booking_draft_open",
            ["customer_id", "service_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "option_choice",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("option_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["service_option.id"],
            name=op.f("fk_option_choice_option_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option_choice")),
        sa.UniqueConstraint(
            "option_id", "key", name=op.f("uq_option_choice_option_id_key")
        ),
    )
    op.create_table(
        "booking_event",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_booking_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_event_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_event")),
    )
    with op.batch_alter_table("booking_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_booking_event_booking_id", ["booking_id", "at"], unique=False
        )

    op.create_table(
        "booking_line",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_line_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_line")),
        sa.UniqueConstraint(
            "booking_id", "position", name=op.f("uq_booking_line_booking_id_position")
        ),
    )
    guard_time_claims()


def guard_time_claims() -> None:
    """Let the database itself refuse two overlapping claims on a fieldworker."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE time_claim ADD CONSTRAINT time_claim_no_overlap "
            "EXCLUDE USING gist (fieldworker_id WITH =, "
            "tstzrange(starts_at, ends_at) WITH &&) WHERE (released_at IS NULL)"
        )
        return
    for moment in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER time_claim_no_overlap_{moment.lower()} "
            f"BEFORE {moment} ON time_claim WHEN NEW.released_at IS NULL BEGIN "
            "SELECT RAISE(ABORT, 'time_claim_no_overlap') WHERE EXISTS ("
            "SELECT 1 FROM time_claim AS other "
            "WHERE other.fieldworker_id = NEW.fieldworker_id "
            "AND other.released_at IS NULL AND other.id <> NEW.id "
            "AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at); "
            "END"
        )


def downgrade() -> None:
    op.drop_table("booking_line")
    with op.batch_alter_table("booking_event", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_event_booking_id")

    op.drop_table("booking_event")
    op.drop_table("option_choice")
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_draft_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_booking_draft_updated_at")

    op.drop_table("booking_draft")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_fieldworker_id")
        batch_op.drop_index("ix_booking_customer_id")

    op.drop_table("booking")
    with op.batch_alter_table("working_hours", schema=None) as batch_op:
        batch_op.drop_index("ix_working_hours_fieldworker_id")

    op.drop_table("working_hours")
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.drop_index("ix_time_off_ends_at")

    op.drop_table("time_off")
    with op.batch_alter_table("time_claim", schema=None) as batch_op:
        batch_op.drop_index("ix_time_claim_active")

    op.drop_table("time_claim")
    op.drop_table("service_option")
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_location_place",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_location_default",
            sqlite_where=sa.text("is_default AND archived_at IS NULL"),
            postgresql_where=sa.text("is_default AND archived_at IS NULL"),
        )
        batch_op.drop_index("ix_location_customer_id")

    op.drop_table("location")
    with op.batch_alter_table("fieldworker_skill", schema=None) as batch_op:
        batch_op.drop_index("ix_fieldworker_skill_service_id")

    op.drop_table("fieldworker_skill")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index("ix_service_category_id")

    op.drop_table("service")
    op.drop_table("fieldworker")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_email"))

    op.drop_table("customer")
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_token_expires_at"))
        batch_op.drop_index(batch_op.f("ix_account_token_account_id"))

    op.drop_table("account_token")
    with op.batch_alter_table("account_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_account_session_account_id"))

    op.drop_table("account_session")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_due")

    op.drop_table("outbox_message")
    op.drop_table("category")
    op.drop_table("business")
    with op.batch_alter_table("attempt_window", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_window_ends_at")

    op.drop_table("attempt_window")
    op.drop_table("account")
