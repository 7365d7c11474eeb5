"""The wizard's contact step: for whom it is, what is asked, and whom to call."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import service as bookings
from portal_app.domain.bookings.views import AskedView
from portal_app.domain.customers import business_profiles
from portal_app.domain.customers.views import BusinessProfileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.state import worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.answers import details
from portal_app.state.book import BookState
from portal_app.state.for_whom import ADDED, ways_to_add, with_added
from portal_app.state.typed import texts


class BookContactState(rx.State):
    """What this step asks, and the business profiles to choose from.

    They were read for the draft ``loaded_for`` in its ``version``. ``adds`` are words
    and address of the pages where another dependent is added.
    ``company`` is the draft's; before that step was taken, the default.
    """

    loaded_for: str = ""
    version: int = 0
    asked: AskedView = AskedView()
    adds: list[tuple[str, str]] = []
    companies: list[tuple[str, str]] = []
    company: str = ""

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read what is asked if the wizard stands at this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("contact"):
            return
        asked, found = await worker.query(_asked, actor(), book.draft_id)
        default = next((one.id for one in found if one.is_default), "")
        self.asked = with_added(asked, self.router.url.query_parameters.get(ADDED))
        self.adds = ways_to_add(asked.types, book._here())
        self.companies = [(one.id, one.name) for one in found]
        self.company = book.company_id if asked.answered else default
        self.loaded_for, self.version = book.draft_id, book.shown["version"]

    @event_for(CUSTOMER)
    async def submit(self, form: Any) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookState)
        if not await book._stands_at("contact"):
            return None
        typed = bookings.ContactForm(
            **texts(form, "name", "email", "phone", "notes"),
            company=_company_of(form),
            details=details(form),
        )
        try:
            draft = await worker.call(
                bookings.choose_contact, actor(), book.draft_id, typed
            )
        except InvalidInput as wrong:
            book._show(errors=wrong.fields, problem="")
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()


def _asked(
    tx: worker.Session, who: Actor, draft_id: str
) -> tuple[AskedView, list[BusinessProfileView]]:
    return (
        bookings.asked(tx, who, draft_id),
        business_profiles.business_profiles(tx, who),
    )


def _company_of(form: Any) -> str:
    """The business profile the form chose; empty where it says *Personal*."""
    said = texts(form, "booking_for", "company")
    return said["company"] if said["booking_for"] == "business" else ""
