"""As which customer somebody of the office looks at the portal."""

import sqlalchemy as sa
from alembic import op

revision = "0010_looking"
down_revision = "0009_features"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account_session",
        sa.Column("seen_customer_id", sa.String(length=26), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("account_session", "seen_customer_id")
