"""Load the demo business through the services that people use.

What is there already is found again (services by slug, fieldworkers by name,
accounts by email, appointments by service and notes) and left as it is, so
loading twice changes nothing, and an interrupted loading is completed by the
next. The content is the same every time; only dates follow the day of loading.

No mail goes out: everything happens within ``notifications.nobody_told``, where
nothing is stored in the outbox, and accounts are made active at once, the way
the command line makes them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, inspect
from sqlmodel import Session, col, select

from portal_app.demo import appointments, content, quotes
from portal_app.demo.content import DemoContent, DemoCustomer, DemoTimeOff
from portal_app.demo.customers import DemoStorage, load_customer_data, load_fields
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.business import booking_rules
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import SwitchesForm
from portal_app.domain.catalogue import definitions
from portal_app.domain.catalogue.models import Category, Service
from portal_app.domain.customers import locations
from portal_app.domain.customers.models import Customer, Location
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.scheduling import public_holidays, roster
from portal_app.domain.scheduling.models import (
    Fieldworker,
    HolidayCalendar,
    TimeOff,
)
from portal_app.domain.sign_in import rules
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.tables import metadata
from portal_app.kernel.audiences import SYSTEM, Actor, Audience
from portal_app.kernel.clock import day_bounds, frozen, today_in, utc_now
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict

PASSWORD = "demo-portal-1"  # noqa: S105 - printed at every start, refused in production
ACCOUNTS = {
    "maya@example.com": "customer with appointments",
    "noah@example.com": "customer with nothing yet",
    "office@example.com": "the office",
    "sam@example.com": "fieldworker",
}
"""Who can sign in, and who they are."""


def is_empty(db: Database) -> bool:
    """Whether nobody has put anything in: no account, nothing to book.

    A database without tables is empty as well, and so is one that only has the
    unnamed business that every portal starts with.
    """
    if not inspect(db.engine).has_table("account"):
        return True
    return db.query(_is_empty)


def load_demo(
    db: Database, now: datetime | None = None, demo_storage: DemoStorage | None = None
) -> bool:
    """Load the demo business, or complete it.

    Args:
        db: A migrated database.
        now: The instant that dates are counted from; by default the current one.
        demo_storage: Where photos and documents go; without one there are none.

    Returns:
        Whether anything was missing.

    Raises:
        Conflict: If the database belongs to another business.
    """
    business = content.read_content()
    if not is_empty(db) and not db.query(_is_demo):
        raise Conflict(
            "this database belongs to a business already; "
            "the demo business takes one of its own"
        )
    before = db.query(_row_counts)
    with frozen(now or utc_now()), notifications.notifications_suppressed():
        db.call(_load_business, business)
        account_ids = {
            email: _staff_account(db, email, role)
            for email, role in business.staff.items()
        }
        db.call(_load_fieldworkers, business, account_ids)
        db.call(_load_holidays, business)
        db.call(_load_time_off, business)
        db.call(load_fields)
        for guest in business.customers:
            _load_customer(db, guest, demo_storage)
        for appointment in business.appointments:
            actor = db.query(_customer_actor, appointment.customer)
            appointments.load_appointment(db, actor, appointment)
        for quote in business.quotes:
            actor = db.query(_customer_actor, quote.customer)
            quotes.load_quote(db, actor, quote)
    return db.query(_row_counts) != before


def _is_empty(tx: Session) -> bool:
    tables = (Account, Category, Fieldworker)
    return all(tx.exec(select(table).limit(1)).first() is None for table in tables)


def _is_demo(tx: Session) -> bool:
    return businesses.is_set_up(tx) and businesses.current_business(tx).demo


def _row_counts(tx: Session) -> dict[str, int]:
    return {
        table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def _load_business(tx: Session, business: DemoContent) -> None:
    if not _is_demo(tx):
        businesses.save_business(tx, SYSTEM, business.business)
        _load_booking_rules(tx)
        version = businesses.switches(tx).version
        switches = SwitchesForm(guests_may_book=True)
        businesses.save_switches(tx, SYSTEM, switches, version)
    categories = set(tx.exec(select(Category.slug)))
    for category in business.categories:
        if category.slug not in categories:
            definitions.define_category(tx, SYSTEM, category)
    offered = set(tx.exec(select(Service.slug)))
    for service in business.services:
        if service.slug not in offered:
            definitions.define_service(tx, SYSTEM, service)


def _load_booking_rules(tx: Session) -> None:
    """What changes cost, and reminders: two days and two hours before."""
    now = booking_rules.current_rules(tx)
    wanted = replace(
        now,
        cancel_fee=booking_rules.PERCENT,
        cancel_percent=50,
        reminders=(48 * 60, 2 * 60),
    )
    booking_rules.save_rules(tx, SYSTEM, wanted, now.version)


def _load_fieldworkers(
    tx: Session, business: DemoContent, account_ids: dict[str, str]
) -> None:
    employed = set(tx.exec(select(Fieldworker.name)))
    for colleague in business.fieldworkers:
        if colleague.definition.name in employed:
            continue
        account_id = account_ids.get(colleague.email)
        roster.define_fieldworker(
            tx, SYSTEM, colleague.with_account(account_id=account_id)
        )


def _load_holidays(tx: Session, business: DemoContent) -> None:
    if tx.get(HolidayCalendar, 1) is None:
        public_holidays.save_holidays(tx, SYSTEM, business.holidays)


def _load_time_off(tx: Session, business: DemoContent) -> None:
    zone = ZoneInfo(business.business.timezone)
    today = today_in(zone)
    for absence in business.time_off:
        who = None
        if absence.fieldworker:
            who = tx.exec(
                select(Fieldworker.id).where(Fieldworker.name == absence.fieldworker)
            ).one()
        known = set(
            tx.exec(
                select(TimeOff.starts_at).where(
                    TimeOff.fieldworker_id == who, TimeOff.reason == absence.reason
                )
            )
        )
        if absence.in_days is not None and known:
            continue  # counted from the day it was first loaded on
        for first_day in _first_days(absence, today):
            starts_at, _ = day_bounds(first_day, zone)
            last_day = first_day + timedelta(days=absence.days - 1)
            _, ends_at = day_bounds(last_day, zone)
            if starts_at.astimezone(UTC) not in known:
                roster.add_time_off(
                    tx, SYSTEM, who, starts_at, ends_at, reason=absence.reason
                )


def _first_days(absence: DemoTimeOff, today: date) -> list[date]:
    if absence.in_days is not None:
        return [today + timedelta(days=absence.in_days)]
    # Last year's too: past appointments do not fall on it.
    return [
        date(today.year + years, absence.month, absence.day) for years in (-1, 0, 1)
    ]


def _staff_account(db: Database, email: str, role: str) -> str:
    known = db.query(_account_id, email)
    return known or accounts.create_account(db, email, role, PASSWORD)


def _load_customer(
    db: Database, guest: DemoCustomer, demo_storage: DemoStorage | None
) -> None:
    if db.query(_account_id, guest.email) is None:
        with frozen(utc_now() - timedelta(weeks=guest.weeks)):
            customers.create_active_customer(
                db,
                rules.SignUpForm(
                    first_name=guest.first_name,
                    last_name=guest.last_name,
                    email=guest.email,
                    phone=guest.phone,
                    password=PASSWORD,
                    terms=True,
                ),
            )
    actor = db.query(_customer_actor, guest.email)
    db.call(_load_locations, actor, guest)
    load_customer_data(db, actor, guest, demo_storage)


def _load_locations(tx: Session, actor: Actor, guest: DemoCustomer) -> None:
    saved = set(
        tx.exec(select(Location.label).where(Location.customer_id == actor.customer_id))
    )
    for form in guest.locations:
        if form.label not in saved:
            locations.save_location(tx, actor, form)


def _account_id(tx: Session, email: str) -> str | None:
    return tx.exec(select(Account.id).where(Account.email == email)).one_or_none()


def _customer_actor(tx: Session, email: str) -> Actor:
    """The customer as an actor, as if signed in."""
    account_id, customer_id = tx.exec(
        select(Account.id, Customer.id)
        .join(Customer, col(Customer.account_id) == Account.id)
        .where(Account.email == email)
    ).one()
    return Actor(
        audience=Audience.CUSTOMER, account_id=account_id, customer_id=customer_id
    )
