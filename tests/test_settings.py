import codecs
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from portal_app.settings import SettingsError, load_settings

PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "k" * 32,
    "PORTAL_BASE_URL": "https://portal.example.com/",
    "PORTAL_MAIL_URL": "smtps://user:pass@mail.example.com:465",
}


@pytest.fixture(autouse=True)
def _only_what_the_test_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


def _set(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_a_laptop_needs_no_variables() -> None:
    settings = load_settings()
    assert settings.env == "demo"
    assert settings.base_url == "http://localhost:3000"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.mail_url.startswith("file:///")


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_any_editor_may_have_written_the_file(mark: bytes, line_end: bytes) -> None:
    lines = [
        b"PORTAL_PORT=4000",
        b'PORTAL_MAIL_FROM="Zo\xc3\xab <zoe@example.com>"',
        b"",
    ]
    Path(".env").write_bytes(mark + line_end.join(lines))
    settings = load_settings()
    assert settings.port == 4000
    assert settings.mail_from == "Zoë <zoe@example.com>"


def test_a_file_that_is_no_text_gets_one_line() -> None:
    Path(".env").write_bytes("PORTAL_PORT=4000".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"^the file \.env is no text in UTF-8$"):
        load_settings()


def test_production_takes_a_full_set(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PRODUCTION)
    settings = load_settings()
    assert settings.base_url == "https://portal.example.com"
    assert settings.is_https


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"PORTAL_PORT": "0"},
            "PORTAL_PORT: input should be greater than or equal to 1",
        ),
        (
            {"PORTAL_ENV": "staging"},
            "PORTAL_ENV: input should be 'demo' or 'production'",
        ),
        (
            {"PORTAL_DATABASE_URL": "mysql://x"},
            "PORTAL_DATABASE_URL: takes sqlite:///FILE or postgresql+psycopg://…",
        ),
        (
            {"PORTAL_BASE_URL": "portal.example.com"},
            "PORTAL_BASE_URL: takes an address such as https://portal.example.com",
        ),
        (
            {"PORTAL_MAIL_URL": "pigeon://x"},
            "PORTAL_MAIL_URL: takes file://FOLDER, smtp://… or smtps://…",
        ),
        (
            {"PORTAL_STORAGE_URL": "s3://"},
            "PORTAL_STORAGE_URL: takes a folder or an fsspec address "
            "such as s3://BUCKET",
        ),
        (
            {"PORTAL_GEOCODER_URL": "nominatim.example.com"},
            "PORTAL_GEOCODER_URL: takes an address such as "
            "https://nominatim.example.com",
        ),
        (
            {"PORTAL_GOOGLE_CLIENT_ID": "x"},
            "PORTAL_GOOGLE_CLIENT_ID takes PORTAL_GOOGLE_CLIENT_SECRET as well",
        ),
        (
            {"PORTAL_APPLE_PRIVATE_KEY": "not a key"},
            "PORTAL_APPLE_PRIVATE_KEY: takes the text of the .p8 file "
            "that Apple gave you",
        ),
        (
            {"PORTAL_FACEBOOK_API_BASE": "graph.example.com"},
            "PORTAL_FACEBOOK_API_BASE: takes an address such as "
            "https://provider.example.com/…",
        ),
        (
            PRODUCTION | {"PORTAL_GOOGLE_DISCOVERY_URL": "http://g.example.com/x"},
            "PORTAL_GOOGLE_DISCOVERY_URL takes an https address in production",
        ),
        (
            {"PORTAL_WORKERS": "2"},
            "PORTAL_WORKERS above 1 takes PORTAL_REDIS_URL as well",
        ),
        (
            PRODUCTION | {"PORTAL_SECRET_KEY": "short"},
            "PORTAL_SECRET_KEY takes at least 32 random characters in production",
        ),
        (
            PRODUCTION | {"PORTAL_BASE_URL": "http://portal.example.com"},
            "PORTAL_BASE_URL takes an https address in production",
        ),
        (
            PRODUCTION | {"PORTAL_MAIL_URL": "file:///tmp/mail"},
            "PORTAL_MAIL_URL takes smtp:// or smtps:// in production",
        ),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], line: str
) -> None:
    _set(monkeypatch, values)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert str(refusal.value) == line


def test_a_provider_is_configured_once_all_its_variables_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().identity_providers == ()
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    values = {
        "PORTAL_GOOGLE_CLIENT_ID": "g",
        "PORTAL_GOOGLE_CLIENT_SECRET": "s",
        "PORTAL_APPLE_CLIENT_ID": "a",
        "PORTAL_APPLE_TEAM_ID": "T",
        "PORTAL_APPLE_KEY_ID": "K",
        # As written where variables know no line breaks.
        "PORTAL_APPLE_PRIVATE_KEY": key.decode().replace("\n", "\\n"),
        "PORTAL_FACEBOOK_CLIENT_ID": "f",
        "PORTAL_FACEBOOK_SECRET": "s",
    }
    _set(monkeypatch, values)
    settings = load_settings()
    assert settings.identity_providers == ("google", "apple", "facebook")
    assert settings.apple_private_key.get_secret_value() == key.decode()
    assert settings.facebook_client_secret.get_secret_value() == "s"
    assert "PRIVATE" not in repr(settings)
