"""The documents of a dependent: added, renewed, removed."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import rules
from portal_app.domain.dependents.models import DependentDocument, DependentType
from portal_app.domain.dependents.ownership import find_own_dependent, find_own_document
from portal_app.domain.dependents.rules import (
    DocumentForm,
    DocumentKind,
    DocumentValues,
)
from portal_app.domain.dependents.types import type_definition_of
from portal_app.domain.dependents.views import DocumentView
from portal_app.domain.files import attachments
from portal_app.domain.files import rules as file_rules
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import today_in, utc_now
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.formats import Formats
from portal_app.kernel.versioned import Field, Record

_FILE_NOT_FOUND = "We could not find that file. Please choose it again."


def add_document(
    tx: Session, actor: Actor, dependent_id: str, form: DocumentForm
) -> str:
    """Keep a paper; the same file sent twice is kept once.

    Args:
        tx: The transaction.
        actor: A customer.
        dependent_id: One of theirs.
        form: As typed; its file was handed in as a document.

    Returns:
        The id of the paper.

    Raises:
        NotFound: If the dependent is missing or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are 50 already.
    """
    dependent = find_own_dependent(tx, actor, dependent_id, lock=True)
    kept = tx.exec(
        select(DependentDocument).where(
            col(DependentDocument.dependent_id) == dependent.id
        )
    ).all()
    same = next((row for row in kept if row.file_id == form.file_id), None)
    if same is not None:
        return same.id
    paper = rules.check_document(form, _allowed_kinds(tx, dependent.type_id))
    if len(kept) >= rules.MAX_DOCUMENTS:
        raise Conflict("There are as many documents as fit. Remove one first.")
    _attach_file(tx, actor, form.file_id)
    row = DependentDocument(
        dependent_id=dependent.id,
        kind=paper.kind,
        name=paper.name,
        file_id=form.file_id,
        expires_on=paper.expires_on,
        created_at=utc_now(),
    )
    tx.add(row)
    tx.flush()
    return row.id


def save_document(
    tx: Session, actor: Actor, document_id: str, form: DocumentForm, version: int
) -> int:
    """Change a paper, or renew its file.

    Args:
        tx: The transaction.
        actor: A customer.
        document_id: Of one of their dependents.
        form: As it shall be.
        version: Of the paper that was read.

    Returns:
        The new version.

    Raises:
        NotFound: If it is missing or somebody else's.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version``.
    """
    dependent, row = find_own_document(tx, actor, document_id)
    paper = rules.check_document(form, _allowed_kinds(tx, dependent.type_id, row.kind))
    if (paper, form.file_id) == (
        DocumentValues(row.kind, row.name, row.expires_on),
        row.file_id,
    ):
        return row.version
    record = _record(tx, dependent.type_id, row)
    values = asdict(paper) | {"file_id": form.file_id}
    if not record.is_current(row, values, version):
        return row.version
    if form.file_id != row.file_id:
        _attach_file(tx, actor, form.file_id)
        attachments.release(tx, row.file_id)
    record.save(tx, row, values, version)
    return row.version


def remove_document(tx: Session, actor: Actor, document_id: str) -> None:
    """Take a paper and its file away for good.

    Raises:
        NotFound: If it is missing or somebody else's.
    """
    _, row = find_own_document(tx, actor, document_id)
    attachments.release(tx, row.file_id)
    # The file's row goes with its bytes; until then it must not be referred to.
    tx.delete(row)
    tx.flush()


def documents_by_dependent(
    tx: Session, dependent_ids: Collection[str]
) -> dict[str, list[DependentDocument]]:
    """The papers of several dependents, those that end first on top."""
    found: dict[str, list[DependentDocument]] = {one: [] for one in dependent_ids}
    rows = tx.exec(
        select(DependentDocument).where(
            col(DependentDocument.dependent_id).in_(dependent_ids)
        )
    )
    for row in sorted(rows, key=lambda row: (row.expires_on or date.max, row.id)):
        found[row.dependent_id].append(row)
    return found


def document_views(
    rows: Sequence[DependentDocument],
    kinds: Sequence[DocumentKind],
    pictures: dict[str, FileView],
    formats: Formats,
) -> list[DocumentView]:
    """Papers as a browser sees them."""
    today = today_in(formats.zone)
    return [
        DocumentView(
            id=row.id,
            title=document_title(row, kinds),
            kind=row.kind,
            name=row.name,
            file=pictures.get(row.file_id, FileView()),
            expires_on=row.expires_on.isoformat() if row.expires_on else "",
            status=rules.expiry_status(row.expires_on, today),
            status_text=_status_text(row.expires_on, today, formats),
            version=row.version,
        )
        for row in rows
    ]


def document_title(row: DependentDocument, kinds: Sequence[DocumentKind]) -> str:
    """What a paper is called: by its own name, or that of its kind."""
    names = {kind.key: kind.name for kind in kinds}
    return row.name or names.get(row.kind, row.kind)


def missing_documents(
    rows: Sequence[DependentDocument], kinds: Sequence[DocumentKind], today: date
) -> list[str]:
    """The names of required papers of which there is none that holds."""
    return list(_missing(rows, kinds, today).values())


def _missing(
    rows: Sequence[DependentDocument], kinds: Sequence[DocumentKind], day: date
) -> dict[str, str]:
    """Key and name of each kind that lacks a paper which holds on a day."""
    holding = {
        row.kind
        for row in rows
        if rules.expiry_status(row.expires_on, day) != rules.EXPIRED
    }
    return {
        kind.key: kind.name
        for kind in kinds
        if kind.required and not kind.retired and kind.key not in holding
    }


def document_gaps(
    rows: Sequence[DependentDocument],
    kinds: Sequence[DocumentKind],
    day: date,
    formats: Formats,
) -> list[str]:
    """What is wrong with the required papers on a day to come, such as “… is missing”.

    Args:
        rows: The papers, those that end first on top.
        kinds: Those that are asked for.
        day: On which they have to hold.
        formats: Of the business.
    """
    ends = {row.kind: row.expires_on for row in rows}  # the last of each kind counts
    return [
        f"{name} {_gap_text(ends.get(key), formats)}"
        for key, name in _missing(rows, kinds, day).items()
    ]


def _gap_text(end: date | None, formats: Formats) -> str:
    if end is None:
        return "is missing"
    if end < today_in(formats.zone):
        return "has expired"
    return f"expires on {formats.day(end)}, before the appointment"


def attention_notice(
    rows: Sequence[DependentDocument], kinds: Sequence[DocumentKind], formats: Formats
) -> str:
    """One sentence about the paper that needs attention first, or an empty text.

    A paper that was renewed does not: the newest of its kind counts.
    """
    today = today_in(formats.zone)
    newest: dict[str, DependentDocument] = {}
    for row in rows:  # in the order of their ends
        newest[row.kind or row.id] = row
    for status, words in (
        (rules.EXPIRED, "has expired"),
        (rules.EXPIRES_SOON, "expires on"),
    ):
        for row in newest.values():
            if rules.expiry_status(row.expires_on, today) == status and row.expires_on:
                day = (
                    "" if status == rules.EXPIRED else f" {formats.day(row.expires_on)}"
                )
                return f"{document_title(row, kinds)} {words}{day}"
    lacking = missing_documents(rows, kinds, today)
    return f"{lacking[0]} is missing" if lacking else ""


def _allowed_kinds(tx: Session, type_id: str, had: str = "") -> list[DocumentKind]:
    """What a paper may be: what is asked for, and what it was before."""
    documents = type_definition_of(tx.get_one(DependentType, type_id)).documents
    return [kind for kind in documents if not kind.retired or kind.key == had]


def _attach_file(tx: Session, actor: Actor, file_id: str) -> None:
    try:
        attachments.attach(
            tx,
            actor,
            file_id,
            {file_rules.DOCUMENT},
            customer_id=actor.customer_id,
            features=(Feature.DEPENDENTS,),
        )
    except NotFound:
        raise InvalidInput({"file_id": _FILE_NOT_FOUND}) from None


def _record(tx: Session, type_id: str, row: DependentDocument) -> Record:
    """What a document consists of, in the words of its type."""
    names = {kind.key: kind.name for kind in _allowed_kinds(tx, type_id, row.kind)}
    stored_file = row.file_id

    def day_text(day: date | None) -> str:
        return businesses.formats(tx).day(day) if day else ""

    def file_text(file_id: str) -> str:
        if file_id != stored_file:
            return "A new file"
        return attachments.file_views(tx, [file_id]).get(file_id, FileView()).name

    return Record(
        "This document",
        Field("kind", "Kind", text=lambda kind: names.get(kind, kind)),
        Field("name", "Name"),
        Field("expires_on", "Expires on", text=day_text),
        Field("file_id", "File", text=file_text),
    )


def _status_text(expires_on: date | None, today: date, formats: Formats) -> str:
    if expires_on is None:
        return ""
    word = "Expired" if expires_on < today else "Expires"
    return f"{word} on {formats.day(expires_on)}"
