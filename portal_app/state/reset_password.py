"""Choosing a new password by the link of a mail; only the form uses the link."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for


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
        token = self.router.url.query_parameters.get("token", "")
        if not token:
            self.outcome = "invalid"
        elif token != self._token:
            self.outcome = ""
        self._token = token
        self.errors, self.problem, self.pending = {}, "", False
        self.loaded = True

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
                self._token,
                forms.field(form_data, "password"),
            )
            self.outcome = "done"
        except LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False
