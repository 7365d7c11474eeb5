"""The portal's environment, typed. Every variable starts with ``PORTAL_``.

A wrong value stops the start with one line that names the variable and says
what it takes; in production, values that are only safe on a laptop are wrong.
"""

import sys
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal_app.kernel import email_addresses

ROOT = Path(__file__).resolve().parent.parent
_DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105 - refused in production
MIN_PASSPHRASE_LENGTH = 12
_MAIL_SCHEMES = {"file", "smtp", "smtps"}
_PROVIDER_VARIABLES = {
    "google": ("google_client_id", "google_client_secret"),
    "apple": (
        "apple_client_id",
        "apple_team_id",
        "apple_key_id",
        "apple_private_key",
    ),
    "facebook": ("facebook_client_id", "facebook_client_secret"),
}
_PROVIDER_ADDRESSES = (
    "google_discovery_url",
    "apple_discovery_url",
    "facebook_authorize_url",
    "facebook_token_url",
    "facebook_api_base",
)
_P256_BITS = 256


def _aliased_secret(*names: str) -> Any:
    """A secret that may be given by more than one name."""
    return Field(
        default=SecretStr(""),
        validation_alias=AliasChoices(*(f"PORTAL_{name}" for name in names)),
    )


class Settings(BaseSettings):
    """What the environment says. See DESIGN §5 for the contract.

    Attributes:
        env: ``demo`` (safe defaults for a laptop) or ``production``.
        base_url: The public address, without a trailing slash; links in mails
            and the accepted origin come from it.
        mail_smtputf8: Whether the mail server takes addresses with letters beyond
            a to z before the @; such addresses are accepted only then.
        trusted_proxy_hops: How many reverse proxies in front are ours.
        event_allowance: How many times the usual a browser, a session and an
            address may ask of a worker (``state.core.event_limits``), and how many
            sockets an address may hold open there (``api.socket_limits``).
    """

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_file=".env",
        # With or without a byte-order mark.
        env_file_encoding="utf-8-sig",
        extra="ignore",
        env_ignore_empty=True,
    )

    env: Literal["demo", "production"] = "demo"
    port: int = Field(default=3000, ge=1, le=65535)
    base_url: str = ""
    secret_key: SecretStr = SecretStr(_DEMO_SECRET)
    database_url: str = f"sqlite:///{ROOT / 'var' / 'portal.db'}"
    redis_url: str = ""
    workers: int = Field(default=1, ge=1, le=64)
    storage_url: str = str(ROOT / "var" / "files")
    mail_url: str = f"file://{ROOT / 'var' / 'mail'}"
    mail_from: str = "portal@localhost"
    mail_smtputf8: bool = False
    map_tiles_url: str = ""
    geocoder_url: str = ""
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)
    event_allowance: float = Field(default=1.0, ge=0.1, le=1000)

    backup_dir: str = ""
    backup_keep_days: int = Field(default=14, ge=1, le=3650)
    backup_passphrase: SecretStr = SecretStr("")

    google_client_id: str = ""
    google_client_secret: SecretStr = _aliased_secret(
        "GOOGLE_CLIENT_SECRET", "GOOGLE_SECRET"
    )
    google_discovery_url: str = (
        "https://accounts.google.com/.well-known/openid-configuration"
    )
    apple_client_id: str = ""
    apple_team_id: str = ""
    apple_key_id: str = ""
    apple_private_key: SecretStr = SecretStr("")
    apple_discovery_url: str = (
        "https://appleid.apple.com/.well-known/openid-configuration"
    )
    facebook_client_id: str = ""
    facebook_client_secret: SecretStr = _aliased_secret(
        "FACEBOOK_CLIENT_SECRET", "FACEBOOK_SECRET"
    )
    facebook_authorize_url: str = "https://www.facebook.com/v23.0/dialog/oauth"
    facebook_token_url: str = "https://graph.facebook.com/v23.0/oauth/access_token"  # noqa: S105
    facebook_api_base: str = "https://graph.facebook.com/v23.0"

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        if value:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise ValueError("takes an address such as https://portal.example.com")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("takes sqlite:///FILE or postgresql+psycopg://…")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("takes redis://HOST:PORT/DATABASE")
        return value

    @field_validator("storage_url")
    @classmethod
    def _storage_url(cls, value: str) -> str:
        scheme, separator, place = value.partition("://")
        if not separator:
            # A folder; the documented default is relative to the project.
            return str(ROOT / value)
        if not scheme.isalnum() or not place:
            raise ValueError("takes a folder or an fsspec address such as s3://BUCKET")
        return value

    @field_validator("backup_dir")
    @classmethod
    def _backup_dir(cls, value: str) -> str:
        if "://" in value:
            raise ValueError("takes a folder of this machine")
        return str(ROOT / value) if value else ""

    @field_validator("backup_passphrase")
    @classmethod
    def _backup_passphrase(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_PASSPHRASE_LENGTH:
            raise ValueError(f"takes at least {MIN_PASSPHRASE_LENGTH} characters")
        return value

    @field_validator("mail_url")
    @classmethod
    def _mail_url(cls, value: str) -> str:
        if urlsplit(value).scheme not in _MAIL_SCHEMES:
            raise ValueError("takes file://FOLDER, smtp://… or smtps://…")
        if value.startswith("file://") and not value.startswith("file:///"):
            # The documented default is relative to the project: file://var/mail.
            value = f"file://{ROOT / value.removeprefix('file://')}"
        return value

    @field_validator("map_tiles_url")
    @classmethod
    def _map_tiles_url(cls, value: str) -> str:
        parts = urlsplit(value)
        holes = all(hole in value for hole in ("{z}", "{x}", "{y}"))
        if value and not (parts.scheme in {"http", "https"} and parts.netloc and holes):
            raise ValueError("takes https://tiles.example.com/{z}/{x}/{y}.png")
        return value

    @field_validator("geocoder_url")
    @classmethod
    def _geocoder_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme in {"http", "https"} and parts.netloc):
            raise ValueError("takes an address such as https://nominatim.example.com")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_from(cls, value: str) -> str:
        _name, address = parseaddr(value)
        wanted = "takes an address such as Portal <portal@example.com>"
        try:
            email_addresses.wire_form(address)
        except ValueError:
            raise ValueError(wanted) from None
        if not value.isprintable() or email_addresses.needs_smtputf8(address):
            raise ValueError(wanted)
        return value

    @field_validator(*_PROVIDER_ADDRESSES)
    @classmethod
    def _provider_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("takes an address such as https://provider.example.com/…")
        return value.rstrip("/")

    @field_validator("apple_private_key")
    @classmethod
    def _apple_private_key(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            return value
        # Many places where variables are set know no line breaks.
        text = value.get_secret_value().replace("\\n", "\n")
        try:
            key = load_pem_private_key(text.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, EllipticCurvePrivateKey) or key.key_size != _P256_BITS:
            raise ValueError("takes the text of the .p8 file that Apple gave you")
        return SecretStr(text)

    @model_validator(mode="after")
    def _providers_complete(self) -> Self:
        for names in _PROVIDER_VARIABLES.values():
            given = [name for name in names if _text(getattr(self, name))]
            if given and len(given) < len(names):
                missing = next(name for name in names if name not in given)
                raise ValueError(
                    f"PORTAL_{given[0].upper()} takes PORTAL_{missing.upper()} as well"
                )
        if self.env == "production":
            for name in _PROVIDER_ADDRESSES:
                if not getattr(self, name).startswith("https://"):
                    raise ValueError(
                        f"PORTAL_{name.upper()} takes an https address in production"
                    )
        return self

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        if self.workers > 1 and not self.redis_url:
            raise ValueError("PORTAL_WORKERS above 1 takes PORTAL_REDIS_URL as well")
        if self.env == "production":
            secret = self.secret_key.get_secret_value()
            if secret == _DEMO_SECRET or len(secret) < 32:
                raise ValueError(
                    "PORTAL_SECRET_KEY takes at least 32 random characters "
                    "in production"
                )
            if not self.base_url.startswith("https://"):
                raise ValueError("PORTAL_BASE_URL takes an https address in production")
            if self.mail_url.startswith("file://"):
                raise ValueError(
                    "PORTAL_MAIL_URL takes smtp:// or smtps:// in production"
                )
        return self

    @property
    def files_folder(self) -> Path | None:
        """The folder of the files, or ``None`` if they are stored elsewhere."""
        url = self.storage_url.removeprefix("file://")
        return None if "://" in url else Path(url)

    @property
    def is_https(self) -> bool:
        """Whether the portal's public address is https."""
        return self.base_url.startswith("https://")

    @property
    def identity_providers(self) -> tuple[str, ...]:
        """The identity providers whose variables are set."""
        return tuple(
            provider
            for provider, names in _PROVIDER_VARIABLES.items()
            if _text(getattr(self, names[0]))
        )


def _text(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class SettingsError(Exception):
    """The environment is wrong; the message is the one line to print."""


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: With one line that names the variable and what it takes.
    """
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError("the file .env is no text in UTF-8") from None
    except ValidationError as error:
        first = error.errors()[0]
        reason = str(first["msg"]).removeprefix("Value error, ")
        if first["loc"]:
            name = f"PORTAL_{first['loc'][0]}".upper()
            reason = f"{name}: {reason[0].lower()}{reason[1:]}"
        raise SettingsError(reason) from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; a wrong one ends it with one line."""
    try:
        return load_settings()
    except SettingsError as error:
        sys.exit(f"portal: {error}")
