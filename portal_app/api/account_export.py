"""A customer's own data as one download.

``GET /api/account/export.zip``: ``data.json`` and, under ``files/``, every file of
theirs. Only what the customer may see; somebody who is no customer gets a 404.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal_app.api.callers import Callers
from portal_app.domain.bookings import service as bookings
from portal_app.domain.customers import business_profiles, contacts, places, profiles
from portal_app.domain.dependents import listing as dependents
from portal_app.domain.dependents import service as dependent
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Subject
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files import service as files
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.service import Storage, StorageUnavailable
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ownership import customer_of
from portal_app.settings import Settings

_MOST_PAGES = 200
_IN_MEMORY = 8_000_000
_PIECE = 65_536
_NOT_TOLD = frozenset({"version", "url", "thumbnail_url", "picture_url"})


def export_routes(
    database: Database, settings: Settings, storage: Storage
) -> list[Route]:
    """The route that hands a customer all of their data."""
    callers = Callers(database, settings)

    async def export(request: Request) -> Response:
        actor = await callers.who(request)
        if actor.audience is not Audience.CUSTOMER or actor.customer_id is None:
            return Response("We could not find that.", 404, media_type="text/plain")
        try:
            archive = await run_in_threadpool(_archive, database, storage, actor)
        except StorageUnavailable as error:
            return Response(error.message, 503, media_type="text/plain")
        name = f"my-data-{utc_now():%Y-%m-%d}.zip"
        return StreamingResponse(
            _pieces(archive),
            media_type="application/zip",
            headers={
                "cache-control": "private, no-store",
                "content-disposition": f'attachment; filename="{name}"',
                "x-content-type-options": "nosniff",
            },
        )

    return [Route("/api/account/export.zip", export, methods=["GET"])]


def own_data(tx: Session, actor: Actor) -> dict[str, Any]:
    """Everything a customer entered, as they see it; plain values.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    subject = Subject("customer", customer_of(actor))
    return {
        "exported_at": utc_now().isoformat(),
        "profile": _plain(profiles.profile(tx, actor)),
        "contacts": [_plain(one) for one in contacts.contacts(tx, actor)],
        "business_profiles": [
            _plain(one) for one in business_profiles.business_profiles(tx, actor)
        ],
        "locations": [_plain(one) for one in places.locations(tx, actor)],
        "more_about_you": [
            _plain(one)
            for one in fields.form(tx, "customer", fields.CUSTOMERS, subject)
        ],
        "dependents": _dependents(tx, actor),
        "bookings": _bookings(tx, actor),
    }


def _dependents(tx: Session, actor: Actor) -> list[dict[str, Any]]:
    found = []
    for archived in (False, True):
        for number in range(1, _MOST_PAGES):
            page = dependents.dependents(tx, actor, archived=archived, page=number)
            found += [
                _plain(dependent.dependent(tx, actor, row.id)) for row in page.rows
            ]
            if not page.has_more:
                break
    return found


def _bookings(tx: Session, actor: Actor) -> list[dict[str, Any]]:
    found = []
    for when in (bookings.UPCOMING, bookings.PAST):
        for number in range(1, _MOST_PAGES):
            page = bookings.my_bookings(tx, actor, when, number)
            found += [
                _plain(bookings.booking(tx, actor, row.number)) for row in page.rows
            ]
            if not page.has_more:
                break
    return found


def _plain(view: Any) -> Any:
    return _told(asdict(view))


def _told(value: Any) -> Any:
    """Without what means something to the page only."""
    if isinstance(value, dict):
        return {k: _told(v) for k, v in value.items() if k not in _NOT_TOLD}
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    return value


def _archive(database: Database, storage: Storage, actor: Actor) -> IO[bytes]:
    with database.read() as tx:
        data = own_data(tx, actor)
        kept = files.owned_files(tx, actor)
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - streamed
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
        archive.writestr("data.json", text)
        for row in kept:
            with archive.open(f"files/{_name(row)}", "w") as entry:
                for piece in storage.read(files.full_key(row)):
                    entry.write(piece)
    spool.seek(0)
    return spool


def _name(row: StoredFile) -> str:
    """Unique, and nothing that leaves the folder it is unpacked into."""
    told = file_rules.download_name(row.name, row.media_type)
    safe = re.sub(r"[^\w. -]", "_", told).strip(". ") or "file"
    return f"{row.id}-{safe}"


def _pieces(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while piece := archive.read(_PIECE):
            yield piece
