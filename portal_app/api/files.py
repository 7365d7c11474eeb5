"""Reading files: only for those who may, and never as anything that runs.

``GET /api/files/{id}`` gives the full copy, ``?size=128`` a small one of a
picture. One answer for a missing file, somebody else's, and no session.
"""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.stored_files import stored_file_response
from portal_app.domain.files import attachments, rules
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.protocols import Storage
from portal_app.kernel.db import Database
from portal_app.settings import Settings

_LARGEST_SIZE = 4096
_HEADERS = {
    # Kept by this browser, but asked for again each time: a signed-out browser
    # gets nothing.
    "cache-control": "private, no-cache",
    "vary": "cookie",
    "cross-origin-resource-policy": "same-origin",
}


def file_routes(
    database: Database, settings: Settings, storage: Storage
) -> list[Route]:
    """The route that serves private files."""
    callers = RequestAuthenticator(database, settings)

    async def file(request: Request) -> Response:
        actor = await callers.who(request)
        wanted = request.query_params.get("size", "")
        size = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else None
        if size is not None and size > _LARGEST_SIZE:
            size = None

        async def find() -> tuple[ReadableFile, dict[str, str]]:
            found: ReadableFile = await run_in_threadpool(
                database.query,
                attachments.readable_file,
                actor,
                str(request.path_params["file_id"]),
                size,
            )
            return found, _HEADERS | {"content-disposition": _disposition(found)}

        return await stored_file_response(
            request, storage, find, missing="We could not find that file."
        )

    return [Route("/api/files/{file_id}", file, methods=["GET"])]


def _disposition(found: ReadableFile) -> str:
    """Pictures are shown; all else is stored, so that it opens elsewhere."""
    how = "inline" if found.media_type == rules.WEBP else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace('"', "_").replace("\\", "_")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
