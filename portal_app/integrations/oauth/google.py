"""Google, by OpenID Connect."""

from portal_app.integrations.oauth.provider import OpenIDProvider, oauth_client


class Google(OpenIDProvider):
    """Sign in with Google.

    Args:
        client_id: From the Google Cloud console.
        client_secret: From there.
        discovery_url: Where Google's metadata is.
    """

    def __init__(self, client_id: str, client_secret: str, discovery_url: str) -> None:
        super().__init__(
            "google",
            oauth_client(
                "google",
                client_id=client_id,
                client_secret=client_secret,
                server_metadata_url=discovery_url,
                client_kwargs={"scope": "openid email profile"},
            ),
        )
