"""The three providers beside the tests, and the variables that make a portal use them.

Google and Apple are ``oidc-provider-mock``, Facebook the tests' own OAuth 2 server.
Apple stands on another host name than the portal, so that its form is another
site's and brings no cookie, as in the world.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.support.oauth2_server import OAuth2Server, oauth2_server
from tests.support.oidc import OpenIDServer, openid_server


@dataclass(frozen=True)
class ProviderServers:
    """The servers that run."""

    google: OpenIDServer
    apple: OpenIDServer
    facebook: OAuth2Server

    def named(self, provider: str) -> OpenIDServer | OAuth2Server:
        """The server of a provider."""
        server: OpenIDServer | OAuth2Server = getattr(self, provider)
        return server

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a portal that offers all three."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "PORTAL_GOOGLE_CLIENT_ID": "google-app",
            "PORTAL_GOOGLE_CLIENT_SECRET": "google-secret",
            "PORTAL_GOOGLE_DISCOVERY_URL": self.google.discovery_url,
            "PORTAL_APPLE_CLIENT_ID": "apple-app",
            "PORTAL_APPLE_TEAM_ID": "TEAM",
            "PORTAL_APPLE_KEY_ID": "KEY",
            "PORTAL_APPLE_PRIVATE_KEY": pem.decode(),
            "PORTAL_APPLE_DISCOVERY_URL": self.apple.discovery_url,
            **self.facebook.environment,
        }

    def behave(self) -> None:
        """Do nothing wrong any more."""
        self.google.inject_fault("")
        self.apple.inject_fault("")
        self.apple.posted_name = {}
        self.facebook.fault = ""


@contextmanager
def provider_servers() -> Iterator[ProviderServers]:
    """Run all three, each on a free port."""
    with (
        openid_server() as google,
        openid_server("127.0.0.1") as apple,
        oauth2_server() as facebook,
    ):
        yield ProviderServers(google, apple, facebook)
