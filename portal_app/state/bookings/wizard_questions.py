"""The wizard's steps of whom a booking is for, and of what the service asks."""

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import drafts, rules
from portal_app.domain.bookings.views import DetailsFormView
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.state.bookings.booking_dependents import (
    ADDED_PARAMETER,
    add_links,
    tick_added,
)
from portal_app.state.bookings.wizard import BookingWizardState
from portal_app.state.core import worker
from portal_app.state.core.access import BOOKERS, CUSTOMER, ON_BEHALF, actor, event_for
from portal_app.state.core.form_parsing import details_form, field


class WizardDependentsState(rx.State):
    """For whom or what it can be, as read for the draft in its version.

    ``adds`` are words and address of the pages where another dependent is added.
    """

    loaded_for: str = ""
    version: int = 0
    asked: DetailsFormView = DetailsFormView()
    adds: list[tuple[str, str]] = []

    @event_for(*BOOKERS)
    async def load(self) -> None:
        """Read whom it can be for if the wizard stands at this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at(rules.WHO):
            return
        added = self.router.url.query_parameters.get(ADDED_PARAMETER, "")
        asked = await worker.query(
            drafts.dependents_form, actor(), book.draft_id, added
        )
        self.asked = tick_added(asked, added)
        # The pages that add one are the customer's own.
        here = book._address(rules.WHO)
        self.adds = [] if actor().on_behalf else add_links(asked.types, here)
        self.loaded_for, self.version = book.draft_id, book.shown["version"]

    @event_for(CUSTOMER, ON_BEHALF)
    async def submit(self, form: dict[str, str]) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at(rules.WHO):
            return None
        chosen = details_form(form).dependents
        try:
            draft = await worker.call(
                drafts.choose_dependents, actor(), book.draft_id, chosen
            )
        except InvalidInput as wrong:
            book._show(errors=wrong.fields, problem="")
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()


class WizardQuestionsState(rx.State):
    """What the service asks, as read for the draft in its version."""

    loaded_for: str = ""
    version: int = 0
    asked: DetailsFormView = DetailsFormView()

    @event_for(*BOOKERS)
    async def load(self) -> None:
        """Read what is asked if the wizard stands at this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at(rules.QUESTIONS):
            return
        self.asked = await worker.query(drafts.questions_form, actor(), book.draft_id)
        self.loaded_for, self.version = book.draft_id, book.shown["version"]

    @event_for(*BOOKERS)
    async def submit(self, form: dict[str, str]) -> EventSpec | None:
        """*Next* on this step."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at(rules.QUESTIONS):
            return None
        try:
            draft = await worker.call(
                drafts.answer_questions,
                actor(),
                book.draft_id,
                details_form(form),
                field(form, "notes"),
            )
        except InvalidInput as wrong:
            book._show(errors=wrong.fields, problem="")
            return None
        except Conflict as refused:
            return await book._refused(refused)
        book._take(draft)
        return book._go_on()
