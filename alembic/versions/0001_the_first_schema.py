"""The first schema: every table, and the guard of a fieldworker's time."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_TABLES = (
    "account",
    "attempt_window",
    "business",
    "category",
    "dependent_type",
    "field_definition",
    "message_template",
    "outbox_message",
    "policy",
    "customer",
    "field_value",
    "fieldworker",
    "identity",
    "known_device",
    "pending_identity",
    "provider_flow",
    "security_event",
    "service",
    "billing_address",
    "business_profile",
    "contact",
    "fieldworker_skill",
    "location",
    "service_option",
    "stored_file",
    "time_claim",
    "time_off",
    "working_hours",
    "booking",
    "booking_draft",
    "contact_email",
    "contact_phone",
    "customer_details",
    "dependent",
    "option_choice",
    "booking_dependent",
    "booking_event",
    "booking_line",
    "booking_link",
    "contact_stop",
    "dependent_document",
    "account_session",
    "account_token",
)


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
    op.create_index(
        "ix_account_unverified",
        "account",
        ["created_at"],
        sqlite_where=sa.text("verified_at IS NULL"),
        postgresql_where=sa.text("verified_at IS NULL"),
    )
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
    op.create_table(
        "business",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tagline", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=4000), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("accent_color", sa.String(length=7), nullable=False),
        sa.Column("logo_path", sa.String(length=200), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("slot_step_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "google_sign_in", sa.Boolean(), server_default=sa.true(), nullable=False
        ),
        sa.Column(
            "apple_sign_in", sa.Boolean(), server_default=sa.true(), nullable=False
        ),
        sa.Column(
            "facebook_sign_in", sa.Boolean(), server_default=sa.true(), nullable=False
        ),
        sa.Column(
            "booking_number_sign_in",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
        ),
        sa.Column(
            "guest_session_minutes", sa.Integer(), server_default="120", nullable=False
        ),
        sa.Column("session_hours", sa.Integer(), server_default="12", nullable=False),
        sa.Column("remembered_days", sa.Integer(), server_default="30", nullable=False),
        sa.Column(
            "password_min_length", sa.Integer(), server_default="10", nullable=False
        ),
        sa.Column(
            "password_min_score", sa.Integer(), server_default="2", nullable=False
        ),
        sa.Column(
            "asks_birthday", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column(
            "asks_language", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
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
        "dependent_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("singular", sa.String(length=40), nullable=False),
        sa.Column("plural", sa.String(length=40), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependent_type")),
        sa.UniqueConstraint("slug", name=op.f("uq_dependent_type_slug")),
    )
    op.create_index(
        "uq_dependent_type_request_key", "dependent_type", ["request_key"], unique=True
    )
    op.create_table(
        "field_definition",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("scope_kind", sa.String(length=16), nullable=False),
        sa.Column("scope_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("help", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("minimum", sa.String(length=24), nullable=True),
        sa.Column("maximum", sa.String(length=24), nullable=True),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shown_when", sa.JSON(), nullable=False),
        sa.Column("visible_to", sa.JSON(), nullable=False),
        sa.Column("editable_by", sa.JSON(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "scope_kind IN ('customer', 'service', 'dependent_type')",
            name=op.f("ck_field_definition_scope"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_definition")),
        sa.UniqueConstraint(
            "scope_kind",
            "scope_id",
            "key",
            name=op.f("uq_field_definition_scope_kind_scope_id_key"),
        ),
    )
    op.create_index(
        "uq_field_definition_request_key",
        "field_definition",
        ["request_key"],
        unique=True,
    )
    op.create_table(
        "message_template",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint("key", name=op.f("uq_message_template_key")),
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
    op.create_index(
        "ix_outbox_message_due", "outbox_message", ["delivered_at", "due_at"]
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=20000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_key")),
    )
    op.create_index("uq_policy_request_key", "policy", ["request_key"], unique=True)
    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_customer_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("account_id", name=op.f("uq_customer_account_id")),
    )
    op.create_index(op.f("ix_customer_email"), "customer", ["email"])
    op.create_table(
        "field_value",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_field_value_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["field_definition.id"],
            name=op.f("fk_field_value_definition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_value")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "definition_id",
            name=op.f("uq_field_value_subject_kind_subject_id_definition_id"),
        ),
    )
    op.create_index("ix_field_value_definition_id", "field_value", ["definition_id"])
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
        "identity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("connected_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "provider IN ('google', 'apple', 'facebook')",
            name=op.f("ck_identity_provider"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_identity_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "account_id", "provider", name=op.f("uq_identity_account_id_provider")
        ),
        sa.UniqueConstraint(
            "provider", "subject", name=op.f("uq_identity_provider_subject")
        ),
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
            name=op.f("fk_pending_identity_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_identity")),
        sa.UniqueConstraint(
            "mail_token_hash", name=op.f("uq_pending_identity_mail_token_hash")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pending_identity_token_hash")),
    )
    op.create_index(
        op.f("ix_pending_identity_expires_at"), "pending_identity", ["expires_at"]
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
        sa.CheckConstraint(
            "provider IN ('google', 'apple', 'facebook')",
            name=op.f("ck_provider_flow_provider"),
        ),
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
    op.create_index(
        "ix_security_event_account_id", "security_event", ["account_id", "at"]
    )
    op.create_index(op.f("ix_security_event_at"), "security_event", ["at"])
    op.create_index(op.f("ix_security_event_kind"), "security_event", ["kind"])
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
        sa.Column("dependent_types", sa.JSON(), server_default="[]", nullable=False),
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
    op.create_index("ix_service_category_id", "service", ["category_id"])
    op.create_table(
        "billing_address",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_billing_address_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_billing_address")),
    )
    op.create_table(
        "business_profile",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tax_number", sa.String(length=40), nullable=False),
        sa.Column("billing_email", sa.String(length=254), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_business_profile_customer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_profile")),
        sa.UniqueConstraint(
            "customer_id",
            "request_key",
            name=op.f("uq_business_profile_customer_id_request_key"),
        ),
    )
    op.create_index(
        "ix_business_profile_customer_id",
        "business_profile",
        ["customer_id", "archived_at"],
    )
    op.create_index(
        "uq_business_profile_default",
        "business_profile",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("is_default AND archived_at IS NULL"),
        postgresql_where=sa.text("is_default AND archived_at IS NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("other_names", sa.JSON(), nullable=False),
        sa.Column("told_about", sa.JSON(), nullable=False),
        sa.Column("may", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_contact_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "customer_id",
            "request_key",
            name=op.f("uq_contact_customer_id_request_key"),
        ),
    )
    op.create_index("ix_contact_archived_at", "contact", ["archived_at"])
    op.create_index("ix_contact_customer_id", "contact", ["customer_id", "position"])
    op.create_index(
        "uq_contact_self",
        "contact",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("role = 'self'"),
        postgresql_where=sa.text("role = 'self'"),
    )
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
    op.create_index(
        "ix_fieldworker_skill_service_id", "fieldworker_skill", ["service_id"]
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
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
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
    op.create_index("ix_location_customer_id", "location", ["customer_id"])
    op.create_index(
        "uq_location_default",
        "location",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("is_default AND archived_at IS NULL"),
        postgresql_where=sa.text("is_default AND archived_at IS NULL"),
    )
    op.create_index(
        "uq_location_place",
        "location",
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
        "stored_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("storage_key", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=True),
        sa.Column("attached_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "size >= 0 AND width >= 0 AND height >= 0", name=op.f("ck_stored_file_size")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_stored_file_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_stored_file_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index(
        "ix_stored_file_attached_at", "stored_file", ["attached_at", "created_at"]
    )
    op.create_index("ix_stored_file_customer_id", "stored_file", ["customer_id"])
    op.create_index("ix_stored_file_removed_at", "stored_file", ["removed_at"])
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
    op.create_index(
        "ix_time_claim_active",
        "time_claim",
        ["fieldworker_id", "released_at", "ends_at", "starts_at"],
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
    op.create_index("ix_time_off_ends_at", "time_off", ["ends_at", "fieldworker_id"])
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
    op.create_index(
        "ix_working_hours_fieldworker_id", "working_hours", ["fieldworker_id"]
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
        sa.Column("contact_phone", sa.String(length=32), nullable=False),
        sa.Column("company", sa.JSON(), server_default="{}", nullable=False),
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
    op.create_index("ix_booking_customer_id", "booking", ["customer_id", "starts_at"])
    op.create_index(
        "ix_booking_fieldworker_id", "booking", ["fieldworker_id", "starts_at"]
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
        sa.Column("dependent_ids", sa.JSON(), server_default="[]", nullable=False),
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
    op.create_index("ix_booking_draft_updated_at", "booking_draft", ["updated_at"])
    op.create_index(
        "uq_booking_draft_open",
        "booking_draft",
        ["customer_id", "service_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "contact_email",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("token_expires_at", UTCDateTime(), nullable=True),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_contact_email_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_contact_email_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_email")),
        sa.UniqueConstraint(
            "contact_id", "email", name=op.f("uq_contact_email_contact_id_email")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_contact_email_token_hash")),
    )
    op.create_index("ix_contact_email_customer_id", "contact_email", ["customer_id"])
    op.create_index(
        "uq_contact_email_primary",
        "contact_email",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "contact_phone",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_contact_phone_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_contact_phone_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_phone")),
        sa.UniqueConstraint(
            "contact_id", "number", name=op.f("uq_contact_phone_contact_id_number")
        ),
    )
    op.create_index("ix_contact_phone_customer_id", "contact_phone", ["customer_id"])
    op.create_index(
        "uq_contact_phone_primary",
        "contact_phone",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "customer_details",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("company", sa.String(length=120), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("picture_id", sa.String(), nullable=True),
        sa.Column("booking_at_billing", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('personal', 'business')", name=op.f("ck_customer_details_kind")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_details_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["stored_file.id"],
            name=op.f("fk_customer_details_picture_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_details")),
    )
    op.create_table(
        "dependent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("type_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("picture_id", sa.String(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_dependent_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["stored_file.id"],
            name=op.f("fk_dependent_picture_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["dependent_type.id"], name=op.f("fk_dependent_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependent")),
        sa.UniqueConstraint(
            "customer_id",
            "request_key",
            name=op.f("uq_dependent_customer_id_request_key"),
        ),
    )
    op.create_index(
        "ix_dependent_customer_id", "dependent", ["customer_id", "archived_at"]
    )
    op.create_index("ix_dependent_type_id", "dependent", ["type_id"])
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
        "booking_dependent",
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("dependent_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_dependent_booking_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dependent_id"],
            ["dependent.id"],
            name=op.f("fk_booking_dependent_dependent_id"),
        ),
        sa.PrimaryKeyConstraint(
            "booking_id", "dependent_id", name=op.f("pk_booking_dependent")
        ),
    )
    op.create_index(
        "ix_booking_dependent_dependent_id", "booking_dependent", ["dependent_id"]
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
    op.create_index(
        "ix_booking_event_booking_id", "booking_event", ["booking_id", "at"]
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
    op.create_table(
        "booking_link",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(length=26), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_booking_link_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_booking_link_token_hash")),
    )
    op.create_index("ix_booking_link_booking_id", "booking_link", ["booking_id"])
    op.create_index(op.f("ix_booking_link_expires_at"), "booking_link", ["expires_at"])
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
    op.create_index(op.f("ix_contact_stop_email_id"), "contact_stop", ["email_id"])
    op.create_index(op.f("ix_contact_stop_expires_at"), "contact_stop", ["expires_at"])
    op.create_table(
        "dependent_document",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("dependent_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> '' OR name <> ''", name=op.f("ck_dependent_document_named")
        ),
        sa.ForeignKeyConstraint(
            ["dependent_id"],
            ["dependent.id"],
            name=op.f("fk_dependent_document_dependent_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_dependent_document_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependent_document")),
    )
    op.create_index(
        "ix_dependent_document_dependent_id", "dependent_document", ["dependent_id"]
    )
    op.create_index(
        "ix_dependent_document_expires_on", "dependent_document", ["expires_on"]
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(length=26), nullable=True),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (booking_id IS NULL)",
            name=op.f("ck_account_session_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_session_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_account_session_booking_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_account_session_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["booking_link.id"],
            name=op.f("fk_account_session_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_session_token_hash")),
    )
    op.create_index(
        op.f("ix_account_session_account_id"), "account_session", ["account_id"]
    )
    op.create_index("ix_account_session_booking_id", "account_session", ["booking_id"])
    op.create_index(
        op.f("ix_account_session_expires_at"), "account_session", ["expires_at"]
    )
    op.create_table(
        "account_token",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("booking_id", sa.String(), nullable=True),
        sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(length=26), nullable=True),
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
        sa.CheckConstraint(
            "(account_id IS NULL) <> (booking_id IS NULL)",
            name=op.f("ck_account_token_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_token_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_account_token_booking_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_account_token_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["booking_link.id"],
            name=op.f("fk_account_token_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_token_token_hash")),
    )
    op.create_index(
        op.f("ix_account_token_account_id"), "account_token", ["account_id"]
    )
    op.create_index(
        op.f("ix_account_token_expires_at"), "account_token", ["expires_at"]
    )

    _guard_time_claims()


def _guard_time_claims() -> None:
    """Let no two active claims on one fieldworker overlap."""
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
    for table in reversed(_TABLES):
        op.drop_table(table)
