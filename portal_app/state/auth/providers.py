"""The identity providers a page offers, and this browser's pending identity."""

from dataclasses import dataclass
from urllib.parse import urlencode

from reflex.state import BaseState

from portal_app.domain import wiring
from portal_app.domain.accounts.rules import PROVIDERS
from portal_app.domain.business.views import Switches
from portal_app.kernel.errors import UNEXPECTED_ERROR
from portal_app.state.core.handshake import secret_hashes

_SENTENCES = {
    "denied": (
        "You did not allow {name} to tell us who you are, so nothing happened. "
        "Try again, or choose another way."
    ),
    "strange": (
        "That answer of {name} does not belong to this browser. "
        "Please begin again from here."
    ),
    "expired": "That took longer than ten minutes. Please begin again from here.",
    "replayed": "That answer of {name} was used already. Please begin again from here.",
    "unavailable": (
        "{name} does not answer at the moment. "
        "Please try again in a few minutes, or choose another way."
    ),
    "rejected": "We could not trust the answer of {name}. Please try again.",
    "off": "{name} is not offered here. Please choose another way.",
    "wait": "Too many attempts. Please wait a few minutes and try again.",
    "refused": "{name} cannot open this account. Please choose another way.",
    "broken": UNEXPECTED_ERROR,
    "taken": (
        "That {name} account is connected to another account here, "
        "or yours is connected to another one of {name}."
    ),
}


@dataclass(frozen=True)
class ProviderLink:
    """A way to a provider: whose, and the address that leads there."""

    provider: str
    name: str
    href: str


def is_configured(provider: str) -> bool:
    """Whether the environment configures a provider."""
    return provider in wiring.current().identity_providers


def links(switches: Switches, next_path: str = "") -> list[ProviderLink]:
    """The providers that are configured and switched on.

    Args:
        switches: Of the business.
        next_path: Where a person goes on; empty for their first page.
    """
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    return [
        ProviderLink(provider, name, f"/api/auth/{provider}/start{query}")
        for provider, name in PROVIDERS.items()
        if is_configured(provider) and switches.provider(provider)
    ]


def refusal_text(code: str | None, provider: str | None) -> str:
    """What a refusal means, in words; empty for a code that is none of ours."""
    name = PROVIDERS.get(provider or "", "The other side")
    return _SENTENCES.get(code or "", "").format(name=name)


def pending_identity_hash(state: BaseState) -> str:
    """The hash of the offer behind this socket, or an empty string."""
    return next(iter(secret_hashes(state, "offer")), "")
