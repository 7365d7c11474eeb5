"""A customer's own data as one download.

``GET /api/account/export.zip``: ``data.json`` and, under ``files/``, every file of
theirs. Only what the customer may see; somebody who is no customer gets a 404.
"""

import json
import re
import zipfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from anyio import CancelScope
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal_app.api.authentication import RequestAuthenticator
from portal_app.api.downloads import attachment
from portal_app.api.work_pool import Busy, WorkPool
from portal_app.domain.bookings import queries, rules
from portal_app.domain.business import permissions
from portal_app.domain.customers import business_profiles, contacts, locations, profiles
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import Storage, StorageUnavailable
from portal_app.domain.quotes import queries as quote_queries
from portal_app.domain.rate_limits import limiter
from portal_app.domain.rate_limits.limiter import LimitKey
from portal_app.domain.rate_limits.rules import Limit
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound, Unavailable
from portal_app.kernel.ownership import customer_of
from portal_app.settings import Settings

_NOT_FOUND = 404
_MAX_PAGES = 200
_COMPRESSED = 6
# Pictures and PDFs are compressed already. Deflate without compressing, because what
# is merely stored cannot be read from a stream whose sizes come last.
_UNCOMPRESSED = 0
_MAX_STREAMS = 8
# Given back when a download ends; the window is for a worker that dies meanwhile.
ONE_DOWNLOAD = Limit("own data", 1, timedelta(minutes=10))
_AT_ONCE, _WAITING = 2, 8
_RETRY_SECONDS = "10"
_ON_ITS_WAY = (
    "Your data is on its way already. "
    "Please wait until that download has ended, then try again."
)
_BUSY = "Many people are downloading their data just now. Please try again in a minute."
_EXCLUDED_FIELDS = frozenset({"version", "url", "thumbnail_url", "picture_url"})


class _Refused(Exception):
    """A download that is not begun.

    Attributes:
        status: Of the answer.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _ExportsInProgress:
    """Whose data is being sent: everybody's once, and few at the same time here.

    Args:
        database: Where all workers count, unless there is a store of the limits.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._accounts: set[str] = set()

    @asynccontextmanager
    async def one_more(self, account_id: str) -> AsyncIterator[None]:
        """Count a download for as long as it takes.

        Raises:
            _Refused: If the account has one on its way, here or at another worker,
                or many others have one here.
        """
        if account_id in self._accounts:
            raise _Refused(429, _ON_ITS_WAY)
        if len(self._accounts) >= _MAX_STREAMS:
            raise _Refused(503, _BUSY)
        self._accounts.add(account_id)
        try:
            async with self._counted_for_all(LimitKey(ONE_DOWNLOAD, account_id)):
                yield
        finally:
            self._accounts.discard(account_id)

    @asynccontextmanager
    async def _counted_for_all(self, download: LimitKey) -> AsyncIterator[None]:
        if await run_in_threadpool(limiter.check_limits, self._database, download):
            raise _Refused(429, _ON_ITS_WAY)
        try:
            yield
        finally:
            # What cannot be given back runs out.
            with CancelScope(shield=True), suppress(Unavailable):
                await run_in_threadpool(limiter.reset, self._database, download)


def export_routes(
    database: Database, settings: Settings, storage: Storage
) -> list[Route]:
    """The route that hands a customer all of their data."""
    callers = RequestAuthenticator(database, settings)
    in_progress = _ExportsInProgress(database)
    pool = WorkPool(_AT_ONCE, _WAITING)

    async def export(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        actor = await callers.who(request)
        is_customer = actor.audience is Audience.CUSTOMER and not actor.looking
        if not is_customer or actor.account_id is None:
            answer = _text_response(_NOT_FOUND, "We could not find that.")
            await answer(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # Nothing is made for it, so it is not counted.
            await _download(_pieces_of(pool, None, iter(())))(scope, receive, send)
            return
        try:
            async with in_progress.one_more(actor.account_id):
                await _send_archive(actor, scope, receive, send)
        except _Refused as refused:
            answer = _text_response(refused.status, str(refused))
            await answer(scope, receive, send)
        except ClientDisconnect:
            pass  # the archive is made for nobody else

    async def _send_archive(
        actor: Actor, scope: Scope, receive: Receive, send: Send
    ) -> None:
        pieces = archive_pieces(database, storage, actor)
        try:
            # What cannot be read is noticed before the answer begins.
            first = await pool.run_for(receive, next, pieces, None)
            answer = _download(_pieces_of(pool, first, pieces))
        except Busy:
            raise _Refused(503, _BUSY) from None
        except StorageUnavailable as error:
            raise _Refused(503, error.message) from None
        else:
            await answer(scope, receive, send)
        finally:
            # A server that stops does not wait for the thread that makes a piece.
            with suppress(ValueError):
                pieces.close()

    # The response is sent within the endpoint, which therefore is an ASGI app.
    return [Route("/api/account/export.zip", _AsgiEndpoint(export), methods=["GET"])]


class _AsgiEndpoint:
    """An endpoint that answers itself; a function would have to return the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _pieces_of(
    pool: WorkPool, first: bytes | None, others: Iterator[bytes]
) -> AsyncIterator[bytes]:
    piece = first
    while piece is not None:
        yield piece
        try:
            piece = await pool.run(next, others, None)
        except StorageUnavailable:
            # Half an archive must not look like a whole one: the connection ends.
            raise ClientDisconnect from None


def _download(pieces: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(
        pieces,
        media_type="application/zip",
        headers=attachment(f"my-data-{utc_now():%Y-%m-%d}.zip"),
    )


def _text_response(status: int, sentence: str) -> Response:
    headers = {"cache-control": "no-store"}
    if status != _NOT_FOUND:
        headers["retry-after"] = _RETRY_SECONDS
    return Response(sentence, status, headers, media_type="text/plain")


def export_data(tx: Session, actor: Actor) -> dict[str, Any]:
    """Everything a customer entered, as they see it; plain values.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    subject = Subject("customer", customer_of(actor))
    permissions.ignore_switches(tx)
    return {
        "exported_at": utc_now().isoformat(),
        "profile": _plain(profiles.get_profile(tx, actor)),
        "contacts": [_plain(one) for one in contacts.list_contacts(tx, actor)],
        "business_profiles": [
            _plain(one) for one in business_profiles.list_business_profiles(tx, actor)
        ],
        "locations": [_plain(one) for one in locations.list_locations(tx, actor)],
        "more_about_you": [
            _plain(one)
            for one in fields.field_views(
                tx, "customer", schema.CUSTOMER_SCOPE, subject
            )
        ],
        "dependents": _dependents(tx, actor),
        "bookings": _bookings(tx, actor),
        "quotes": _quotes(tx, actor),
    }


def _dependents(tx: Session, actor: Actor) -> list[dict[str, Any]]:
    found = []
    for archived in (False, True):
        for number in range(1, _MAX_PAGES):
            page = dependents.list_dependents(tx, actor, archived=archived, page=number)
            found += [
                _plain(dependents.get_dependent(tx, actor, row.id)) for row in page.rows
            ]
            if not page.has_more:
                break
    return found


def _quotes(tx: Session, actor: Actor) -> list[dict[str, Any]]:
    found = []
    for number in range(1, _MAX_PAGES):
        page = quote_queries.my_quotes(tx, actor, number)
        found += [
            _plain(quote_queries.get_quote(tx, actor, row.number)) for row in page.rows
        ]
        if not page.has_more:
            break
    return found


def _bookings(tx: Session, actor: Actor) -> list[dict[str, Any]]:
    found = []
    for when in (rules.UPCOMING, rules.PAST):
        for number in range(1, _MAX_PAGES):
            page = queries.my_bookings(tx, actor, when, number)
            found += [
                _plain(queries.get_booking(tx, actor, row.number)) for row in page.rows
            ]
            if not page.has_more:
                break
    return found


def _plain(view: Any) -> Any:
    return _without_page_fields(asdict(view))


def _without_page_fields(value: Any) -> Any:
    """Without what means something to the page only."""
    if isinstance(value, dict):
        return {
            k: _without_page_fields(v)
            for k, v in value.items()
            if k not in _EXCLUDED_FIELDS
        }
    if isinstance(value, list | tuple):
        return [_without_page_fields(one) for one in value]
    return value


def archive_pieces(
    database: Database, storage: Storage, actor: Actor
) -> Generator[bytes]:
    """A customer's data and files as a ZIP archive, in pieces that are not empty.

    Raises:
        StorageUnavailable: If a file cannot be read; the first, before any piece.
    """
    with database.read() as tx:
        data = export_data(tx, actor)
        kept = attachments.owned_files(tx, actor)
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    sink = _Sink()
    with zipfile.ZipFile(
        sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_UNCOMPRESSED
    ) as archive:
        archive.writestr("data.json", text, compresslevel=_COMPRESSED)
        for row in kept:
            try:
                pieces = storage.read(attachments.full_size_key(row))
            except NotFound:
                continue  # the storage has told the log
            with archive.open(f"files/{_name(row)}", "w") as entry:
                for piece in pieces:
                    entry.write(piece)
                    if written := sink.take():
                        yield written
    yield sink.take()


class _Sink:
    """What ``zipfile`` writes to when it goes to a stream."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def _name(row: StoredFile) -> str:
    """Unique, and nothing that leaves the folder it is unpacked into."""
    told = file_rules.download_name(row.name, row.media_type)
    safe = re.sub(r"[^\w. -]", "_", told).strip(". ") or "file"
    return f"{row.id}-{safe}"
