"""The portal's environment, typed. Every variable starts with ``PORTAL_``.

A wrong value stops the start with one line that names the variable and says
what it takes; in production, values that are only safe on a laptop are wrong.
"""

import sys
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
_DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105 - refused in production
_MAIL_SCHEMES = {"file", "smtp", "smtps"}


class Settings(BaseSettings):
    """What the environment says. See DESIGN §5 for the contract.

    Attributes:
        env: ``demo`` (safe defaults for a laptop) or ``production``.
        base_url: The public address, without a trailing slash; links in mails
            and the accepted origin come from it.
        trusted_proxy_hops: How many reverse proxies in front are ours.
    """

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        env_file=".env",
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
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)

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

    @field_validator("mail_url")
    @classmethod
    def _mail_url(cls, value: str) -> str:
        if urlsplit(value).scheme not in _MAIL_SCHEMES:
            raise ValueError("takes file://FOLDER, smtp://… or smtps://…")
        if value.startswith("file://") and not value.startswith("file:///"):
            # The documented default is relative to the project: file://var/mail.
            value = f"file://{ROOT / value.removeprefix('file://')}"
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_from(cls, value: str) -> str:
        _name, address = parseaddr(value)
        if not value.isprintable() or "@" not in address.strip("@"):
            raise ValueError("takes an address such as Portal <portal@example.com>")
        return value

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
    def is_https(self) -> bool:
        """Whether the portal's public address is https."""
        return self.base_url.startswith("https://")


class SettingsError(Exception):
    """The environment is wrong; the message is the one line to print."""


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: With one line that names the variable and what it takes.
    """
    try:
        return Settings()
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
