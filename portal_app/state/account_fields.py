"""My Account: what else the business asks."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.customers import more_fields
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.changes import Change
from portal_app.state import edits, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.account import AccountState
from portal_app.state.answers import answers
from portal_app.state.toasts import toast


class AccountFieldsState(rx.State):
    """The business's own fields, and what their form is told (``edits.Editing``)."""

    fields: list[FieldView] = []
    version: int = 0
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Show the fields as they are now."""
        await self._read()
        edits.clear(self)

    @event_for(CUSTOMER)
    async def begin(self) -> None:
        """Open the form with what is stored now."""
        await self._read()
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store what was entered, unless it changed meanwhile."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        version = forms.number(form_data, "version")
        saving = worker.call(
            more_fields.save_more_fields, actor(), answers(form_data), version
        )
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            await self._read()
        if stored:
            self.saved = forms.field(form_data, "request")
            yield [AccountState.load, toast("success", "Your answers are saved.")]

    async def _read(self) -> None:
        self.fields, self.version = await worker.query(more_fields.more_fields, actor())
