"""The change log as a file for spreadsheets, for the office.

``GET /api/office/changes.csv``, narrowed by ``person``, ``kind``, ``thing``, ``from``
and ``to`` as its page is. Anybody else gets a 404.
"""

from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.downloads import PRIVATE, attachment
from portal_app.domain.office import change_history
from portal_app.domain.office.change_history import ChangesFilter
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotAllowed
from portal_app.settings import Settings

_LONGEST_PARAMETER = 60


def changes_export_routes(database: Database, settings: Settings) -> list[Route]:
    """The route that hands the office the change log."""
    callers = RequestAuthenticator(database, settings)

    async def export(request: Request) -> Response:
        actor = await callers.who(request)
        try:
            pieces = await run_in_threadpool(
                change_history.csv_pieces, database, actor, _asked(request)
            )
        except NotAllowed:
            return Response("We could not find that.", 404, PRIVATE)
        headers = attachment(f"changes-{utc_now():%Y-%m-%d}.csv")
        if request.method == "HEAD":
            return Response(headers=headers, media_type="text/csv; charset=utf-8")
        return StreamingResponse(
            pieces, headers=headers, media_type="text/csv; charset=utf-8"
        )

    return [Route("/api/office/changes.csv", export, methods=["GET"])]


def _asked(request: Request) -> ChangesFilter:
    def text(name: str) -> str:
        return request.query_params.get(name, "")[:_LONGEST_PARAMETER]

    return ChangesFilter(
        person=text("person"),
        kind=text("kind"),
        thing=text("thing"),
        first=_day(text("from")),
        last=_day(text("to")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
