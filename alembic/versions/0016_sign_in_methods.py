"""What was called a way in is called a method, as in the code."""

from alembic import op

revision = "0016_sign_in_methods"
down_revision = "0015_home_picture"
branch_labels = None
depends_on = None

_TABLES = ("account_session", "account_token", "code_request")


def upgrade() -> None:
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN way TO method")


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN method TO way")
