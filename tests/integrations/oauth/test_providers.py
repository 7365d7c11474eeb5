"""Google, Apple and Facebook as their servers see them, faults included."""

import asyncio
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey

from portal_app.domain.accounts.rules import ProviderProfile
from portal_app.domain.sign_in.provider_flows import nonce_of, verifier_of
from portal_app.integrations.oauth import provider as providers
from portal_app.integrations.oauth.apple import Apple
from portal_app.integrations.oauth.facebook import Facebook
from portal_app.integrations.oauth.google import Google
from portal_app.integrations.oauth.provider import (
    FlowSecrets,
    Provider,
    ProviderUnavailable,
    ResponseRejected,
)
from tests.support.oauth2_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    OAuth2Server,
    oauth2_server,
)
from tests.support.oidc import OpenIDServer, openid_server
from tests.support.ports import free_port

BACK = "http://localhost:3000/api/auth/google/callback"
STATE, BROWSER = "a-state", "a-browser"
KEYS = FlowSecrets(verifier_of(STATE, BROWSER), nonce_of(STATE, BROWSER))


@pytest.fixture
def openid() -> Iterator[OpenIDServer]:
    with openid_server() as server:
        yield server


@pytest.fixture
def graph() -> Iterator[OAuth2Server]:
    with oauth2_server() as server:
        yield server


def google(server: OpenIDServer) -> Google:
    return Google("google-app", "google-secret", server.discovery_url)


def facebook(server: OAuth2Server) -> Facebook:
    return Facebook(
        CLIENT_ID,
        CLIENT_SECRET,
        f"{server.url}/dialog/oauth",
        f"{server.url}/oauth/access_token",
        server.url,
    )


def private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


async def come_back(
    provider: Provider,
    server: OpenIDServer | OAuth2Server,
    subject: str,
    **keys: FlowSecrets,
) -> ProviderProfile:
    address = await provider.address(BACK, STATE, KEYS)
    answer = await asyncio.to_thread(server.authorize, address, subject)
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    return await provider.profile(BACK, code, keys.get("keys", KEYS), "", "")


def test_google_is_asked_with_state_nonce_and_pkce(openid: OpenIDServer) -> None:
    address = asyncio.run(google(openid).address(BACK, STATE, KEYS))
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{openid.url}/oauth2/authorize?")
    assert asked.pop("code_challenge")
    assert asked == {
        "response_type": "code",
        "client_id": "google-app",
        "redirect_uri": BACK,
        "scope": "openid email profile",
        "state": STATE,
        "nonce": KEYS.nonce,
        "code_challenge_method": "S256",
    }
    assert KEYS.verifier not in address


def test_google_returns_the_profile(openid: OpenIDServer) -> None:
    openid.knows(
        "g-1",
        email="ada@example.com",
        email_verified=True,
        given_name="Ada",
        family_name="Byron",
    )
    found = asyncio.run(come_back(google(openid), openid, "g-1"))
    assert found == ProviderProfile(
        "google", "g-1", "ada@example.com", True, "Ada", "Byron"
    )
    assert openid.exchanges[0]["code_verifier"] == KEYS.verifier


@pytest.mark.parametrize("verified", [False, None, "yes", 1])
def test_an_email_counts_as_verified_only_if_the_provider_says_so(
    openid: OpenIDServer, verified: object
) -> None:
    openid.knows("g-1", email="ada@example.com", email_verified=verified)
    found = asyncio.run(come_back(google(openid), openid, "g-1"))
    assert (found.email, found.email_verified) == ("ada@example.com", verified is True)


@pytest.mark.parametrize(
    "fault",
    [
        "signature",
        "audience",
        "issuer",
        "nonce",
        "expired",
        "no id token",
    ],
)
def test_an_unverifiable_response_is_rejected(openid: OpenIDServer, fault: str) -> None:
    openid.inject_fault(fault)
    with pytest.raises(ResponseRejected):
        asyncio.run(come_back(google(openid), openid, "g-1"))


def test_the_nonce_of_another_browser_is_rejected(openid: OpenIDServer) -> None:
    other = FlowSecrets(KEYS.verifier, nonce_of(STATE, "another-browser"))
    with pytest.raises(ResponseRejected):
        asyncio.run(come_back(google(openid), openid, "g-1", keys=other))


def test_a_code_works_once(openid: OpenIDServer) -> None:
    async def twice() -> None:
        there = google(openid)
        address = await there.address(BACK, STATE, KEYS)
        answer = await asyncio.to_thread(openid.authorize, address, "g-1")
        code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
        await there.profile(BACK, code, KEYS, "", "")
        with pytest.raises(ResponseRejected):
            await there.profile(BACK, code, KEYS, "", "")

    asyncio.run(twice())


def test_a_provider_that_is_down_is_unavailable(openid: OpenIDServer) -> None:
    openid.inject_fault("down")
    with pytest.raises(ProviderUnavailable):
        asyncio.run(google(openid).address(BACK, STATE, KEYS))
    nobody = f"http://localhost:{free_port()}/.well-known/openid-configuration"
    with pytest.raises(ProviderUnavailable):
        asyncio.run(Google("a", "b", nobody).address(BACK, STATE, KEYS))


def test_a_provider_that_was_down_is_asked_again(openid: OpenIDServer) -> None:
    there = google(openid)
    openid.inject_fault("down")
    with pytest.raises(ProviderUnavailable):
        asyncio.run(there.address(BACK, STATE, KEYS))
    openid.inject_fault("")
    assert asyncio.run(there.address(BACK, STATE, KEYS)).startswith(openid.url)


def test_a_slow_provider_is_not_waited_for(
    openid: OpenIDServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_TIMEOUT_SECONDS", 0.2)
    openid.inject_fault("slow")
    with pytest.raises(ProviderUnavailable):
        asyncio.run(come_back(google(openid), openid, "g-1"))


def test_an_invalid_response_is_unavailable(openid: OpenIDServer) -> None:
    openid.inject_fault("not json")
    with pytest.raises((ProviderUnavailable, ResponseRejected)):
        asyncio.run(come_back(google(openid), openid, "g-1"))


def test_apple_asks_for_a_form_and_signs_its_secret(openid: OpenIDServer) -> None:
    pem = private_key()
    apple = Apple("apple-app", "TEAM", "KEY", pem, openid.discovery_url)

    async def there_and_back() -> ProviderProfile:
        address = await apple.address(BACK, STATE, KEYS)
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_mode"], asked["scope"]) == (
            "form_post",
            "openid name email",
        )
        page = await asyncio.to_thread(openid.authorize, address, "ada@example.com")
        code = page.text.split('name="code" value="')[1].split('"')[0]
        return await apple.profile(BACK, code, KEYS, "Ada", "Byron")

    found = asyncio.run(there_and_back())
    assert found == ProviderProfile(
        "apple", "ada@example.com", "ada@example.com", False, "Ada", "Byron"
    )
    secret = jwt.decode(
        openid.exchanges[0]["client_secret"],
        ECKey.import_key(pem),
        algorithms=["ES256"],
    )
    assert secret.header == {"alg": "ES256", "kid": "KEY", "typ": "JWT"}
    lifetime = secret.claims.pop("exp") - secret.claims.pop("iat")
    assert lifetime == 300
    assert secret.claims == {"iss": "TEAM", "sub": "apple-app", "aud": openid.url}


def test_facebook_returns_the_profile_without_verified_email(
    graph: OAuth2Server,
) -> None:
    graph.knows(
        "f-1", first_name="Ada", last_name="Byron", email="ada@example.com", age="36"
    )
    found = asyncio.run(come_back(facebook(graph), graph, "f-1"))
    assert found == ProviderProfile(
        "facebook", "f-1", "ada@example.com", False, "Ada", "Byron"
    )


def test_facebook_may_return_no_email(graph: OAuth2Server) -> None:
    graph.knows("f-2", first_name="Ada", last_name="Byron")
    found = asyncio.run(come_back(facebook(graph), graph, "f-2"))
    assert found == ProviderProfile("facebook", "f-2", None, False, "Ada", "Byron")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("down", ProviderUnavailable),
        ("graph down", ProviderUnavailable),
        ("graph refuses", ResponseRejected),
    ],
)
def test_facebook_failing(
    graph: OAuth2Server, fault: str, error: type[Exception]
) -> None:
    graph.knows("f-1", first_name="Ada", last_name="Byron")
    graph.fault = fault
    with pytest.raises(error):
        asyncio.run(come_back(facebook(graph), graph, "f-1"))


def test_facebook_takes_only_the_verifier_of_this_flow(graph: OAuth2Server) -> None:
    graph.knows("f-1", first_name="Ada", last_name="Byron")
    other = FlowSecrets(verifier_of(STATE, "another-browser"), KEYS.nonce)
    with pytest.raises(ResponseRejected):
        asyncio.run(come_back(facebook(graph), graph, "f-1", keys=other))
