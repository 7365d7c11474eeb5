from datetime import date

import pytest

from portal_app.domain.dependents import documents, rules, service
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.dependents.types import define_type
from portal_app.domain.dependents.views import DocumentView
from portal_app.domain.files import attachments
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.ids import new_id
from tests.support.dependents import PET, add_pet, define_dependent_types
from tests.support.sample_business import NOW, create_sample_business, new_customer
from tests.support.uploads import MemoryStorage, snapshot_without_attempts, upload_file

TODAY = date(2026, 11, 2)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(create_sample_business)
    db.call(define_dependent_types)
    return db.call(new_customer)


@pytest.fixture
def rex(db: Database, maya: Actor) -> str:
    return add_pet(db, maya)


def add_certificate(
    db: Database, actor: Actor, rex: str, expires_on: str = "2027-11-02"
) -> str:
    file = upload_file(db, actor, "document", name="card.pdf")
    form = DocumentForm(kind="vaccination", file_id=file.id, expires_on=expires_on)
    return db.call(documents.add_document, actor, rex, form)


def document_views(db: Database, actor: Actor, rex: str) -> list[DocumentView]:
    with frozen(NOW):
        return db.query(service.get_dependent, actor, rex).documents


@pytest.mark.parametrize(
    ("expires_on", "status"),
    [
        (None, ""),
        (date(2026, 11, 1), "expired"),
        (date(2026, 11, 2), "soon"),
        (date(2026, 12, 2), "soon"),
        (date(2026, 12, 3), "valid"),
    ],
)
def test_document_expiry_status(expires_on: date | None, status: str) -> None:
    assert rules.expiry_status(expires_on, TODAY) == status


def test_a_document_is_added_with_its_expiry_date(
    db: Database, maya: Actor, rex: str
) -> None:
    document_id = add_certificate(db, maya, rex)
    (document,) = document_views(db, maya, rex)
    assert (document.id, document.title, document.kind, document.version) == (
        document_id,
        "Vaccination certificate",
        "vaccination",
        1,
    )
    assert document.file.name == "card.pdf"
    assert (document.expires_on, document.status, document.status_text) == (
        "2027-11-02",
        "valid",
        "Expires on Tuesday, 2 November 2027",
    )
    assert db.query(service.get_dependent, maya, rex).missing == []


def test_the_list_shows_which_document_needs_attention(
    db: Database, maya: Actor, rex: str
) -> None:
    def notice() -> str:
        with frozen(NOW):
            return db.query(service.list_dependents, maya).rows[0].notice

    assert notice() == "Vaccination certificate is missing"
    add_certificate(db, maya, rex, "2026-10-31")
    assert notice() == "Vaccination certificate has expired"
    add_certificate(db, maya, rex, "2026-11-30")
    assert notice() == ("Vaccination certificate expires on Monday, 30 November 2026")
    add_certificate(db, maya, rex, "2027-11-30")
    assert notice() == ""


def test_a_repeated_request_adds_one_document(
    db: Database, maya: Actor, rex: str
) -> None:
    file = upload_file(db, maya, "document")
    form = DocumentForm(name="Letter", file_id=file.id)
    first = db.call(documents.add_document, maya, rex, form)
    before = snapshot_without_attempts(db)
    assert db.call(documents.add_document, maya, rex, form) == first
    assert snapshot_without_attempts(db) == before


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        (
            DocumentForm(),
            {
                "name": "Please say what this document is.",
                "file_id": "Please choose a file.",
            },
        ),
        (
            DocumentForm(kind="passport", file_id="x"),
            {"kind": "Please choose a kind of document."},
        ),
        (
            DocumentForm(kind="vaccination", file_id="x"),
            {"expires_on": "Please enter the day on which it expires."},
        ),
        (
            DocumentForm(kind="vaccination", file_id="x", expires_on="31.3.2027"),
            {"expires_on": "Please enter a date such as 2027-03-31."},
        ),
        (
            DocumentForm(name="x" * 81, file_id="x", expires_on="0001-01-01"),
            {
                "name": "Please use at most 80 characters.",
                "expires_on": "Please enter a date such as 2027-03-31.",
            },
        ),
        (
            DocumentForm(name="Letter", file_id="01NOTHING"),
            {"file_id": "We could not find that file. Please choose it again."},
        ),
    ],
)
def test_a_refused_document_changes_nothing(
    db: Database, maya: Actor, rex: str, form: DocumentForm, faults: dict[str, str]
) -> None:
    before = snapshot_without_attempts(db)
    with pytest.raises(InvalidInput) as refusal:
        db.call(documents.add_document, maya, rex, form)
    assert refusal.value.fields == faults
    assert snapshot_without_attempts(db) == before


def test_another_customers_file_is_not_found(
    db: Database, maya: Actor, rex: str
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    theirs = upload_file(db, noah, "document")
    picture = upload_file(db, maya, "picture")
    document_id = add_certificate(db, maya, rex)
    before, answers = snapshot_without_attempts(db), []
    for file_id in (theirs.id, new_id(), picture.id):
        form = DocumentForm(name="Letter", file_id=file_id)
        with pytest.raises(InvalidInput) as refusal:
            db.call(documents.add_document, maya, rex, form)
        answers.append(refusal.value.fields)
        with pytest.raises(InvalidInput) as refusal:
            db.call(documents.save_document, maya, document_id, form, 1)
        answers.append(refusal.value.fields)
    assert (
        answers
        == [{"file_id": "We could not find that file. Please choose it again."}] * 6
    )
    assert snapshot_without_attempts(db) == before


def test_a_document_that_never_expires_has_no_date(
    db: Database, maya: Actor, rex: str
) -> None:
    file = upload_file(db, maya, "document")
    form = DocumentForm(kind="insurance", file_id=file.id, expires_on="2027-01-01")
    db.call(documents.add_document, maya, rex, form)
    (document,) = document_views(db, maya, rex)
    assert (document.expires_on, document.status_text) == ("", "")


def test_a_document_is_renewed(db: Database, maya: Actor, rex: str) -> None:
    shelf = MemoryStorage()
    document_id = add_certificate(db, maya, rex, "2026-10-31")
    new = upload_file(db, maya, "document", name="new.pdf", shelf=shelf)
    form = DocumentForm(kind="vaccination", file_id=new.id, expires_on="2027-10-31")
    assert db.call(documents.save_document, maya, document_id, form, 1) == 2
    assert db.call(documents.save_document, maya, document_id, form, 1) == 2
    (document,) = document_views(db, maya, rex)
    assert (document.file.name, document.status) == ("new.pdf", "valid")
    assert [row.id for row in db.query(attachments.owned_files, maya)] == [new.id]
    assert attachments.delete_unused_files(db, shelf) == 1


def test_a_stale_save_reports_what_changed(db: Database, maya: Actor, rex: str) -> None:
    document_id = add_certificate(db, maya, rex)
    (document,) = document_views(db, maya, rex)
    first = DocumentForm(
        kind="vaccination", file_id=document.file.id, expires_on="2028-01-01"
    )
    db.call(documents.save_document, maya, document_id, first, 1)
    new = upload_file(db, maya, "document")
    before = snapshot_without_attempts(db)
    second = DocumentForm(kind="insurance", name="Policy", file_id=new.id)
    with pytest.raises(EditConflict) as refusal:
        db.call(documents.save_document, maya, document_id, second, 1)
    assert refusal.value.version == 2
    assert refusal.value.changes == [
        Change("kind", "Kind", "Insurance", "Vaccination certificate"),
        Change("name", "Name", "Policy", ""),
        Change("expires_on", "Expires on", "", "Saturday, 1 January 2028"),
        Change("file_id", "File", "A new file", "card.pdf"),
    ]
    assert snapshot_without_attempts(db) == before


def test_removing_a_document_deletes_its_file(
    db: Database, maya: Actor, rex: str
) -> None:
    document_id = add_certificate(db, maya, rex)
    db.call(documents.remove_document, maya, document_id)
    assert document_views(db, maya, rex) == []
    assert db.query(attachments.owned_files, maya) == []
    assert attachments.delete_unused_files(db, MemoryStorage()) == 1


def test_a_retired_kind_keeps_its_name(db: Database, maya: Actor, rex: str) -> None:
    document_id = add_certificate(db, maya, rex)
    db.call(
        define_type,
        SYSTEM,
        type(PET)(PET.slug, PET.singular, PET.plural, PET.icon, PET.documents[1:]),
    )
    (document,) = document_views(db, maya, rex)
    assert document.title == "Vaccination certificate"
    form = DocumentForm(
        kind="vaccination", file_id=document.file.id, expires_on="2028-01-01"
    )
    assert db.call(documents.save_document, maya, document_id, form, 1) == 2
    another = upload_file(db, maya, "document")
    with pytest.raises(InvalidInput):
        db.call(
            documents.add_document,
            maya,
            rex,
            DocumentForm(
                kind="vaccination", file_id=another.id, expires_on="2028-01-01"
            ),
        )


def test_number_of_documents_is_limited(
    db: Database, maya: Actor, rex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_DOCUMENTS", 1)
    add_certificate(db, maya, rex)
    with pytest.raises(Conflict):
        add_certificate(db, maya, rex)
