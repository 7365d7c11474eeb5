"""Finishing a sign-in at a provider: give an e-mail, or prove that it is yours.

What the provider said waits in the database; this browser holds its key in a
cookie. The link of the mail works in this browser only, and only by a button.
"""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts.rules import LinkInvalid, OtherBrowser
from portal_app.domain.accounts.views import OfferView
from portal_app.domain.customers import service as customers
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for
from portal_app.state.landing import AFTER_SIGN_IN, after_sign_in
from portal_app.state.offers import offer_hash


class LoginConnectState(rx.State):
    """What is asked before a provider's sign-in is finished.

    ``step`` is ``email``, ``proof``, ``mail`` (one is under way), ``link`` (the
    page was opened by it), ``other_browser``, ``invalid``, or empty until loaded.
    """

    step: str = ""
    offer: OfferView = OfferView()
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    mailing: bool = False
    ticket: str = ""
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

    @event_for(PUBLIC)
    async def prove_by_password(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Show that the account is theirs by its password."""
        if self.ticket:
            return
        password = forms.field(form_data, "password")
        self.errors, self.problem, self.pending = {}, "", True
        yield
        if not password:
            self.errors = {"password": "Please enter your password."}
            self.pending = False
            return
        try:
            self.ticket = await worker.carry_out(
                customers.prove_by_password, actor(), offer_hash(self), password
            )
        except LinkInvalid:
            self.step = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = bool(self.ticket)

    @event_for(PUBLIC)
    async def send_mail(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Send the mail that proves whose mailbox it is."""
        self.errors, self.problem, self.mailing = {}, "", True
        yield
        try:
            await worker.carry_out(
                customers.send_proof,
                actor(),
                offer_hash(self),
                forms.field(form_data, "email"),
            )
            await self._read()
        except LinkInvalid:
            self.step = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.mailing = False

    @event_for(PUBLIC)
    async def use_link(self) -> AsyncIterator[None]:
        """Use the link of the mail."""
        if self.ticket:
            return
        self.problem, self.pending = "", True
        yield
        try:
            self.ticket = await worker.carry_out(
                customers.prove_by_mail, actor(), offer_hash(self), self._token
            )
        except LinkInvalid:
            self.step = "invalid"
        except OtherBrowser:
            self.step = "other_browser"
        except DomainError as error:
            self.problem = error.message
        finally:
            self.pending = bool(self.ticket)

    async def _read(self) -> None:
        try:
            self.offer = await worker.query(customers.offer, actor(), offer_hash(self))
            self.step = self.offer.step
        except LinkInvalid:
            self.step = "invalid"
