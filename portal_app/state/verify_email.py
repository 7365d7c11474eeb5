"""Activating an account by the link from its mail.

Opening the page does nothing: mail scanners open links. Only the button does.
"""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.accounts import service as accounts
from portal_app.kernel.errors import DomainError
from portal_app.state import forms, worker
from portal_app.state.access import PUBLIC, actor, event_for

_DONE = frozenset({accounts.ACTIVATED, accounts.ALREADY_ACTIVE})


class VerifyEmailState(rx.State):
    """The activation page.

    ``outcome`` is empty (not tried yet), ``activated``, ``already_active``,
    ``invalid``, or ``password`` when one must be chosen first.
    """

    outcome: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    pending: bool = False
    loaded: bool = False
    _token: str = ""

    @event_for(PUBLIC)
    def load(self) -> None:
        """Take the link from the address; a known one keeps its outcome."""
        token = self._link()
        if not token:
            self.outcome = "invalid"
        elif token != self._token:
            self.outcome = ""
        self._token = token
        self.errors, self.problem, self.pending = {}, "", False
        self.loaded = True

    @event_for(PUBLIC)
    async def activate(self) -> AsyncIterator[None]:
        """Use the link."""
        if self.outcome in _DONE:
            return  # a second click on what is done
        self.problem, self.pending = "", True
        yield
        try:
            self.outcome = await worker.call(
                accounts.verify_email, actor(), self._link()
            )
        except accounts.PasswordNeeded:
            self.outcome = "password"
        except accounts.LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.problem = error.message
        finally:
            self.pending = False

    @event_for(PUBLIC)
    async def choose_password(self, form_data: dict[str, Any]) -> AsyncIterator[None]:
        """Use the link with the password the account shall have."""
        if self.outcome in _DONE:
            return
        self.errors, self.problem, self.pending = {}, "", True
        yield
        try:
            self.outcome = await worker.carry_out(
                accounts.activate_with_password,
                actor(),
                self._link(),
                forms.field(form_data, "password"),
            )
        except accounts.LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False

    def _link(self) -> str:
        # From the address, which a replayed click brings along: a server that has
        # just started has no state of this tab yet.
        return str(self.router.url.query_parameters.get("token", ""))
