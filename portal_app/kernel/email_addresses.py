"""Email addresses: the one rule for forms, the mailer and what is imported."""

import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from portal_app.kernel.text import one_line

_MAX_LENGTH = 254
_MAX_LOCAL = 64


def normal_form(text: str) -> str:
    """The one form in which an email is stored and compared.

    Unicode NFC, international domains in letters (not ``xn--``), all lower
    case: mail providers do not tell ``Maya@`` from ``maya@``, and neither may
    we, or one mailbox could hold two accounts.

    Raises:
        ValueError: If mail could not be addressed to it.
    """
    typed = one_line(text)
    if len(typed) > _MAX_LENGTH:
        raise ValueError("too long")
    try:
        valid = validate_email(
            typed, check_deliverability=False, allow_quoted_local=False
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    address = unicodedata.normalize("NFC", valid.normalized.lower())
    wire_form(address)
    return address


def wire_form(address: str) -> str:
    """An address as the mail system needs it: its domain in ASCII.

    What is before the @ stays as it is; see ``needs_smtputf8``.

    Raises:
        ValueError: If it is not exactly one address, or too long for mail servers.
    """
    local, _, domain = address.rpartition("@")
    if not (local and domain) or any(
        not character.isprintable() or character in ' "(),:;<>@[\\]'
        for character in local
    ):
        raise ValueError("no address")
    try:
        # Names of one's own machine or network, such as localhost, are fine.
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError("no domain") from error
    encoded = f"{local}@{domain}"
    if max(len(local.encode()) - _MAX_LOCAL, len(encoded.encode()) - _MAX_LENGTH) > 0:
        raise ValueError("too long")
    return encoded


def needs_smtputf8(address: str) -> bool:
    """Whether it has letters beyond a to z before the @: SMTPUTF8 is for those."""
    return not address.rpartition("@")[0].isascii()


def undeliverable_words(address: str) -> str:
    """Why an address that needs SMTPUTF8 cannot be taken where mail has none."""
    local = address.rpartition("@")[0]
    odd = next(character for character in local if not character.isascii())
    return (
        f"We cannot send email to an address with “{odd}” before the @. "
        "Please give another address."
    )
