"""An OpenID Connect provider beside the tests: ``oidc-provider-mock``, and faults.

The mock knows no form posts and always tells the truth. Around it stands what
Apple does (answer by a form that its page posts, a name told once, a client
secret that is a signed statement), and what a broken or hostile provider does.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import app as provider_app
from oidc_provider_mock._storage import storage
from werkzeug.serving import make_server

from tests.support.ports import free_port

Environ = dict[str, Any]
_FAULTS = frozenset(
    {
        "",
        "down",
        "slow",
        "signature",
        "algorithm",
        "audience",
        "issuer",
        "nonce",
        "expired",
        "no id token",
        "not json",
    }
)


@dataclass
class OpenIDServer:
    """A running provider.

    Attributes:
        url: Its issuer.
        fault: What it does wrong from now on; empty for nothing.
        exchanges: The forms that its token endpoint was sent.
        asked: The parameters that its log-in page was opened with.
        posted_name: What Apple's first answer says in ``user``.
    """

    url: str
    fault: str = ""
    exchanges: list[dict[str, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    posted_name: dict[str, str] = field(default_factory=dict)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def discovery_url(self) -> str:
        """Where its metadata is."""
        return f"{self.url}/.well-known/openid-configuration"

    def knows(self, subject: str, **claims: Any) -> None:
        """Give a person claims; anything unknown gets the subject as email."""
        httpx.put(f"{self.url}/users/{quote(subject)}", json=claims).raise_for_status()

    def authorize(self, address: str, subject: str) -> httpx.Response:
        """Log in at an address of the log-in page, as a browser would."""
        return httpx.post(address, data={"sub": subject})

    def deny(self, address: str) -> httpx.Response:
        """Press *Deny* there."""
        return httpx.post(address, data={"action": "deny"})

    def inject_fault(self, fault: str) -> None:
        """Do something wrong from now on."""
        assert fault in _FAULTS
        self.fault = fault


class _FaultInjector:
    """What stands around the mock."""

    def __init__(self, inside: Any, server: OpenIDServer) -> None:
        self._inside = inside
        self._server = server

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/favicon.ico":
            start("204 No Content", [])
            return []
        if path == "/oauth2/authorize":
            return self._authorize(environ, start)
        if self._server.fault == "down" and not path.startswith("/users/"):
            start("503 Service Unavailable", [("content-type", "text/plain")])
            return [b"down"]
        if self._server.fault == "slow" and path == "/oauth2/token":
            self._server.release.wait(30)
        if path == "/oauth2/token":
            return self._token(environ, start)
        return self._inside(environ, start)

    def _authorize(
        self, environ: Environ, start: Callable[..., Any]
    ) -> Iterable[bytes]:
        query = dict(parse_qsl(environ["QUERY_STRING"]))
        if environ["REQUEST_METHOD"] == "GET":
            self._server.asked.append(query)
        status, headers, body = _run(self._inside, environ)
        location = dict(headers).get("Location", "")
        if query.get("response_mode") == "form_post" and location:
            return self._by_post(query["redirect_uri"], location, start)
        start(status, headers)
        return [body]

    def _by_post(
        self, target: str, location: str, start: Callable[..., Any]
    ) -> Iterable[bytes]:
        fields = dict(parse_qsl(urlsplit(location).query))
        if self._server.posted_name and "code" in fields:
            fields["user"] = json.dumps({"name": self._server.posted_name})
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in fields.items()
        )
        page = (
            f'<form method="post" action="{escape(target)}">{inputs}</form>'
            "<script>document.forms[0].submit()</script>"
        )
        start("200 OK", [("content-type", "text/html")])
        return [page.encode()]

    def _token(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        environ["wsgi.input"] = BytesIO(sent)
        form = {k: v[0] for k, v in parse_qs(sent.decode()).items()}
        self._server.exchanges.append(form)
        status, headers, body = _run(self._inside, environ)
        fault = self._server.fault
        if fault == "not json":
            body = b"<html>"
        elif status.startswith("200") and fault:
            token = json.loads(body)
            if fault == "no id token":
                token.pop("id_token")
            else:
                token["id_token"] = _forged(self._inside, token["id_token"], fault)
            body = json.dumps(token).encode()
        kept = [(k, v) for k, v in headers if k.lower() != "content-length"]
        start(status, [*kept, ("content-length", str(len(body)))])
        return [body]


def _forged(inside: Any, id_token: str, fault: str) -> str:
    """The same token with one thing wrong, else signed as before."""
    key = inside.portal_key()
    token = jwt.decode(id_token, key)
    claims = dict(token.claims)
    header = {"alg": "RS256", **({"kid": key.kid} if key.kid else {})}
    if fault == "audience":
        claims |= {"aud": "somebody-else", "azp": claims["aud"][0]}
    elif fault == "issuer":
        claims["iss"] = "https://elsewhere.example.com"
    elif fault == "nonce":
        claims["nonce"] = "another"
    elif fault == "expired":
        claims |= {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600}
    elif fault == "signature":
        key = RSAKey.generate_key(2048, {"kid": key.kid} if key.kid else None)
    return jwt.encode(header, claims, key)


def _run(inside: Any, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    answered: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_rest: Any) -> None:
        answered[:] = [status, headers]

    body = b"".join(inside(environ, start))
    return answered[0], answered[1], body


class _MockProvider:
    """The mock itself, and the key it signs with."""

    def __init__(self) -> None:
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
        self._app = provider_app(require_nonce=True)

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        found: Iterable[bytes] = self._app(environ, start)
        return found

    def portal_key(self) -> RSAKey:
        with self._app.test_request_context():
            self._app.preprocess_request()
            return RSAKey.import_key(storage.jwk.as_dict(is_private=True))


@contextmanager
def openid_server(host: str = "localhost") -> Iterator[OpenIDServer]:
    """Run a provider on a free port, in a thread.

    Args:
        host: A name of this machine; ``127.0.0.1`` is another site than
            ``localhost``.
    """
    port = free_port()
    running = OpenIDServer(f"http://{host}:{port}")
    served = make_server(
        host, port, _FaultInjector(_MockProvider(), running), threaded=True
    )
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.release.set()
        served.shutdown()
        served.server_close()
        thread.join(5)
