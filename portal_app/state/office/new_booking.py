"""The office books for a customer: whom for, and what."""

from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import on_behalf
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.customers import office_search
from portal_app.domain.customers.office_search import (
    FoundCustomerView,
    NewCustomerForm,
)
from portal_app.kernel.errors import DomainError, NotFound
from portal_app.kernel.ids import ID_LENGTH
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm

_PATH = "/office/bookings/new"


class OfficeNewBookingState(SubmittedForm, rx.State):
    """The customer whom the address names, and the services there are to choose from.

    ``asked`` is what was looked for, once ``found`` says who was.
    """

    loaded: bool = False
    customer: FoundCustomerView = FoundCustomerView()
    services: list[list[str]] = []
    found: list[FoundCustomerView] = []
    asked: str = ""

    @event_for(OFFICE)
    async def load(self) -> None:
        """Show for whom it is, or begin with looking for them."""
        self.errors, self.problem, self.pending = {}, "", False
        self.found, self.asked = [], ""
        named = self.router.url.query_parameters.get("customer", "")[:ID_LENGTH]
        self.customer = FoundCustomerView()
        if named:
            try:
                self.customer = await worker.query(
                    office_search.found_customer, actor(), named
                )
            except NotFound as missing:
                self.problem = missing.message
        self.services = await worker.query(catalogue.bookable_names)
        self.loaded = True

    @event_for(OFFICE)
    async def find(self, form_data: dict[str, str]) -> None:
        """Look for customers by name, email or phone."""
        self.asked = form_parsing.field(form_data, "customer").strip()
        self.found = await worker.query(
            office_search.find_customers, actor(), self.asked
        )

    @event_for(OFFICE)
    async def add(self, form_data: dict[str, str]) -> EventSpec | None:
        """Write a new customer down, and go on with them."""
        self._begin_submit()
        texts = form_parsing.texts(
            form_data, "first_name", "last_name", "email", "phone"
        )
        with self._reported_errors():
            customer_id = await worker.call(
                office_search.add_customer, actor(), NewCustomerForm(**texts)
            )
            return rx.redirect(f"{_PATH}?{urlencode({'customer': customer_id})}")
        return None

    @event_for(OFFICE)
    async def begin(self, form_data: dict[str, str]) -> EventSpec | None:
        """Open the wizard for the customer."""
        self._begin_submit()
        slug = form_parsing.field(form_data, "service")
        if not slug:
            self.errors, self.pending = {"service": "Please choose a service."}, False
            return None
        try:
            draft_id = await worker.call(
                on_behalf.open_for, actor(), self.customer.id, slug
            )
        except DomainError as refused:
            self.problem = refused.message
            return None
        finally:
            self.pending = False
        return rx.redirect(f"/book/{slug}?{urlencode({'draft': draft_id})}")
