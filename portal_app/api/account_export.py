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

from portal_app.api.authentication import RequestAuthenticator
from portal_app.domain.bookings import queries, rules
from portal_app.domain.customers import business_profiles, contacts, locations, profiles
from portal_app.domain.dependents import service as dependents
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.models import StoredFile
from portal_app.domain.files.protocols import Storage, StorageUnavailable
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ownership import customer_of
from portal_app.settings import Settings

_MAX_PAGES = 200
_MAX_MEMORY_BYTES = 8_000_000
_CHUNK_BYTES = 65_536
_EXCLUDED_FIELDS = frozenset({"version", "url", "thumbnail_url", "picture_url"})


def export_routes(
    database: Database, settings: Settings, storage: Storage
) -> list[Route]:
    """The route that hands a customer all of their data."""
    callers = RequestAuthenticator(database, settings)

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
            _chunks(archive),
            media_type="application/zip",
            headers={
                "cache-control": "private, no-store",
                "content-disposition": f'attachment; filename="{name}"',
                "x-content-type-options": "nosniff",
            },
        )

    return [Route("/api/account/export.zip", export, methods=["GET"])]


def export_data(tx: Session, actor: Actor) -> dict[str, Any]:
    """Everything a customer entered, as they see it; plain values.

    Raises:
        NotAllowed: If the actor is no customer.
    """
    subject = Subject("customer", customer_of(actor))
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


def _archive(database: Database, storage: Storage, actor: Actor) -> IO[bytes]:
    with database.read() as tx:
        data = export_data(tx, actor)
        kept = attachments.owned_files(tx, actor)
    spool = tempfile.SpooledTemporaryFile(max_size=_MAX_MEMORY_BYTES)  # noqa: SIM115 - streamed
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
        archive.writestr("data.json", text)
        for row in kept:
            with archive.open(f"files/{_name(row)}", "w") as entry:
                for piece in storage.read(attachments.full_size_key(row)):
                    entry.write(piece)
    spool.seek(0)
    return spool


def _name(row: StoredFile) -> str:
    """Unique, and nothing that leaves the folder it is unpacked into."""
    told = file_rules.download_name(row.name, row.media_type)
    safe = re.sub(r"[^\w. -]", "_", told).strip(". ") or "file"
    return f"{row.id}-{safe}"


def _chunks(archive: IO[bytes]) -> Iterator[bytes]:
    with archive:
        while piece := archive.read(_CHUNK_BYTES):
            yield piece
