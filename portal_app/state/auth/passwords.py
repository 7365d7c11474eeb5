"""Password strength, and choosing a new password by mail."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import credentials, passwords
from portal_app.state.auth.mail_links import MailLinkPage
from portal_app.state.auth.purpose import PurposeState, wanted_path, with_purpose
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import PUBLIC, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm

NOT_YET = -1


class PasswordState(rx.State):
    """The meter under a new password. ``score`` is 0 to 4, -1 for nothing typed."""

    score: int = NOT_YET
    advice: str = ""

    @event_for(PUBLIC, weight=5)
    async def rate(self, password: str) -> None:
        """Estimate what was typed so far."""
        if not password:
            self.score, self.advice = NOT_YET, ""
            return
        policy = await worker.query(passwords.current_policy)
        found = await worker.compute(
            passwords.estimate_strength, password, policy=policy
        )
        self.score, self.advice = found.score, found.advice

    @event_for(PUBLIC)
    def clear(self) -> None:
        """Begin with an empty field."""
        self.score, self.advice = NOT_YET, ""


class ForgotPasswordState(SubmittedForm, rx.State):
    """The form; the address says whether it was sent (``?sent=1``)."""

    sent: bool = False
    sent_to: str = ""

    @event_for(PUBLIC)
    def load(self) -> None:
        """Show the form or, by the address, where to look now."""
        self.errors, self.problem, self.pending = {}, "", False
        self.sent = "sent" in self.router.url.query_parameters
        if not self.sent:
            self.sent_to = ""

    @event_for(PUBLIC)
    async def submit(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[EventSpec | None]:
        """Send the mail, if there is an account; never tells."""
        if self.sent:
            return
        email = form_parsing.field(form_data, "email")
        self._begin_submit()
        purpose = await self.get_state(PurposeState)
        yield
        with self._reported_errors():
            await worker.run_in_thread(
                credentials.request_reset, actor(), email, wanted_path(self)
            )
            self.sent, self.sent_to = True, email.strip()
        if self.sent:
            purpose.email = self.sent_to
            yield rx.redirect(with_purpose(self, "/forgot-password?sent=1"))


class ResetPasswordState(MailLinkPage, rx.State):
    """``outcome`` is empty (not tried yet), ``done`` or ``invalid``."""

    @event_for(PUBLIC, weight=20)
    async def submit(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Use the link with the new password."""
        password = form_parsing.field(form_data, "password")
        purpose = await self.get_state(PurposeState)

        async def reset(token: str) -> None:
            email = await worker.query(credentials.email_of_link, token)
            await worker.run_hashing(
                credentials.reset_password, actor(), token, password
            )
            purpose.email = email

        async for _ in self._use_link(reset):
            yield
