"""Services in the tables: read as definitions, written with their history."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import rules
from portal_app.domain.catalogue.checks import (
    MAX_ALT,
    MAX_PHOTOS,
    Photo,
    ServiceDefinition,
    service_record,
)
from portal_app.domain.catalogue.models import (
    Category,
    FormerSlug,
    OptionChoice,
    Service,
    ServiceOption,
    ServicePhoto,
)
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as files
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.text import is_readable

_COLUMNS = (
    "name",
    "base_price_minor",
    "duration_minutes",
    "summary",
    "description",
    "included",
    "what_is_needed",
    "price_unit",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "lead_minutes",
    "active",
    "position",
    "price_kind",
    "tax_basis_points",
    "horizon_days",
    "giftable",
    "repeats",
    "deposit_minor",
    "deposit_percent",
    "confirmation",
    "people_needed",
    "seats",
    "visits_per_day",
    "dependent_minutes",
    "dependent_price_minor",
)
"""What a row of a service and its definition both have."""


IN_ORDER = (
    col(Category.position),
    col(Category.name),
    col(Service.position),
    col(Service.name),
    col(Service.id),
)
"""The order in which people see services: by category."""

KIND = "Service"
"""What the change log calls them."""


def thing_of(row: Service) -> Thing:
    """A service as the change log names it."""
    return Thing(KIND, row.id, row.name)


def definition_of(tx: Session, row: Service) -> ServiceDefinition:
    """A stored service as a definition."""
    shipped = next((one for one in photos_of(tx, row.id) if one.path), Photo())
    return replace(
        plain_definition(row, tx.get_one(Category, row.category_id).slug),
        options=options_by_service(tx, [row.id])[row.id],
        image=shipped.path,
        image_alt=shipped.alt,
    )


def plain_definition(row: Service, category_slug: str) -> ServiceDefinition:
    """A stored service as a definition, without its options and pictures."""
    return ServiceDefinition(
        slug=row.slug,
        category_slug=category_slug,
        dependent_types=tuple(row.dependent_types),
        **{name: getattr(row, name) for name in _COLUMNS},
    )


def photos_of(tx: Session, service_id: str) -> tuple[Photo, ...]:
    """The photos of a service, in order."""
    rows = tx.exec(
        select(ServicePhoto)
        .where(ServicePhoto.service_id == service_id)
        .order_by(col(ServicePhoto.position), col(ServicePhoto.id))
    )
    return tuple(Photo(row.id, row.path, row.file_id or "", row.alt) for row in rows)


def with_shipped_photo(
    photos: tuple[Photo, ...], path: str, alt: str
) -> tuple[Photo, ...]:
    """Photos with this picture that comes with the portal, and no other such.

    What was handed in stays, and so does the order if the picture is there already.
    """
    wanted = [Photo(path=path, alt=alt)] if path else []
    shipped = [photo for photo in photos if photo.path]
    if [(one.path, one.alt) for one in shipped] == [
        (one.path, one.alt) for one in wanted
    ]:
        return photos
    if shipped and wanted:
        wanted = [replace(wanted[0], id=shipped[0].id)]
    return (*wanted, *(photo for photo in photos if not photo.path))


def photo_faults(photos: tuple[Photo, ...]) -> dict[str, str]:
    """What is wrong with photos: a sentence for each, as ``photos.0``."""
    faults = {}
    for at, photo in enumerate(photos):
        if len(photo.alt) > MAX_ALT:
            faults[f"photos.{at}"] = f"Please use at most {MAX_ALT} characters."
        elif not is_readable(photo.alt):
            faults[f"photos.{at}"] = "Please use only letters, numbers and signs."
    if len(photos) > MAX_PHOTOS:
        faults["photos"] = f"There can be at most {MAX_PHOTOS} photos."
    return faults


def values_of(
    tx: Session, definition: ServiceDefinition, photos: tuple[Photo, ...]
) -> dict[str, Any]:
    """What the record of services compares."""
    return service_record(businesses.formats(tx).money).values(
        definition, photos=photos
    )


def store_service(
    tx: Session,
    actor: Actor,
    row: Service | None,
    wanted: ServiceDefinition,
    photos: tuple[Photo, ...],
    *,
    request_key: str | None = None,
) -> Service:
    """Write a checked definition and its photos, and what changed into the log.

    What was booked keeps what it was booked with. What is so already is not touched.

    Args:
        tx: The transaction.
        actor: The office.
        row: The service, or ``None`` for a new one.
        wanted: As it shall be.
        photos: As they shall be, in order.
        request_key: Of a new one.

    Raises:
        InvalidInput: If there is no such category, or a photo that is new was not
            handed in by the actor.
    """
    category = tx.exec(
        select(Category).where(Category.slug == wanted.category_slug)
    ).first()
    if category is None:
        raise InvalidInput({"category_slug": "There is no such category."})
    record = service_record(businesses.formats(tx).money)
    if row is None:
        row = Service(
            slug=wanted.slug,
            category_id=category.id,
            request_key=request_key,
            dependent_types=list(wanted.dependent_types),
            **{name: getattr(wanted, name) for name in _COLUMNS},
        )
        tx.add(row)
        tx.flush()
        _free_slug(tx, wanted.slug)
        _store_options(tx, row.id, wanted.options)
        _store_photos(tx, actor, row, photos)
        change_log.record(tx, actor, "added", thing_of(row))
        return row
    before = values_of(tx, definition_of(tx, row), photos_of(tx, row.id))
    after = values_of(tx, wanted, photos)
    differences = change_log.differences(record, before, after)
    if before == after and row.position == wanted.position:
        return row
    if row.slug != wanted.slug:
        _free_slug(tx, wanted.slug)
        tx.add(FormerSlug(slug=row.slug, service_id=row.id))
    row.slug, row.category_id = wanted.slug, category.id
    row.dependent_types = list(wanted.dependent_types)
    for name in _COLUMNS:
        setattr(row, name, getattr(wanted, name))
    if before != after:
        row.version += 1
    tx.add(row)
    tx.flush()
    _store_options(tx, row.id, wanted.options)
    _store_photos(tx, actor, row, photos)
    change_log.record(tx, actor, "changed", thing_of(row), differences)
    return row


def _free_slug(tx: Session, slug: str) -> None:
    """An address that is in use leads nowhere else."""
    former = tx.get(FormerSlug, slug)
    if former is not None:
        tx.delete(former)
        tx.flush()


def _store_photos(
    tx: Session, actor: Actor, row: Service, photos: tuple[Photo, ...]
) -> None:
    known = {
        one.id: one
        for one in tx.exec(
            select(ServicePhoto).where(ServicePhoto.service_id == row.id)
        )
    }
    kept: list[ServicePhoto] = []
    for at, photo in enumerate(photos):
        stored = known.pop(photo.id, None) if photo.id else None
        if stored is None:
            if photo.file_id and not _is_shared(tx, photo.file_id):
                _attach(tx, actor, photo.file_id, at)
            stored = ServicePhoto(
                service_id=row.id, path=photo.path, file_id=photo.file_id or None
            )
        elif stored.path:
            stored.path = photo.path
        stored.alt, stored.position = photo.alt, at
        tx.add(stored)
        kept.append(stored)
    for gone in known.values():
        tx.delete(gone)
    tx.flush()
    for gone in known.values():
        if gone.file_id and not _is_shared(tx, gone.file_id):
            attachments.release(tx, gone.file_id)
    cover = kept[0] if kept else None
    row.image = Photo(cover.id, cover.path).address if cover else ""
    row.image_alt = cover.alt if cover else ""
    tx.add(row)
    tx.flush()


def _attach(tx: Session, actor: Actor, file_id: str, at: int) -> None:
    try:
        attachments.attach(tx, actor, file_id, {files.PHOTO}, customer_id=None)
    except NotFound:
        gone = "This picture is not there any more. Please choose it again."
        raise InvalidInput({f"photos.{at}": gone}) from None


def _is_shared(tx: Session, file_id: str) -> bool:
    """Whether a photo of any service is this file; a duplicate has the same ones."""
    used = select(ServicePhoto.id).where(ServicePhoto.file_id == file_id)
    return tx.exec(used).first() is not None


def options_by_service(
    tx: Session, service_ids: Iterable[str]
) -> defaultdict[str, tuple[rules.PricedOption, ...]]:
    """The options of some services with their choices, in order, in one query."""
    rows = tx.exec(
        select(ServiceOption, OptionChoice)
        .join(OptionChoice, col(OptionChoice.option_id) == ServiceOption.id)
        .where(col(ServiceOption.service_id).in_(service_ids))
        .order_by(
            col(ServiceOption.position),
            col(ServiceOption.id),
            col(OptionChoice.position),
            col(OptionChoice.id),
        )
    ).all()
    options: dict[str, ServiceOption] = {}
    choices: defaultdict[str, list[rules.PricedChoice]] = defaultdict(list)
    for option, choice in rows:
        options[option.id] = option
        choices[option.id].append(
            rules.PricedChoice(
                choice.key, choice.name, choice.price_minor, choice.minutes
            )
        )
    found: defaultdict[str, tuple[rules.PricedOption, ...]] = defaultdict(tuple)
    for option in options.values():
        found[option.service_id] += (
            rules.PricedOption(
                key=option.key,
                name=option.name,
                kind=option.kind,  # type: ignore[arg-type]  # a check constraint
                choices=tuple(choices[option.id]),
                help=option.help,
                min_quantity=option.min_quantity,
                max_quantity=option.max_quantity,
                required=option.required,
            ),
        )
    return found


def _store_options(
    tx: Session, service_id: str, options: tuple[rules.PricedOption, ...]
) -> None:
    """Options and choices are matched by key; those no longer named are removed."""
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
        row.required = option.required
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
