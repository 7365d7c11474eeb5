"""A picture at the top of the home page, and what it shows."""

import sqlalchemy as sa
from alembic import op

revision = "0015_home_picture"
down_revision = "0014_visitors_drafts"
branch_labels = None
depends_on = None

_COLUMNS = ("hero_path", "hero_alt")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column(
            "business",
            sa.Column(name, sa.String(length=200), nullable=False, server_default=""),
        )


def downgrade() -> None:
    for name in _COLUMNS:
        op.drop_column("business", name)
