"""A real SMTP server that keeps what it receives."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.support.ports import free_port

_WAIT_SECONDS = 20
_LINK = re.compile(r"https?://\S+")


@dataclass
class Mailbox:
    """Everything that was sent, in order; reading waits for what is on its way."""

    port: int
    _messages: list[EmailMessage] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        """The value of PORTAL_MAIL_URL that delivers here."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        with self._arrived:
            self._messages.append(message)  # type: ignore[arg-type]
            self._arrived.notify_all()
        return "250 OK"

    def to(self, recipient: str) -> list[EmailMessage]:
        """What has arrived for a recipient so far."""
        with self._arrived:
            return [m for m in self._messages if recipient in str(m["to"])]

    def wait_for(self, recipient: str, subject: str) -> EmailMessage:
        """The newest mail to ``recipient`` whose subject contains ``subject``."""

        def found() -> EmailMessage | None:
            fitting = [
                m
                for m in self._messages
                if recipient in str(m["to"]) and subject in str(m["subject"])
            ]
            return fitting[-1] if fitting else None

        with self._arrived:
            message = self._arrived.wait_for(_as_predicate(found), _WAIT_SECONDS)
            newest = found()
        assert message, f"no mail with {subject!r} arrived for {recipient}"
        assert newest is not None
        return newest


def _as_predicate(found: Callable[[], object]) -> Callable[[], bool]:
    return lambda: found() is not None


def text_of(message: EmailMessage) -> str:
    """The plain text part."""
    part = message.get_body(("plain",))
    assert part is not None, "the mail has no plain text part"
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    """The HTML part."""
    part = message.get_body(("html",))
    assert part is not None, "the mail has no HTML part"
    return str(part.get_content())


def link_in(message: EmailMessage, containing: str) -> str:
    """The one link of the text part that contains ``containing``."""
    links = {link for link in _LINK.findall(text_of(message)) if containing in link}
    assert len(links) == 1, f"expected one link with {containing!r}, found {links}"
    return links.pop()


@contextmanager
def smtp_server(*, smtputf8: bool = False) -> Iterator[Mailbox]:
    """Run an SMTP server on a free port of this machine.

    Args:
        smtputf8: Whether it offers to take addresses with letters beyond a to z.
    """
    mailbox = Mailbox(port=free_port())
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        enable_SMTPUTF8=smtputf8,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
