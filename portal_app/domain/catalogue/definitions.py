"""How the office defines categories and services.

Both may be repeated: the same definition twice is the same row once.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal_app.domain.catalogue import rules
from portal_app.domain.catalogue.models import (
    Category,
    OptionChoice,
    Service,
    ServiceOption,
)
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import require_office


@dataclass(frozen=True, slots=True)
class CategoryDefinition:
    """A category, known by its slug."""

    slug: str
    name: str
    description: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A service, known by its slug, with its options.

    Amounts are minor units, durations and buffers minutes. ``included`` and
    ``what_is_needed`` are one item a line; ``description`` parts its paragraphs
    by an empty line. ``lead_minutes`` overrides the business's.
    ``dependent_types`` are slugs; one that nobody has is offered to nobody.
    """

    slug: str
    category_slug: str
    name: str
    base_price_minor: int
    duration_minutes: int
    summary: str = ""
    description: str = ""
    included: str = ""
    what_is_needed: str = ""
    image: str = ""
    image_alt: str = ""
    price_unit: str = "per visit"
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    lead_minutes: int | None = None
    active: bool = True
    position: int = 0
    options: tuple[rules.PricedOption, ...] = ()
    dependent_types: tuple[str, ...] = ()


_COLUMNS = (
    "name",
    "base_price_minor",
    "duration_minutes",
    "summary",
    "description",
    "included",
    "what_is_needed",
    "image",
    "image_alt",
    "price_unit",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "lead_minutes",
    "active",
    "position",
)


def define_category(tx: Session, actor: Actor, definition: CategoryDefinition) -> str:
    """Define a category, or change the one with this slug; returns its id.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    row = tx.exec(select(Category).where(Category.slug == definition.slug)).first()
    if row is None:
        row = Category(slug=definition.slug, name=definition.name)
        tx.add(row)
    row.name = definition.name
    row.description = definition.description
    row.position = definition.position
    tx.flush()
    return row.id


def define_service(tx: Session, actor: Actor, definition: ServiceDefinition) -> str:
    """Offer a service, or change the one with this slug; returns its id.

    Options and choices are matched by key; those no longer named are removed.
    Bookings keep what they were booked with.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: If the category is unknown or an option cannot be priced.
    """
    require_office(actor)
    rules.check_offer(
        rules.Offer(
            definition.name,
            definition.base_price_minor,
            definition.duration_minutes,
            definition.options,
        )
    )
    if min(definition.buffer_before_minutes, definition.buffer_after_minutes) < 0:
        raise InvalidInput({"buffers": "A buffer cannot be negative."})
    category = tx.exec(
        select(Category).where(Category.slug == definition.category_slug)
    ).first()
    if category is None:
        raise InvalidInput({"category_slug": "There is no such category."})
    row = tx.exec(select(Service).where(Service.slug == definition.slug)).first()
    values = {name: getattr(definition, name) for name in _COLUMNS}
    values["dependent_types"] = list(definition.dependent_types)
    if row is None:
        row = Service(slug=definition.slug, category_id=category.id, **values)
        tx.add(row)
    else:
        row.category_id = category.id
        for name, value in values.items():
            setattr(row, name, value)
    tx.flush()
    _define_options(tx, row.id, definition.options)
    return row.id


def _define_options(
    tx: Session, service_id: str, options: tuple[rules.PricedOption, ...]
) -> None:
    existing = {
        row.key: row
        for row in tx.exec(
            select(ServiceOption).where(ServiceOption.service_id == service_id)
        )
    }
    option_ids = [row.id for row in existing.values()]
    choices = {
        (row.option_id, row.key): row
        for row in tx.exec(
            select(OptionChoice).where(col(OptionChoice.option_id).in_(option_ids))
        )
    }
    kept: set[tuple[str, str]] = set()
    for position, option in enumerate(options):
        row = existing.get(option.key) or ServiceOption(
            service_id=service_id, key=option.key, name="", kind=option.kind
        )
        row.name, row.help, row.kind = option.name, option.help, option.kind
        row.min_quantity = option.min_quantity
        row.max_quantity = option.max_quantity
        row.position = position
        tx.add(row)
        tx.flush()
        for place, choice in enumerate(option.choices):
            answer = choices.get((row.id, choice.key)) or OptionChoice(
                option_id=row.id, key=choice.key, name=""
            )
            answer.name, answer.position = choice.name, place
            answer.price_minor, answer.minutes = choice.price_minor, choice.minutes
            tx.add(answer)
            kept.add((row.id, choice.key))
    for pair, answer in choices.items():
        if pair not in kept:
            tx.delete(answer)
    tx.flush()
    named = {option.key for option in options}
    for key, row in existing.items():
        if key not in named:
            tx.delete(row)
    tx.flush()
