"""An address for every page of the portal, and who may see what is there.

The lists of the tests that look at every page are made from this and from
``PAGES``: a new page without an entry here fails them.
"""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import Session, col, select

from portal_app.demo.loader import PASSWORD
from portal_app.domain.bookings.models import Booking
from portal_app.domain.catalogue.models import Service
from portal_app.domain.customers.models import Customer
from portal_app.domain.dependents.models import Dependent
from portal_app.domain.quotes.models import Quote
from portal_app.domain.scheduling.models import Fieldworker
from portal_app.portal_app import PAGES
from tests.e2e import steps
from tests.support.people import Person
from tests.support.server import RunningPortal

STRANGER, CUSTOMER, OFFICE = "stranger", "customer", "office"
MAYA = Person("maya@example.com", "Maya", "Chen", PASSWORD)
OFFICE_ACCOUNT = Person("office@example.com", "Office", "", PASSWORD)
ROUTES = [page.route if page.route != "404" else "/404" for page in PAGES]


@dataclass(frozen=True)
class Place:
    """Where a page can be looked at: an address, and for whom it is made."""

    path: str
    who: str = CUSTOMER


PLACES = {
    "/": Place("/", STRANGER),
    "/404": Place("/no-such-page", STRANGER),
    "/policies": Place("/policies", STRANGER),
    "/services": Place("/services", STRANGER),
    "/services/[slug]": Place("/services/dog-walking", STRANGER),
    "/signup": Place("/signup", STRANGER),
    "/login": Place("/login", STRANGER),
    "/login/booking": Place("/login/booking", STRANGER),
    "/login/code": Place("/login/code", STRANGER),
    "/login/connect": Place("/login/connect", STRANGER),
    "/verify-contact": Place("/verify-contact?token=unknown", STRANGER),
    "/stop-mails": Place("/stop-mails?token=unknown", STRANGER),
    "/confirm-email": Place("/confirm-email?token=unknown", STRANGER),
    "/join": Place("/join?token=unknown", STRANGER),
    "/dependents": Place("/dependents"),
    "/dependents/add": Place("/dependents/add"),
    "/dependents/[id]": Place("/dependents/{dependent}"),
    "/verify-email": Place("/verify-email?token=unknown", STRANGER),
    "/forgot-password": Place("/forgot-password", STRANGER),
    "/reset-password": Place("/reset-password?token=unknown", STRANGER),
    "/account": Place("/account"),
    "/account/billing": Place("/account/billing"),
    "/account/places": Place("/account/places"),
    "/account/security": Place("/account/security"),
    "/book/[slug]": Place("/book/dog-walking"),
    "/bookings": Place("/bookings"),
    "/bookings/[number]": Place("/bookings/{booking}"),
    "/bookings/[number]/reschedule": Place("/bookings/{booking}/reschedule"),
    "/quotes/[number]": Place("/quotes/{quote}"),
    "/office/quotes/[number]": Place("/office/quotes/{quote}", OFFICE),
    "/two-step": Place("/two-step", OFFICE),
    "/office/bookings/[number]": Place("/office/bookings/{booking}", OFFICE),
    "/office/team/[id]": Place("/office/team/{fieldworker}", OFFICE),
    "/office/services/[id]": Place("/office/services/{service}", OFFICE),
}


def place_of(route: str) -> Place:
    """Where a route can be looked at.

    A page of the office without a parameter in its address needs no entry.
    """
    if route not in PLACES and route.startswith("/office") and "[" not in route:
        return Place(route, OFFICE)
    return PLACES[route]


def path_of(portal: RunningPortal, place: Place) -> str:
    """The address with a booking or a dependent of Maya's where it takes one."""
    return place.path.format(
        booking=_booking_of_maya(portal),
        quote=_quote_of_maya(portal),
        dependent=_dependent_of_maya(portal),
        fieldworker=_fieldworker(portal),
        service=portal.database.query(_service),
    )


def _service(tx: Session) -> str:
    of_the_business = select(Service.id).order_by(col(Service.slug))
    return str(tx.exec(of_the_business).first())


def _booking_of_maya(portal: RunningPortal) -> str:
    def read(tx: Session) -> str:
        of_maya = (
            select(Booking.number)
            .join(Customer, col(Customer.id) == col(Booking.customer_id))
            .where(Customer.email == MAYA.email)
            .order_by(col(Booking.starts_at).desc())
        )
        return str(tx.exec(of_maya).first())

    return portal.database.query(read)


def _quote_of_maya(portal: RunningPortal) -> str:
    """One that she can decide on."""

    def read(tx: Session) -> str:
        of_maya = (
            select(Quote.number)
            .join(Customer, col(Customer.id) == col(Quote.customer_id))
            .where(Customer.email == MAYA.email, Quote.status == "sent")
        )
        return str(tx.exec(of_maya).first())

    return portal.database.query(read)


def _dependent_of_maya(portal: RunningPortal) -> str:
    def read(tx: Session) -> str:
        of_maya = (
            select(Dependent.id)
            .join(Customer, col(Customer.id) == col(Dependent.customer_id))
            .where(Customer.email == MAYA.email)
            .order_by(col(Dependent.name))
        )
        return str(tx.exec(of_maya).first())

    return portal.database.query(read)


def _fieldworker(portal: RunningPortal) -> str:
    def read(tx: Session) -> str:
        return str(tx.exec(select(Fieldworker.id).order_by(Fieldworker.name)).first())

    return portal.database.query(read)


def open_for(who: str, context: BrowserContext, portal: RunningPortal) -> Page:
    """A tab of somebody a page is made for."""
    if who == STRANGER:
        return context.new_page()
    person = MAYA if who == CUSTOMER else OFFICE_ACCOUNT
    return steps.arrive_signed_in(context, portal, person)


def settled(page: Page) -> None:
    """Wait until a page, whichever it is, has everything it shows."""
    steps.alive(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]:visible")).to_have_count(0)
    page.evaluate("document.fonts.ready")
