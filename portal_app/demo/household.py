"""What customers of the demo business keep: companies, dependents, their papers.

Each is known by its name and left as it is once it is there; a document by its
kind. Files are only handed in where there is a storage to keep them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from sqlmodel import Session, col, select

from portal_app.demo.content import FIELDS, Guest, Paper, Ward, read
from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers import business_profiles, contacts
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.models import BusinessProfile, ContactEmail
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.models import (
    Dependent,
    DependentDocument,
    DependentType,
)
from portal_app.domain.dependents.rules import DependentForm, DocumentForm
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.models import FieldValue
from portal_app.domain.fields.service import Subject
from portal_app.domain.files import service as files
from portal_app.domain.files.service import Images, Storage, Upload
from portal_app.domain.packs import service as packs
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.ownership import customer_of

_PICTURES = Path(__file__).resolve().parents[2] / "assets" / "services"


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Where files go, and what draws pictures."""

    storage: Storage
    images: Images


def load_fields(tx: Session) -> None:
    """Define what the business asks, unless it has types of its own already."""
    if tx.exec(select(DependentType).limit(1)).first() is not None:
        return
    packs.import_pack(tx, SYSTEM, FIELDS.read_text(encoding="utf-8"))
    for service in tx.exec(select(Service)):
        asked = read().fields.get(service.slug, ())
        fields.define(tx, SYSTEM, fields.of_service(service.id), asked)


def load_household(
    db: Database, actor: Actor, guest: Guest, cabinet: Cabinet | None
) -> None:
    """Load what a customer keeps.

    Args:
        db: The database.
        actor: The customer.
        guest: What there shall be.
        cabinet: Where photos and documents go; ``None`` leaves them out.
    """
    db.call(_load_answers, actor, guest)
    _load_contacts(db, actor, guest)
    db.call(_load_companies, actor, guest)
    for ward in guest.dependents:
        dependent_id = db.call(_load_ward, actor, ward)
        if cabinet is not None:
            _load_files(db, actor, dependent_id, ward, cabinet)


def _load_answers(tx: Session, actor: Actor, guest: Guest) -> None:
    subject = Subject("customer", customer_of(actor))
    known = tx.exec(
        select(FieldValue).where(
            FieldValue.subject_kind == subject.kind, FieldValue.subject_id == subject.id
        )
    ).first()
    if guest.answers and known is None:
        fields.save(
            tx, actor, fields.CUSTOMERS, subject, guest.answers, owner=subject.id
        )


def _load_contacts(db: Database, actor: Actor, guest: Guest) -> None:
    for form in guest.contacts:
        request = f"demo{form.first_name}{form.last_name}"
        contacts.add_contact(db, actor, form, request)
        db.call(_confirm_emails, actor)


def _confirm_emails(tx: Session, actor: Actor) -> None:
    """Without the mails that nobody gets: they are active like the accounts."""
    for row in tx.exec(customers.owned_by(actor, ContactEmail)):
        row.verified_at = row.verified_at or utc_now()


def _load_companies(tx: Session, actor: Actor, guest: Guest) -> None:
    rows = tx.exec(customers.owned_by(actor, BusinessProfile))
    known = {row.name for row in rows}
    for form in guest.companies:
        if form.name not in known:
            request = f"demo{form.tax_number}".replace(" ", "")
            business_profiles.add_business_profile(tx, actor, form, request)


def _load_ward(tx: Session, actor: Actor, ward: Ward) -> str:
    known = tx.exec(
        customers.owned_by(actor, Dependent).where(col(Dependent.name) == ward.name)
    ).first()
    if known is not None:
        return known.id
    form = DependentForm(name=ward.name, answers=ward.answers)
    return dependents.add(tx, actor, ward.kind, form, f"demo-{ward.name}")


def _load_files(
    db: Database, actor: Actor, dependent_id: str, ward: Ward, cabinet: Cabinet
) -> None:
    view = db.query(dependents.dependent, actor, dependent_id)
    if ward.photo and not view.picture_url:
        photo = (_PICTURES / f"{ward.photo}.webp").read_bytes()
        file_id = _hand_in(db, actor, cabinet, _upload("picture", "photo.webp", photo))
        db.call(dependents.set_picture, actor, dependent_id, file_id)
    known = db.query(_kinds_of, dependent_id)
    for paper in ward.documents:
        if paper.kind in known:
            continue
        name = f"{paper.title} {ward.name}.pdf"
        upload = _upload("document", name, one_page(paper.title, ward.name))
        form = DocumentForm(
            kind=paper.kind,
            file_id=_hand_in(db, actor, cabinet, upload),
            expires_on=_end(db, paper).isoformat(),
        )
        db.call(dependents.add_document, actor, dependent_id, form)


def _kinds_of(tx: Session, dependent_id: str) -> set[str]:
    rows = tx.exec(
        select(DependentDocument.kind).where(
            DependentDocument.dependent_id == dependent_id
        )
    )
    return set(rows)


def _end(db: Database, paper: Paper) -> date:
    zone = db.query(businesses.formats).zone
    return utc_now().astimezone(zone).date() + timedelta(days=paper.in_days)


def _hand_in(db: Database, actor: Actor, cabinet: Cabinet, upload: Upload) -> str:
    return files.accept(db, cabinet.storage, cabinet.images, actor, upload).id


def _upload(purpose: str, name: str, content: bytes) -> Upload:
    return Upload(purpose, name, BytesIO(content), len(content))


def one_page(*lines: str) -> bytes:
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
