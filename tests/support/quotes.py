"""Quotes of a small business, made by the services that people use."""

from dataclasses import dataclass, replace

from sqlmodel import Session, select

from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.definitions import ServiceDefinition
from portal_app.domain.catalogue.rules import ON_REQUEST, PricedChoice, PricedOption
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.domain.quotes import answers, requests
from portal_app.domain.quotes.answers import AnswerForm, LineForm
from portal_app.domain.quotes.decisions import ShownVersion
from portal_app.domain.quotes.requests import RequestForm
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database
from tests.support.sample_business import CONTACT, HOME, create_sample_business

GARDEN = ServiceDefinition(
    slug="garden-makeover",
    category_slug="cleaning",
    name="Garden makeover",
    base_price_minor=0,
    duration_minutes=120,
    price_kind=ON_REQUEST,
    options=(
        PricedOption(
            key="size",
            name="Size",
            kind="single",
            choices=(
                PricedChoice("small", "Small"),
                PricedChoice("large", "Large", 0, 60),
            ),
        ),
    ),
)
ANSWER = AnswerForm(
    lines=(
        LineForm("Planting", "2", "150.00"),
        LineForm("Clearing", "1", "99.50"),
    ),
    hours="3",
    valid_days="14",
    notes="Plants are included.",
)
TOTAL_MINOR = 2 * 150_00 + 99_50


@dataclass(frozen=True)
class GardenBusiness:
    """Who is there: the office, and who does the gardens."""

    office: Actor
    gardener: str


def create_garden_business(tx: Session) -> GardenBusiness:
    """The sample business, with a service whose price is on request."""
    create_sample_business(tx)
    definitions.define_service(tx, SYSTEM, GARDEN)
    gardener = roster.define_fieldworker(
        tx,
        SYSTEM,
        FieldworkerDefinition(
            name="Gus",
            skills=(GARDEN.slug,),
            hours=weekly_hours(range(5), "09:00", "17:00"),
            position=5,
        ),
    )
    account = Account(email="office@example.com", role="office")
    tx.add(account)
    tx.flush()
    office = Actor(audience=Audience.OFFICE, account_id=account.id, is_owner=True)
    return GardenBusiness(office, gardener)


def request_draft(
    tx: Session,
    actor: Actor,
    slug: str = GARDEN.slug,
    contact: BookingContactForm = CONTACT,
) -> tuple[str, int]:
    """Id and version of a draft that is ready to be sent."""
    draft = drafts.open_draft(tx, actor, slug)
    if draft.answers:
        draft = drafts.choose_options(tx, actor, draft.id, {"size": "large"})
    draft = drafts.choose_address(tx, actor, draft.id, HOME)
    draft = drafts.choose_contact(tx, actor, draft.id, contact)
    return draft.id, draft.shown.version


def requested_quote(db: Database, actor: Actor, wishes: str = "Mornings") -> str:
    """The number of a quote that the office has still to answer."""
    draft_id, version = db.call(request_draft, actor)
    return db.call(requests.send_request, actor, draft_id, version, RequestForm(wishes))


def sent_quote(
    db: Database, actor: Actor, office: Actor, **changed: str
) -> ShownVersion:
    """A quote whose first version the customer has."""
    number = requested_quote(db, actor)
    return answered(db, office, number, 1, **changed)


def answered(
    db: Database, office: Actor, number: str, version: int, **changed: str
) -> ShownVersion:
    """Another version of a quote, sent."""
    db.call(answers.save_answer, office, number, replace(ANSWER, **changed), 0)
    db.call(answers.send_answer, office, number, 1)
    return ShownVersion(number, version)


def link_secret(db: Database) -> str:
    """The secret of the only link to a quote that was mailed."""
    with db.read() as tx:
        mail = tx.exec(
            select(OutboxMessage).where(OutboxMessage.kind == "quote_sent")
        ).one()
    return str(mail.payload["path"]).partition("link=")[2]
