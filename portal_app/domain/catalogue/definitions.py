"""How packs and the demo define categories and services.

Both may be repeated: the same definition twice is the same row once.
"""

from sqlmodel import Session, select

from portal_app.domain.catalogue import categories, checks, rows
from portal_app.domain.catalogue.checks import CategoryDefinition, ServiceDefinition
from portal_app.domain.catalogue.models import Category, Service
from portal_app.domain.change_log import service as change_log
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import require_office

__all__ = [
    "CategoryDefinition",
    "ServiceDefinition",
    "define_category",
    "define_service",
]


def define_category(tx: Session, actor: Actor, definition: CategoryDefinition) -> str:
    """Define a category, or change the one with this slug; returns its id.

    An archived one is in use again.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each part that is wrong.
    """
    require_office(actor)
    if faults := checks.category_faults(definition):
        raise InvalidInput(faults, "Please check the category.")
    row = tx.exec(select(Category).where(Category.slug == definition.slug)).first()
    if row is not None:
        change_log.restore(tx, actor, row, categories.thing_of(row))
    return categories.store_category(tx, actor, row, definition).id


def define_service(tx: Session, actor: Actor, definition: ServiceDefinition) -> str:
    """Offer a service, or change the one with this slug; returns its id.

    Options and choices are matched by key; those no longer named are removed.
    Bookings keep what they were booked with, and photos that were handed in stay.
    An archived service is in use again.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each part that is wrong.
    """
    require_office(actor)
    checks.check_service(definition)
    row = tx.exec(select(Service).where(Service.slug == definition.slug)).first()
    if row is not None:
        change_log.restore(tx, actor, row, rows.thing_of(row))
    now = rows.photos_of(tx, row.id) if row else ()
    photos = rows.with_shipped_photo(now, definition.image, definition.image_alt)
    return rows.store_service(tx, actor, row, definition, photos).id
