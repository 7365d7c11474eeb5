"""Pages that a link from a mail opens: its secret stays in the address.

It is read from there each time, because a replayed click brings the address
along: a server that has just started has no state of the tab yet.
"""

from typing import Protocol

from reflex.istate.data import RouterData


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
    """The secret in the page's address, or an empty string."""
    return str(page.router.url.query_parameters.get("token", ""))


def open_link(page: LinkPage) -> None:
    """Take the link from the address; one that is known keeps its outcome."""
    token = token_of(page)
    if not token:
        page.outcome = "invalid"
    elif token != page._token:
        page.outcome = ""
    page._token = token
    page.problem, page.pending, page.loaded = "", False, True
