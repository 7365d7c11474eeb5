"""Serves ``/login`` without a redirect and redirects ``/login/`` to it."""

from pathlib import Path

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_PERMANENT_REDIRECT = 308
_READ_METHODS = frozenset({"GET", "HEAD"})


class TrailingSlashRedirect:
    """ASGI middleware in front of the built site.

    Args:
        app: What serves the built site.
        built_site: The folder with the built pages.
    """

    def __init__(self, app: ASGIApp, built_site: Path) -> None:
        self._app = app
        self._pages = frozenset(
            f"/{index.parent.relative_to(built_site).as_posix()}"
            for index in built_site.rglob("index.html")
            if index.parent != built_site
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] in _READ_METHODS:
            path: str = scope["path"]
            if path in self._pages:
                await self._app({**scope, "path": f"{path}/"}, receive, send)
                return
            if path.rstrip("/") in self._pages:
                query = scope["query_string"].decode("latin-1")
                target = path.rstrip("/") + (f"?{query}" if query else "")
                moved = RedirectResponse(target, status_code=_PERMANENT_REDIRECT)
                await moved(scope, receive, send)
                return
        await self._app(scope, receive, send)
