"""*Dependents*: whom or what the customer books for, searched and filtered."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents import types
from portal_app.domain.dependents.rules import PAGE_SIZE
from portal_app.domain.dependents.views import DependentPage, DependentRowView, TypeView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.features import Feature
from portal_app.state.core import worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import page_number
from portal_app.state.core.paged_list import PagedList
from portal_app.state.core.toasts import toast

_PATH = "/dependents"
_MOST = 80
_LAST_PAGE = 100


class DependentsState(PagedList, rx.State):
    """One page of the list; the address says which.

    ``kinds`` are the types that can be added, ``types`` those to filter by.
    ``archived_id`` was archived on this page a moment ago.
    """

    heading: str = "Dependents"
    kinds: list[TypeView] = []
    types: list[TypeView] = []
    rows: list[DependentRowView] = []
    search: str = ""
    type_slug: str = ""
    archived: bool = False
    loaded: bool = False
    archived_id: str = ""
    archived_name: str = ""

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def load(self) -> None:
        """Read what the address asks for."""
        asked = self.router.url.query_parameters
        self.search = asked.get("q", "")[:_MOST]
        self.type_slug = asked.get("type", "")[:_MOST]
        self.archived = asked.get("show") == "archived"
        self.archived_id = self.archived_name = ""
        await self._read(page_number(asked.get("page", ""), _LAST_PAGE))
        self.loaded = True

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    def find(self, text: str) -> EventSpec:
        """Look for something; the address keeps it."""
        return self._go(q=text[:_MOST].strip())

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    def pick(self, slug: str) -> EventSpec:
        """Show one type only, or all with an empty slug."""
        return self._go(type=slug[:_MOST])

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    def turn(self, page: int) -> EventSpec:
        """Go to another page of the list."""
        return self._go(page=str(page_number(str(page), _LAST_PAGE)))

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def archive(self, dependent_id: str) -> None:
        """Put one away; the page offers to take it back."""
        wanted = dependent_id
        await worker.call(dependents.archive_dependent, actor(), wanted)
        names = {row.id: row.name for row in self.rows}
        self.archived_id, self.archived_name = wanted, names.get(wanted, "It")
        await self._read(self.page)

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def restore(self, dependent_id: str) -> EventSpec:
        """Take one out again."""
        await worker.call(dependents.restore_dependent, actor(), dependent_id)
        self.archived_id = self.archived_name = ""
        await self._read(self.page)
        return toast("success", "It is back in your list.")

    async def _read(self, page: int) -> None:
        found, self.kinds, self.heading = await worker.query(
            _list,
            actor(),
            page,
            search=self.search,
            type_slug=self.type_slug,
            archived=self.archived,
        )
        self.types = found.types
        self._show_page(found, PAGE_SIZE)

    def _go(self, **changes: str) -> EventSpec:
        """The same list, asked for anew; another question starts on page 1."""
        asked = {
            "q": self.search,
            "type": self.type_slug,
            "show": "archived" if self.archived else "",
        } | changes
        query = urlencode({name: value for name, value in asked.items() if value})
        spec: EventSpec = rx.redirect(f"{_PATH}?{query}".rstrip("?"), replace=True)
        return spec


def _list(
    tx: Session, who: Actor, page: int, **asked: Any
) -> tuple[DependentPage, list[TypeView], str]:
    found = dependents.list_dependents(tx, who, page=page, **asked)
    if not found.rows and page > 1:
        found = dependents.list_dependents(tx, who, **asked)
    return found, types.active_types(tx), types.menu_heading(tx)
