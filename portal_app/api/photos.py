"""Photos of services: public once the service is, until then the office's.

``GET /api/photos/{id}.webp`` is 960 pixels wide, ``{id}-small.webp`` 480.
"""

from collections.abc import Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.domain.catalogue import photos
from portal_app.domain.catalogue.photos import ReadablePhoto
from portal_app.domain.files.protocols import Storage, StorageUnavailable
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.settings import Settings

_SMALL = "-small"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "content-disposition": "inline",
}
# A photo never changes, but its service may become a draft again.
_PUBLIC = {"cache-control": "public, max-age=3600"}
_PRIVATE = {"cache-control": "private, no-cache", "vary": "cookie"}
_STRANGER = Actor()


def photo_routes(
    database: Database, settings: Settings, storage: Storage
) -> list[Route]:
    """The route that serves photos of services."""
    callers = RequestAuthenticator(database, settings)

    async def photo(request: Request) -> Response:
        name = str(request.path_params["name"])
        photo_id = name.removesuffix(_SMALL)
        size = photos.SMALL if name.endswith(_SMALL) else photos.LARGE
        try:
            found = await _found(request, photo_id, size)
            headers = _HEADERS | (_PUBLIC if found.public else _PRIVATE)
            headers["etag"] = f'"{found.file.etag}"'
            if request.headers.get("if-none-match") == headers["etag"]:
                return Response(status_code=304, headers=headers)
            pieces: Iterator[bytes] = await run_in_threadpool(
                storage.read, found.file.key
            )
        except StorageUnavailable as error:
            return _text_response(503, error.message)
        except DomainError:
            return _text_response(404, "We could not find that picture.")
        return StreamingResponse(
            pieces, headers=headers, media_type=found.file.media_type
        )

    async def _found(request: Request, photo_id: str, size: int) -> ReadablePhoto:
        ask = photos.readable_photo
        try:
            # Most pictures are everybody's: nobody is looked up for them.
            return await run_in_threadpool(
                database.query, ask, _STRANGER, photo_id, size
            )
        except DomainError:
            actor = await callers.who(request)
            return await run_in_threadpool(database.query, ask, actor, photo_id, size)

    return [Route("/api/photos/{name}.webp", photo, methods=["GET"])]


def _text_response(status: int, sentence: str) -> Response:
    return Response(
        sentence,
        status,
        {"cache-control": "no-store", "x-content-type-options": "nosniff"},
        media_type="text/plain",
    )
