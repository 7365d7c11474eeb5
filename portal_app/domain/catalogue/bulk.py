"""Services as rows of a table: all of them read, and several written at once.

Options, photos and who a service is booked for are no cells of a row: they stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import checks, rows
from portal_app.domain.catalogue.checks import ServiceDefinition
from portal_app.domain.catalogue.models import Category, FormerSlug, Service
from portal_app.domain.catalogue.services import MAX_SERVICES
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.keys import unique_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.ownership import require_office

NEW = ServiceDefinition(
    slug="",
    category_slug="",
    name="",
    base_price_minor=0,
    duration_minutes=0,
    active=False,
    price_kind="fixed",
)
"""What a service is of which nothing was said yet: a draft."""


@dataclass(frozen=True, slots=True)
class StoredService:
    """A service that is there; its definition has neither options nor photos."""

    id: str
    archived: bool
    definition: ServiceDefinition


def all_services(tx: Session) -> list[StoredService]:
    """Every service in order, archived ones too; in one query."""
    found = tx.exec(
        select(Service, Category)
        .join(Category, col(Service.category_id) == col(Category.id))
        .order_by(*rows.IN_ORDER)
    )
    return [
        StoredService(
            row.id,
            row.archived_at is not None,
            rows.plain_definition(row, category.slug),
        )
        for row, category in found
    ]


def category_names(tx: Session) -> dict[str, str]:
    """The slugs of categories in use by their names."""
    found = tx.exec(select(Category).where(col(Category.archived_at).is_(None)))
    return {row.name: row.slug for row in found}


def slug_owners(tx: Session) -> dict[str, str]:
    """Which service an address leads to: its id by the slug, former ones included."""
    former = {row.slug: row.service_id for row in tx.exec(select(FormerSlug))}
    return former | {row.slug: row.id for row in tx.exec(select(Service))}


def store_services(
    tx: Session, actor: Actor, wanted: Sequence[tuple[str | None, Mapping[str, Any]]]
) -> None:
    """Add services and change others, each in the change log.

    Args:
        tx: The transaction.
        actor: The office.
        wanted: The id of a service, or ``None`` for a new one, and the fields of its
            definition that are said; a new one without a slug gets one of its name.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: If one cannot be stored; nothing may be kept then.
    """
    require_office(actor)
    businesses.lock_business(tx)
    known = {row.id: row for row in tx.exec(select(Service))}
    owners = slug_owners(tx)
    position = next_position(row.position for row in known.values())
    for service_id, said in wanted:
        row = known[service_id] if service_id else None
        before = rows.definition_of(tx, row) if row else replace(NEW, position=position)
        definition = replace(before, **said)
        if not definition.slug:
            slug = unique_key(
                definition.name, owners, otherwise="service", separator="-"
            )
            definition = replace(definition, slug=slug)
        if owners.get(definition.slug, service_id) != service_id:
            words = f"Another service has the address of “{definition.name}”."
            raise InvalidInput({"slug": words})
        checks.check_service(definition)
        photos = rows.photos_of(tx, row.id) if row else ()
        stored = rows.store_service(tx, actor, row, definition, photos)
        owners[definition.slug] = stored.id
        position += row is None
        known[stored.id] = stored
    if len(known) > MAX_SERVICES:
        raise InvalidInput({"name": f"There can be at most {MAX_SERVICES} services."})
