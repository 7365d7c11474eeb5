"""What the demo customers have: contacts, profiles, dependents, documents.

Each is known by its name and left as it is once it is there; a document by its
kind. Files are only uploaded where there is a storage.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from sqlmodel import Session, col, select

from portal_app.demo.content import (
    FIELDS_PACK,
    DemoCustomer,
    DemoDependent,
    DemoDocument,
    read_content,
)
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import business_profiles, contacts
from portal_app.domain.customers.models import BusinessProfile, ContactEmail
from portal_app.domain.dependents import documents
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import (
    Dependent,
    DependentDocument,
    DependentType,
)
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.fields import schema
from portal_app.domain.fields import values as fields
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.fields.values import Subject
from portal_app.domain.files import uploads
from portal_app.domain.files.protocols import ImageProcessor, Storage
from portal_app.domain.files.uploads import Upload
from portal_app.domain.packs import service as packs
from portal_app.kernel import ownership
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import today_in, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ownership import customer_of
from portal_app.kernel.text_files import read_text

_PICTURES = Path(__file__).resolve().parents[2] / "assets" / "services"


@dataclass(frozen=True, slots=True)
class DemoStorage:
    """Where files go, and what draws pictures."""

    storage: Storage
    images: ImageProcessor


def load_fields(tx: Session) -> None:
    """Define what the business asks, unless it has types of its own already."""
    if tx.exec(select(DependentType).limit(1)).first() is not None:
        return
    packs.import_pack(tx, SYSTEM, read_text(FIELDS_PACK))
    for service in tx.exec(select(Service)):
        asked = read_content().fields.get(service.slug, ())
        schema.define_fields(tx, SYSTEM, schema.service_scope(service.id), asked)


def load_customer_data(
    db: Database, actor: Actor, guest: DemoCustomer, demo_storage: DemoStorage | None
) -> None:
    """Load what a customer keeps.

    Args:
        db: The database.
        actor: The customer.
        guest: What there shall be.
        demo_storage: Where photos and documents go; ``None`` leaves them out.
    """
    db.call(_load_answers, actor, guest)
    _load_contacts(db, actor, guest)
    db.call(_load_business_profiles, actor, guest)
    for dependent in guest.dependents:
        dependent_id = db.call(_load_dependent, actor, dependent)
        if demo_storage is not None:
            _load_files(db, actor, dependent_id, dependent, demo_storage)


def _load_answers(tx: Session, actor: Actor, guest: DemoCustomer) -> None:
    subject = Subject("customer", customer_of(actor))
    known = tx.exec(
        select(FieldValue).where(
            FieldValue.subject_kind == subject.kind, FieldValue.subject_id == subject.id
        )
    ).first()
    if guest.answers and known is None:
        fields.save_values(
            tx, actor, schema.CUSTOMER_SCOPE, subject, guest.answers, owner=subject.id
        )


def _load_contacts(db: Database, actor: Actor, guest: DemoCustomer) -> None:
    for form in guest.contacts:
        request = f"demo{form.first_name}{form.last_name}"
        contacts.add_contact(db, actor, form, request)
        db.call(_confirm_emails, actor)


def _confirm_emails(tx: Session, actor: Actor) -> None:
    """Without the mails that nobody gets: they are active like the accounts."""
    for row in tx.exec(ownership.owned_by(actor, ContactEmail)):
        row.verified_at = row.verified_at or utc_now()


def _load_business_profiles(tx: Session, actor: Actor, guest: DemoCustomer) -> None:
    rows = tx.exec(ownership.owned_by(actor, BusinessProfile))
    known = {row.name for row in rows}
    for form in guest.companies:
        if form.name not in known:
            request = f"demo{form.tax_number}".replace(" ", "")
            business_profiles.add_business_profile(tx, actor, form, request)


def _load_dependent(tx: Session, actor: Actor, dependent: DemoDependent) -> str:
    known = tx.exec(
        ownership.owned_by(actor, Dependent).where(
            col(Dependent.name) == dependent.name
        )
    ).first()
    if known is not None:
        return known.id
    form = DependentForm(name=dependent.name, answers=dependent.answers)
    return dependents.add_dependent(
        tx, actor, dependent.kind, form, f"demo-{dependent.name}"
    )


def _load_files(
    db: Database,
    actor: Actor,
    dependent_id: str,
    dependent: DemoDependent,
    demo_storage: DemoStorage,
) -> None:
    view = db.query(dependents.get_dependent, actor, dependent_id)
    if dependent.photo and not view.picture_url:
        photo = (_PICTURES / f"{dependent.photo}.webp").read_bytes()
        file_id = _upload_file(
            db, actor, demo_storage, _make_upload("picture", "photo.webp", photo)
        )
        db.call(dependents.set_picture, actor, dependent_id, file_id)
    known = db.query(_document_kinds, dependent_id)
    for paper in dependent.documents:
        if paper.kind in known:
            continue
        name = f"{paper.title} {dependent.name}.pdf"
        upload = _make_upload(
            "document", name, one_page_pdf(paper.title, dependent.name)
        )
        form = DocumentForm(
            kind=paper.kind,
            file_id=_upload_file(db, actor, demo_storage, upload),
            expires_on=_expiry_date(db, paper).isoformat(),
        )
        db.call(documents.add_document, actor, dependent_id, form)


def _document_kinds(tx: Session, dependent_id: str) -> set[str]:
    rows = tx.exec(
        select(DependentDocument.kind).where(
            DependentDocument.dependent_id == dependent_id
        )
    )
    return set(rows)


def _expiry_date(db: Database, paper: DemoDocument) -> date:
    zone = db.query(businesses.formats).zone
    return today_in(zone) + timedelta(days=paper.in_days)


def _upload_file(
    db: Database, actor: Actor, demo_storage: DemoStorage, upload: Upload
) -> str:
    return uploads.accept_upload(
        db, demo_storage.storage, demo_storage.images, actor, upload
    ).id


def _make_upload(purpose: str, name: str, content: bytes) -> Upload:
    return Upload(purpose, name, BytesIO(content), len(content))


def one_page_pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines; only Latin letters."""
    shown = [line.replace("(", "").replace(")", "").replace("\\", "") for line in lines]
    text = "BT /F1 24 Tf 72 740 Td 34 TL " + " ".join(f"({one}) Tj T*" for one in shown)
    stream = f"{text} ET".encode("latin-1", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    page = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(page))
        page += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        page
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table)
        + b"trailer << /Size %d /Root 1 0 R >>\n" % (len(parts) + 1)
        + b"startxref\n%d\n%%%%EOF\n" % len(page)
    )
