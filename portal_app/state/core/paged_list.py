"""What the states of lists share that are shown page by page."""

from typing import Any

import reflex as rx


class PagedList(rx.State, mixin=True):
    """The page that is shown, and where it stands among ``total`` rows.

    The state declares ``rows`` with the type of its views.
    """

    rows: list[Any] = []
    page: int = 1
    has_more: bool = False
    total: int = 0
    summary: str = ""

    def _show_page(self, found: Any, size: int) -> None:
        """Show a page with ``rows``, ``page``, ``has_more`` and ``total``."""
        first = (found.page - 1) * size + 1
        self.rows, self.page, self.has_more = found.rows, found.page, found.has_more
        self.total = found.total
        self.summary = f"{first} to {first + len(found.rows) - 1} of {found.total}"
