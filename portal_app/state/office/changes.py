"""The log of what the staff changed, page by page."""

from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.office import change_history
from portal_app.domain.office.change_history import ChangesFilter
from portal_app.domain.office.views import ChangesPage
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import STAFF, actor, event_for

_PATH = "/office/changes"
_PARAMETERS = ("person", "kind", "thing", "from", "to")
_LONGEST = 60


class OfficeChangesState(rx.State):
    """One page of the log; the address says which, and of what.

    ``asked`` is the address's part that narrows it, without the page.
    """

    loaded: bool = False
    changes: ChangesPage = ChangesPage()
    asked: str = ""
    person: str = ""
    kind: str = ""
    first: str = ""
    last: str = ""

    @event_for(*STAFF)
    async def load(self) -> None:
        """Read the page that the address names."""
        address = self.router.url.query_parameters
        given = {name: address.get(name, "")[:_LONGEST] for name in _PARAMETERS}
        first, last = form_parsing.day(given["from"]), form_parsing.day(given["to"])
        self.changes = await worker.query(
            change_history.read_page,
            actor(),
            ChangesFilter(given["person"], given["kind"], given["thing"], first, last),
            form_parsing.page_number(address.get("page", "")),
        )
        self.person, self.kind = given["person"], given["kind"]
        self.first = first.isoformat() if first else ""
        self.last = last.isoformat() if last else ""
        self.asked = _query(given)
        self.loaded = True

    @event_for(*STAFF)
    def narrow(self, form_data: dict[str, str]) -> EventSpec:
        """Go to the changes that the form asks for."""
        return rx.redirect(
            f"{_PATH}?{_query(form_parsing.texts(form_data, *_PARAMETERS))}"
        )

    @event_for(*STAFF)
    def turn(self, page: int) -> EventSpec:
        """Go to another page of them."""
        return rx.redirect(f"{_PATH}?{self.asked}&page={page}")

    @event_for(*STAFF)
    def show_thing(self, kind: str, thing: str) -> EventSpec:
        """Go to what was changed about one thing."""
        return rx.redirect(f"{_PATH}?{_query({'kind': kind, 'thing': thing})}")


def _query(given: dict[str, str]) -> str:
    return urlencode({name: value for name, value in given.items() if value})
