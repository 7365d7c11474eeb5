"""More words of the business, its pin, where it goes, and how long quotes are valid."""

import sqlalchemy as sa
from alembic import op

revision = "0012_business_words"
down_revision = "0011_setup_steps"
branch_labels = None
depends_on = None

_TEXTS = {
    "opening_text": 500,
    "footer_text": 500,
    "area_kind": 12,
    "area_postcodes": 2000,
}
_NUMBERS = {"area_kilometres": "0", "quote_valid_days": "14"}


def upgrade() -> None:
    for name, length in _TEXTS.items():
        op.add_column(
            "business",
            sa.Column(
                name, sa.String(length=length), nullable=False, server_default=""
            ),
        )
    for name, default in _NUMBERS.items():
        op.add_column(
            "business",
            sa.Column(name, sa.Integer(), nullable=False, server_default=default),
        )
    for name in ("latitude", "longitude"):
        op.add_column("business", sa.Column(name, sa.Float(), nullable=True))


def downgrade() -> None:
    for name in (*_TEXTS, *_NUMBERS, "latitude", "longitude"):
        op.drop_column("business", name)
