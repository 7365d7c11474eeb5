"""The identity providers that the environment configures."""

from portal_app.integrations.oauth.apple import Apple
from portal_app.integrations.oauth.facebook import Facebook
from portal_app.integrations.oauth.google import Google
from portal_app.integrations.oauth.provider import Provider
from portal_app.settings import Settings


def configured_providers(settings: Settings) -> dict[str, Provider]:
    """Every configured provider by its name. Nobody is called."""
    makers = {"google": _google, "apple": _apple, "facebook": _facebook}
    return {name: makers[name](settings) for name in settings.identity_providers}


def _google(settings: Settings) -> Provider:
    return Google(
        settings.google_client_id,
        settings.google_client_secret.get_secret_value(),
        settings.google_discovery_url,
    )


def _apple(settings: Settings) -> Provider:
    return Apple(
        settings.apple_client_id,
        settings.apple_team_id,
        settings.apple_key_id,
        settings.apple_private_key.get_secret_value(),
        settings.apple_discovery_url,
    )


def _facebook(settings: Settings) -> Provider:
    return Facebook(
        settings.facebook_client_id,
        settings.facebook_client_secret.get_secret_value(),
        settings.facebook_authorize_url,
        settings.facebook_token_url,
        settings.facebook_api_base,
    )
