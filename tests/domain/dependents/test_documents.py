from datetime import date

import pytest

from portal_app.domain.dependents import rules, service
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.dependents.types import define_type
from portal_app.domain.dependents.views import DocumentView
from portal_app.domain.files import service as files
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.changes import Change, ChangedMeanwhile
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.ids import new_id
from tests.support.handing_in import Shelf, hand_in, kept
from tests.support.household import PET, adopt, define_household
from tests.support.shop import NOW, new_customer, open_shop

TODAY = date(2026, 11, 2)


@pytest.fixture
def maya(db: Database) -> Actor:
    db.call(open_shop)
    db.call(define_household)
    return db.call(new_customer)


@pytest.fixture
def rex(db: Database, maya: Actor) -> str:
    return adopt(db, maya)


def keep(db: Database, actor: Actor, rex: str, expires_on: str = "2027-11-02") -> str:
    file = hand_in(db, actor, "document", name="card.pdf")
    form = DocumentForm(kind="vaccination", file_id=file.id, expires_on=expires_on)
    return db.call(service.add_document, actor, rex, form)


def shown(db: Database, actor: Actor, rex: str) -> list[DocumentView]:
    with frozen(NOW):
        return db.query(service.dependent, actor, rex).documents


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
def test_the_status_of_a_paper(expires_on: date | None, status: str) -> None:
    assert rules.status_of(expires_on, TODAY) == status


def test_a_paper_is_kept_with_its_end(db: Database, maya: Actor, rex: str) -> None:
    document_id = keep(db, maya, rex)
    (document,) = shown(db, maya, rex)
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
    assert db.query(service.dependent, maya, rex).missing == []


def test_the_list_says_which_paper_needs_attention(
    db: Database, maya: Actor, rex: str
) -> None:
    def notice() -> str:
        with frozen(NOW):
            return db.query(service.dependents, maya).rows[0].notice

    assert notice() == "Vaccination certificate is missing"
    keep(db, maya, rex, "2026-10-31")
    assert notice() == "Vaccination certificate has expired"
    keep(db, maya, rex, "2026-11-30")
    assert notice() == ("Vaccination certificate expires on Monday, 30 November 2026")
    keep(db, maya, rex, "2027-11-30")
    assert notice() == ""


def test_a_repeated_request_keeps_one(db: Database, maya: Actor, rex: str) -> None:
    file = hand_in(db, maya, "document")
    form = DocumentForm(name="Letter", file_id=file.id)
    first = db.call(service.add_document, maya, rex, form)
    before = kept(db)
    assert db.call(service.add_document, maya, rex, form) == first
    assert kept(db) == before


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
def test_a_refused_paper_leaves_nothing(
    db: Database, maya: Actor, rex: str, form: DocumentForm, faults: dict[str, str]
) -> None:
    before = kept(db)
    with pytest.raises(InvalidInput) as refusal:
        db.call(service.add_document, maya, rex, form)
    assert refusal.value.fields == faults
    assert kept(db) == before


def test_another_customers_file_is_as_if_it_did_not_exist(
    db: Database, maya: Actor, rex: str
) -> None:
    noah = db.call(new_customer, "noah@example.com")
    theirs = hand_in(db, noah, "document")
    picture = hand_in(db, maya, "picture")
    document_id = keep(db, maya, rex)
    before, answers = kept(db), []
    for file_id in (theirs.id, new_id(), picture.id):
        form = DocumentForm(name="Letter", file_id=file_id)
        with pytest.raises(InvalidInput) as refusal:
            db.call(service.add_document, maya, rex, form)
        answers.append(refusal.value.fields)
        with pytest.raises(InvalidInput) as refusal:
            db.call(service.save_document, maya, document_id, form, 1)
        answers.append(refusal.value.fields)
    assert (
        answers
        == [{"file_id": "We could not find that file. Please choose it again."}] * 6
    )
    assert kept(db) == before


def test_a_paper_that_never_ends_has_no_end(
    db: Database, maya: Actor, rex: str
) -> None:
    file = hand_in(db, maya, "document")
    form = DocumentForm(kind="insurance", file_id=file.id, expires_on="2027-01-01")
    db.call(service.add_document, maya, rex, form)
    (document,) = shown(db, maya, rex)
    assert (document.expires_on, document.status_text) == ("", "")


def test_a_paper_is_renewed(db: Database, maya: Actor, rex: str) -> None:
    shelf = Shelf()
    document_id = keep(db, maya, rex, "2026-10-31")
    new = hand_in(db, maya, "document", name="new.pdf", shelf=shelf)
    form = DocumentForm(kind="vaccination", file_id=new.id, expires_on="2027-10-31")
    assert db.call(service.save_document, maya, document_id, form, 1) == 2
    assert db.call(service.save_document, maya, document_id, form, 1) == 2
    (document,) = shown(db, maya, rex)
    assert (document.file.name, document.status) == ("new.pdf", "valid")
    assert [row.id for row in db.query(files.owned_files, maya)] == [new.id]
    assert files.sweep(db, shelf) == 1


def test_two_tabs_do_not_silently_overwrite_each_other(
    db: Database, maya: Actor, rex: str
) -> None:
    document_id = keep(db, maya, rex)
    (document,) = shown(db, maya, rex)
    first = DocumentForm(
        kind="vaccination", file_id=document.file.id, expires_on="2028-01-01"
    )
    db.call(service.save_document, maya, document_id, first, 1)
    new = hand_in(db, maya, "document")
    before = kept(db)
    second = DocumentForm(kind="insurance", name="Policy", file_id=new.id)
    with pytest.raises(ChangedMeanwhile) as refusal:
        db.call(service.save_document, maya, document_id, second, 1)
    assert refusal.value.version == 2
    assert refusal.value.changes == [
        Change("kind", "Kind", "Insurance", "Vaccination certificate"),
        Change("name", "Name", "Policy", ""),
        Change("expires_on", "Expires on", "", "Saturday, 1 January 2028"),
        Change("file_id", "File", "A new file", "card.pdf"),
    ]
    assert kept(db) == before


def test_a_removed_paper_and_its_file_are_gone(
    db: Database, maya: Actor, rex: str
) -> None:
    document_id = keep(db, maya, rex)
    db.call(service.remove_document, maya, document_id)
    assert shown(db, maya, rex) == []
    assert db.query(files.owned_files, maya) == []
    assert files.sweep(db, Shelf()) == 1


def test_a_kind_that_is_no_longer_asked_for_keeps_its_name(
    db: Database, maya: Actor, rex: str
) -> None:
    document_id = keep(db, maya, rex)
    db.call(
        define_type,
        SYSTEM,
        type(PET)(PET.slug, PET.singular, PET.plural, PET.icon, PET.documents[1:]),
    )
    (document,) = shown(db, maya, rex)
    assert document.title == "Vaccination certificate"
    form = DocumentForm(
        kind="vaccination", file_id=document.file.id, expires_on="2028-01-01"
    )
    assert db.call(service.save_document, maya, document_id, form, 1) == 2
    another = hand_in(db, maya, "document")
    with pytest.raises(InvalidInput):
        db.call(
            service.add_document,
            maya,
            rex,
            DocumentForm(
                kind="vaccination", file_id=another.id, expires_on="2028-01-01"
            ),
        )


def test_so_many_fit(
    db: Database, maya: Actor, rex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_DOCUMENTS", 1)
    keep(db, maya, rex)
    with pytest.raises(Conflict):
        keep(db, maya, rex)
