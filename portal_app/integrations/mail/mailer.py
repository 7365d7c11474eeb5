"""The mailer the outbox delivers by."""

from typing import Any

from portal_app.domain.business.views import Branding
from portal_app.domain.notifications import reasons
from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.integrations.mail.messages import Sender, compose
from portal_app.integrations.mail.transports import Transport, transport_for
from portal_app.kernel import email_addresses
from portal_app.settings import Settings


class TemplateMailer:
    """Writes each kind of message from its templates and sends it.

    Args:
        transport: Where letters go.
        base_url: What links in mails begin with, without a trailing slash.
        sender: The address mails come from; with or without a name.
    """

    def __init__(self, transport: Transport, base_url: str, sender: str) -> None:
        self._transport = transport
        self._sender = Sender.parse(sender, base_url)

    def send(
        self,
        kind: str,
        recipient: str,
        payload: dict[str, Any],
        business: Branding,
        *,
        message_id: str,
    ) -> None:
        """Write and send one message; see ``notifications.service.Mailer``.

        Raises:
            DeliveryFailed: If it was not taken; for good if the recipient is
                no single address.
        """
        try:
            email_addresses.wire_form(recipient)
        except ValueError:
            raise DeliveryFailed(reasons.UNKNOWN_ADDRESS, permanent=True) from None
        letter = compose(
            self._sender, kind, recipient, payload, business, message_id=message_id
        )
        self._transport.deliver(letter, kind, message_id)


def build_mailer(settings: Settings) -> TemplateMailer:
    """The mailer that the environment asks for."""
    return TemplateMailer(
        transport_for(settings.mail_url), settings.base_url, settings.mail_from
    )
