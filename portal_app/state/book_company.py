"""The wizard's contact step: for oneself, or for a business profile."""

import reflex as rx

from portal_app.domain.customers import business_profiles
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.book import BookState


class BookCompanyState(rx.State):
    """The business profiles to choose from: id and name.

    ``chosen`` is the draft's; before that step was taken, the default.
    """

    companies: list[tuple[str, str]] = []
    chosen: str = ""

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the business profiles if the wizard stands at this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("contact"):
            return
        found = await worker.query(business_profiles.business_profiles, actor())
        default = next((one.id for one in found if one.is_default), "")
        self.companies = [(one.id, one.name) for one in found]
        self.chosen = book.company_id if "contact" in book._done else default
