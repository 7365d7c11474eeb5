"""Bookings in the demo business, made by the services that people use."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select, update

from portal_app.domain.accounts.models import Account
from portal_app.domain.bookings import confirmation, drafts
from portal_app.domain.bookings.models import Booking, BookingEvent
from portal_app.domain.bookings.rules import BookingContactForm
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.models import Customer
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.db import Database
from tests.support.people import Person, actor_of, session_cookie

_SYDNEY = ZoneInfo("Australia/Sydney")
_HOME = AddressForm(
    street="12 Ocean Street",
    unit="3",
    town="Bondi",
    state="NSW",
    postcode="2026",
    country="AU",
    access_notes="Ring twice",
)


def book_first_free_time(
    database: Database, person: Person, slug: str = "dog-walking"
) -> str:
    """Book the first free time that there is from the day after tomorrow on.

    Args:
        database: With the demo business in it.
        person: A customer.
        slug: Which service.

    Returns:
        The booking's number. Its confirmation is in the outbox.
    """
    who = actor_of(database, session_cookie(database, person))
    draft_id = demo_draft_before_contact(database, who, slug, length="short")
    draft = database.call(
        drafts.choose_contact,
        who,
        draft_id,
        BookingContactForm(
            name=person.name, email=person.email, phone="0491 570 156", notes=""
        ),
    )
    return confirmation.confirm(database, who, draft.id, draft.shown)


def demo_draft_before_contact(
    database: Database, who: Actor, slug: str, **options: str
) -> str:
    """The id of a draft that only lacks the contact details; its time is not held."""
    draft_id = database.call(drafts.open_draft, who, slug).id
    database.call(drafts.choose_options, who, draft_id, options)
    start = _first_free_time(database, who, draft_id)
    database.call(drafts.choose_time, who, draft_id, start, hold=False)
    return database.call(drafts.choose_address, who, draft_id, _HOME).id


def delete_account_only(database: Database, person: Person) -> None:
    """Leave the customer and the bookings, as if booked without an account."""
    with database.write() as tx:
        account = tx.exec(select(Account).where(Account.email == person.email)).one()
        customer = tx.exec(
            select(Customer).where(Customer.account_id == account.id)
        ).one()
        customer.account_id = None
        tx.exec(
            update(BookingEvent)
            .where(col(BookingEvent.account_id) == account.id)
            .values(account_id=None)
        )
        tx.flush()
        tx.delete(account)


def booking_id_of(database: Database, number: str) -> str:
    """The id behind a number."""
    with database.read() as tx:
        return tx.exec(select(Booking.id).where(Booking.number == number)).one()


def _first_free_time(database: Database, who: Actor, draft_id: str) -> datetime:
    first = (utc_now() + timedelta(days=2)).astimezone(_SYDNEY).date()
    days = database.query(
        drafts.free_days, who, draft_id, first, first + timedelta(days=20)
    )
    day = date.fromisoformat(days[0].day)
    times = database.query(drafts.free_times, who, draft_id, day)
    return datetime.fromisoformat(times[0].starts_at)
