"""Handing files in: counted while they stream, refused in words.

``POST /api/uploads?purpose=picture|document|field|signature|quote|table`` with one
file in a multipart form, from our own pages, with the session cookie. The answer is
JSON:
``{"id", "name", "url", "thumbnail_url", "media_type", "size"}``, or
``{"message"}`` with a sentence to show.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.failures import RETRY_SECONDS
from portal_app.api.work_pool import Busy, WorkPool
from portal_app.domain.business import permissions
from portal_app.domain.files import rules, uploads
from portal_app.domain.files.protocols import (
    ImageProcessor,
    Storage,
    StorageUnavailable,
)
from portal_app.domain.files.rules import Purpose
from portal_app.domain.files.uploads import Upload
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import (
    LOOKING_ONLY,
    Conflict,
    DomainError,
    NotAllowed,
    TooManyAttempts,
)
from portal_app.settings import Settings

# What a form adds around its file.
_FORM_OVERHEAD_BYTES = 8192
_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowed, 401),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (StorageUnavailable, 503),
)
_UNPROCESSABLE = 422
# Of all files that this worker takes in: drawing a picture anew takes memory and
# processor time for seconds.
_AT_ONCE, _WAITING = 2, 40
_RESPONSE_FIELDS = ("id", "name", "url", "thumbnail_url", "media_type", "size")
_NO_STORE = {"cache-control": "no-store"}


class _BodyNotRead(Exception):
    """The body is not read to its end.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _UploadsInProgress:
    """The uploads of each account that are on their way to this worker.

    Until one has arrived whole, it is a temporary file that nothing else counts.
    """

    def __init__(self) -> None:
        self._uploads: Counter[str] = Counter()

    @contextmanager
    def one_more(self, account_id: str) -> Iterator[None]:
        if self._uploads[account_id] >= rules.MAX_CONCURRENT_UPLOADS:
            raise _BodyNotRead(
                429, "Please wait until your other files have arrived, then try again."
            )
        self._uploads[account_id] += 1
        try:
            yield
        finally:
            self._uploads[account_id] -= 1
            if not self._uploads[account_id]:
                del self._uploads[account_id]


def upload_routes(
    database: Database, settings: Settings, storage: Storage, images: ImageProcessor
) -> list[Route]:
    """The route that takes files in."""
    callers = RequestAuthenticator(database, settings)
    on_the_way = _UploadsInProgress()
    pool = WorkPool(_AT_ONCE, _WAITING)

    async def upload(request: Request) -> Response:
        if not callers.is_same_origin(request):
            return _text_response(
                403, "This was not sent from the portal. Please try again."
            )
        actor = await callers.who(request)
        if actor.account_id is None:
            return _text_response(401, "Please log in to hand in files.")
        try:
            purpose = rules.purpose_of(request.query_params.get("purpose", ""))
            await run_in_threadpool(_require_offered, database, request, actor)
            with on_the_way.one_more(actor.account_id):
                view = await _take(request, purpose, actor)
        except (_BodyNotRead, DomainError, MultiPartException) as error:
            return _error_response(error)
        except Busy as busy:
            answer = _text_response(
                503, "Many files are being read just now. Please try again in a minute."
            )
            answer.headers["retry-after"] = str(busy.retry_after)
            return answer
        except ClientDisconnect:
            return Response(status_code=400)
        shown = {name: getattr(view, name) for name in _RESPONSE_FIELDS}
        return JSONResponse(shown, status_code=201, headers=_NO_STORE)

    async def _take(request: Request, purpose: Purpose, actor: Actor) -> FileView:
        most = purpose.max_bytes + _FORM_OVERHEAD_BYTES
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _BodyNotRead(413, rules.too_large_message(purpose))
        if not request.headers.get("content-type", "").startswith(
            "multipart/form-data"
        ):
            raise MultiPartException("not a form")
        form = await MultiPartParser(
            request.headers,
            _limited_stream(request, most, rules.too_large_message(purpose)),
            max_files=1,
            max_fields=4,
            max_part_size=1024,
        ).parse()
        try:
            file = next((v for v in form.values() if isinstance(v, UploadFile)), None)
            if file is None:
                raise rules.refusal("Please choose a file.")
            return await pool.run_for(
                request.receive,
                uploads.accept_upload,
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


def _require_offered(database: Database, request: Request, actor: Actor) -> None:
    """Take in nothing for what is switched off, and from nobody who only looks."""
    if actor.looking:
        raise Conflict(LOOKING_ONLY)
    features = rules.PURPOSE_FEATURES.get(request.query_params["purpose"])
    try:
        if features is not None:
            database.query(permissions.require_feature, actor, *features)
    except NotAllowed as refused:
        raise Conflict(refused.message) from None


async def _limited_stream(
    request: Request, most: int, refusal: str
) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > most:
            raise _BodyNotRead(413, refusal)
        yield piece


def _error_response(error: Exception) -> JSONResponse:
    if isinstance(error, _BodyNotRead):
        # What is left of the body is not waited for: the connection ends here.
        answer = _text_response(error.status, str(error))
        answer.headers["connection"] = "close"
        return answer
    if isinstance(error, DomainError):
        fitting = (status for kind, status in _STATUS if isinstance(error, kind))
        refused = _text_response(next(fitting, _UNPROCESSABLE), error.message)
        if isinstance(error, StorageUnavailable):
            refused.headers["retry-after"] = str(RETRY_SECONDS)
        return refused
    return _text_response(400, "The file did not arrive whole. Please try again.")


def _text_response(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"message": sentence}, status_code=status, headers=_NO_STORE)
