"""Where the link of an invitation leads."""

from collections.abc import AsyncIterator

import reflex as rx

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.sign_in import invitations
from portal_app.domain.sign_in.invitations import AcceptanceForm
from portal_app.state.auth.mail_links import INVALID, MailLinkPage
from portal_app.state.auth.purpose import PurposeState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import PUBLIC, actor, event_for


class JoinState(MailLinkPage, rx.State):
    """``needs_password`` is whether there is no account with ``email`` yet.

    A new account gets a ``ticket``, by which the page goes on to ``next_path``.
    """

    ticket: str = ""
    next_path: str = "/bookings"
    email: str = ""
    name: str = ""
    asks_name: bool = False
    asks_email: bool = False
    needs_password: bool = True

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Show whom the link in the address invites; using it is another step."""
        self._take_link()
        if not self.outcome:
            await self._look_at(self._token)
        self.loaded = True

    @event_for(PUBLIC, weight=20)
    async def submit(self, form_data: dict[str, str]) -> AsyncIterator[None]:
        """Use the link."""
        if self.ticket:
            return  # a second click; the page is on its way already
        typed = AcceptanceForm(
            password=form_parsing.field(form_data, "password"),
            name=form_parsing.field(form_data, "name"),
            email=form_parsing.field(form_data, "email"),
        )

        async def accept(token: str) -> None:
            self.ticket = await worker.run_hashing(
                invitations.accept, actor(), token, typed
            )

        async for _ in self._use_link(accept):
            yield
        (await self.get_state(PurposeState)).email = self.email

    async def _look_at(self, token: str) -> None:
        try:
            found = await worker.query(invitations.joining, token)
        except LinkInvalid:
            self.outcome, self.email = INVALID, ""
            return
        self.ticket = ""
        self.name, self.asks_name = found.name, found.asks_name
        self.asks_email = not found.email
        self.next_path = "/office/setup" if self.asks_email else "/bookings"
        self.email, self.needs_password = found.email, found.needs_password
