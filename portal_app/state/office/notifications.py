"""The mails that were not delivered, and sending them again."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.notifications import undelivered
from portal_app.domain.notifications.undelivered import UndeliveredPage
from portal_app.kernel.errors import DomainError
from portal_app.state.core import worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.form_parsing import page_number
from portal_app.state.core.toasts import toast


class OfficeNotificationsState(rx.State):
    """One page of the mails that were given up; the address says which."""

    loaded: bool = False
    mails: UndeliveredPage = UndeliveredPage()

    @event_for(*STAFF)
    async def load(self) -> None:
        """Read the page that the address names."""
        await self._read()
        self.loaded = True

    @event_for(OFFICE)
    async def send_again(self, mail_id: str) -> AsyncIterator[EventSpec | None]:
        """Let a mail be tried anew."""
        try:
            await worker.call(undelivered.send_again, actor(), mail_id)
            said = toast("success", "The email is on its way again.")
        except DomainError as error:
            said = toast("error", error.message)
        await self._read()
        yield said

    async def _read(self) -> None:
        page = page_number(self.router.url.query_parameters.get("page", ""))
        self.mails = await worker.query(undelivered.read_page, actor(), page)
