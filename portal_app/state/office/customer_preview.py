"""The office looks at the portal as a customer sees it."""

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.sign_in import customer_preview
from portal_app.domain.sign_in.views import SeenCustomerView
from portal_app.kernel.errors import DomainError
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, OFFICE, actor, event_for
from portal_app.state.core.toasts import toast

_HOME, _BACK = "/", "/office/permissions"


class CustomerPreviewState(rx.State):
    """The customers that were found, to look as one of them."""

    found: list[SeenCustomerView] = []
    searched: bool = False

    @event_for(OFFICE)
    async def find(self, form_data: dict[str, str]) -> None:
        """Find customers by name or email."""
        text = form_parsing.field(form_data, "customer")
        self.found = await worker.query(customer_preview.find_customers, actor(), text)
        self.searched = True

    @event_for(OFFICE)
    async def start(self, customer_id: str) -> EventSpec:
        """See the portal as this customer from now on."""
        try:
            await worker.call(customer_preview.start, actor(), customer_id)
        except DomainError as error:
            return toast("error", error.message)
        self.found, self.searched = [], False
        return rx.redirect(_HOME)

    @event_for(CUSTOMER)
    async def stop(self) -> EventSpec:
        """Be the office again."""
        if not actor().looking:
            return rx.redirect(_HOME)
        await worker.call_while_looking(customer_preview.stop, actor())
        return rx.redirect(_BACK)
