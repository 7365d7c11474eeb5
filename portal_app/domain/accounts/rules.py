"""How an e-mail is compared, how long things live, how often one may try."""

import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email

from portal_app.kernel.errors import DomainError, InvalidInput

VERIFY_EMAIL = "verify_email"
SIGN_IN = "sign_in"
TOKEN_LIFETIMES = {
    VERIFY_EMAIL: timedelta(hours=48),
    SIGN_IN: timedelta(seconds=60),
}
TOKENS_KEPT = timedelta(days=30)
"""How long an expired token is kept, to tell a late click that all is well."""

SESSION_LIFETIME = timedelta(hours=12)
REMEMBERED_LIFETIME = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)

CUSTOMER = "customer"
OFFICE = "office"
FIELDWORKER = "fieldworker"
ROLES = frozenset({CUSTOMER, OFFICE, FIELDWORKER})

_MAX_EMAIL = 254
_IPV6_NETWORK = 64


class NotActivated(DomainError):
    """A right password for an account whose e-mail was not verified yet."""

    def __init__(self) -> None:
        super().__init__(
            "Your account is not active yet. Please open the link in the mail "
            "we sent you, or ask for a new one."
        )


class LinkInvalid(DomainError):
    """A token that is unknown, expired or replaced: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(
            "This link is not valid any more. Please use the newest mail, "
            "or ask for a new one."
        )


class PasswordNeeded(DomainError):
    """An activation that must choose a password; the token stays usable."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody signed up with this e-mail more than once. "
            "Please choose the password for your account."
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried within a fixed window of time."""

    name: str
    attempts: int
    window: timedelta


SIGN_IN_BY_ADDRESS = Limit("sign-in address", 50, timedelta(minutes=15))
SIGN_IN_BY_ACCOUNT = Limit("sign-in account", 10, timedelta(minutes=15))
SIGN_UP_BY_ADDRESS = Limit("sign-up address", 60, timedelta(hours=1))
SIGN_UP_BY_EMAIL = Limit("sign-up email", 5, timedelta(hours=1))
RESEND_BY_ADDRESS = Limit("resend address", 30, timedelta(hours=1))
RESEND_BY_EMAIL = Limit("resend email", 3, timedelta(hours=1))


def normal_email(text: str) -> str:
    """The one form in which an e-mail is stored and compared.

    Unicode NFC, international domains in letters (not ``xn--``), all lower
    case: mail providers do not tell ``Maya@`` from ``maya@``, and neither may
    we, or one mailbox could hold two accounts.

    Raises:
        InvalidInput: For the field ``email``.
    """
    stripped = text.strip()
    try:
        if len(stripped) > _MAX_EMAIL:
            raise EmailNotValidError
        valid = validate_email(
            stripped, check_deliverability=False, allow_quoted_local=False
        )
    except EmailNotValidError:
        raise InvalidInput(
            {"email": "Please enter an e-mail address such as maya@example.com."}
        ) from None
    return unicodedata.normalize("NFC", valid.normalized.lower())


def network_of(address: str) -> str:
    """The network that counts as one caller: an IPv4 address, an IPv6 /64.

    Args:
        address: As the server saw it; what is no address counts as one caller.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
    return str(parsed)
