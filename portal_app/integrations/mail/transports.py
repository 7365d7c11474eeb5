"""Where letters go: a folder on a laptop, a mail server in production."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.kernel.clock import utc_now
from portal_app.kernel.private_files import make_private_folder, open_private

_TIMEOUT_SECONDS = 15
_SUBMISSION_PORT = 587
_IMPLICIT_TLS_PORT = 465
_PERMANENT = 500
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class Transport(Protocol):
    """Takes letters."""

    def deliver(self, letter: EmailMessage, kind: str, message_id: str) -> None:
        """Take one letter, or raise ``DeliveryFailed``."""


class FolderTransport:
    """Puts each letter into a folder as an ``.eml`` file that mail programs open.

    Files are named by time and kind, so that the newest sorts last; a file is
    there whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, letter: EmailMessage, kind: str, message_id: str) -> None:
        """Write one file."""
        name = f"{utc_now():%Y%m%dT%H%M%S.%fZ}-{kind}-{message_id}.eml"
        unfinished = self._folder / f".{name}.part"
        try:
            make_private_folder(self._folder)
            with os.fdopen(open_private(unfinished), "wb") as file:
                file.write(letter.as_bytes())
            os.replace(unfinished, self._folder / name)
        except OSError as error:
            raise DeliveryFailed(type(error).__name__) from None


class SmtpTransport:
    """Hands letters to a mail server.

    The connection is encrypted from the start (``smtps``) or as soon as the
    server offers it (``smtp``); a password is never sent unencrypted, except to
    this very machine.

    Args:
        url: ``smtp://user:password@host:port`` or ``smtps://…``.
        tls: The certificates to trust; the system's by default.
    """

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or (
            _IMPLICIT_TLS_PORT if self._implicit_tls else _SUBMISSION_PORT
        )
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._tls = tls or ssl.create_default_context()

    def deliver(self, letter: EmailMessage, kind: str, message_id: str) -> None:  # noqa: ARG002 - the letter says it all
        """Send one letter over a connection of its own."""
        try:
            with self._connect() as server:
                if not server.has_extn("8bitmime"):
                    letter = _seven_bit(letter)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            raise DeliveryFailed(
                f"recipient refused {code}", permanent=code >= _PERMANENT
            ) from None
        except smtplib.SMTPDataError as error:
            raise DeliveryFailed(
                f"letter refused {error.smtp_code}",
                permanent=error.smtp_code >= _PERMANENT,
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise DeliveryFailed("not supported by the server") from None
        except smtplib.SMTPResponseException as error:
            # About the connection or the sender: ours to put right, so not final.
            reason = f"{type(error).__name__} {error.smtp_code}"
            raise DeliveryFailed(reason) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_TIMEOUT_SECONDS, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        try:
            self._prepare(server)
        except BaseException:
            server.close()
            raise
        return server

    def _prepare(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        encrypted = self._implicit_tls
        own_machine = self._host in _OWN_MACHINE
        # A relay on this machine has no name that a certificate could prove.
        if not encrypted and not own_machine and server.has_extn("starttls"):
            server.starttls(context=self._tls)
            server.ehlo()
            encrypted = True
        if self._user:
            if not (encrypted or own_machine):
                raise DeliveryFailed("the server offers no encryption")
            server.login(self._user, self._password)


def transport_for(url: str) -> Transport:
    """The transport that a ``PORTAL_MAIL_URL`` asks for."""
    if url.startswith("file://"):
        return FolderTransport(Path(unquote(urlsplit(url).path)))
    return SmtpTransport(url)


def _seven_bit(letter: EmailMessage) -> EmailMessage:
    """The same letter for a server that takes only ASCII."""
    for part in letter.walk():
        if part["Content-Transfer-Encoding"] == "8bit" and isinstance(
            part, EmailMessage
        ):
            part.set_content(part.get_content(), cte="quoted-printable")
    return letter
