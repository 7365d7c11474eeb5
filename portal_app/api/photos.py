"""Photos of services: public once the service is, until then the office's.

``GET /api/photos/{id}.webp`` is 960 pixels wide, ``{id}-small.webp`` 480.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.stored_files import stored_file_response
from portal_app.domain.catalogue import photos
from portal_app.domain.catalogue.photos import ReadablePhoto
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.protocols import Storage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import DomainError
from portal_app.settings import Settings

_SMALL = "-small"
_HEADERS = {
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

        async def find() -> tuple[ReadableFile, dict[str, str]]:
            found = await _found(request, photo_id, size)
            return found.file, _HEADERS | (_PUBLIC if found.public else _PRIVATE)

        return await stored_file_response(
            request, storage, find, missing="We could not find that picture."
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
