"""Signing up by e-mail."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import robots
from portal_app.domain.accounts.robots import Trap
from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.customers import service as customers
from portal_app.domain.customers.rules import SignUpForm
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for
from portal_app.state.landing import after_sign_in
from portal_app.state.providers import ProviderLink, links

_A_MOMENT = 0.02


class SignUpState(rx.State):
    """The sign-up form, and what is shown once it was sent.

    The address says whether it was sent (``?sent=1``), so a reload or a server
    that forgot this state shows the same page, only without the e-mail.
    """

    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    sent: bool = False
    sent_to: str = ""
    terms: list[str] = []
    links: list[ProviderLink] = []
    _opened: str = ""

    @event_for(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Show the form or, by the address, where to look now."""
        if actor().account_id is not None:
            return rx.redirect(after_sign_in(None, actor()), replace=True)
        self.errors, self.problem = {}, ""
        self.sent = "sent" in self.router.url.query_parameters
        if not self.sent:
            self.sent_to = ""
        if not self.terms:
            self.terms = await worker.query(policies.paragraphs, policies.TERMS)
        self.links = links(await worker.query(businesses.switches))
        self._opened = robots.opened()
        return None

    @event_for(PUBLIC)
    async def submit(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[EventSpec | None]:
        """Sign up. What happens next is the same for every e-mail."""
        if self.sent:
            return  # a second click on what is done
        self.errors, self.problem, self.pending = {}, "", True
        yield
        form = SignUpForm(
            first_name=forms.field(form_data, "first_name"),
            last_name=forms.field(form_data, "last_name"),
            email=forms.field(form_data, "email"),
            phone=forms.field(form_data, "phone"),
            password=forms.field(form_data, "password"),
            terms=forms.ticked(form_data, "terms"),
        )
        if too_soon := robots.seconds_too_soon(self._opened):
            await asyncio.sleep(too_soon + _A_MOMENT)
        try:
            await worker.carry_out(
                customers.sign_up_on_page,
                actor(),
                form,
                Trap(forms.field(form_data, "website"), self._opened),
            )
            self.sent, self.sent_to = True, form.email.strip()
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
            if not self.errors:
                # The stamp may be too old, or lost with a server that restarted.
                self._opened = self._opened or robots.opened()
        finally:
            self.pending = False
        if self.sent:
            yield rx.redirect("/signup?sent=1")
