"""The actor and the network address behind a request."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from portal_app.api.guard import allowed_origins, session_secret
from portal_app.domain.sign_in import session_lookup
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings


def client_address(request: HTTPConnection, settings: Settings) -> str:
    """The network address of the client.

    ``X-Forwarded-For`` counts only as far as our own proxies wrote it.
    """
    hops = settings.trusted_proxy_hops
    if hops:
        # A proxy may append a line of its own below what the client made up.
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        addresses = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(addresses) >= hops:
            return addresses[-hops]
    return request.client.host if request.client else ""


class RequestAuthenticator:
    """Recognises who is behind a request by its session cookie.

    Args:
        database: Where the sessions are.
        settings: The cookie's name, our origins, our proxies.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._origins = frozenset(allowed_origins(settings))

    def is_same_origin(self, request: Request) -> bool:
        """Whether one of our own pages sent it; browsers tell for every POST."""
        return request.headers.get("origin") in self._origins

    async def who(self, request: Request) -> Actor:
        """The actor the cookie stands for now; public without a valid one."""
        address = client_address(request, self._settings)
        device = request.headers.get("user-agent", "")[:200]
        secret = session_secret(self._settings, request.headers)
        if not secret:
            return Actor(address=address, device=device)
        return await run_in_threadpool(
            self._database.query,
            session_lookup.resolve_actor,
            hash_secret(secret),
            address,
            device,
        )
