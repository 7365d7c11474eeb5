"""What customers do with their dependents; the one door to this package."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents import documents, rules
from portal_app.domain.dependents.documents import (
    add_document,
    remove_document,
    save_document,
)
from portal_app.domain.dependents.listing import choosable, dependents
from portal_app.domain.dependents.models import Dependent, DependentType
from portal_app.domain.dependents.ownership import own_dependent
from portal_app.domain.dependents.reminding import remind_of_ends
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.dependents.types import (
    definition_of,
    heading,
    type_in_use,
    type_view,
    types,
)
from portal_app.domain.dependents.views import DependentView
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.service import Subject
from portal_app.domain.fields.views import FieldView
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files import service as files
from portal_app.kernel import archiving
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ownership import customer_of, owned_by

__all__ = [
    "DependentForm",
    "DocumentForm",
    "add",
    "add_document",
    "archive",
    "blank",
    "choosable",
    "dependent",
    "dependents",
    "heading",
    "remind_of_ends",
    "remove_document",
    "restore",
    "save",
    "save_document",
    "set_picture",
    "types",
]

_LARGE = 512
_NO_PICTURE = "We could not find that picture. Please choose it again."


def dependent(tx: Session, actor: Actor, dependent_id: str) -> DependentView:
    """The page of one dependent, archived or not.

    Raises:
        NotFound: If it is missing or somebody else's.
        NotAllowed: If the actor is no customer.
    """
    row = own_dependent(tx, actor, dependent_id)
    type_row = tx.get_one(DependentType, row.type_id)
    kinds = definition_of(type_row).documents
    papers = documents.documents_of(tx, [row.id])[row.id]
    pictures = files.views_of(tx, {paper.file_id for paper in papers})
    formats = businesses.formats(tx)
    today = utc_now().astimezone(formats.zone).date()
    return DependentView(
        id=row.id,
        name=row.name,
        type=type_view(type_row),
        picture_url=files.picture_url(row.picture_id, _LARGE),
        fields=fields.form(
            tx,
            actor.audience.value,
            fields.of_dependent_type(row.type_id),
            Subject(rules.SUBJECT, row.id),
        ),
        documents=documents.document_views(papers, kinds, pictures, formats),
        missing=documents.missing(papers, kinds, today),
        archived=row.archived_at is not None,
        version=row.version,
    )


def blank(tx: Session, actor: Actor, type_slug: str) -> list[FieldView]:
    """The fields of the form with which a dependent of this type is added.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If there is no such type.
    """
    customer_of(actor)
    scope = fields.of_dependent_type(type_in_use(tx, type_slug).id)
    return fields.form(tx, actor.audience.value, scope, None)


def add(
    tx: Session, actor: Actor, type_slug: str, form: DependentForm, request_key: str
) -> str:
    """Add a dependent, once per request.

    Args:
        tx: The transaction.
        actor: A customer.
        type_slug: Of a type in use.
        form: As typed.
        request_key: What the browser calls this request, at most 64 characters; a
            repetition adds nothing and returns the same id.

    Returns:
        The id of the dependent.

    Raises:
        NotAllowed: If the actor is no customer.
        NotFound: If there is no such type.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are 500 already.
    """
    customer_id = customer_of(actor)
    # Held, so that a repeated request waits for the first.
    if tx.get(Customer, customer_id, with_for_update=True) is None:
        raise NotFound
    key = request_key.strip()[:64]
    same = tx.exec(
        owned_by(actor, Dependent).where(col(Dependent.request_key) == key)
    ).first()
    if same is not None and key:
        return same.id
    type_row = type_in_use(tx, type_slug)
    in_all = select(func.count()).where(col(Dependent.customer_id) == customer_id)
    if tx.exec(in_all).one() >= rules.MAX_DEPENDENTS:
        raise Conflict("There are as many as fit. Please contact us.")
    row = Dependent(
        customer_id=customer_id,
        type_id=type_row.id,
        name="",
        request_key="",
        created_at=utc_now(),
    )
    row.request_key = key or row.id
    row.name, wrong = _checked_name(form.name, type_row)
    wrong |= _save_fields(tx, actor, row, form)[1]
    if form.picture_id:
        wrong |= _attach_picture(tx, actor, row, form.picture_id)
    if wrong:
        raise InvalidInput(wrong)
    tx.add(row)
    tx.flush()
    return row.id


def save(
    tx: Session, actor: Actor, dependent_id: str, form: DependentForm, version: int
) -> int:
    """Change a dependent's name and fields.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: One of theirs.
        form: As it shall be; the picture is changed by ``set_picture``.
        version: Of the dependent that was read.

    Returns:
        The new version; the same if nothing differs.

    Raises:
        NotFound: If it is missing or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        ChangedMeanwhile: If it was changed since ``version`` and differs.
    """
    row = own_dependent(tx, actor, dependent_id, lock=True)
    type_row = tx.get_one(DependentType, row.type_id)
    if row.version != version:
        changes = _changes(tx, actor, row, form)
        if not changes:
            return row.version
        raise ChangedMeanwhile(row.name, changes, row.version)
    name, wrong = _checked_name(form.name, type_row)
    changed, faults = _save_fields(tx, actor, row, form)
    if wrong or faults:
        raise InvalidInput(wrong | faults)
    if changed or name != row.name:
        row.name = name
        row.version += 1
        tx.flush()
    return row.version


def set_picture(
    tx: Session, actor: Actor, dependent_id: str, file_id: str
) -> DependentView:
    """Give a dependent a picture, replace it, or take it away (empty id).

    The last one wins: a picture is seen at once and changed as easily.

    Raises:
        NotFound: If the dependent is missing or somebody else's.
        InvalidInput: If the file is not a picture the actor handed in.
    """
    row = own_dependent(tx, actor, dependent_id, lock=True)
    before = row.picture_id
    if file_id != (before or ""):
        row.picture_id = None
        if file_id and (wrong := _attach_picture(tx, actor, row, file_id)):
            raise InvalidInput(wrong, _NO_PICTURE)
        files.release(tx, before)
        row.version += 1
        tx.flush()
    return dependent(tx, actor, dependent_id)


def archive(tx: Session, actor: Actor, dependent_id: str) -> None:
    """Put a dependent away: nothing is lost, and old bookings keep it.

    Safe to repeat.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    row = own_dependent(tx, actor, dependent_id, lock=True)
    archiving.archive(tx, row)


def restore(tx: Session, actor: Actor, dependent_id: str) -> None:
    """Take a dependent out again. Safe to repeat.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    row = own_dependent(tx, actor, dependent_id, lock=True)
    archiving.restore(tx, row)


def _checked_name(text: str, type_row: DependentType) -> tuple[str, dict[str, str]]:
    try:
        return rules.check_name(text, type_row.singular), {}
    except InvalidInput as error:
        return "", error.fields


def _save_fields(
    tx: Session, actor: Actor, row: Dependent, form: DependentForm
) -> tuple[bool, dict[str, str]]:
    """Returns: whether anything changed, and what is wrong."""
    try:
        changed = fields.save(
            tx,
            actor,
            fields.of_dependent_type(row.type_id),
            Subject(rules.SUBJECT, row.id),
            form.answers,
            owner=row.customer_id,
        )
    except InvalidInput as error:
        return False, error.fields
    return bool(changed), {}


def _attach_picture(
    tx: Session, actor: Actor, row: Dependent, file_id: str
) -> dict[str, str]:
    try:
        files.attach(
            tx, actor, file_id, {file_rules.PICTURE}, customer_id=row.customer_id
        )
    except NotFound:
        return {"picture_id": _NO_PICTURE}
    row.picture_id = file_id
    return {}


def _changes(
    tx: Session, actor: Actor, row: Dependent, form: DependentForm
) -> list[Change]:
    found: list[Change] = []
    typed = " ".join(form.name.split())
    if typed != row.name:
        found.append(Change("name", "Name", typed, row.name))
    return found + fields.differences(
        tx,
        actor.audience.value,
        fields.of_dependent_type(row.type_id),
        Subject(rules.SUBJECT, row.id),
        form.answers,
    )
