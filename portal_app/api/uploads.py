"""Handing files in: counted while they stream, refused in words.

``POST /api/uploads?purpose=picture|document|field|signature`` with one file in a
multipart form, from our own pages, with the session cookie. The answer is JSON:
``{"id", "name", "url", "thumbnail_url", "media_type", "size"}``, or
``{"message"}`` with a sentence to show.
"""

from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal_app.api.callers import Callers
from portal_app.domain.files import rules
from portal_app.domain.files import service as files
from portal_app.domain.files.rules import Purpose
from portal_app.domain.files.service import (
    Images,
    Storage,
    StorageUnavailable,
    Upload,
)
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    Conflict,
    DomainError,
    NotAllowed,
    TooManyAttempts,
)
from portal_app.settings import Settings

# What a form adds around its file.
_ENVELOPE = 8192
_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 401),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (StorageUnavailable, 503),
)
_UNPROCESSABLE = 422
_SHOWN = ("id", "name", "url", "thumbnail_url", "media_type", "size")
_NOT_KEPT = {"cache-control": "no-store"}


class _TooLarge(Exception):
    """More bytes came than the purpose takes; with words for the person."""


def upload_routes(
    database: Database, settings: Settings, storage: Storage, images: Images
) -> list[Route]:
    """The route that takes files in."""
    callers = Callers(database, settings)

    async def upload(request: Request) -> Response:
        if not callers.is_ours(request):
            return _words(403, "This was not sent from the portal. Please try again.")
        actor = await callers.who(request)
        if actor.account_id is None:
            return _words(401, "Please log in to hand in files.")
        try:
            purpose = rules.purpose_of(request.query_params.get("purpose", ""))
            view = await _take(request, purpose, actor)
        except (_TooLarge, DomainError, MultiPartException) as error:
            return _refusal(error)
        except ClientDisconnect:
            return Response(status_code=400)
        shown = {name: getattr(view, name) for name in _SHOWN}
        return JSONResponse(shown, status_code=201, headers=_NOT_KEPT)

    async def _take(request: Request, purpose: Purpose, actor: Actor) -> FileView:
        most = purpose.max_bytes + _ENVELOPE
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _TooLarge(rules.too_large(purpose))
        if not request.headers.get("content-type", "").startswith(
            "multipart/form-data"
        ):
            raise MultiPartException("not a form")
        form = await MultiPartParser(
            request.headers,
            _counted(request, most, rules.too_large(purpose)),
            max_files=1,
            max_fields=4,
            max_part_size=1024,
        ).parse()
        try:
            file = next((v for v in form.values() if isinstance(v, UploadFile)), None)
            if file is None:
                raise rules.refused("Please choose a file.")
            return await run_in_threadpool(
                files.accept,
                database,
                storage,
                images,
                actor,
                Upload(
                    purpose=request.query_params["purpose"],
                    name=file.filename or "",
                    content=file.file,
                    size=file.size or 0,
                ),
            )
        finally:
            await form.close()

    return [Route("/api/uploads", upload, methods=["POST"])]


async def _counted(
    request: Request, most: int, refusal: str
) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > most:
            raise _TooLarge(refusal)
        yield piece


def _refusal(error: Exception) -> JSONResponse:
    if isinstance(error, _TooLarge):
        # The rest of the body is not read: the connection ends here.
        answer = _words(413, str(error))
        answer.headers["connection"] = "close"
        return answer
    if isinstance(error, DomainError):
        fitting = (status for kind, status in _STATUS if isinstance(error, kind))
        return _words(next(fitting, _UNPROCESSABLE), error.message)
    return _words(400, "The file did not arrive whole. Please try again.")


def _words(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"message": sentence}, status_code=status, headers=_NOT_KEPT)
