"""A small business to book with, built through the services that people use."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.rules import BookingContactForm, DetailsForm
from portal_app.domain.bookings.views import DraftView
from portal_app.domain.business.models import Business
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
)
from portal_app.domain.catalogue.rules import PricedChoice, PricedOption
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.models import Customer
from portal_app.domain.scheduling import roster
from portal_app.domain.scheduling.roster import FieldworkerDefinition, weekly_hours
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.db import Database

# A Monday in Sydney, 08:00 (daylight saving, UTC+11).
NOW = datetime(2026, 11, 1, 21, 0, tzinfo=UTC)
# The Tuesday after it, 09:00 in Sydney.
TUESDAY_NINE = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)

HOME = AddressForm(
    street="12 Ocean Street",
    unit="3",
    town="Bondi",
    state="NSW",
    postcode="2026",
    country="AU",
    access_notes="Ring twice",
)
CONTACT = BookingContactForm(
    name="Maya Chen",
    email="maya@example.com",
    phone="0491 570 156",
    notes="The dog is friendly.",
)
CLEANING = ServiceDefinition(
    slug="home-clean",
    category_slug="cleaning",
    name="Home clean",
    summary="A tidy home.",
    description="First paragraph,\ngoes on.\n\nSecond paragraph.",
    included="Kitchen\nBathroom\n",
    what_is_needed="A vacuum cleaner",
    base_price_minor=8500,
    duration_minutes=90,
    buffer_after_minutes=30,
    options=(
        PricedOption(
            key="bedrooms",
            name="Bedrooms",
            kind="single",
            choices=(
                PricedChoice("one", "1 bedroom"),
                PricedChoice("three", "3 bedrooms", 4000, 60),
            ),
        ),
        PricedOption(
            key="extras",
            name="Extras",
            kind="several",
            choices=(
                PricedChoice("oven", "Oven", 3550, 30),
                PricedChoice("fridge", "Fridge", 2000),
            ),
        ),
        PricedOption(
            key="windows",
            name="Windows",
            kind="quantity",
            max_quantity=20,
            choices=(PricedChoice("window", "Window", 399, 5),),
        ),
    ),
)
WALK = ServiceDefinition(
    slug="dog-walk",
    category_slug="pets",
    name="Dog walk",
    base_price_minor=2500,
    duration_minutes=30,
    dependent_types=("pet",),
)
ANSWERS = {"bedrooms": "three", "extras": ["oven"], "windows": 3}
ANSWERS_TOTAL = 8500 + 4000 + 3550 + 3 * 399
ANSWERS_MINUTES = 90 + 60 + 30 + 15


@dataclass(frozen=True, slots=True)
class SampleBusiness:
    """Ids of what ``create_sample_business`` built."""

    cleaning: str
    walk: str
    ana: str
    ben: str


def create_sample_business(
    tx: Session, timezone: str = "Australia/Sydney"
) -> SampleBusiness:
    """A business, two services, two fieldworkers on weekdays from 9 to 17."""
    tx.add(
        Business(
            name="Brightside",
            email="hello@brightside.example",
            timezone=timezone,
            currency="AUD",
            country="AU",
            locale="en_AU",
            lead_minutes=120,
            horizon_days=60,
            slot_step_minutes=30,
        )
    )
    tx.flush()
    for position, (slug, name) in enumerate(
        [("cleaning", "Cleaning"), ("pets", "Pet care")]
    ):
        definitions.define_category(
            tx, SYSTEM, CategoryDefinition(slug, name, position=position)
        )
    cleaning = definitions.define_service(tx, SYSTEM, CLEANING)
    walk = definitions.define_service(tx, SYSTEM, WALK)
    ana, ben = (
        roster.define_fieldworker(
            tx,
            SYSTEM,
            FieldworkerDefinition(
                name=name,
                bio=f"{name} is kind.",
                skills=skills,
                hours=weekly_hours(range(5), "09:00", "17:00"),
                position=position,
            ),
        )
        for position, (name, skills) in enumerate(
            [("Ana", ("home-clean", "dog-walk")), ("Ben", ("home-clean",))]
        )
    )
    return SampleBusiness(cleaning, walk, ana, ben)


def let_everybody_go(tx: Session) -> None:
    """Nobody works in the sample business any more: it is not open."""
    for name in ("Ana", "Ben"):
        gone = FieldworkerDefinition(name=name, active=False)
        roster.define_fieldworker(tx, SYSTEM, gone)


def new_customer(tx: Session, email: str = "maya@example.com") -> Actor:
    """A customer who is signed in."""
    account = Account(email=email, role="customer")
    tx.add(account)
    tx.flush()
    customer = Customer(
        account_id=account.id,
        first_name="Maya",
        last_name="Chen",
        email=email,
        phone="+61491570156",
    )
    tx.add(customer)
    tx.flush()
    return Actor(
        audience=Audience.CUSTOMER, account_id=account.id, customer_id=customer.id
    )


def draft_before_contact(
    db: Database,
    actor: Actor,
    *,
    slug: str = "dog-walk",
    answers: dict[str, object] | None = None,
    starts_at: datetime = TUESDAY_NINE,
    fieldworker_id: str | None = None,
    hold: bool = True,
) -> str:
    """The id of a draft with every step done but the contact details."""
    draft_id = db.call(drafts.open_draft, actor, slug).id
    db.call(drafts.choose_options, actor, draft_id, answers or {})
    db.call(drafts.choose_time, actor, draft_id, starts_at, fieldworker_id, hold=hold)
    return db.call(drafts.choose_address, actor, draft_id, HOME).id


def ready_draft(
    db: Database, actor: Actor, *, contact: BookingContactForm = CONTACT, **choices: Any
) -> DraftView:
    """A draft with every step done; ``choices`` as for ``draft_before_contact``."""
    draft_id = draft_before_contact(db, actor, **choices)
    return db.call(drafts.choose_contact, actor, draft_id, contact)


def ready_walk_draft(
    db: Database,
    actor: Actor,
    details: DetailsForm,
    *,
    starts_at: datetime = TUESDAY_NINE,
) -> DraftView:
    """A dog walk with every step done, for these, with these answers."""
    contact = replace(CONTACT, details=details)
    return ready_draft(db, actor, starts_at=starts_at, contact=contact)
