"""What the layers above may know of a sign-in and of who is signed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PendingIdentityView:
    """What a sign-in by a provider still waits for.

    Attributes:
        provider: Such as ``google``.
        name: Such as ``Google``.
        step: ``email`` (give an email), ``proof`` (there is an account: prove
            that it is yours) or ``mail`` (a mail is under way).
        email: Where the account or the mail is; in step ``email`` what the
            provider suggests, or empty.
        has_password: In step ``proof``, whether a password can prove it.
    """

    provider: str = ""
    name: str = ""
    step: str = ""
    email: str = ""
    has_password: bool = False


@dataclass(frozen=True, slots=True)
class ViewerView:
    """Who is looking, for the header and the menu.

    ``looking`` says that it is somebody of the office who only looks as the customer.

    ``role`` is ``customer``, ``office``, ``fieldworker``, ``guest`` or empty;
    ``reads_only`` is somebody of the office who may change nothing.
    """

    signed_in: bool = False
    name: str = ""
    email: str = ""
    picture_url: str = ""
    role: str = ""
    looking: bool = False
    reads_only: bool = False


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that nobody accepted yet, for the office.

    Attributes:
        name: Who is invited, or the email.
        role_name: What they will be, in words.
        sent: When it was sent last, as the business writes it.
        expired: Whether its link has run out.
    """

    id: str = ""
    email: str = ""
    name: str = ""
    role_name: str = ""
    sent: str = ""
    expired: bool = False


@dataclass(frozen=True, slots=True)
class JoiningView:
    """What the link of an invitation leads to.

    Attributes:
        email: What the person will log in with; empty if they say so themselves.
        needs_password: Whether there is no account yet.
        name: What the person is called, as far as it is known.
        role_name: What they will be, in words.
        asks_name: Whether somebody new of the office says how they are called.
    """

    email: str = ""
    needs_password: bool = True
    name: str = ""
    role_name: str = ""
    asks_name: bool = False


@dataclass(frozen=True, slots=True)
class SeenCustomerView:
    """A customer as whom the office can look at the portal."""

    id: str = ""
    name: str = ""
    email: str = ""
