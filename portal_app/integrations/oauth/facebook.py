"""Facebook, by OAuth 2 and the Graph API.

Facebook signs no id token for this flow: who came back is what the Graph API
says for an access token that was got with our secret. It may know no email, and
never says whether the person can still read it, so none counts as verified.
"""

import hashlib
import hmac

from portal_app.domain.accounts.rules import ProviderProfile
from portal_app.integrations.oauth.provider import (
    FlowSecrets,
    Provider,
    ResponseRejected,
    oauth_client,
    profile_of,
)

_BAD_REQUEST, _SERVER_ERROR = 400, 500


class Facebook(Provider):
    """Log in with Facebook.

    Args:
        client_id: The app's identifier.
        client_secret: The app's secret.
        authorize_url: Where the browser goes.
        token_url: Where a code is exchanged.
        api_base: Of the Graph API.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        authorize_url: str,
        token_url: str,
        api_base: str,
    ) -> None:
        super().__init__(
            "facebook",
            oauth_client(
                "facebook",
                client_id=client_id,
                client_secret=client_secret,
                authorize_url=authorize_url,
                access_token_url=token_url,
                client_kwargs={
                    "scope": "email public_profile",
                    "token_endpoint_auth_method": "client_secret_post",
                },
            ),
        )
        self._me = f"{api_base}/me"
        self._secret = client_secret

    async def _address(self, redirect_uri: str, state: str, keys: FlowSecrets) -> str:
        made = await self._client.create_authorization_url(
            redirect_uri, state=state, code_verifier=keys.verifier
        )
        return str(made["url"])

    async def _profile(
        self, redirect_uri: str, code: str, keys: FlowSecrets
    ) -> ProviderProfile:
        token = await self._client.fetch_access_token(
            redirect_uri, code=code, code_verifier=keys.verifier
        )
        answer = await self._client.get(
            self._me,
            token=token,
            params={
                "fields": "id,first_name,last_name,email",
                "appsecret_proof": self._proof(str(token["access_token"])),
            },
        )
        if _BAD_REQUEST <= answer.status_code < _SERVER_ERROR:
            raise ResponseRejected("the Graph API refused")
        answer.raise_for_status()
        said = answer.json()
        return profile_of(
            self.name,
            subject=said.get("id"),
            email=said.get("email"),
            verified=False,
            first_name=said.get("first_name"),
            last_name=said.get("last_name"),
        )

    def _proof(self, access_token: str) -> str:
        """Shows that the token is used by us; see "Securing Graph API Requests"."""
        return hmac.new(
            self._secret.encode(), access_token.encode(), hashlib.sha256
        ).hexdigest()
