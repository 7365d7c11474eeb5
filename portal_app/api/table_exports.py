"""What the office has, and empty templates, as files for spreadsheets.

``GET /api/office/export/{kind}.{csv|xlsx}``, with ``?template=1`` the headings alone.
Anybody but the office gets a 404.
"""

from collections.abc import Iterator
from typing import IO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.downloads import PRIVATE, attachment
from portal_app.api.work_pool import Busy, WorkPool
from portal_app.domain.imports import exports
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed, NotFound
from portal_app.settings import Settings

_AT_ONCE, _WAITING = 2, 8
_PIECE = 256 * 1024


def table_export_routes(database: Database, settings: Settings) -> list[Route]:
    """The route that hands the office its tables."""
    callers = RequestAuthenticator(database, settings)
    pool = WorkPool(_AT_ONCE, _WAITING)

    async def export(request: Request) -> Response:
        actor = await callers.who(request)
        kind, ending = request.path_params["kind"], request.path_params["ending"]
        template = request.query_params.get("template") == "1"

        def make() -> IO[bytes]:
            return exports.export_file(database, actor, kind, ending, template=template)

        try:
            file = await pool.run_for(request.receive, make)
        except (NotAllowed, NotFound):
            return Response("We could not find that.", 404, PRIVATE)
        except Busy as busy:
            headers = PRIVATE | {"retry-after": str(busy.retry_after)}
            return Response(busy.message, 503, headers)
        except ClientDisconnect:
            return Response(status_code=400)
        name = f"{kind}-template" if template else f"{kind}-{utc_now():%Y-%m-%d}"
        headers = attachment(f"{name}.{ending}")
        media_type = exports.FORMATS[ending]
        if request.method == "HEAD":
            file.close()
            return Response(headers=headers, media_type=media_type)
        return StreamingResponse(_pieces(file), headers=headers, media_type=media_type)

    return [
        Route("/api/office/export/{kind}.{ending}", export, methods=["GET"]),
    ]


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
