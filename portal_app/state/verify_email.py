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
from portal_app.state.links import open_link, token_of

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
        open_link(self)
        self.errors = {}

    @event_for(PUBLIC)
    async def activate(self) -> AsyncIterator[None]:
        """Use the link."""
        if self.outcome in _DONE:
            return  # a second click on what is done
        self.problem, self.pending = "", True
        yield
        try:
            self.outcome = await worker.call(
                accounts.verify_email, actor(), token_of(self)
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
                token_of(self),
                forms.field(form_data, "password"),
            )
        except accounts.LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.errors, self.problem = forms.refusal(error)
        finally:
            self.pending = False
