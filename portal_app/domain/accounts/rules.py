"""Email comparison, lifetimes of tokens, rate limits and names of devices."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from portal_app.domain import wiring
from portal_app.domain.rate_limits.rules import Limit, target_limits
from portal_app.kernel import email_addresses
from portal_app.kernel.errors import Conflict, DomainError, InvalidInput
from portal_app.kernel.text import is_readable, one_line

VERIFY_EMAIL = "verify_email"
SIGN_IN = "sign_in"
RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose
CHANGE_EMAIL = "change_email"
TOKEN_LIFETIMES = {
    VERIFY_EMAIL: timedelta(hours=48),
    SIGN_IN: timedelta(seconds=60),
    RESET_PASSWORD: timedelta(hours=1),
    CHANGE_EMAIL: timedelta(hours=24),
}
"""How long one may take to prove whose account a provider's sign-in wants into."""

TOKEN_RETENTION = timedelta(days=30)
"""How long an expired token is kept, to tell a late click that all is well."""

LAST_SEEN_INTERVAL = timedelta(minutes=1)

CUSTOMER = "customer"
OFFICE = "office"
FIELDWORKER = "fieldworker"
ROLES = frozenset({CUSTOMER, OFFICE, FIELDWORKER})
GUEST = "guest"

OWNER = "owner"
READER = "reader"
OFFICE_ROLES = {
    OWNER: "Owner",
    OFFICE: "Office",
    READER: "Read-only",
}
"""What somebody of the office may do, in words."""
CODE_REQUEST_LIFETIME = timedelta(minutes=10)
MAX_STAFF_NAME = 80

PROVIDERS = {"google": "Google", "apple": "Apple", "facebook": "Facebook"}
BY_PASSWORD = "password"  # noqa: S105 - a way in
BY_NUMBER = "number"
BY_LINK = "link"
SIGN_IN_METHODS = {
    BY_PASSWORD: "Password",
    **PROVIDERS,
    BY_NUMBER: "Booking number",
    BY_LINK: "Link in an email",
}
"""How a session is opened, in words."""
"""After so much rest, a limit forgets that it was ever used up."""


class NotActivated(DomainError):
    """A right password for an account whose email was not verified yet."""

    def __init__(self) -> None:
        super().__init__(
            "Your account is not active yet. Please open the link in the email "
            "we sent you, or ask for a new one."
        )


class LinkInvalid(DomainError):
    """A token that is unknown, expired or replaced: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(
            "This link is not valid any more. Please use the newest email, "
            "or ask for a new one."
        )


class PasswordNeeded(DomainError):
    """An activation that must choose a password; the token stays usable."""

    def __init__(self) -> None:
        super().__init__("Please choose the password for your account.")


class MethodDisabled(DomainError):
    """A way in that the business has switched off."""

    def __init__(self) -> None:
        super().__init__("This way to log in is switched off. Please use another one.")


def staff_name(text: str) -> str:
    """The name of somebody who works here, on one line; may be empty.

    Raises:
        InvalidInput: For the field ``name``.
    """
    name = one_line(text)
    if len(name) > MAX_STAFF_NAME:
        raise InvalidInput({"name": f"Please use at most {MAX_STAFF_NAME} characters."})
    if not is_readable(name):
        raise InvalidInput({"name": "Please use letters that can be read."})
    return name


class NoPassword(Conflict):
    """Something asks for the password of an account that has none."""

    def __init__(self) -> None:
        super().__init__(
            "Your account has no password yet. "
            "We can send you an email to choose one; then try again."
        )


class OtherBrowser(DomainError):
    """A good link of a mail, in a browser that did not ask for it."""

    def __init__(self) -> None:
        super().__init__(
            "Please open this link in the browser in which you began to log in."
        )


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """Who somebody is, as a provider says.

    Attributes:
        provider: One of ``PROVIDERS``.
        subject: The provider's own, lasting id of the person.
        email: What the provider gave, if anything.
        email_verified: Whether the provider vouches that the mailbox is theirs.
    """

    provider: str
    subject: str
    email: str | None = None
    email_verified: bool = False
    first_name: str = ""
    last_name: str = ""


_QUARTER = timedelta(minutes=15)
_HALF_HOUR = timedelta(minutes=30)
_HOUR = timedelta(hours=1)

# Circles around whoever asks: the network (/24, /48) and the address; then what is
# asked about, by this caller and by all strangers together. An account's longest
# wait is short enough that nobody is locked out for a day by strangers.
SIGN_IN_BY_NETWORK = Limit("sign-in network", 300, _QUARTER, growth=5)
SIGN_IN_BY_ADDRESS = Limit("sign-in address", 50, _QUARTER, growth=5)
SIGN_IN_ON_ACCOUNT = target_limits(
    "sign-in account", 10, _QUARTER, strangers=50, growth=3
)
NUMBER_BY_NETWORK = Limit("booking number network", 100, _QUARTER, growth=6)
NUMBER_BY_ADDRESS = Limit("booking number address", 20, _QUARTER, growth=6)
NUMBER_ON_EMAIL = target_limits(
    "booking number email", 10, _QUARTER, strangers=50, growth=3
)
NUMBER_ON_NUMBER = target_limits(
    "booking number number", 10, _QUARTER, strangers=50, growth=3
)
SIGN_UP_BY_NETWORK = Limit("sign-up network", 240, _HOUR, growth=4)
SIGN_UP_BY_ADDRESS = Limit("sign-up address", 60, _HOUR, growth=4)
SIGN_UP_ON_EMAIL = target_limits("sign-up email", 5, _HOUR, strangers=20, growth=2)
MAIL_BY_NETWORK = Limit("mail network", 120, _HOUR, growth=4)
RESEND_BY_ADDRESS = Limit("resend address", 30, _HOUR, growth=4)
# Beyond the next two, the answer is the same and no mail is sent: those that were
# are still good, because a link outlives two of these windows.
RESEND_ON_EMAIL = target_limits("resend email", 3, _HOUR, strangers=10)
RESET_BY_ADDRESS = Limit("reset address", 30, _HOUR, growth=4)
RESET_ON_EMAIL = target_limits("reset email", 3, _HALF_HOUR, strangers=6)
PROOF_BY_ADDRESS = Limit("proof address", 30, _HOUR, growth=4)
PROOF_ON_EMAIL = target_limits("proof email", 3, _HOUR, strangers=10, growth=2)
CHANGE_EMAIL_BY_ACCOUNT = Limit("change email account", 5, _HOUR, growth=2)
FORM_BY_STAMP = Limit("form stamp", 10, timedelta(hours=24))


def normal_email(text: str) -> str:
    """An email in the form in which it is stored and compared.

    For what is looked up; ``mailable_email`` is for what is stored.

    Raises:
        InvalidInput: For the field ``email``.
    """
    try:
        return email_addresses.normal_form(text)
    except ValueError:
        raise InvalidInput(
            {"email": "Please enter an email address such as maya@example.com."}
        ) from None


def mailable_email(text: str) -> str:
    """As ``normal_email``, for an email that is taken: mail must be able to reach it.

    Raises:
        InvalidInput: For the field ``email``.
    """
    email = normal_email(text)
    if email_addresses.needs_smtputf8(email) and not wiring.current().smtputf8:
        raise InvalidInput({"email": email_addresses.undeliverable_words(email)})
    return email


_UNKNOWN_DEVICE = "Unknown device"
# In this order: later ones also carry the names of those they pretend to be.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_text(user_agent: str) -> str:
    """A browser's name for itself in words, such as ``Firefox on Windows``."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or _UNKNOWN_DEVICE


def network_text(address: str) -> str:
    """As much of a network address as helps to recognise it.

    Args:
        address: As the server saw it.

    Returns:
        Such as ``Network 203.0.113.x``; ``This computer`` where the portal
        runs itself, an empty text for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback or parsed.is_link_local:
        return "This computer"
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"Network {str(parsed).rpartition('.')[0]}.x"
    wide = ipaddress.ip_network((parsed, 48), strict=False).network_address
    return f"Network {str(wide).rstrip(':')}:x"
