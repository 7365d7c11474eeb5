"""A quote, and what its customer decides."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import unquote

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings.rules import QUOTES
from portal_app.domain.business import permissions
from portal_app.domain.fields.views import FieldView
from portal_app.domain.quotes import decisions, queries
from portal_app.domain.quotes.access import LINK_PARAMETER, QUOTE_PREFIX
from portal_app.domain.quotes.decisions import Accepted, ShownVersion
from portal_app.domain.quotes.rules import PAGE_SIZE
from portal_app.domain.quotes.views import QuotePage, QuoteRowView, QuoteView
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.kernel.features import Feature
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, PUBLIC, actor, event_for
from portal_app.state.core.form_parsing import Form, page_number
from portal_app.state.core.paged_list import PagedList
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

_LONGEST_SECRET = 80
_SIGNATURE = "signature"


class QuotesState(PagedList, rx.State):
    """One page of the customer's quotes; the address says which."""

    rows: list[QuoteRowView] = []
    loaded: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> EventSpec | None:
        """Read the page that the address names, if it is of quotes."""
        asked = self.router.url.query_parameters
        if asked.get("when") != QUOTES:
            return None
        if not await worker.query(permissions.is_on, Feature.QUOTES):
            return rx.redirect("/bookings", replace=True)
        page = page_number(asked.get("page", ""))
        found: QuotePage = await worker.query(queries.my_quotes, actor(), page)
        if not found.rows and page > 1:
            found = await worker.query(queries.my_quotes, actor(), 1)
        self._show_page(found, PAGE_SIZE)
        self.loaded = True
        return None


class QuoteState(rx.State):
    """The quote at the address ``path``, if ``found``.

    ``signature`` is the field to sign in, as a form shows it; whoever came by a link
    cannot hand in a drawing, and types their name.
    """

    path: str = ""
    found: bool = False
    quote: QuoteView = QuoteView()
    signature: list[FieldView] = []
    _secret: str = ""

    @event_for(PUBLIC, feature=Feature.QUOTES)
    async def load(self) -> None:
        """Read the quote that the address names; nothing is decided by that."""
        asked = self.router.url.query_parameters
        self._secret = asked.get(LINK_PARAMETER, "")[:_LONGEST_SECRET]
        try:
            await self._read()
            self.found = True
        except NotFound:
            self.quote, self.found = QuoteView(), False
        self.path = str(self.router.url.path).rstrip("/")

    async def _read(self) -> None:
        self.quote = await worker.query(
            queries.get_quote, actor(), self._number(), self._secret
        )
        self.signature = (
            [
                FieldView(
                    key=_SIGNATURE,
                    name="Your signature",
                    kind="signature",
                    required=True,
                    editable=True,
                )
            ]
            if self.quote.signed_in
            else []
        )

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(QUOTE_PREFIX))[:40]


class QuoteDecisionState(VersionedForm, rx.State):
    """The dialogs in which somebody accepts, declines or asks for changes.

    ``version`` of a form is the number of the version that was looked at.
    """

    @event_for(PUBLIC, feature=Feature.QUOTES)
    async def begin(self) -> None:
        """Open a dialog without the errors of the last time."""
        self._clear_messages()

    @event_for(PUBLIC, feature=Feature.QUOTES)
    async def accept(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """*Accept quote*: agree to what was shown, signed."""
        quote = await self.get_state(QuoteState)
        came: list[Accepted] = []

        async def decide(shown: ShownVersion) -> None:
            signed = form_parsing.field(form_data, f"field.{_SIGNATURE}")
            name = form_parsing.field(form_data, "signed_name")
            came.append(
                await worker.call(
                    decisions.accept, actor(), shown, signed or f"typed:{name}"
                )
            )

        def done() -> list[EventSpec]:
            said = came[-1].notice if came else ""
            if said:
                return [toast("info", said)]
            thanks = toast("success", "Thank you, the quote is accepted.")
            to_choose = quote.quote.draft if quote.quote.signed_in else ""
            return [thanks, rx.redirect(to_choose)] if to_choose else [thanks]

        async for step in self._decide(form_data, quote, decide, done):
            yield step

    @event_for(PUBLIC, feature=Feature.QUOTES)
    async def decline(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """*Decline quote*."""
        quote = await self.get_state(QuoteState)
        reason = form_parsing.field(form_data, "reason")

        async def decide(shown: ShownVersion) -> None:
            await worker.call(decisions.decline, actor(), shown, reason)

        said = [toast("success", "The quote is declined. Thank you for telling us.")]
        async for step in self._decide(form_data, quote, decide, lambda: said):
            yield step

    @event_for(PUBLIC, feature=Feature.QUOTES)
    async def ask_for_changes(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """*Ask for changes*."""
        quote = await self.get_state(QuoteState)
        wishes = form_parsing.field(form_data, "reason")

        async def decide(shown: ShownVersion) -> None:
            await worker.call(decisions.ask_for_changes, actor(), shown, wishes)

        said = [toast("success", "Thank you. We will send you a new version.")]
        async for step in self._decide(form_data, quote, decide, lambda: said):
            yield step

    async def _decide(
        self,
        form: Form,
        quote: QuoteState,
        decide: Callable[[ShownVersion], Awaitable[None]],
        done: Callable[[], list[EventSpec]],
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Decide once; what cannot be decided any more closes the dialog with why."""
        refused: list[str] = []
        shown = ShownVersion(
            quote._number(), form_parsing.number(form, "version"), quote._secret
        )

        async def attempt() -> None:
            try:
                await decide(shown)
            except Conflict as conflict:
                refused.append(conflict.message)

        def events() -> list[EventSpec]:
            return [toast("error", refused[0])] if refused else done()

        async for step in self._save(form, attempt, events):
            yield step

    async def _read(self) -> None:
        await (await self.get_state(QuoteState))._read()
