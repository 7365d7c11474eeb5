"""Asking for another activation mail; the answer is the same for every e-mail."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for


class ResendState(rx.State):
    """The small form that asks for the mail again."""

    sent: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False

    @event_for(PUBLIC)
    def clear(self) -> None:
        """Forget what another page asked for."""
        self.sent, self.errors, self.problem = False, {}, ""

    @event_for(PUBLIC)
    async def send(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Send the mail, if there is an account to activate; never tells."""
        self.sent, self.errors, self.problem, self.pending = False, {}, "", True
        yield
        try:
            await worker.carry_out(
                accounts.resend_verification, actor(), forms.field(form_data, "email")
            )
            self.sent = True
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False
