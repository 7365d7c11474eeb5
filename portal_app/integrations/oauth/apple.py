"""Apple: the client secret is a signed statement of our own, made anew each time.

See "Creating a client secret" in Apple's documentation of Sign in with Apple.
"""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from portal_app.integrations.oauth.provider import OpenIDProvider, oauth_client

_LIFETIME_SECONDS = 300


def client_secret(
    team_id: str, key_id: str, client_id: str, private_key: str, audience: str
) -> str:
    """Apple's client secret: a JWT signed with ES256, good for five minutes.

    Args:
        team_id: Of the Apple developer team.
        key_id: Of the private key.
        client_id: The service's identifier.
        private_key: The text of the ``.p8`` file.
        audience: Apple's issuer.
    """
    now = int(time.time())
    return jwt.encode(
        {"alg": "ES256", "kid": key_id},
        {
            "iss": team_id,
            "sub": client_id,
            "aud": audience,
            "iat": now,
            "exp": now + _LIFETIME_SECONDS,
        },
        ECKey.import_key(private_key),
    )


class Apple(OpenIDProvider):
    """Sign in with Apple.

    Args:
        client_id: The service's identifier.
        team_id: Of the Apple developer team.
        key_id: Of the private key.
        private_key: The text of the ``.p8`` file.
        discovery_url: Where Apple's metadata is.
    """

    answers_by_post = True

    def __init__(
        self,
        client_id: str,
        team_id: str,
        key_id: str,
        private_key: str,
        discovery_url: str,
    ) -> None:
        super().__init__(
            "apple",
            oauth_client(
                "apple",
                client_id=client_id,
                server_metadata_url=discovery_url,
                client_kwargs={
                    "scope": "openid name email",
                    "token_endpoint_auth_method": "client_secret_post",
                },
            ),
        )
        self._team_id = team_id
        self._key_id = key_id
        self._private_key = private_key

    def _extra(self) -> dict[str, str]:
        # Apple gives name and email only to a form.
        return {"response_mode": "form_post"}

    async def _prepare(self, metadata: dict[str, Any]) -> None:
        self._client.client_secret = client_secret(
            self._team_id,
            self._key_id,
            self._client.client_id,
            self._private_key,
            str(metadata["issuer"]),
        )
