"""Asking for a mail to choose a new password; the answer is always the same."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for


class ForgotPasswordState(rx.State):
    """The form; the address says whether it was sent (``?sent=1``)."""

    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
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
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[EventSpec | None]:
        """Send the mail, if there is an account; never tells."""
        if self.sent:
            return
        email = forms.field(form_data, "email")
        self.errors, self.problem, self.pending = {}, "", True
        yield
        try:
            await worker.carry_out(accounts.request_reset, actor(), email)
            self.sent, self.sent_to = True, email.strip()
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False
        if self.sent:
            yield rx.redirect("/forgot-password?sent=1")
