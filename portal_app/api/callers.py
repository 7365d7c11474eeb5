"""Who sent a request, and whether one of our own pages did."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from portal_app.api.guard import allowed_origins, session_secret
from portal_app.api.requests import client_address
from portal_app.domain.customers import service as customers
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret
from portal_app.settings import Settings


class Callers:
    """Recognises who is behind a request by its session cookie.

    Args:
        database: Where the sessions are.
        settings: The cookie's name, our origins, our proxies.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._origins = frozenset(allowed_origins(settings))

    def is_ours(self, request: Request) -> bool:
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
            customers.resolve_actor,
            hash_secret(secret),
            address,
            device,
        )
