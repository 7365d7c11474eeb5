"""Stopping the mails to a contact, by the link in each; only the button uses it."""

from collections.abc import AsyncIterator

import reflex as rx

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import channels
from portal_app.kernel.errors import DomainError
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for
from portal_app.state.links import open_link, token_of


class StopMailsState(rx.State):
    """``outcome`` is empty (not tried yet), ``done`` or ``invalid``."""

    outcome: str = ""
    email: str = ""
    problem: str = ""
    pending: bool = False
    loaded: bool = False
    _token: str = ""

    @event_for(PUBLIC)
    def load(self) -> None:
        """Take the link from the address; a known one keeps its outcome."""
        open_link(self)

    @event_for(PUBLIC)
    async def stop(self) -> AsyncIterator[None]:
        """Use the link."""
        if self.outcome == "done":
            return
        self.problem, self.pending = "", True
        yield
        try:
            self.email = await worker.call(channels.stop, token_of(self))
            self.outcome = "done"
        except LinkInvalid:
            self.outcome = "invalid"
        except DomainError as error:
            self.problem = error.message
        finally:
            self.pending = False
