"""The office's quotes: the lists, one of them, and its next answer."""

from collections.abc import AsyncIterator
from urllib.parse import unquote, urlencode

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.quotes import answers, queries, rules, templates
from portal_app.domain.quotes.access import OFFICE_PREFIX
from portal_app.domain.quotes.answers import AnswerForm, LineForm
from portal_app.domain.quotes.views import OfficeQuoteView, QuoteRowView
from portal_app.kernel.errors import DomainError, NotFound
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.form_parsing import Form, page_number
from portal_app.state.core.paged_list import PagedList
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

_PATH = "/office/quotes"
_MOST_ROWS = 60


class OfficeQuotesState(PagedList, rx.State):
    """One page of a list of quotes; the address says which, and what is searched."""

    rows: list[QuoteRowView] = []
    which: str = rules.OPEN
    search: str = ""
    shown: str = ""

    @event_for(*STAFF)
    async def load(self) -> None:
        """Read the list and page that the address names."""
        asked = self.router.url.query_parameters
        which = asked.get("which", "")
        self.which = which if which in rules.LISTS else rules.OPEN
        self.search = asked.get("search", "")[:100]
        page = page_number(asked.get("page", ""))
        found = await worker.query(
            queries.office_quotes, actor(), self.which, self.search, page
        )
        self._show_page(found, rules.PAGE_SIZE)
        self.shown = self.which

    @event_for(*STAFF)
    def find(self, form_data: dict[str, str]) -> EventSpec:
        """Go to the quotes that the search field asks for."""
        words = form_parsing.field(form_data, "search").strip()[:100]
        asked = {"which": self.which} | ({"search": words} if words else {})
        return rx.redirect(f"{_PATH}?{urlencode(asked)}")


class OfficeQuoteState(VersionedForm, rx.State):
    """The quote at the address ``path``, if ``found``, with the form of an answer.

    ``drawn`` counts the times the form has to begin with what is stored.
    """

    path: str = ""
    found: bool = False
    quote: OfficeQuoteView = OfficeQuoteView()
    drawn: int = 0
    sending: bool = False

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the quote that the address names."""
        self._clear_messages()
        try:
            await self._read()
            self.found = True
        except NotFound:
            self.found = False
        self.drawn += 1
        self.path = str(self.router.url.path).rstrip("/")

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Keep the answer; the customer does not see it yet."""
        done = [toast("success", "The answer is kept. Look at the preview to send it.")]
        typed = (self._number(), _typed_answer(form_data))
        async for step in self._save_page(form_data, done, answers.save_answer, *typed):
            yield step

    @event_for(OFFICE)
    async def send(self, version: int) -> AsyncIterator[EventSpec | None]:
        """*Send to the customer*: what the preview showed.

        Args:
            version: Of the answer that was looked at.
        """
        self.sending = True
        yield None
        try:
            await worker.call(answers.send_answer, actor(), self._number(), version)
            said = toast("success", "The quote is sent. The customer gets an email.")
        except DomainError as refused:
            said = toast("error", refused.message)
        finally:
            self.sending = False
        await self._read_anew()
        yield said

    @event_for(OFFICE)
    async def use_template(self, form_data: dict[str, str]) -> EventSpec:
        """Fill the answer from a template."""
        try:
            await worker.call(
                templates.use_template,
                actor(),
                self._number(),
                form_parsing.field(form_data, "template")[:26],
                self.quote.form.version,
            )
            said = toast("success", "The answer is filled in from the template.")
        except DomainError as refused:
            said = toast("error", refused.message)
        await self._read_anew()
        return said

    async def _read_anew(self) -> None:
        self._clear_messages()
        await self._read()
        self.drawn += 1

    async def _read(self) -> None:
        self.quote = await worker.query(
            queries.get_office_quote, actor(), self._number()
        )

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(OFFICE_PREFIX))[:40]


class OfficeQuoteDialogState(VersionedForm, rx.State):
    """The dialogs of a quote: turning it down, and its templates."""

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open a dialog without the errors of the last time."""
        self._clear_messages()

    @event_for(OFFICE)
    async def turn_down(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Say that there will be no quote."""
        page = await self.get_state(OfficeQuoteState)
        reason = form_parsing.field(form_data, "reason")

        async def store() -> None:
            await worker.call(answers.turn_down, actor(), page._number(), reason)

        said = [toast("success", "The request is turned down. The customer is told.")]
        async for step in self._save(form_data, store, lambda: said):
            yield step

    @event_for(OFFICE)
    async def save_template(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Keep the latest version as a template."""
        page = await self.get_state(OfficeQuoteState)
        name = form_parsing.field(form_data, "name")

        async def store() -> None:
            await worker.call(templates.save_template, actor(), page._number(), name)

        said = [toast("success", "The template is saved.")]
        async for step in self._save(form_data, store, lambda: said):
            yield step

    @event_for(OFFICE)
    async def delete_template(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Delete a template; quotes made from it stay."""
        template_id = form_parsing.field(form_data, "template")[:26]

        async def store() -> None:
            await worker.call(templates.delete_template, actor(), template_id)

        said = [toast("success", "The template is deleted.")]
        async for step in self._save(form_data, store, lambda: said):
            yield step

    async def _read(self) -> None:
        page = await self.get_state(OfficeQuoteState)
        await page._read()


def _typed_answer(form: Form) -> AnswerForm:
    return AnswerForm(
        lines=tuple(
            LineForm(**row)
            for row in form_parsing.ordered_rows(
                form, "lines", "description", "quantity", "unit", most=_MOST_ROWS
            )
        ),
        **form_parsing.texts(
            form,
            *("hours", "valid_days", "notes", "starts_day", "starts_time"),
            "fieldworker_id",
        ),
        files=tuple(
            found
            for at in range(rules.MAX_FILES)
            if (found := form_parsing.field(form, f"files.{at}")[:26])
        ),
    )
