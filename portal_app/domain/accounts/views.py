"""What the layers above may know of accounts."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, for the route that sets the cookie. Not for a state.

    Attributes:
        secret: The cookie's value.
        expires_at: When the session ends if it is not used, UTC.
        remembered: Whether the cookie outlives the browser window.
        role: ``customer``, ``office``, ``fieldworker`` or ``guest``.
        account_id: Whose it is; empty for a guest.
        device_secret: What the browser is recognised by when it signs in
            again, for a cookie of its own (HttpOnly, a year); empty for a guest.
        path: Where a guest belongs, such as ``/bookings/B-…``; empty otherwise.
        code_secret: Instead of a session (``secret`` is empty then): a code of the
            authenticator app is still to be given, in the browser that has this.
    """

    secret: str
    expires_at: datetime
    remembered: bool
    role: str
    account_id: str = ""
    device_secret: str = ""
    path: str = ""
    code_secret: str = ""


@dataclass(frozen=True, slots=True)
class SecondFactorView:
    """The authenticator app of somebody who works here.

    Attributes:
        on: Whether a code is asked at each log-in.
        since: The day it was set up, in words.
        codes_left: How many recovery codes were not used.
        required: Whether the business asks everybody to have one.
    """

    on: bool = False
    since: str = ""
    codes_left: int = 0
    required: bool = False


@dataclass(frozen=True, slots=True)
class SecondFactorOffer:
    """What an app is set up with.

    Attributes:
        secret: For typing it in, in groups of four.
        address: ``otpauth://…``, for the picture that is scanned.
    """

    secret: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider in My Account.

    Attributes:
        provider: ``google``, ``apple`` or ``facebook``.
        name: Such as ``Google``.
        connected: Whether the account can be entered by it.
        email: The email the provider knows, or empty.
        since: The day it was connected, in words, or empty.
        removable: Whether it may be disconnected; never the last way in.
        open: Whether the business has it switched on.
    """

    provider: str = ""
    name: str = ""
    connected: bool = False
    email: str = ""
    since: str = ""
    removable: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class SignInMethodsView:
    """How the account that is signed in can be entered."""

    email: str = ""
    has_password: bool = False
    providers: list[ProviderView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that is signed in to the account.

    Attributes:
        id: For ``end_session``.
        device: In words, such as ``Firefox on Windows``.
        place: The network as far as it is told, such as ``Network 203.0.113.x``.
        last_seen: In words on the business's clock.
        last_seen_at: ISO, UTC.
        signed_in: When it was opened, in words.
        method: How it was opened, in words, such as ``Password``.
        remembered: Whether it outlives the browser window.
        current: Whether it is the one asking.
    """

    id: str = ""
    device: str = ""
    place: str = ""
    last_seen: str = ""
    last_seen_at: str = ""
    signed_in: str = ""
    method: str = ""
    remembered: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody of the office.

    Attributes:
        id: Of the account.
        name: Their name, or the email.
        email: They log in with.
        role: A key of ``OFFICE_ROLES``.
        role_name: In words.
        last_seen: In words, or empty for somebody who was never here.
        second_factor: Whether their log-in asks for a code.
        is_me: Whether it is the one looking.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    role: str = ""
    role_name: str = ""
    last_seen: str = ""
    second_factor: bool = False
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class OfficePeopleView:
    """Everybody of the office.

    ``may_change`` says whether the one looking is an owner; ``required`` whether
    everybody who works here must have a second factor.
    """

    people: list[PersonView] = field(default_factory=list)
    may_change: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class SecurityEventView:
    """Something about getting in, for the office.

    Attributes:
        at: ISO, UTC.
        when: In words on the business's clock.
        kind: Such as ``sign_in_failed``.
        text: What happened, in a sentence.
        about: The email or booking number it was tried with, or empty.
        address: The network address.
        device: In words.
    """

    at: str = ""
    when: str = ""
    kind: str = ""
    text: str = ""
    about: str = ""
    address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class SecurityLogView:
    """One page of the security log, latest first, at most 50 rows."""

    rows: list[SecurityEventView] = field(default_factory=list)
    page: int = 1
    has_more: bool = False
