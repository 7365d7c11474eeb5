"""Answering with a stored file: whole, unchanged, missing, or out of reach."""

from collections.abc import Awaitable, Callable, Iterator, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from portal_app.api.failures import RETRY_SECONDS
from portal_app.domain.files.attachments import ReadableFile
from portal_app.domain.files.protocols import Storage, StorageUnavailable
from portal_app.kernel.errors import DomainError

_NOSNIFF = {"x-content-type-options": "nosniff"}
_NEVER_RUNS = _NOSNIFF | {"content-security-policy": "default-src 'none'; sandbox"}


async def stored_file_response(
    request: Request,
    storage: Storage,
    find: Callable[[], Awaitable[tuple[ReadableFile, Mapping[str, str]]]],
    *,
    missing: str,
) -> Response:
    """Send a stored file as something that never runs.

    Args:
        request: Who has this version already gets it no more.
        storage: Where the bytes are.
        find: Gives the file, and what its headers say besides; whatever it refuses
            is a file that is missing.
        missing: The sentence for that.
    """
    try:
        found, headers = await find()
        headers = _NEVER_RUNS | {"etag": f'"{found.etag}"'} | dict(headers)
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        pieces: Iterator[bytes] = await run_in_threadpool(storage.read, found.key)
    except StorageUnavailable as error:
        retry = {"retry-after": str(RETRY_SECONDS)}
        return _text_response(503, error.message, retry)
    except DomainError:
        return _text_response(404, missing)
    return StreamingResponse(pieces, headers=headers, media_type=found.media_type)


def _text_response(
    status: int, sentence: str, more: Mapping[str, str] | None = None
) -> Response:
    headers = {"cache-control": "no-store"} | _NOSNIFF | dict(more or {})
    return Response(sentence, status, headers, media_type="text/plain")
