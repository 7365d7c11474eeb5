"""Reading files: only for those who may, and never as anything that runs.

``GET /api/files/{id}`` gives the full copy, ``?size=128`` a small one of a
picture. One answer for a missing file, somebody else's, and no session.
"""

from collections.abc import Iterator
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.failures import RETRY_SECONDS
from portal_app.domain.files import attachments, rules
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.protocols import Storage, StorageUnavailable
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.settings import Settings

_LARGEST_SIZE = 4096
_HEADERS = {
    # Kept by this browser, but asked for again each time: a signed-out browser
    # gets nothing.
    "cache-control": "private, no-cache",
    "vary": "cookie",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
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
        try:
            found: ReadableFile = await run_in_threadpool(
                database.query,
                attachments.readable_file,
                actor,
                str(request.path_params["file_id"]),
                size,
            )
            headers = _HEADERS | {
                "etag": f'"{found.etag}"',
                "content-disposition": _disposition(found),
            }
            if request.headers.get("if-none-match") == headers["etag"]:
                return Response(status_code=304, headers=headers)
            pieces: Iterator[bytes] = await run_in_threadpool(storage.read, found.key)
        except StorageUnavailable as error:
            answer = _text_response(503, error.message)
            answer.headers["retry-after"] = str(RETRY_SECONDS)
            return answer
        except DomainError:
            return _text_response(404, "We could not find that file.")
        return StreamingResponse(pieces, headers=headers, media_type=found.media_type)

    return [Route("/api/files/{file_id}", file, methods=["GET"])]


def _disposition(found: ReadableFile) -> str:
    """Pictures are shown; all else is stored, so that it opens elsewhere."""
    how = "inline" if found.media_type == rules.WEBP else "attachment"
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace('"', "_").replace("\\", "_")
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"


def _text_response(status: int, sentence: str) -> Response:
    return Response(
        sentence,
        status,
        {"cache-control": "no-store", "x-content-type-options": "nosniff"},
        media_type="text/plain",
    )
