"""Verifying a contact's e-mail by the link sent to it; only the button uses it."""

from collections.abc import AsyncIterator

import reflex as rx

from portal_app.domain.customers import channels
from portal_app.state import worker
from portal_app.state.access import PUBLIC, event_for
from portal_app.state.links import open_link, use_link


class VerifyContactState(rx.State):
    """The page of such a link (``links.LinkPage``)."""

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
    async def confirm(self) -> AsyncIterator[None]:
        """Use the link."""
        async for _ in use_link(self, self._use):
            yield

    async def _use(self, token: str) -> None:
        self.email = await worker.call(channels.confirm, token)
