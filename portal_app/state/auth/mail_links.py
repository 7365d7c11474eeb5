"""Pages opened by the link of a mail; only their button uses the link."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import reflex as rx

from portal_app.domain.accounts.email_verification import ACTIVATED, ALREADY_ACTIVE
from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points
from portal_app.domain.sign_in import email_change
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm

DONE, INVALID = "done", "invalid"
_USED = frozenset({DONE, ACTIVATED, ALREADY_ACTIVE})


class MailLinkPage(SubmittedForm, mixin=True):
    """The page of such a link; ``outcome`` is empty until the link was tried."""

    outcome: str = ""
    loaded: bool = False
    _token: str = ""

    @event_for(PUBLIC)
    async def load(self) -> None:
        """Take the link from the address; a known one keeps its outcome."""
        self._take_link()
        if not self.outcome and await self._was_used():
            self.outcome = ALREADY_ACTIVE
        self.loaded = True

    async def _was_used(self) -> bool:
        """Whether the link has done what it is for, so that no button is needed."""
        return False

    def _take_link(self) -> None:
        known = self._token
        token = self._read_token()
        if not token:
            self.outcome = INVALID
        elif token != known:
            self.outcome = ""
        self.errors, self.problem, self.pending = {}, "", False

    def _read_token(self) -> str:
        """The secret in the page's address, or an empty string.

        The page knows it from then on: a click can come before the page is loaded,
        when the server was away, and what came of it must outlive the loading.
        """
        self._token = str(self.router.url.query_parameters.get("token", ""))
        return self._token

    async def _use_link(
        self, use: Callable[[str], Awaitable[Any]]
    ) -> AsyncIterator[None]:
        """Use the link, once; a busy page is shown before.

        Args:
            use: What the secret is given to; a text it answers is the outcome, and
                ``done`` if it answers none.
        """
        if self.outcome in _USED:
            return
        self._begin_submit()
        yield
        with self._reported_errors():
            try:
                answer = await use(self._read_token())
                self.outcome = answer if isinstance(answer, str) else DONE
            except LinkInvalid:
                self.outcome = INVALID


class ConfirmEmailState(MailLinkPage, rx.State):
    """The page that makes a new email the one to log in with."""

    @event_for(PUBLIC)
    async def confirm(self) -> AsyncIterator[None]:
        """Use the link."""
        async for _ in self._use_link(self._use):
            yield

    async def _use(self, token: str) -> None:
        await worker.run_in_thread(email_change.confirm_email, actor(), token)


class VerifyContactState(MailLinkPage, rx.State):
    """The page that shows that a contact's email is read."""

    email: str = ""

    @event_for(PUBLIC)
    async def confirm(self) -> AsyncIterator[None]:
        """Use the link."""
        async for _ in self._use_link(self._use):
            yield

    async def _use(self, token: str) -> None:
        self.email = await worker.call(contact_points.verify_contact_email, token)


class StopMailsState(MailLinkPage, rx.State):
    """The page where a contact asks for no more mails."""

    email: str = ""

    @event_for(PUBLIC)
    async def stop(self) -> AsyncIterator[None]:
        """Use the link."""
        async for _ in self._use_link(self._use):
            yield

    async def _use(self, token: str) -> None:
        self.email = await worker.call(contact_points.stop_mails, token)
