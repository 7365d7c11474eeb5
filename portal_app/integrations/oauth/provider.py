"""What every identity provider can do: begin a sign-in, and say who came back.

Nothing a provider gave (code, access token, id token) is kept or logged: all
that leaves this room is a ``ProviderProfile``. Calls are made on the event loop,
with a short patience, and never within a transaction.
"""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import StarletteOAuth2App
from authlib.integrations.starlette_client.integration import StarletteIntegration
from joserfc.errors import JoseError

from portal_app.domain.accounts.rules import ProviderProfile
from portal_app.kernel.text import is_readable, one_line

log = structlog.get_logger("oauth")

_TIMEOUT_SECONDS = 10
_CONNECT_TIMEOUT_SECONDS = 4
_SIGNING = ("RS256", "ES256")


@dataclass(frozen=True, slots=True)
class FlowSecrets:
    """What ties an answer to the browser that asked.

    Attributes:
        verifier: The PKCE code verifier.
        nonce: What the id token must repeat.
    """

    verifier: str
    nonce: str


class ProviderUnavailable(Exception):
    """The provider does not answer, or not in time, or not with sense."""


class ResponseRejected(Exception):
    """The provider does not take the code, or its answer proves nothing."""


class Provider(ABC):
    """One identity provider.

    Args:
        name: ``google``, ``apple`` or ``facebook``.
        client: Authlib's client for it.
    """

    answers_by_post = False
    """Whether the answer is a form that the provider's page posts to us."""

    def __init__(self, name: str, client: StarletteOAuth2App) -> None:
        self.name = name
        self._client = client

    async def address(self, redirect_uri: str, state: str, keys: FlowSecrets) -> str:
        """Where the browser goes to sign in.

        Raises:
            ProviderUnavailable: If the provider cannot be asked for it.
        """
        return str(
            await _with_timeout(self.name, self._address(redirect_uri, state, keys))
        )

    async def profile(
        self,
        redirect_uri: str,
        code: str,
        keys: FlowSecrets,
        first_name: str,
        last_name: str,
    ) -> ProviderProfile:
        """Who signed in there.

        Args:
            redirect_uri: The same as for ``address``.
            code: From the provider's answer.
            keys: The same as for ``address``.
            first_name: What the answer itself said, if anything.
            last_name: As ``first_name``.

        Raises:
            ProviderUnavailable: If the provider does not answer.
            AnswerRejected: If the code is not taken, or the answer is not
                signed by the provider, for us, and for this very sign-in.
        """
        found: ProviderProfile = await _with_timeout(
            self.name, self._profile(redirect_uri, code, keys)
        )
        return ProviderProfile(
            provider=found.provider,
            subject=found.subject,
            email=found.email,
            email_verified=found.email_verified,
            first_name=found.first_name or first_name,
            last_name=found.last_name or last_name,
        )

    async def _address(self, redirect_uri: str, state: str, keys: FlowSecrets) -> str:
        made = await self._client.create_authorization_url(
            redirect_uri,
            state=state,
            code_verifier=keys.verifier,
            nonce=keys.nonce,
            **self._extra(),
        )
        return str(made["url"])

    def _extra(self) -> dict[str, str]:
        """Further parameters of the address."""
        return {}

    @abstractmethod
    async def _profile(
        self, redirect_uri: str, code: str, keys: FlowSecrets
    ) -> ProviderProfile: ...


class OpenIDProvider(Provider):
    """A provider that signs an id token."""

    async def _profile(
        self, redirect_uri: str, code: str, keys: FlowSecrets
    ) -> ProviderProfile:
        metadata = await self._client.load_server_metadata()
        await self._prepare(metadata)
        token = await self._client.fetch_access_token(
            redirect_uri, code=code, code_verifier=keys.verifier
        )
        if not token.get("id_token"):
            raise ResponseRejected("no id token")
        claims = await self._client.parse_id_token(
            token,
            nonce=keys.nonce,
            # Authlib by itself lets an audience pass that only names us as
            # the authorised party.
            claims_options={
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._client.client_id},
            },
        )
        return profile_of(
            self.name,
            subject=claims.get("sub"),
            email=claims.get("email"),
            verified=_is_true(claims.get("email_verified")),
            first_name=claims.get("given_name"),
            last_name=claims.get("family_name"),
        )

    async def _prepare(self, metadata: dict[str, Any]) -> None:
        """What must be done before a code is exchanged."""


class PinnedClient(StarletteOAuth2App):
    """Authlib's client, which takes asymmetric signatures only."""

    async def load_server_metadata(self) -> dict[str, Any]:
        """The provider's metadata, asked for once."""
        metadata: dict[str, Any] = await super().load_server_metadata()
        # Whatever a provider offers: never "none", never a shared secret.
        metadata["id_token_signing_alg_values_supported"] = list(_SIGNING)
        return metadata


def oauth_client(name: str, **options: Any) -> StarletteOAuth2App:
    """Authlib's client for a provider, with PKCE and a short patience."""
    kwargs = {
        "timeout": httpx2.Timeout(_TIMEOUT_SECONDS, connect=_CONNECT_TIMEOUT_SECONDS),
        "code_challenge_method": "S256",
        **options.pop("client_kwargs", {}),
    }
    return PinnedClient(
        StarletteIntegration(name), name=name, client_kwargs=kwargs, **options
    )


def profile_of(
    provider: str,
    *,
    subject: Any,
    email: Any,
    verified: bool,
    first_name: Any,
    last_name: Any,
) -> ProviderProfile:
    """A profile of what a provider said, whatever it said.

    Raises:
        AnswerRejected: If it does not say who it is.
    """
    who = _text(subject)
    if not who:
        raise ResponseRejected("no subject")
    address = _text(email)
    return ProviderProfile(
        provider=provider,
        subject=who,
        email=address or None,
        email_verified=bool(address) and verified,
        first_name=_text(first_name),
        last_name=_text(last_name),
    )


def _is_true(value: Any) -> bool:
    # Apple writes the word.
    return value is True or value == "true"


def _text(value: Any) -> str:
    return one_line(value) if isinstance(value, str) and is_readable(value) else ""


async def _with_timeout(name: str, asking: Any) -> Any:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await asking
    except ResponseRejected as error:
        log.warning("answer rejected", provider=name, reason=str(error))
        raise
    except (AuthlibBaseError, JoseError) as error:
        # The kind only: a description may repeat what was sent.
        log.warning("answer rejected", provider=name, reason=type(error).__name__)
        raise ResponseRejected(type(error).__name__) from None
    except (httpx2.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
        log.warning("provider unavailable", provider=name, reason=type(error).__name__)
        raise ProviderUnavailable(name) from None
