"""Time that is held for somebody, and for how long the business holds it."""

import sqlalchemy as sa
from alembic import op

from portal_app.kernel.db import UTCDateTime

revision = "0022_holds"
down_revision = "0030_wizard_steps"
branch_labels = None
depends_on = None

_ACTIVE = ["fieldworker_id", "released_at", "ends_at", "starts_at"]
_IS_HELD = sa.text("expires_at IS NOT NULL AND released_at IS NULL")
_HELD = ("expires_at", "holder", "held_by")


def upgrade() -> None:
    op.add_column("time_claim", sa.Column("expires_at", UTCDateTime(), nullable=True))
    for name, length in (("holder", 40), ("held_by", 64)):
        column = sa.Column(
            name, sa.String(length=length), nullable=False, server_default=""
        )
        op.add_column("time_claim", column)
    op.drop_index("ix_time_claim_active", "time_claim")
    op.create_index(
        "ix_time_claim_active", "time_claim", [*_ACTIVE, "expires_at", "holder"]
    )
    for name in _HELD:
        op.create_index(
            f"ix_time_claim_{name}",
            "time_claim",
            [name],
            sqlite_where=_IS_HELD,
            postgresql_where=_IS_HELD,
        )
    op.add_column(
        "business",
        sa.Column("hold_minutes", sa.Integer(), nullable=False, server_default="10"),
    )


def downgrade() -> None:
    op.drop_column("business", "hold_minutes")
    # What is only held is nobody's before this version.
    op.execute(
        "UPDATE time_claim SET released_at = CURRENT_TIMESTAMP "
        "WHERE expires_at IS NOT NULL AND released_at IS NULL"
    )
    for name in _HELD:
        op.drop_index(f"ix_time_claim_{name}", "time_claim")
    op.drop_index("ix_time_claim_active", "time_claim")
    op.create_index("ix_time_claim_active", "time_claim", _ACTIVE)
    for name in ("held_by", "holder", "expires_at"):
        op.drop_column("time_claim", name)
