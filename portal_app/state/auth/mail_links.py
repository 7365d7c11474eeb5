"""Pages opened by the link of a mail; only their button uses the link."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import reflex as rx
from reflex.istate.data import RouterData

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.domain.customers import contact_points
from portal_app.domain.sign_in import email_change
from portal_app.kernel.errors import DomainError
from portal_app.state.core import worker
from portal_app.state.core.access import PUBLIC, actor, event_for

DONE, INVALID = "done", "invalid"


class MailLinkPage(Protocol):
    """The state of such a page; ``outcome`` is empty until the link was tried."""

    outcome: str
    problem: str
    pending: bool
    loaded: bool
    _token: str

    @property
    def router(self) -> RouterData:
        """Where the tab is."""


def token_of(page: MailLinkPage) -> str:
    """The secret in the page's address, or an empty string.

    The page knows it from then on: a click can come before the page is loaded, when
    the server was away, and what came of it must outlive the loading.
    """
    page._token = str(page.router.url.query_parameters.get("token", ""))
    return page._token


def open_link(page: MailLinkPage) -> None:
    """Take the link from the address; one that is known keeps its outcome."""
    known = page._token
    token = token_of(page)
    if not token:
        page.outcome = INVALID
    elif token != known:
        page.outcome = ""
    page.problem, page.pending, page.loaded = "", False, True


async def use_link(
    page: MailLinkPage, using: Callable[[str], Awaitable[Any]]
) -> AsyncIterator[None]:
    """Use the link; the page's outcome is ``DONE`` or ``INVALID`` after it.

    Args:
        page: The state of the page; a link that was used is not used again.
        using: What the secret is given to.

    Yields:
        Once, when the button is busy.
    """
    if page.outcome == DONE:
        return
    page.problem, page.pending = "", True
    yield
    try:
        await using(token_of(page))
        page.outcome = DONE
    except LinkInvalid:
        page.outcome = INVALID
    except DomainError as error:
        page.problem = error.message
    finally:
        page.pending = False


class ConfirmEmailState(rx.State):
    """The page of such a link (``mail_links.MailLinkPage``)."""

    outcome: str = ""
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
        await worker.run_in_thread(email_change.confirm_email, actor(), token)


class VerifyContactState(rx.State):
    """The page of such a link (``mail_links.MailLinkPage``)."""

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
        self.email = await worker.call(contact_points.verify_contact_email, token)


class StopMailsState(rx.State):
    """The page of such a link (``mail_links.MailLinkPage``)."""

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
        async for _ in use_link(self, self._use):
            yield

    async def _use(self, token: str) -> None:
        self.email = await worker.call(contact_points.stop_mails, token)
