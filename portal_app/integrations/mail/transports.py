"""Where letters go: a folder on a laptop, a mail server in production."""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

import structlog

from portal_app.domain.notifications import reasons
from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.integrations.mail.headers import WirePolicy
from portal_app.integrations.mail.smtp_replies import (
    CONNECT,
    CONTENT,
    LOGIN,
    RECIPIENT,
    SENDER,
    refusal,
)
from portal_app.kernel.clock import utc_now
from portal_app.kernel.private_files import make_private_folder, open_private

log = structlog.get_logger("mail")

_TIMEOUT_SECONDS = 15
# A server may look through a letter before it answers; all steps together stay
# below the outbox's lease.
_CONTENT_TIMEOUT_SECONDS = 120
_GOODBYE_TIMEOUT_SECONDS = 3
_SUBMISSION_PORT = 587
_IMPLICIT_TLS_PORT = 465
_GO_ON = 354
_SUCCESS = 2
_LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
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
            raise DeliveryFailed(
                reasons.UNREACHABLE, detail=type(error).__name__
            ) from None


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
        """Send one letter over a connection of its own.

        It is delivered when the server has answered its content with success;
        nothing that happens after that makes it be sent again.
        """
        with self._answers_explained(CONNECT):
            server = self._connect()
        try:
            self._hand_over(server, letter)
        finally:
            _say_goodbye(server)

    def offers_smtputf8(self) -> bool:
        """Whether the server takes addresses with letters beyond a to z.

        Raises:
            DeliveryFailed: If it does not answer, or refuses the login.
        """
        with self._answers_explained(CONNECT):
            server = self._connect()
        try:
            return server.has_extn("smtputf8")
        finally:
            _say_goodbye(server)

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage) -> None:
        options = []
        international = cast(WirePolicy, letter.policy).utf8
        if international:
            if not server.has_extn("smtputf8"):
                raise DeliveryFailed(reasons.NOT_SUPPORTED, permanent=True)
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        elif server.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        else:
            letter = _seven_bit(letter)
        content = letter.as_bytes()
        if server.has_extn("size"):
            options.append(f"SIZE={len(content)}")
        with self._answers_explained(SENDER):
            _expect_success(SENDER, server.mail(_bare(letter["From"]), options))
        with self._answers_explained(RECIPIENT):
            _expect_success(RECIPIENT, server.rcpt(_bare(letter["To"])))
        with self._answers_explained(CONTENT):
            code, reply = server.docmd("DATA")
            if code != _GO_ON:
                raise refusal(CONTENT, code, reply)
            if server.sock is not None:
                server.sock.settimeout(_CONTENT_TIMEOUT_SECONDS)
            # A line with a single dot ends it, so other dots are doubled.
            server.send(_LINE_BEGINS_WITH_DOT.sub(b"..", content) + b".\r\n")
            _expect_success(CONTENT, server.getreply())

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
        server.ehlo_or_helo_if_needed()
        encrypted = self._implicit_tls
        own_machine = self._host in _OWN_MACHINE
        # A relay on this machine has no name that a certificate could prove.
        if not encrypted and not own_machine and server.has_extn("starttls"):
            try:
                server.starttls(context=self._tls)
            except smtplib.SMTPResponseException as error:
                detail = f"STARTTLS {error.smtp_code}"
                raise DeliveryFailed(reasons.NO_ENCRYPTION, detail=detail) from None
            server.ehlo_or_helo_if_needed()
            encrypted = True
        if self._user:
            if not (encrypted or own_machine):
                raise DeliveryFailed(reasons.NO_ENCRYPTION)
            try:
                server.login(self._user, self._password)
            except smtplib.SMTPResponseException as error:
                raise refusal(LOGIN, error.smtp_code, error.smtp_error) from None
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as error:
                # It knows no way to log in that we know as well.
                raise DeliveryFailed(
                    reasons.WRONG_LOGIN, detail=type(error).__name__
                ) from None

    @contextmanager
    def _answers_explained(self, step: int) -> Iterator[None]:
        """Turn what smtplib raises in a step into ``DeliveryFailed``."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            raise refusal(step, error.smtp_code, error.smtp_error) from None
        except ssl.SSLError as error:
            raise DeliveryFailed(
                reasons.NO_ENCRYPTION, detail=type(error).__name__
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(
                reasons.UNREACHABLE, detail=type(error).__name__
            ) from None


def _expect_success(step: int, answer: tuple[int, bytes]) -> None:
    code, reply = answer
    # The first digit decides, whatever a server puts after it (RFC 5321, 4.2.1).
    if code // 100 != _SUCCESS:
        raise refusal(step, code, reply)


def _say_goodbye(server: smtplib.SMTP) -> None:
    """End a connection. What the server makes of it changes nothing any more."""
    try:
        if server.sock is not None:
            server.sock.settimeout(_GOODBYE_TIMEOUT_SECONDS)
            server.docmd("QUIT")
    except (smtplib.SMTPException, OSError) as error:
        log.debug("odd goodbye", error=type(error).__name__)
    finally:
        server.close()


def _bare(header: Any) -> str:
    address: str = header.addresses[0].addr_spec
    return address


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
