"""Letters: what a message of each kind says, as HTML and as plain text."""

import re
import textwrap
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any, Self

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from portal_app.domain.business.views import Branding
from portal_app.integrations.mail.headers import (
    WIRE,
    bracketed_header,
    clean_line,
    clean_payload,
    mailbox_header,
    text_header,
)
from portal_app.kernel import email_addresses
from portal_app.kernel.clock import utc_now

_TEXT_WIDTH = 72
_MAX_LINE_OCTETS = 998
_LATER_DATES = "These dates are booked as soon as the calendar opens."
_ONE_CLICK_PATH = "/api/mail"
_SUBJECTS = {
    "verify_email": "Activate your account at {business.name}",
    "verify_contact": "Confirm this email for {business.name}",
    "already_registered": "You already have an account at {business.name}",
    "reset_password": "Choose a new password at {business.name}",
    "password_changed": "Your password at {business.name} was changed",
    "change_email": "Confirm your new email at {business.name}",
    "email_taken": "Your email has an account at {business.name} already",
    "email_changed": "Your email at {business.name} was changed",
    "confirm_provider": "Confirm your email at {business.name}",
    "invitation": "{business.name} invites you",
    "customer_imported": "Your account at {business.name}",
    "ways_changed": "How you log in at {business.name} has changed",
    "new_device": "A new log-in to your account at {business.name}",
    "booking_confirmed": "Booking {payload[number]}: {payload[service]}",
    "booking_told": "{payload[customer]} booked {payload[service]}",
    "booking_received": "New booking {payload[number]}: {payload[service]}",
    "booking_reminder": "Reminder: {payload[service]} on {payload[day]}",
    "booking_news": "Booking {payload[number]} {payload[news]}",
    "booking_news_told": "{payload[customer]}: {payload[service]} {payload[news]}",
    "booking_news_office": "Booking {payload[number]} {payload[news]}",
    "quote_requested": "Quote {payload[number]} asked for: {payload[service]}",
    "quote_sent": "Your quote {payload[number]}: {payload[service]}",
    "quote_told": "{payload[customer]} has a quote for {payload[service]}",
    "quote_expires": "Quote {payload[number]} expires soon",
    "quote_decided": "Quote {payload[number]}: {payload[decided]}",
    "quote_turned_down": "Your request {payload[number]}: {payload[service]}",
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
        email_addresses.wire_form(address)
        return cls(address=address, name=name, base_url=base_url.rstrip("/"))

    @property
    def domain(self) -> str:
        """The domain that message ids belong to: that of the address."""
        return email_addresses.wire_form(self.address).rpartition("@")[2]


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

    Whatever people typed: what no mail may hold goes, the rest arrives as it is.

    Raises:
        KeyError: If the kind is unknown.
        ValueError: If the recipient is not exactly one address.
    """
    payload, business = (
        clean_payload(payload),
        Branding(**clean_payload(asdict(business))),
    )
    international = email_addresses.needs_smtputf8(recipient)
    letter = EmailMessage(policy=WIRE.clone(utf8=international))
    subject = clean_line(_SUBJECTS[kind].format(business=business, payload=payload))
    letter["Subject"] = text_header("Subject", subject)
    letter["From"] = mailbox_header(
        "From", sender.address, sender.name or business.name
    )
    letter["To"] = mailbox_header("To", recipient)
    if business.email and (
        international or not email_addresses.needs_smtputf8(business.email)
    ):
        letter["Reply-To"] = mailbox_header("Reply-To", business.email, business.name)
    letter["Date"] = format_datetime(utc_now())
    letter["Message-ID"] = bracketed_header(f"{message_id}@{sender.domain}")
    # Out-of-office answers stay away.
    letter["Auto-Submitted"] = "auto-generated"
    if stop_path := payload.get("stop_path"):
        _add_unsubscribe_headers(letter, sender.base_url, stop_path)
    known = {
        **payload,
        "business": business,
        "home": sender.base_url,
        "link": f"{sender.base_url}{payload.get('path', '/')}",
        "subject": subject,
    }
    text = _templates().get_template(f"{kind}.txt").render(known)
    text = re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"
    letter.set_content(text, cte=_transfer_encoding(text))
    letter.add_alternative(
        _templates().get_template(f"{kind}.html").render(known),
        subtype="html",
        cte="quoted-printable",
    )
    return letter


def _add_unsubscribe_headers(letter: EmailMessage, home: str, path: str) -> None:
    """What a mail program's own button to unsubscribe asks for, see RFC 8058.

    One click needs https: without it the button opens the page, which asks once more.
    """
    one_click = home.startswith("https://")
    url = f"{home}{_ONE_CLICK_PATH if one_click else ''}{path}"
    letter["List-Unsubscribe"] = bracketed_header(url)
    if one_click:
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _transfer_encoding(text: str) -> str:
    """The plainest encoding that mail servers take: a line has 998 octets at most."""
    encoded = text.encode()
    if any(len(line) > _MAX_LINE_OCTETS for line in encoded.splitlines()):
        return "quoted-printable"
    return "7bit" if encoded.isascii() else "8bit"


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("portal_app.integrations.mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"wrapped": _wrapped, "one_line": clean_line}
    templates.globals |= {
        "rows": _rows,
        "prices": _prices,
        "visit_dates": _visit_dates,
        "contact_lines": _contact_lines,
    }
    return templates


def _wrapped(text: str, indent: int = 0) -> str:
    """Text in lines of 72 characters, but for words and links that are longer.

    Args:
        text: May have several paragraphs.
        indent: How far all lines but the first are moved to the right.
    """
    lines = [
        line
        for paragraph in text.split("\n")
        for line in textwrap.wrap(
            paragraph,
            _TEXT_WIDTH - indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        or [""]
    ]
    return f"\n{' ' * indent}".join(lines)


def _rows(width: int, *rows: tuple[str, str]) -> str:
    """Labels with their values beside them; those without a value are left out."""
    return "\n".join(
        f"{label:<{width}}{_wrapped(value, width)}" for label, value in rows if value
    )


def _prices(lines: list[dict[str, str]], total: str) -> str:
    entries = [f"{line['description']}: {line['amount']}" for line in lines]
    return "\n".join(map(_wrapped, [*entries, f"Total: {total}"]))


def _visit_dates(visits: list[dict[str, str]], total: str, goes_on: str) -> str:
    """The dates of a booking that repeats; empty for one that does not."""
    if not visits:
        return ""
    entries = [f"{visit['when']}: {visit['number']}" for visit in visits]
    entries.append(f"In all: {total}")
    if goes_on:
        entries += ["", f"It goes on from {goes_on}. {_LATER_DATES}"]
    return "\n".join(map(_wrapped, entries))


def _contact_lines(contacts: list[dict[str, str]]) -> str:
    """Who may speak for a customer; empty if nobody may."""
    entries = [
        ", ".join(filter(None, [contact["who"], contact["phone"]]))
        for contact in contacts
    ]
    return "\n".join(["May change or make appointments:", *entries] if entries else [])
