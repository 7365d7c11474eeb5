"""The customer's own data."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _set_up_files_and_fields()
    _set_up_customers()


def downgrade() -> None:
    _take_down_customers()
    _take_down_files_and_fields()


def _set_up_files_and_fields() -> None:
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
        "policy",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=8000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_key")),
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
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependent_type")),
        sa.UniqueConstraint("slug", name=op.f("uq_dependent_type_slug")),
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
    with op.batch_alter_table("field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_field_value_definition_id", ["definition_id"], unique=False
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
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stored_file_attached_at", ["attached_at", "created_at"], unique=False
        )
        batch_op.create_index(
            "ix_stored_file_customer_id", ["customer_id"], unique=False
        )
        batch_op.create_index("ix_stored_file_removed_at", ["removed_at"], unique=False)

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
    with op.batch_alter_table("dependent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_dependent_customer_id", ["customer_id", "archived_at"], unique=False
        )
        batch_op.create_index("ix_dependent_type_id", ["type_id"], unique=False)

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
    with op.batch_alter_table("booking_dependent", schema=None) as batch_op:
        batch_op.create_index(
            "ix_booking_dependent_dependent_id", ["dependent_id"], unique=False
        )

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
    with op.batch_alter_table("dependent_document", schema=None) as batch_op:
        batch_op.create_index(
            "ix_dependent_document_dependent_id", ["dependent_id"], unique=False
        )
        batch_op.create_index(
            "ix_dependent_document_expires_on", ["expires_on"], unique=False
        )


def _take_down_files_and_fields() -> None:
    with op.batch_alter_table("dependent_document", schema=None) as batch_op:
        batch_op.drop_index("ix_dependent_document_expires_on")
        batch_op.drop_index("ix_dependent_document_dependent_id")

    op.drop_table("dependent_document")
    with op.batch_alter_table("booking_dependent", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_dependent_dependent_id")

    op.drop_table("booking_dependent")
    with op.batch_alter_table("dependent", schema=None) as batch_op:
        batch_op.drop_index("ix_dependent_type_id")
        batch_op.drop_index("ix_dependent_customer_id")

    op.drop_table("dependent")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index("ix_stored_file_removed_at")
        batch_op.drop_index("ix_stored_file_customer_id")
        batch_op.drop_index("ix_stored_file_attached_at")

    op.drop_table("stored_file")
    with op.batch_alter_table("field_value", schema=None) as batch_op:
        batch_op.drop_index("ix_field_value_definition_id")

    op.drop_table("field_value")
    op.drop_table("field_definition")
    op.drop_table("dependent_type")
    op.drop_table("policy")
    op.drop_table("message_template")


def _set_up_customers() -> None:
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
    with op.batch_alter_table("business_profile", schema=None) as batch_op:
        batch_op.create_index(
            "ix_business_profile_customer_id",
            ["customer_id", "archived_at"],
            unique=False,
        )
        batch_op.create_index(
            "uq_business_profile_default",
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
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_customer_id", ["customer_id", "position"], unique=False
        )
        batch_op.create_index(
            "uq_contact_self",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("role = 'self'"),
            postgresql_where=sa.text("role = 'self'"),
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
    with op.batch_alter_table("contact_email", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_email_customer_id", ["customer_id"], unique=False
        )
        batch_op.create_index(
            "uq_contact_email_primary",
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
        sa.Column("number", sa.String(length=20), nullable=False),
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
    with op.batch_alter_table("contact_phone", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_phone_customer_id", ["customer_id"], unique=False
        )
        batch_op.create_index(
            "uq_contact_phone_primary",
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
    with op.batch_alter_table("business", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "asks_birthday",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "asks_language",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
            )
        )

    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("company", sa.JSON(), server_default="{}", nullable=False)
        )

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column("version", sa.Integer(), server_default="1", nullable=False)
        )


def _take_down_customers() -> None:
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_column("company")

    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")

    with op.batch_alter_table("business", schema=None) as batch_op:
        batch_op.drop_column("asks_language")
        batch_op.drop_column("asks_birthday")

    op.drop_table("customer_details")
    with op.batch_alter_table("contact_phone", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contact_phone_primary",
            sqlite_where=sa.text("is_primary"),
            postgresql_where=sa.text("is_primary"),
        )
        batch_op.drop_index("ix_contact_phone_customer_id")

    op.drop_table("contact_phone")
    with op.batch_alter_table("contact_email", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contact_email_primary",
            sqlite_where=sa.text("is_primary"),
            postgresql_where=sa.text("is_primary"),
        )
        batch_op.drop_index("ix_contact_email_customer_id")

    op.drop_table("contact_email")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contact_self",
            sqlite_where=sa.text("role = 'self'"),
            postgresql_where=sa.text("role = 'self'"),
        )
        batch_op.drop_index("ix_contact_customer_id")

    op.drop_table("contact")
    with op.batch_alter_table("business_profile", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_business_profile_default",
            sqlite_where=sa.text("is_default AND archived_at IS NULL"),
            postgresql_where=sa.text("is_default AND archived_at IS NULL"),
        )
        batch_op.drop_index("ix_business_profile_customer_id")

    op.drop_table("business_profile")
    op.drop_table("billing_address")
