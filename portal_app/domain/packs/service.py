"""Importing a trade into the business, and writing the business's own as a pack."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from babel.numbers import get_currency_precision
from sqlalchemy import event
from sqlmodel import Session, col, select

from portal_app.domain.business import message_templates, policies
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import rows
from portal_app.domain.catalogue.booked_for import BookedFor, booked_for_by_type
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
    define_category,
    define_service,
)
from portal_app.domain.catalogue.models import Category, Service
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Difference, Thing
from portal_app.domain.dependents import types
from portal_app.domain.dependents.models import DependentType
from portal_app.domain.dependents.rules import TypeDefinition
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import Definition
from portal_app.domain.fields.schema import Scope
from portal_app.domain.packs import parser, writer
from portal_app.domain.packs.format import (
    Pack,
    PackError,
    Problem,
    ServicePack,
    TypePack,
)
from portal_app.domain.packs.toml_reader import KeyPath as Place
from portal_app.domain.packs.toml_reader import LineNumbers
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput, NotFound
from portal_app.kernel.ordering import assign_positions
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text_files import plain_text, read_text

PACKS_FOLDER = Path(__file__).resolve().parents[2] / "packs"

T = TypeVar("T", CategoryDefinition, ServiceDefinition)
_PLURALS = {"policy": "policies"}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of an import.

    Attributes:
        name: Of the pack.
        changed: Whether anything was added, changed or taken away.
        contents: What the pack has, such as ``2 dependent types, 14 fields``.
    """

    name: str
    changed: bool
    contents: str


def shipped_packs() -> list[str]:
    """The names of the packs that come with the portal."""
    return sorted(path.stem for path in PACKS_FOLDER.glob("*.toml"))


def shipped_pack_text(name: str) -> str:
    """The text of a pack that comes with the portal.

    Raises:
        NotFound: If there is none of this name.
    """
    if name not in shipped_packs():
        raise NotFound(f"There is no pack called “{name}”.")
    return read_text(PACKS_FOLDER / f"{name}.toml")


def read_shipped_pack(tx: Session, name: str) -> Pack:
    """What a pack that comes with the portal says, in the business's currency.

    Raises:
        NotFound: If there is none of this name.
    """
    return _shipped_pack(name, _currency_decimals(tx))


@cache
def _shipped_pack(name: str, decimals: int) -> Pack:
    return parser.parse_pack(shipped_pack_text(name), decimals=decimals)


def import_pack(
    tx: Session, actor: Actor, text: str, only: Mapping[str, int] | None = None
) -> ImportResult:
    """Make the business as the pack says, whole or not at all.

    What the pack names is added, or changed to what it says; everything else
    stays, and so does all that customers entered. The same pack twice changes
    nothing.

    Args:
        tx: The transaction; it must end with this call.
        actor: The office, or the portal itself.
        text: The pack.
        only: The services to take, by slug, and their prices in minor units; all of
            them, at the prices of the pack, without it.

    Returns:
        What was done.

    Raises:
        NotAllowed: If the actor is not the office.
        PackError: With everything that is wrong, line by line.
    """
    require_office(actor)
    text = plain_text(text)
    businesses.ensure_business(tx)
    slugs = tx.exec(select(Category.slug)).all()
    kinds = [row.slug for row in types.active_type_rows(tx)]
    pack = parser.parse_pack(
        text, decimals=_currency_decimals(tx), categories=slugs, types=kinds
    )
    if only is not None:
        known = {one.key for one in policies.active_policies(tx)}
        pack = _with_prices(pack, only, known)
    lines = LineNumbers(text)
    with _collect_changes(tx) as changes:
        _import_types(tx, actor, pack, lines)
        _define_fields(
            tx,
            actor,
            schema.CUSTOMER_SCOPE,
            pack.customer_fields,
            lines,
            "customer_fields",
        )
        _import_services(tx, actor, pack, lines)
        policies.define_policies(tx, actor, pack.policies)
        message_templates.define_templates(tx, actor, pack.templates)
        tx.flush()
    contents = _summary_of(pack)
    if changes:
        thing = Thing("Pack", "", pack.name)
        what = [Difference("Contents", before="", after=contents)]
        change_log.record(tx, actor, "added", thing, what)
    return ImportResult(pack.name, bool(changes), contents)


def _with_prices(
    pack: Pack, prices: Mapping[str, int], known_policies: Collection[str]
) -> Pack:
    services = tuple(
        replace(
            one,
            definition=replace(
                one.definition, base_price_minor=prices[one.definition.slug]
            ),
        )
        for one in pack.services
        if one.definition.slug in prices
    )
    used = {one.definition.category_slug for one in services}
    categories = tuple(one for one in pack.categories if one.slug in used)
    # What somebody wrote here stays as they wrote it.
    texts = tuple(one for one in pack.policies if one.key not in known_policies)
    return replace(pack, services=services, categories=categories, policies=texts)


def export_pack(tx: Session, actor: Actor) -> str:
    """The business's own trade as a pack; importing it here changes nothing.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    return writer.format_pack(current_pack(tx), decimals=_currency_decimals(tx))


def current_pack(tx: Session) -> Pack:
    """What the business has, as a pack."""
    business = businesses.current_business(tx)
    type_rows = types.active_type_rows(tx)
    categories = tx.exec(
        select(Category)
        .where(col(Category.archived_at).is_(None))
        .order_by(col(Category.position), col(Category.name))
    ).all()
    service_rows = tx.exec(
        select(Service)
        .where(col(Service.archived_at).is_(None))
        .order_by(col(Service.position), col(Service.name))
    ).all()
    asked = schema.active_definitions_by_scope(
        tx,
        [
            schema.CUSTOMER_SCOPE,
            *(schema.dependent_type_scope(row.id) for row in type_rows),
            *(schema.service_scope(row.id) for row in service_rows),
        ],
    )
    slugs = {row.id: row.slug for row in categories}
    of_types = {
        row.slug: asked[schema.dependent_type_scope(row.id)] for row in type_rows
    }
    return Pack(
        name=business.name,
        summary=business.tagline,
        types=tuple(
            TypePack(
                _without_retired(types.type_definition_of(row)),
                _portable_definitions(asked[schema.dependent_type_scope(row.id)]),
            )
            for row in type_rows
        ),
        customer_fields=_portable_definitions(asked[schema.CUSTOMER_SCOPE]),
        categories=tuple(
            CategoryDefinition(row.slug, row.name, row.description)
            for row in categories
        ),
        services=tuple(
            ServicePack(
                _service_definition(tx, row, slugs[row.category_id], of_types),
                _portable_definitions(asked[schema.service_scope(row.id)]),
            )
            for row in service_rows
        ),
        policies=tuple(policies.active_policies(tx)),
        templates=tuple(message_templates.message_templates(tx)),
    )


def _import_types(tx: Session, actor: Actor, pack: Pack, lines: LineNumbers) -> None:
    now = {row.slug: row.position for row in tx.exec(select(DependentType))}
    place = assign_positions(now, [one.definition.slug for one in pack.types])
    for at, one in enumerate(pack.types):
        slug = one.definition.slug
        type_id = types.define_type(tx, actor, one.definition, place[slug])
        scope = schema.dependent_type_scope(type_id)
        path = ("dependent_types", at, "fields")
        _define_fields(tx, actor, scope, one.fields, lines, *path)


def _import_services(tx: Session, actor: Actor, pack: Pack, lines: LineNumbers) -> None:
    categories = {row.slug: row for row in tx.exec(select(Category))}
    place = assign_positions(
        {slug: row.position for slug, row in categories.items()},
        [one.slug for one in pack.categories],
    )
    for category in pack.categories:
        wanted = _keep_stored_whitespace(categories.get(category.slug), category)
        define_category(tx, actor, replace(wanted, position=place[category.slug]))
    offered = {row.slug: row for row in tx.exec(select(Service))}
    place = assign_positions(
        {slug: row.position for slug, row in offered.items()},
        [one.definition.slug for one in pack.services],
    )
    of_types = types.active_type_fields(tx)
    for at, one in enumerate(pack.services):
        slug = one.definition.slug
        definition = _keep_stored_whitespace(offered.get(slug), one.definition)
        definition = _keep_archived_types(offered.get(slug), definition, of_types)
        service_id = define_service(
            tx, actor, replace(definition, position=place[slug])
        )
        scope = schema.service_scope(service_id)
        path = ("services", at, "fields")
        _define_fields(tx, actor, scope, one.fields, lines, *path)


def _define_fields(
    tx: Session,
    actor: Actor,
    scope: Scope,
    wanted: Sequence[Definition],
    lines: LineNumbers,
    *path: str | int,
) -> None:
    """Define fields; what only is wrong beside existing fields, by line as well."""
    try:
        schema.define_fields(tx, actor, scope, wanted)
    except InvalidInput as error:
        index = {one.key: at for at, one in enumerate(wanted)}
        problems = []
        for name, sentence in error.fields.items():
            key, _, part = name.partition(".")
            place: Place = (*path, index[key], part) if key in index else path
            problems.append(Problem(lines.of(place), f"{path[0]}.{name}", sentence))
        raise PackError(problems) from None


def _service_definition(
    tx: Session,
    row: Service,
    category: str,
    of_types: Mapping[str, Sequence[Definition]],
) -> ServiceDefinition:
    definition = rows.definition_of(tx, row)
    kinds = _portable_entries(definition.dependent_types, of_types)
    return replace(definition, category_slug=category, dependent_types=kinds)


def _portable_entries(
    entries: Sequence[str], asked: Mapping[str, Sequence[Definition]]
) -> tuple[str, ...]:
    """Whom a service is for, without what a pack cannot name.

    Args:
        entries: As they are stored.
        asked: The slugs of the types in use, and the fields that are asked of each.
    """
    found: list[BookedFor] = []
    for slug, one in booked_for_by_type(entries).items():
        if slug not in asked:
            continue
        condition = one.condition
        if condition is not None:
            names = {
                key
                for field in asked[slug]
                if field.key == condition.key
                for key in field.answer_names
            }
            values = tuple(value for value in condition.values if value in names)
            condition = replace(condition, values=values) if values else None
        found.append(BookedFor(slug, condition))
    return tuple(str(one) for one in found)


def _keep_stored_whitespace(row: Category | Service | None, wanted: T) -> T:
    """What is wanted, with texts as stored where only blanks differ.

    A pack has no blanks around texts; what was written here by other means may.
    """
    if row is None:
        return wanted
    same: dict[str, Any] = {
        one.name: stored
        for one in dataclass_fields(wanted)
        if isinstance(stored := getattr(row, one.name, None), str)
        and stored.split() == str(getattr(wanted, one.name)).split()
    }
    return replace(wanted, **same)


def _keep_archived_types(
    row: Service | None,
    wanted: ServiceDefinition,
    asked: Mapping[str, Sequence[Definition]],
) -> ServiceDefinition:
    """What is wanted, with the archived types the service was for as well.

    A pack cannot name them, and they are to be there when they are restored; the
    same goes for archived fields and choices.
    """
    there = row.dependent_types if row else []
    shown = _portable_entries(there, asked)
    archived = tuple(
        str(one) for slug, one in booked_for_by_type(there).items() if slug not in asked
    )
    same = shown == wanted.dependent_types
    kept = tuple(there) if same else (*wanted.dependent_types, *archived)
    return replace(wanted, dependent_types=kept)


def _without_retired(definition: TypeDefinition) -> TypeDefinition:
    papers = tuple(kind for kind in definition.documents if not kind.retired)
    return replace(definition, documents=papers)


def _portable_definitions(definitions: Sequence[Definition]) -> tuple[Definition, ...]:
    """Definitions without what belongs to this database."""
    return tuple(replace(one, id="", choices=one.offered) for one in definitions)


def _currency_decimals(tx: Session) -> int:
    decimals: int = get_currency_precision(businesses.current_business(tx).currency)
    return decimals


def _summary_of(pack: Pack) -> str:
    asked = [pack.customer_fields, *(one.fields for one in pack.types)]
    asked += [one.fields for one in pack.services]
    counts = {
        "dependent type": len(pack.types),
        "field": sum(map(len, asked)),
        "service": len(pack.services),
        "policy": len(pack.policies),
        "template": len(pack.templates),
    }
    return ", ".join(
        f"{count} {what if count == 1 else _PLURALS.get(what, f'{what}s')}"
        for what, count in counts.items()
        if count
    )


@contextmanager
def _collect_changes(tx: Session) -> Iterator[list[Any]]:
    """Collect the rows that are added, changed or deleted within the context."""
    found: list[Any] = []

    def note(session: Session, *_rest: Any) -> None:
        found.extend(session.new)
        found.extend(session.deleted)
        found.extend(row for row in session.dirty if session.is_modified(row))

    event.listen(tx, "before_flush", note)
    try:
        yield found
    finally:
        event.remove(tx, "before_flush", note)
