"""Tables of sign-ins at a provider, and of invitations, that are not finished yet."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal_app.kernel.columns import (
    created_field,
    id_field,
    instant_field,
    optional_instant_field,
)


class PendingIdentity(SQLModel, table=True):
    """Somebody a provider vouched for, before it is clear whose account it is.

    The browser that came from the provider holds the secret of ``token_hash``;
    a mail may carry a second one. Both together finish what one began, so that
    nobody connects a stranger's sign-in by a link in a mail.

    Attributes:
        account_id: Whose account it wants into, where the provider's verified
            email told; ``None`` while an email must be given.
        email: Where the proof is sent, or will be.
    """

    __tablename__ = "pending_identity"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("mail_token_hash"),
    )

    id: str = id_field()
    token_hash: str = Field(max_length=64)
    mail_token_hash: str | None = Field(default=None, max_length=64)
    account_id: str | None = Field(
        default=None, foreign_key="account.id", ondelete="CASCADE"
    )
    provider: str = Field(max_length=16)
    subject: str = Field(max_length=255)
    provider_email: str = Field(default="", max_length=254)
    email: str = Field(default="", max_length=254)
    first_name: str = Field(default="", max_length=80)
    last_name: str = Field(default="", max_length=80)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    used_at: datetime | None = optional_instant_field()


class ProviderFlow(SQLModel, table=True):
    """A sign-in at a provider that is under way: from the click to the answer.

    The address of the provider's page carries the secret of ``state_hash``, the
    browser's cookie that of ``browser_hash``; the answer must bring both, once.

    Attributes:
        account_id: Whose account shall be connected; ``None`` for a sign-in.
        first_name: What the answer itself said, which Apple does only once.
    """

    __tablename__ = "provider_flow"
    __table_args__ = (
        UniqueConstraint("state_hash"),
        CheckConstraint("provider IN ('google', 'apple', 'facebook')", name="provider"),
    )

    id: str = id_field()
    provider: str = Field(max_length=16)
    state_hash: str = Field(max_length=64)
    browser_hash: str = Field(max_length=64)
    account_id: str | None = Field(
        default=None, foreign_key="account.id", ondelete="CASCADE"
    )
    next_path: str = Field(default="", max_length=500)
    first_name: str = Field(default="", max_length=80)
    last_name: str = Field(default="", max_length=80)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    used_at: datetime | None = optional_instant_field()


class Invitation(SQLModel, table=True):
    """Somebody the office asked by mail to work with an account of their own.

    The mail carries the secret of ``token_hash``. Of the invitations to one place
    (``role`` and ``reference``), only the newest can be accepted.

    Attributes:
        name: Whom the mail greets, or empty.
        office_role: For the office, what they may do; see ``Account.office_role``.
        email: Empty where whoever has the link says it.
        reference: What the account will belong to, such as a fieldworker's id.
        invited_by: The account of who asked; empty for the command line.
    """

    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_invitation_place", "role", "reference"),
    )

    id: str = id_field()
    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=161)
    role: str = Field(max_length=16)
    office_role: str = Field(
        default="", max_length=16, sa_column_kwargs={"server_default": ""}
    )
    reference: str = Field(default="", max_length=26)
    invited_by: str | None = Field(
        default=None, foreign_key="account.id", ondelete="SET NULL"
    )
    token_hash: str = Field(max_length=64)
    created_at: datetime = created_field()
    expires_at: datetime = instant_field(index=True)
    accepted_at: datetime | None = optional_instant_field()
    withdrawn_at: datetime | None = optional_instant_field()
