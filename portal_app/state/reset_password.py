"""Choosing a new password by the link of a mail; only the form uses the link."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for
from portal_app.state.links import open_link, token_of


class ResetPasswordState(rx.State):
    """``outcome`` is empty (not tried yet), ``done`` or ``invalid``."""

    outcome: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    loaded: bool = False
    _token: str = ""

    @event_for(PUBLIC)
    def load(self) -> None:
        """Take the link from the address; a known one keeps its outcome."""
        open_link(self)
        self.errors = {}

    @event_for(PUBLIC)
    async def submit(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Use the link with the new password."""
        if self.outcome == "done":
            return
        self.errors, self.problem, self.pending = {}, "", True
        yield
        try:
            await worker.carry_out(
                accounts.reset_password,
                actor(),
                token_of(self),
                forms.field(form_data, "password"),
            )
            self.outcome = "done"
        except LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False
