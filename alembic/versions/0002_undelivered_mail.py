"""Why a mail was not delivered, and until when its link is good."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0002_undelivered_mail"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outbox_message", sa.Column("expires_at", UTCDateTime(), nullable=True)
    )
    op.add_column(
        "outbox_message",
        sa.Column("reason", sa.String(length=40), nullable=False, server_default=""),
    )
    op.create_index("ix_outbox_message_failed", "outbox_message", ["failed_at"])


def downgrade() -> None:
    op.drop_index("ix_outbox_message_failed", "outbox_message")
    op.drop_column("outbox_message", "reason")
    op.drop_column("outbox_message", "expires_at")
