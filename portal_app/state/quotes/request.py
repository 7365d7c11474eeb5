"""The last step of the wizard where the price is on request."""

from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import drafts
from portal_app.domain.bookings.rules import OVERVIEW
from portal_app.domain.quotes import requests, rules
from portal_app.domain.quotes.access import QUOTE_PREFIX
from portal_app.domain.quotes.requests import RequestForm
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.features import Feature
from portal_app.state.bookings.wizard import STEPS, BookingWizardState
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.submitted_form import SubmittedForm
from portal_app.state.core.toasts import toast


class WizardRequestState(SubmittedForm, rx.State):
    """The overview's form that sends what is asked for."""

    @event_for(CUSTOMER, feature=Feature.QUOTES)
    async def send(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | EventSpec | None]:
        """*Send request*: ask for a price for what the overview shows, once."""
        book = await self.get_state(BookingWizardState)
        if not await book._stands_at(OVERVIEW):
            return
        self._begin_submit()
        yield None
        form = RequestForm(
            form_parsing.field(form_data, "preferred_times"),
            tuple(
                form_parsing.field(form_data, f"files.{at}")[:26]
                for at in range(rules.MAX_FILES)
            ),
        )
        shown = form_parsing.number(form_data, "shown")
        try:
            number = await worker.call(
                requests.send_request, actor(), book.draft_id, shown, form
            )
        except InvalidInput as wrong:
            missing = [step for step in STEPS if step in wrong.fields]
            if missing:
                yield book._go(missing[0])
                book._show(problem=wrong.fields[missing[0]])
            else:
                self.errors = wrong.fields
        except Conflict as refused:
            book._take(await worker.query(drafts.get_draft, actor(), book.draft_id))
            self.problem = refused.message
        else:
            yield [
                toast("success", "Your request is sent. We answer by email."),
                rx.redirect(f"{QUOTE_PREFIX}{number}"),
            ]
        finally:
            self.pending = False
