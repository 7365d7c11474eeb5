"""The log-in pages: by password, by booking number, and proof for a provider."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import rules
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid, OtherBrowser
from portal_app.domain.bookings import guests
from portal_app.domain.business import service as businesses
from portal_app.domain.sign_in import social_sign_in
from portal_app.domain.sign_in.views import PendingIdentityView
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.errors import DomainError
from portal_app.kernel.paths import local_path
from portal_app.state.auth.providers import (
    ProviderLink,
    links,
    pending_identity_hash,
    refusal_text,
)
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import PUBLIC, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm

AFTER_SIGN_IN = "/bookings"
_FIRST_PAGES = {
    Audience.OFFICE: "/office",
    Audience.READER: "/office",
    Audience.FIELDWORKER: "/",
    Audience.NEWCOMER: "/two-step",
}


def after_sign_in(asked_for: str | None, who: Actor | None = None) -> str:
    """The page a person wanted before they had to log in, or their first page.

    Args:
        asked_for: ``next`` of the address; not to be trusted.
        who: Who is signed in already, if known.
    """
    first = _FIRST_PAGES.get(who.audience, AFTER_SIGN_IN) if who else AFTER_SIGN_IN
    target = local_path(asked_for, first)
    return first if target.startswith("/login") else target


class TicketForm(SubmittedForm, mixin=True):
    """A form whose right answer gives the page a ticket to post."""

    ticket: str = ""

    @contextmanager
    def _reported_errors(self) -> Iterator[None]:
        with super()._reported_errors():
            yield
        # With a ticket the page is left; until then the button stays busy.
        self.pending = bool(self.ticket)


_NOTICES = ("activated", "expired", "reset", "changed")


class LoginState(TicketForm, rx.State):
    """The log-in form.

    ``notice`` is why the person is here, one of ``_NOTICES`` or empty; ``refused``
    what came of asking a provider, in words; ``not_active`` the email of a right
    password for an account that is not activated yet.
    """

    notice: str = ""
    refused: str = ""
    links: list[ProviderLink] = []
    by_number: bool = False
    not_active: str = ""
    next_path: str = AFTER_SIGN_IN

    @event_for(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Begin anew; who is signed in already goes on."""
        asked = self.router.url.query_parameters
        self.next_path = after_sign_in(asked.get("next"), actor())
        self.refused = refusal_text(asked.get("problem"), asked.get("provider"))
        if actor().account_id is not None:
            return rx.redirect(self._signed_in_page(), replace=True)
        self.errors, self.problem, self.pending = {}, "", False
        self.not_active, self.ticket = "", ""
        self.notice = next((n for n in _NOTICES if n in asked), "")
        switches = await worker.query(businesses.switches)
        self.links = links(switches, local_path(asked.get("next"), ""))
        self.by_number = switches.booking_number
        return None

    def _signed_in_page(self) -> str:
        """Where somebody goes on who is signed in; a refusal is told there too."""
        if not self.refused or actor().audience is not Audience.CUSTOMER:
            return self.next_path
        asked = self.router.url.query_parameters
        query = {name: asked.get(name, "") for name in ("problem", "provider")}
        return f"/account/security?{urlencode(query)}"

    @event_for(PUBLIC, weight=20)
    async def submit(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Check the password; a right one gives the page a ticket to post."""
        if self.ticket:
            return  # a second click; the page is on its way already
        email = form_parsing.field(form_data, "email")
        password = form_parsing.field(form_data, "password")
        # Whoever is quick sends the form before the page has read its address.
        self.next_path = after_sign_in(self.router.url.query_parameters.get("next"))
        self.not_active, self.notice, self.refused = "", "", ""
        self._begin_submit()
        yield
        self.errors = _missing_credentials(email, password)
        if self.errors:
            self.pending = False
            return
        with self._reported_errors():
            try:
                self.ticket = await worker.run_hashing(
                    accounts.sign_in,
                    actor(),
                    email,
                    password,
                    form_parsing.ticked(form_data, "remember"),
                )
            except rules.NotActivated:
                self.not_active = email.strip()
                raise


def _missing_credentials(email: str, password: str) -> dict[str, str]:
    wrong = {}
    if not email.strip():
        wrong["email"] = "Please enter your email."
    if not password:
        wrong["password"] = "Please enter your password."  # noqa: S105
    return wrong


class LoginBookingState(TicketForm, rx.State):
    """The form, or the button of a link.

    ``way`` is ``number``, ``link``, ``invalid`` (a link that opens nothing any
    more), ``closed`` (the business switched the way off) or empty until loaded.
    """

    way: str = ""
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
    async def submit(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Compare email and number; a right pair gives the page a ticket."""
        if self.ticket:
            return  # a second click; the page is on its way already
        email = form_parsing.field(form_data, "email")
        number = form_parsing.field(form_data, "number")
        self._begin_submit()
        yield
        self.errors = _missing_booking_login(email, number)
        if self.errors:
            self.pending = False
            return
        with self._reported_errors():
            found = await worker.run_in_thread(
                guests.sign_in_by_number, actor(), email, number
            )
            self.ticket = found.ticket

    @event_for(PUBLIC)
    async def open_link(self) -> AsyncIterator[None]:
        """Use the link of the mail."""
        if self.ticket:
            return
        self._begin_submit()
        yield
        with self._reported_errors():
            try:
                found = await worker.run_in_thread(
                    guests.open_link, actor(), self._link
                )
                self.ticket = found.ticket
            except LinkInvalid:
                self.way = "invalid"


def _missing_booking_login(email: str, number: str) -> dict[str, str]:
    wrong = {}
    if not email.strip():
        wrong["email"] = "Please enter the email you booked with."
    if not number.strip():
        wrong["number"] = "Please enter the booking number."
    return wrong


class LoginConnectState(TicketForm, rx.State):
    """What is asked before a provider's sign-in is finished.

    ``step`` is ``email``, ``proof``, ``mail`` (one is under way), ``link`` (the
    page was opened by it), ``other_browser``, ``invalid``, or empty until loaded.
    """

    step: str = ""
    offer: PendingIdentityView = PendingIdentityView()
    mailing: bool = False
    next_path: str = AFTER_SIGN_IN
    _token: str = ""

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Read what the provider's answer still waits for."""
        asked = self.router.url.query_parameters
        self._token = asked.get("token", "")
        self.next_path = after_sign_in(asked.get("next"))
        self.errors, self.problem = {}, ""
        self.pending, self.mailing, self.ticket = False, False, ""
        if self._token:
            self.step = "link"
            return
        await self._read()

    @event_for(PUBLIC, weight=20)
    async def prove_by_password(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Show that the account is theirs by its password."""
        if self.ticket:
            return
        password = form_parsing.field(form_data, "password")
        self._begin_submit()
        yield
        if not password:
            self.errors = {"password": "Please enter your password."}
            self.pending = False
            return
        with self._reported_errors():
            try:
                self.ticket = await worker.run_hashing(
                    social_sign_in.prove_by_password,
                    actor(),
                    pending_identity_hash(self),
                    password,
                )
            except LinkInvalid:
                self.step = "invalid"

    @event_for(PUBLIC)
    async def send_mail(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Send the mail that proves whose mailbox it is."""
        self.errors, self.problem, self.mailing = {}, "", True
        yield
        try:
            await worker.run_in_thread(
                social_sign_in.send_proof,
                actor(),
                pending_identity_hash(self),
                form_parsing.field(form_data, "email"),
            )
            await self._read()
        except LinkInvalid:
            self.step = "invalid"
        except DomainError as error:
            self.errors, self.problem = form_parsing.refusal(error)
        finally:
            self.mailing = False

    @event_for(PUBLIC)
    async def use_link(self) -> AsyncIterator[None]:
        """Use the link of the mail."""
        if self.ticket:
            return
        self._begin_submit()
        yield
        with self._reported_errors():
            try:
                self.ticket = await worker.run_in_thread(
                    social_sign_in.prove_by_mail,
                    actor(),
                    pending_identity_hash(self),
                    self._token,
                )
            except LinkInvalid:
                self.step = "invalid"
            except OtherBrowser:
                self.step = "other_browser"

    async def _read(self) -> None:
        try:
            self.offer = await worker.query(
                social_sign_in.pending_identity, actor(), pending_identity_hash(self)
            )
            self.step = self.offer.step
        except LinkInvalid:
            self.step = "invalid"
