"""A small OAuth 2 server with a Graph API, in place of Facebook.

No such server exists to run beside the tests, so this one does what Facebook
documents: a dialog, a code that works once and only with its verifier and our
secret, and ``/me`` for a token with the right ``appsecret_proof``.
"""

import hashlib
import hmac
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.support.ports import free_port

CLIENT_ID, CLIENT_SECRET = "facebook-app", "facebook-secret"


@dataclass
class OAuth2Server:
    """A running server.

    Attributes:
        url: Its origin.
        people: What ``/me`` says, by identifier.
        fault: ``down``, ``graph down``, ``graph refuses``, or empty.
    """

    url: str
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    fault: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    exchanges: list[dict[str, str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the portal use it."""
        return {
            "PORTAL_FACEBOOK_CLIENT_ID": CLIENT_ID,
            "PORTAL_FACEBOOK_CLIENT_SECRET": CLIENT_SECRET,
            "PORTAL_FACEBOOK_AUTHORIZE_URL": f"{self.url}/dialog/oauth",
            "PORTAL_FACEBOOK_TOKEN_URL": f"{self.url}/oauth/access_token",
            "PORTAL_FACEBOOK_API_BASE": self.url,
        }

    def knows(self, subject: str, **profile: str) -> None:
        """Add a person; without ``email`` the Graph API tells none."""
        self.people[subject] = {"id": subject, **profile}

    def authorize(self, address: str, subject: str) -> httpx.Response:
        """Log in at an address of the dialog, as a browser would."""
        return httpx.post(address, data={"id": subject})

    def deny(self, address: str) -> httpx.Response:
        """Press *Cancel* there."""
        return httpx.post(address, data={"cancel": "1"})


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _handler(server: OAuth2Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def _send(self, status: int, kind: str, body: str, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def _json(self, status: int, body: Any) -> None:
            self._send(status, "application/json", json.dumps(body))

        def _form(self) -> dict[str, str]:
            length = int(self.headers.get("content-length") or 0)
            sent = parse_qs(self.rfile.read(length).decode())
            return {name: values[0] for name, values in sent.items()}

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            if parts.path == "/dialog/oauth":
                self._dialog()
            elif parts.path == "/me":
                self._me(query)
            else:
                self._send(204, "text/plain", "")

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            if parts.path == "/dialog/oauth":
                self._answer(query, self._form())
            elif parts.path == "/oauth/access_token":
                self._token(self._form())
            else:
                self._json(404, {})

        def _dialog(self) -> None:
            buttons = "".join(
                f'<button name="id" value="{escape(subject)}">'
                f"{escape(subject)}</button>"
                for subject in server.people
            )
            self._send(
                200,
                "text/html",
                f'<h1>Log in</h1><form method="post">{buttons}'
                '<button name="cancel" value="1">Cancel</button></form>',
            )

        def _answer(self, query: dict[str, str], form: dict[str, str]) -> None:
            answer = {"state": query["state"]}
            if "cancel" in form:
                answer |= {
                    "error": "access_denied",
                    "error_reason": "user_denied",
                    "error_description": "Permissions error.",
                }
            else:
                code = secrets.token_urlsafe(16)
                server.codes[code] = query | {"subject": form["id"]}
                answer["code"] = code
            location = f"{query['redirect_uri']}?{urlencode(answer)}"
            self._send(302, "text/plain", "", location=location)

        def _token(self, form: dict[str, str]) -> None:
            server.exchanges.append(form)
            if server.fault == "down":
                self._json(503, {})
                return
            asked = server.codes.pop(form.get("code", ""), None)
            right = (
                asked is not None
                and form.get("client_id") == CLIENT_ID == asked["client_id"]
                and form.get("client_secret") == CLIENT_SECRET
                and form.get("redirect_uri") == asked["redirect_uri"]
                and _challenge(form.get("code_verifier", "")) == asked["code_challenge"]
            )
            if not right or asked is None:
                self._json(400, {"error": "invalid_grant"})
                return
            token = secrets.token_urlsafe(16)
            server.tokens[token] = asked["subject"]
            self._json(
                200,
                {"access_token": token, "token_type": "bearer", "expires_in": 5000},
            )

        def _me(self, query: dict[str, str]) -> None:
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            proof = hmac.new(CLIENT_SECRET.encode(), token.encode(), hashlib.sha256)
            if server.fault == "graph down":
                self._json(500, {})
            elif (
                server.fault == "graph refuses"
                or token not in server.tokens
                or query.get("appsecret_proof") != proof.hexdigest()
            ):
                self._json(400, {"error": {"message": "Invalid OAuth access token."}})
            else:
                known = server.people[server.tokens[token]]
                fields = query["fields"].split(",")
                self._json(200, {k: v for k, v in known.items() if k in fields})

    return Handler


@contextmanager
def oauth2_server() -> Iterator[OAuth2Server]:
    """Run the server on a free port, in a thread."""
    port = free_port()
    running = OAuth2Server(f"http://localhost:{port}")
    served = ThreadingHTTPServer(("localhost", port), _handler(running))
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        served.shutdown()
        served.server_close()
        thread.join(5)
