"""Opening one booking without an account: by its number, or by a link of a mail.

Opening the page does nothing: mail scanners open links. Only the button does.
"""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.bookings import service as bookings
from portal_app.domain.business import service as businesses
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for


class LoginBookingState(rx.State):
    """The form, or the button of a link.

    ``way`` is ``number``, ``link``, ``invalid`` (a link that opens nothing any
    more), ``closed`` (the business switched the way off) or empty until loaded.
    """

    way: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    ticket: str = ""
    _link: str = ""

    @event_for(PUBLIC)
    async def load(self) -> None:
        """See which of the two the address asks for."""
        self._link = self.router.url.query_parameters.get("link", "")
        self.errors, self.problem = {}, ""
        self.pending, self.ticket = False, ""
        if self._link:
            self.way = "link"
            return
        switches = await worker.query(businesses.switches)
        self.way = "number" if switches.booking_number else "closed"

    @event_for(PUBLIC)
    async def submit(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Compare e-mail and number; a right pair gives the page a ticket."""
        if self.ticket:
            return  # a second click; the page is on its way already
        email = forms.field(form_data, "email")
        number = forms.field(form_data, "number")
        self.problem, self.errors, self.pending = "", {}, True
        yield
        self.errors = _missing(email, number)
        if self.errors:
            self.pending = False
            return
        try:
            found = await worker.carry_out(
                bookings.sign_in_by_number, actor(), email, number
            )
            self.ticket = found.ticket
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = bool(self.ticket)

    @event_for(PUBLIC)
    async def open_link(self) -> AsyncIterator[None]:
        """Use the link of the mail."""
        if self.ticket:
            return
        self.problem, self.pending = "", True
        yield
        try:
            found = await worker.carry_out(bookings.open_link, actor(), self._link)
            self.ticket = found.ticket
        except LinkInvalid:
            self.way = "invalid"
        except DomainError as error:
            self.problem = error.message
        finally:
            self.pending = bool(self.ticket)


def _missing(email: str, number: str) -> dict[str, str]:
    wrong = {}
    if not email.strip():
        wrong["email"] = "Please enter the e-mail you booked with."
    if not number.strip():
        wrong["number"] = "Please enter the booking number."
    return wrong
