"""Pages that a link from a mail opens: its secret stays in the address.

It is read from there each time, because a replayed click brings the address
along: a server that has just started has no state of the tab yet.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from reflex.istate.data import RouterData

from portal_app.domain.accounts.rules import LinkInvalid
from portal_app.kernel.errors import DomainError

DONE, INVALID = "done", "invalid"


class LinkPage(Protocol):
    """The state of such a page; ``outcome`` is empty until the link was tried."""

    outcome: str
    problem: str
    pending: bool
    loaded: bool
    _token: str

    @property
    def router(self) -> RouterData:
        """Where the tab is."""


def token_of(page: LinkPage) -> str:
    """The secret in the page's address, or an empty string.

    The page knows it from then on: a click can come before the page is loaded, when
    the server was away, and what came of it must outlive the loading.
    """
    page._token = str(page.router.url.query_parameters.get("token", ""))
    return page._token


def open_link(page: LinkPage) -> None:
    """Take the link from the address; one that is known keeps its outcome."""
    known = page._token
    token = token_of(page)
    if not token:
        page.outcome = INVALID
    elif token != known:
        page.outcome = ""
    page.problem, page.pending, page.loaded = "", False, True


async def use_link(
    page: LinkPage, using: Callable[[str], Awaitable[Any]]
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
