"""Sign-up by email, the activation link, and sending it again."""

import asyncio
from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import email_verification, rules
from portal_app.domain.bookings import guests
from portal_app.domain.bookings.views import KnownPersonView
from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.sign_in import honeypot
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.honeypot import HiddenFieldFilled, HoneypotFields
from portal_app.domain.sign_in.rules import SignUpForm
from portal_app.state.auth.login import after_sign_in
from portal_app.state.auth.mail_links import MailLinkPage
from portal_app.state.auth.providers import ProviderLink, links
from portal_app.state.auth.purpose import PurposeState, wanted_path, with_purpose
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import PUBLIC, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm


class ResendState(SubmittedForm, rx.State):
    """The small form that asks for the mail again."""

    sent: bool = False

    @event_for(PUBLIC)
    def clear(self) -> None:
        """Forget what another page asked for."""
        self.sent, self.errors, self.problem = False, {}, ""

    @event_for(PUBLIC)
    async def send(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Send the mail, if there is an account to activate; never tells."""
        self.sent = False
        self._begin_submit()
        yield
        with self._reported_errors():
            await worker.run_in_thread(
                email_verification.resend_verification,
                actor(),
                form_parsing.field(form_data, "email"),
                wanted_path(self),
            )
            self.sent = True


_TIMING_MARGIN_SECONDS = 0.02
HIDDEN_FIELD = "topic"
"""The field that people do not see; the name means nothing to what fills in forms."""


class SignUpState(SubmittedForm, rx.State):
    """The sign-up form, and what is shown once it was sent.

    The address says whether it was sent (``?sent=1``), so a reload or a server
    that forgot this state shows the same page, only without the email.

    ``asks_person`` shows a box to tick, for whoever sent a form in which a field
    was filled that people do not see. ``known`` is what the booking says that a
    guest sees.
    """

    sent: bool = False
    sent_to: str = ""
    asks_person: bool = False
    terms: list[str] = []
    links: list[ProviderLink] = []
    known: KnownPersonView = KnownPersonView()
    _opened: str = ""

    @event_for(PUBLIC)
    async def load(self) -> EventSpec | None:
        """Show the form or, by the address, where to look now."""
        if actor().account_id is not None:
            return rx.redirect(after_sign_in(wanted_path(self), actor()), replace=True)
        self.errors, self.problem, self.asks_person = {}, "", False
        self.sent = "sent" in self.router.url.query_parameters
        if not self.sent:
            self.sent_to = ""
        if not self.terms:
            self.terms = await worker.query(policies.policy_paragraphs, policies.TERMS)
        self.links = links(await worker.query(businesses.switches), wanted_path(self))
        self._opened = honeypot.new_stamp()
        self.known = await worker.query(guests.known_person, actor())
        return None

    @event_for(PUBLIC, weight=20)
    async def submit(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[EventSpec | None]:
        """Sign up. What happens next is the same for every email."""
        if self.sent:
            return  # a second click on what is done
        purpose = await self.get_state(PurposeState)
        self._begin_submit()
        yield
        form = SignUpForm(
            first_name=form_parsing.field(form_data, "first_name"),
            last_name=form_parsing.field(form_data, "last_name"),
            email=form_parsing.field(form_data, "email"),
            phone=form_parsing.field(form_data, "phone"),
            password=form_parsing.field(form_data, "password"),
            terms=form_parsing.ticked(form_data, "terms"),
            next_path=wanted_path(self),
        )
        if too_soon := honeypot.seconds_until_allowed(self._opened):
            await asyncio.sleep(too_soon + _TIMING_MARGIN_SECONDS)
        trap = HoneypotFields(
            hidden=form_parsing.field(form_data, HIDDEN_FIELD),
            opened=self._opened,
            by_hand=form_parsing.ticked(form_data, "by_hand"),
        )
        with self._reported_errors():
            try:
                await worker.run_hashing(customers.sign_up_on_page, actor(), form, trap)
            except HiddenFieldFilled:
                self.asks_person = True
                raise
            self.sent, self.sent_to = True, form.email.strip()
        if self.problem:
            # The stamp may be too old, or lost with a server that restarted.
            self._opened = self._opened or honeypot.new_stamp()
        if self.sent:
            purpose.email = self.sent_to
            yield rx.redirect(with_purpose(self, "/signup?sent=1"))


class VerifyEmailState(MailLinkPage, rx.State):
    """The activation page.

    ``outcome`` is empty (not tried yet), ``activated``, ``already_active``,
    ``invalid``, or ``password`` when one must be chosen first.
    """

    @event_for(PUBLIC)
    async def activate(self) -> AsyncIterator[None]:
        """Use the link."""
        async for _ in self._use_link(_activate):
            yield
        await self._remember_email()

    @event_for(PUBLIC, weight=20)
    async def choose_password(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Use the link with the password the account shall have."""
        password = form_parsing.field(form_data, "password")

        async def activate(token: str) -> str:
            return await worker.run_hashing(
                email_verification.activate_with_password, actor(), token, password
            )

        async for _ in self._use_link(activate):
            yield
        await self._remember_email()

    async def _was_used(self) -> bool:
        return bool(await worker.query(email_verification.verified_email, self._token))

    async def _remember_email(self) -> None:
        """Let the log-in page know who it is."""
        if email := await worker.query(email_verification.verified_email, self._token):
            (await self.get_state(PurposeState)).email = email


async def _activate(token: str) -> str:
    try:
        return await worker.call(email_verification.verify_email, actor(), token)
    except rules.PasswordNeeded:
        return "password"
