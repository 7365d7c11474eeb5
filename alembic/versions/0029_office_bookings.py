"""The office's list of bookings: words to find them by, and notes about them."""

import sqlalchemy as sa
from alembic import op

from portal_app.domain.bookings.search_words import words_of
from portal_app.kernel.db import UTCDateTime

revision = "0029_office_bookings"
down_revision = "0024_booking_statuses"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_booking_service_id": ["service_id", "starts_at"],
    "ix_booking_status": ["status", "starts_at"],
    "ix_booking_starts_at": ["starts_at", "id"],
}
_BATCH = 500


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.create_index(name, "booking", columns)
    word = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    op.create_table(
        "booking_word",
        sa.Column("word", word, nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_word_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "booking_id", name=op.f("pk_booking_word")),
    )
    op.create_index("ix_booking_word_booking_id", "booking_word", ["booking_id"])
    op.create_table(
        "booking_note",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("booking_id", sa.String(length=26), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_booking_note_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["booking.id"],
            name=op.f("fk_booking_note_booking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_note")),
        sa.UniqueConstraint(
            "booking_id",
            "request_key",
            name=op.f("uq_booking_note_booking_id_request_key"),
        ),
    )
    op.create_index("ix_booking_note_booking_id", "booking_note", ["booking_id", "at"])
    _store_words()


def _store_words() -> None:
    booking = sa.table(
        "booking",
        *(sa.column(name) for name in ("id", "number", "customer_id")),
        *(sa.column(name) for name in ("contact_name", "contact_email")),
        sa.column("contact_phone"),
        sa.column("company", sa.JSON),
        sa.column("address", sa.JSON),
    )
    customer = sa.table(
        "customer",
        *(sa.column(name) for name in ("id", "first_name", "last_name")),
        *(sa.column(name) for name in ("email", "phone")),
    )
    word = sa.table("booking_word", sa.column("word"), sa.column("booking_id"))
    parts = ("street", "unit", "town", "state", "postcode")
    tx = op.get_bind()
    rows = tx.execute(
        sa.select(booking, customer).join(
            customer, customer.c.id == booking.c.customer_id
        )
    ).all()
    for start in range(0, len(rows), _BATCH):
        found = []
        for row in rows[start : start + _BATCH]:
            texts = (
                row.contact_name,
                row.contact_email,
                row.first_name,
                row.last_name,
                row.email,
                str((row.company or {}).get("name", "")),
                *(str((row.address or {}).get(part) or "") for part in parts),
            )
            words = words_of(row.number, texts, (row.contact_phone, row.phone))
            found += [{"word": one, "booking_id": row.id} for one in words]
        tx.execute(sa.insert(word), found)


def downgrade() -> None:
    op.drop_table("booking_note")
    op.drop_table("booking_word")
    for name in _INDEXES:
        op.drop_index(name, "booking")
