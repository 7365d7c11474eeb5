import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.integrations.mail.mailer import TemplateMailer, build_mailer
from portal_app.integrations.mail.smtp_replies import RECIPIENT, refusal
from portal_app.integrations.mail.transports import (
    FolderTransport,
    SmtpTransport,
    transport_for,
)
from portal_app.kernel.clock import frozen
from portal_app.settings import Settings
from tests.integrations.mail.messages import BRANDING, MESSAGE_ID, NOW, PAYLOADS
from tests.support.mailbox import html_of, link_in, smtp_server, text_of
from tests.support.ports import free_port


def mailer(url: str) -> TemplateMailer:
    return TemplateMailer(
        transport_for(url), "http://localhost:3000", "portal@localhost"
    )


def send(to: TemplateMailer, kind: str = "verify_email") -> None:
    to.send(kind, "maya@example.com", PAYLOADS[kind], BRANDING, message_id=MESSAGE_ID)


def test_a_folder_gets_one_file_per_letter(tmp_path: Path) -> None:
    folder = tmp_path / "not there" / "yet"
    with frozen(NOW):
        send(mailer(f"file://{folder}".replace(" ", "%20")))
        send(mailer(f"file://{folder}".replace(" ", "%20")), "booking_confirmed")
    files = sorted(path.name for path in folder.iterdir())
    assert files == [
        f"20261124T093015.000042Z-booking_confirmed-{MESSAGE_ID}.eml",
        f"20261124T093015.000042Z-verify_email-{MESSAGE_ID}.eml",
    ]
    content = (folder / files[1]).read_bytes()
    # Whoever looks into the file can copy the link.
    assert b"\nhttp://localhost:3000/verify-email?token=abc-DEF_123\r\n" in content
    mail = message_from_bytes(content, policy=policy.default)
    assert mail["To"] == "maya@example.com"


def test_a_folder_that_cannot_be_written_fails_for_now(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"file://{tmp_path}/file"))
    assert failed.value.permanent is False


@pytest.mark.parametrize("kind", list(PAYLOADS))
def test_a_server_gets_the_letter(kind: str) -> None:
    with smtp_server() as mailbox:
        send(mailer(mailbox.url), kind)
        (mail,) = mailbox.to("maya@example.com")
    assert mail["Message-ID"] == f"<{MESSAGE_ID}@localhost>"
    assert "Brightside & Söhne" in text_of(mail)
    assert "Brightside &amp; Söhne" in html_of(mail)


def test_links_are_unchanged_after_delivery() -> None:
    with smtp_server() as mailbox:
        send(mailer(mailbox.url))
        mail = mailbox.wait_for("maya@example.com", "Activate")
    assert link_in(mail, "/verify-email") == (
        "http://localhost:3000/verify-email?token=abc-DEF_123"
    )


class Server:
    """An SMTP server that answers as it is told."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.encrypted: list[bool] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_MAIL(
        self,
        _s: SMTP,
        _x: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if "mail" in self.answers:
            return self.answers["mail"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self,
        _s: SMTP,
        _x: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if "rcpt" in self.answers:
            return self.answers["rcpt"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _s: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.encrypted.append(session.ssl is not None)
        return self.answers.get("data", "250 OK")

    def check(
        self, _s: SMTP, _x: Session, _e: Envelope, _mechanism: str, login: Any
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"p@ss/word", handled=False)


class SevenBit(SMTP):
    """A server of old that takes ASCII only."""

    async def push(self, status: Any) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        if "8BITMIME" not in text:
            await super().push(status)


@contextmanager
def running(
    server: Server, *, kind: type[SMTP] = SMTP, **options: Any
) -> Iterator[int]:
    implicit_tls = options.pop("implicit_tls", None)

    class Running(Controller):
        def factory(self) -> SMTP:
            return kind(self.handler, authenticator=server.check, **options)

    controller = Running(
        server, hostname="127.0.0.1", port=free_port(), ssl_context=implicit_tls
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("answers", "reason", "permanent"),
    [
        ({"rcpt": "550 no such user maya@example.com"}, "unknown_address", True),
        ({"rcpt": "550 5.1.1 unknown"}, "unknown_address", True),
        ({"rcpt": "550 5.1.10 null MX"}, "unknown_domain", True),
        ({"rcpt": "550 5.2.1 closed"}, "mailbox_closed", True),
        ({"rcpt": "552 5.2.2 over quota"}, "mailbox_full", True),
        ({"rcpt": "452 4.2.2 over quota"}, "mailbox_full", False),
        ({"rcpt": "554 5.7.1 no relay"}, "refused", True),
        ({"rcpt": "450 try later"}, "try_later", False),
        ({"rcpt": "451 4.7.1 greylisted, come back"}, "try_later", False),
        ({"data": "554 no spam please"}, "refused", True),
        ({"data": "550 5.7.26 no SPF, no DKIM"}, "sender_refused", True),
        ({"data": "552 5.3.4 too big"}, "too_large", True),
        ({"data": "451 try later"}, "try_later", False),
        ({"mail": "550 who are you"}, "sender_refused", False),
    ],
)
def test_what_a_server_refuses(
    answers: dict[str, str], reason: str, permanent: bool
) -> None:
    with running(Server(**answers)) as port, pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"smtp://127.0.0.1:{port}"))
    assert (failed.value.reason, failed.value.permanent) == (reason, permanent)


def test_no_server_fails_for_now() -> None:
    with pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"smtp://127.0.0.1:{free_port()}"))
    assert (failed.value.reason, failed.value.permanent) == (
        "unreachable",
        False,
    )


def test_a_server_that_takes_ascii_only_gets_ascii() -> None:
    server = Server()
    with running(server, kind=SevenBit) as port:
        send(mailer(f"smtp://127.0.0.1:{port}"), "booking_confirmed")
    (raw,) = server.raw
    assert raw.isascii()
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert "9:00 am – 11:30 am" in text_of(mail)
    assert "Brightside &amp; Söhne" in html_of(mail)


def test_a_login_with_escaped_characters() -> None:
    server = Server()
    with running(server, auth_require_tls=False) as port:
        send(mailer(f"smtp://us%40er:p%40ss%2Fword@127.0.0.1:{port}"))
    assert server.logins == [(b"us@er", b"p@ss/word")]
    assert len(server.raw) == 1


def test_a_wrong_login_is_tried_again_later() -> None:
    server = Server()
    options = {"auth_require_tls": False}
    with running(server, **options) as port, pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"smtp://user:wrong@127.0.0.1:{port}"))
    assert (failed.value.reason, failed.value.permanent) == (
        "wrong_login",
        False,
    )
    assert server.raw == []


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a mail server that is not this machine, as far as one can tell."""
    name = "mail.brightside.example.com"
    resolve = socket.getaddrinfo

    def answer(host: Any, *args: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if host == name else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return name


def test_credentials_are_not_sent_unencrypted(elsewhere: str) -> None:
    server = Server()
    options = {"auth_require_tls": False}
    with running(server, **options) as port, pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"smtp://user:p%40ss%2Fword@{elsewhere}:{port}"))
    assert failed.value.reason == "no_encryption"
    assert (server.logins, server.raw) == ([], [])


@pytest.fixture
def certificate(elsewhere: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for that server, and for a client that trusts who vouches for it."""
    authority = trustme.CA()
    of_server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(elsewhere).configure_cert(of_server)
    of_client = ssl.create_default_context()
    authority.configure_trust(of_client)
    return of_server, of_client


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_connection_is_encrypted(
    elsewhere: str, scheme: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    of_server, of_client = certificate
    server = Server()
    options = (
        {"tls_context": of_server}
        if scheme == "smtp"
        else {"implicit_tls": of_server, "auth_require_tls": False}
    )
    with running(server, **options) as port:
        transport = SmtpTransport(
            f"{scheme}://user:p%40ss%2Fword@{elsewhere}:{port}", of_client
        )
        send(TemplateMailer(transport, "http://localhost:3000", "portal@localhost"))
    assert server.logins == [(b"user", b"p@ss/word")]
    assert len(server.raw) == 1
    if scheme == "smtp":
        assert server.encrypted == [True]


def test_an_untrusted_certificate_is_refused(
    elsewhere: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = Server()
    url = f"smtp://user:p%40ss%2Fword@{elsewhere}"
    with (
        running(server, tls_context=certificate[0]) as port,
        pytest.raises(DeliveryFailed) as failed,
    ):
        send(mailer(f"{url}:{port}"))
    assert (failed.value.reason, failed.value.detail) == (
        "no_encryption",
        "SSLCertVerificationError",
    )
    assert (server.logins, server.raw) == ([], [])


def test_a_recipient_with_a_line_break_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        mailer(f"file://{tmp_path}").send(
            "verify_email",
            "maya@example.com\nBcc: eve@example.com",
            PAYLOADS["verify_email"],
            BRANDING,
            message_id=MESSAGE_ID,
        )
    assert (failed.value.reason, failed.value.permanent) == ("unknown_address", True)
    assert list(tmp_path.iterdir()) == []


class RawServer:
    """A server of a few lines, for what no library would do."""

    def __init__(self, **answers: str | None) -> None:
        self.answers = answers
        self.heard: list[str] = []
        self.letters: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the door; whoever is inside is answered to the end."""
        self._listener.close()
        # A listener that waits for a guest does not notice that it was closed.
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            pass
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                guest, _ = self._listener.accept()
            except OSError:
                return
            with guest, guest.makefile("rwb") as lines, suppress(OSError):
                self._talk(lines)

    def _talk(self, lines: Any) -> None:
        def say(key: str, text: str) -> bool:
            answer = self.answers.get(key, text)
            if answer is None:
                return False
            lines.write(f"{answer}\r\n".encode())
            lines.flush()
            return True

        if not say("hello", "220 here"):
            return
        while line := lines.readline():
            command = line.decode().split()[0].upper()
            self.heard.append(command)
            usual = {"EHLO": "250-here\r\n250 8BITMIME", "DATA": "354 go on"}
            if not say(command.lower(), usual.get(command, "250 ok")):
                return
            if command == "QUIT":
                return
            if command == "DATA":
                content = b""
                while (part := lines.readline()) not in {b".\r\n", b""}:
                    content += part
                self.letters.append(content)
                if not say("end", "250 queued") or "gone" in self.answers:
                    return


@contextmanager
def raw_server(**answers: str | None) -> Iterator[RawServer]:
    server = RawServer(**answers)
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize(
    "answers",
    [
        {"quit": "421 too busy to say goodbye"},
        {"quit": "500 what?"},
        {"quit": "no number at all"},
        {"quit": "221-never\r\n221-ending"},
        {"quit": None},
        {"gone": ""},
        {"end": "259 as good as any"},
    ],
)
def test_a_mail_is_delivered_whatever_the_goodbye_is(answers: dict[str, Any]) -> None:
    with raw_server(**answers) as server:
        send(mailer(f"smtp://127.0.0.1:{server.port}"))
        assert len(server.letters) == 1


def test_a_server_that_hangs_up_before_it_answers_gets_the_same_mail_again() -> None:
    with raw_server(end=None) as server:
        for _ in range(2):
            with pytest.raises(DeliveryFailed) as failed:
                send(mailer(f"smtp://127.0.0.1:{server.port}"))
            assert (failed.value.reason, failed.value.permanent) == (
                "unreachable",
                False,
            )
        ids = [message_from_bytes(one)["Message-ID"] for one in server.letters]
    assert ids == [f"<{MESSAGE_ID}@localhost>"] * 2


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"hello": "421 busy"}, "try_later"),
        ({"hello": "554 go away"}, "other"),
        ({"hello": None}, "unreachable"),
        ({"data": None}, "unreachable"),
        ({"data": "451 not now"}, "try_later"),
    ],
)
def test_what_is_not_about_the_mail_is_tried_again(
    answers: dict[str, Any], reason: str
) -> None:
    with raw_server(**answers) as server, pytest.raises(DeliveryFailed) as failed:
        send(mailer(f"smtp://127.0.0.1:{server.port}"))
    assert (failed.value.reason, failed.value.permanent) == (reason, False)


def test_starttls_that_fails_sends_nothing_in_the_clear(elsewhere: str) -> None:
    with (
        raw_server(ehlo="250-here\r\n250 STARTTLS", starttls="454 no TLS") as server,
        pytest.raises(DeliveryFailed) as failed,
    ):
        send(mailer(f"smtp://{elsewhere}:{server.port}"))
    assert (failed.value.reason, failed.value.permanent) == ("no_encryption", False)
    assert (server.heard, server.letters) == (["EHLO", "STARTTLS"], [])


def test_what_the_server_said_is_bounded_and_can_be_stored() -> None:
    refused = refusal(RECIPIENT, 550, b"5.1.1 <maya@example.com>\x00\r\n unknown\xff")
    assert refused.detail == "550 5.1.1 <maya@example.com> unknown\ufffd"
    assert refused.code == 550
    assert "maya" not in str(refused)


@pytest.mark.parametrize("smtputf8", [True, False])
def test_an_address_beyond_ascii_goes_where_the_server_takes_it(smtputf8: bool) -> None:
    server = Server()
    with running(server, enable_SMTPUTF8=smtputf8) as port:
        to = mailer(f"smtp://127.0.0.1:{port}")
        arguments = ("verify_email", "josé@example.com", PAYLOADS["verify_email"])
        if smtputf8:
            to.send(*arguments, BRANDING, message_id=MESSAGE_ID)
            assert "\r\nTo: josé@example.com\r\n".encode() in server.raw[0]
            return
        with pytest.raises(DeliveryFailed) as failed:
            to.send(*arguments, BRANDING, message_id=MESSAGE_ID)
    assert (failed.value.reason, failed.value.permanent) == ("not_supported", True)
    assert server.raw == []


def test_letters_in_a_folder_are_for_nobody_else(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        send(mailer(f"file://{tmp_path}/mail"))
    finally:
        os.umask(umask)
    folder = tmp_path / "mail"
    (letter,) = folder.iterdir()
    assert [oct(p.stat().st_mode & 0o777) for p in (folder, letter)] == [
        "0o700",
        "0o600",
    ]


@pytest.mark.parametrize("sender", ["", "portal", "portal@", "@example.com"])
def test_a_sender_that_is_no_address_stops_the_start(sender: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        TemplateMailer(FolderTransport(Path()), "http://localhost:3000", sender)


def test_the_environment_chooses(tmp_path: Path) -> None:
    assert isinstance(transport_for(f"file://{tmp_path}"), FolderTransport)
    assert isinstance(transport_for("smtp://mail.example.com"), SmtpTransport)
    settings = Settings(
        mail_url=f"file://{tmp_path}",
        mail_from="Portal <portal@example.com>",
        base_url="https://portal.example.com",
    )
    send(build_mailer(settings))
    (file,) = tmp_path.iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["From"] == "Portal <portal@example.com>"
