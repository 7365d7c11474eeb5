"""Former addresses of services lead, for good, to where the service is now."""

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app.domain.catalogue import service as catalogues
from portal_app.kernel.db import Database

_PERMANENT_REDIRECT = 308
_READ_METHODS = frozenset({"GET", "HEAD"})
_ADDRESS = re.compile(r"/(services|book)/([a-z0-9-]{1,60})/?")


class FormerAddresses:
    """ASGI middleware in front of the pages of services and of the wizard.

    Args:
        app: What serves them.
        database: Knows which addresses there were.
    """

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] in _READ_METHODS:
            found = _ADDRESS.fullmatch(scope["path"])
            slug = await self._present_slug(found[2]) if found else ""
            if found and slug:
                query = scope["query_string"].decode("latin-1")
                target = f"/{found[1]}/{quote(slug)}" + (f"?{query}" if query else "")
                moved = RedirectResponse(target, status_code=_PERMANENT_REDIRECT)
                await moved(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _present_slug(self, former: str) -> str:
        return await run_in_threadpool(
            self._database.query, catalogues.present_slug, former
        )
