"""The log of security events, for the office."""

import reflex as rx

from portal_app.domain.accounts import security
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.views import SecurityEventView
from portal_app.state import worker
from portal_app.state.access import OFFICE, actor, event_for

_LAST_PAGE = 10_000


class OfficeSecurityState(rx.State):
    """One page of the log; the address says which, and of which kind."""

    loaded: bool = False
    kinds: list[list[str]] = []
    kind: str = ""
    rows: list[SecurityEventView] = []
    page: int = 1
    has_more: bool = False

    @event_for(OFFICE)
    async def load(self) -> None:
        """Read the page that the address names."""
        asked = self.router.url.query_parameters
        kind = asked.get("kind", "")
        self.kind = kind if kind in security.KINDS else ""
        self.kinds = [[key, words] for key, words in security.KINDS.items()]
        found = await worker.query(
            accounts.security_log,
            actor(),
            page=_page_number(asked.get("page", "")),
            kind=self.kind,
        )
        self.rows, self.page, self.has_more = found.rows, found.page, found.has_more
        self.loaded = True


def _page_number(asked: str) -> int:
    """What the address asks for; anything but a number is the first page."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        return 1
    return min(max(1, int(asked)), _LAST_PAGE)
