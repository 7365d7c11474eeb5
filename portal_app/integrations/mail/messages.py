"""Letters: what a message of each kind says, as HTML and as plain text."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any, Self
from urllib.parse import urlsplit

import idna
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from portal_app.domain.business.views import Branding
from portal_app.kernel.clock import utc_now

_SUBJECTS = {
    "verify_email": "Activate your account at {business.name}",
    "verify_contact": "Confirm this e-mail for {business.name}",
    "already_registered": "You already have an account at {business.name}",
    "reset_password": "Choose a new password at {business.name}",
    "password_changed": "Your password at {business.name} was changed",
    "change_email": "Confirm your new e-mail at {business.name}",
    "email_taken": "Your e-mail has an account at {business.name} already",
    "email_changed": "Your e-mail at {business.name} was changed",
    "confirm_provider": "Confirm your e-mail at {business.name}",
    "ways_changed": "How you log in at {business.name} has changed",
    "new_device": "A new log-in to your account at {business.name}",
    "booking_confirmed": "Booking {payload[number]}: {payload[service]}",
    "booking_told": "{payload[customer]} booked {payload[service]}",
    "booking_received": "New booking {payload[number]}: {payload[service]}",
    "document_ends": "{payload[dependent]}: {payload[document]} {payload[ends]}",
}
KINDS = frozenset(_SUBJECTS)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails come from, and where their links lead.

    Attributes:
        address: The bare address.
        name: Shown next to it; empty for the business's name.
        base_url: Without a trailing slash.
    """

    address: str
    name: str
    base_url: str

    @classmethod
    def parse(cls, text: str, base_url: str) -> Self:
        """Read ``a@b`` or ``Name <a@b>``.

        Raises:
            ValueError: If it is neither.
        """
        name, address = parseaddr(text)
        format_mailbox(address)
        return cls(address=address, name=name, base_url=base_url.rstrip("/"))

    @property
    def domain(self) -> str:
        """The host that message ids belong to."""
        return urlsplit(self.base_url).hostname or "localhost"


def compose(
    sender: Sender,
    kind: str,
    recipient: str,
    payload: dict[str, Any],
    business: Branding,
    *,
    message_id: str,
) -> EmailMessage:
    """Write one letter.

    Args:
        sender: Who it comes from.
        kind: One of ``KINDS``.
        recipient: One bare address.
        payload: What it is about; ``path`` becomes a link into the portal.
        business: In whose name.
        message_id: Becomes the ``Message-ID``, the same for every attempt.

    Raises:
        KeyError: If the kind is unknown.
        ValueError: If a header would hold a line break or a second address.
    """
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = _SUBJECTS[kind].format(business=business, payload=payload)
    letter["From"] = format_mailbox(sender.address, sender.name or business.name)
    letter["To"] = format_mailbox(recipient)
    if business.email:
        letter["Reply-To"] = format_mailbox(business.email, business.name)
    letter["Date"] = format_datetime(utc_now())
    letter["Message-ID"] = f"<{message_id}@{sender.domain}>"
    # Out-of-office answers stay away.
    letter["Auto-Submitted"] = "auto-generated"
    known = {
        **payload,
        "business": business,
        "home": sender.base_url,
        "link": f"{sender.base_url}{payload.get('path', '/')}",
        "subject": str(letter["Subject"]),
    }
    letter.set_content(
        _templates().get_template(f"{kind}.txt").render(known), cte="8bit"
    )
    letter.add_alternative(
        _templates().get_template(f"{kind}.html").render(known),
        subtype="html",
        cte="quoted-printable",
    )
    return letter


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("portal_app.integrations.mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def format_mailbox(address: str, name: str = "") -> Address:
    """One address for a header, its domain written as the mail system needs it.

    Raises:
        ValueError: If it is not exactly one address.
    """
    local, _, domain = address.rpartition("@")
    if not (local and domain):
        raise ValueError("no address")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError("no domain") from error
    return Address(name, addr_spec=f"{local}@{domain}")
