"""Categories, as the office keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import checks
from portal_app.domain.catalogue.checks import CATEGORY_RECORD, CategoryDefinition
from portal_app.domain.catalogue.models import Category, Service
from portal_app.domain.catalogue.views import CategoryEntryView
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.keys import required_request_key, unique_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import one_line

MAX_CATEGORIES = 50
_KIND = "Category"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryForm:
    """A category as typed."""

    name: str = ""
    description: str = ""


def category_entries(tx: Session, actor: Actor) -> list[CategoryEntryView]:
    """Every category in order, archived ones last, with how many services it has.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    counted = (
        select(Service.category_id, func.count())
        .where(col(Service.archived_at).is_(None))
        .group_by(col(Service.category_id))
    )
    counts = {row[0]: row[1] for row in tx.exec(counted)}
    views = [
        CategoryEntryView(
            id=row.id,
            slug=row.slug,
            name=row.name,
            description=row.description,
            count=counts.get(row.id, 0),
            archived=row.archived_at is not None,
            version=row.version,
        )
        for row in category_rows(tx)
    ]
    return sorted(views, key=lambda view: view.archived)


def add_category(tx: Session, actor: Actor, form: CategoryForm, request: str) -> str:
    """Add a category after the others, once per request; returns its id.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    rows = category_rows(tx)
    for row in rows:
        if row.request_key == key:
            return row.id
    taken = [row.slug for row in rows]
    slug = unique_key(form.name, taken, otherwise="category", separator="-")
    wanted = _checked_form(form, CategoryDefinition(slug, ""), rows)
    if len(rows) >= MAX_CATEGORIES:
        raise Conflict(f"There can be at most {MAX_CATEGORIES} categories.")
    last = next_position(row.position for row in rows)
    wanted = replace(wanted, position=last)
    return store_category(tx, actor, None, wanted, key).id


def change_category(
    tx: Session, actor: Actor, category_id: str, form: CategoryForm, version: int
) -> None:
    """Change a category; its address stays.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such category.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = _locked_row(tx, actor, category_id)
    others = [one for one in category_rows(tx) if one.id != row.id]
    wanted = _checked_form(form, _definition_of(row), others)
    if CATEGORY_RECORD.is_current(row, CATEGORY_RECORD.values(wanted), version):
        store_category(tx, actor, row, wanted)


def archive_category(tx: Session, actor: Actor, category_id: str) -> None:
    """Put an empty category away. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such category.
        Conflict: If it has services that are not archived.
    """
    row = _locked_row(tx, actor, category_id)
    used = select(Service.id).where(
        Service.category_id == row.id, col(Service.archived_at).is_(None)
    )
    if tx.exec(used.limit(1)).first() is not None:
        raise Conflict(
            f"There are services in “{row.name}”. Please move or archive them first."
        )
    change_log.archive(tx, actor, row, thing_of(row))


def restore_category(tx: Session, actor: Actor, category_id: str) -> None:
    """Take an archived category into use again. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such category.
    """
    row = _locked_row(tx, actor, category_id)
    change_log.restore(tx, actor, row, thing_of(row))


def reorder_categories(tx: Session, actor: Actor, ids: Sequence[str]) -> None:
    """Put categories into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    change_log.store_order(tx, actor, category_rows(tx), ids, thing_of)


def thing_of(row: Category) -> Thing:
    """A category as the change log names it."""
    return Thing(_KIND, row.id, row.name)


def category_rows(tx: Session) -> list[Category]:
    """Every category, in the business's order."""
    in_order = (col(Category.position), col(Category.name), col(Category.id))
    return list(tx.exec(select(Category).order_by(*in_order)))


def store_category(
    tx: Session,
    actor: Actor,
    row: Category | None,
    wanted: CategoryDefinition,
    request_key: str | None = None,
) -> Category:
    """Write a checked definition, and what changed into the log."""
    if row is None:
        row = Category(
            slug=wanted.slug,
            name=wanted.name,
            description=wanted.description,
            position=wanted.position,
            request_key=request_key,
        )
        tx.add(row)
        tx.flush()
        change_log.record(tx, actor, "added", thing_of(row))
        return row
    before, after = CATEGORY_RECORD.values(row), CATEGORY_RECORD.values(wanted)
    if before != after:
        CATEGORY_RECORD.write(row, after)
        row.version += 1
        differences = change_log.differences(CATEGORY_RECORD, before, after)
        change_log.record(tx, actor, "changed", thing_of(row), differences)
    if row.position != wanted.position:
        row.position = wanted.position
    tx.add(row)
    tx.flush()
    return row


def _definition_of(row: Category) -> CategoryDefinition:
    return CategoryDefinition(row.slug, row.name, row.description, row.position)


def _checked_form(
    form: CategoryForm, before: CategoryDefinition, others: Sequence[Category]
) -> CategoryDefinition:
    wanted = replace(
        before, name=one_line(form.name), description=one_line(form.description)
    )
    faults = checks.category_faults(wanted)
    names = {row.name.casefold() for row in others if row.archived_at is None}
    if "name" not in faults and wanted.name.casefold() in names:
        faults["name"] = f"There is a category called “{wanted.name}” already."
    if faults:
        raise InvalidInput(faults)
    return wanted


def _locked_row(tx: Session, actor: Actor, category_id: str) -> Category:
    require_office(actor)
    businesses.lock_business(tx)
    row = tx.get(Category, category_id)
    if row is None:
        raise NotFound("There is no such category.")
    return row
