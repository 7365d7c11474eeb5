"""One booking, as the office looks after it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Literal
from urllib.parse import unquote

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import (
    approval,
    changes,
    office_actions,
    office_edit,
    office_notes,
    office_view,
)
from portal_app.domain.bookings.office_edit import AgreedContactForm, LineForm
from portal_app.domain.bookings.views import OfficeBookingView
from portal_app.domain.business import service as businesses
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, NotFound
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.form_parsing import Form
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

_PREFIX = "/office/bookings/"

Saving = AsyncIterator[list[EventSpec] | None]

_MARKED = {
    "approve": "The request is confirmed.",
    "start": "The visit has begun.",
    "complete": "The booking is completed.",
    "no_show": "It is written down that nobody was there.",
}


class OfficeBookingState(VersionedForm, rx.State):
    """The booking at the address ``path``; ``None`` if there is none."""

    path: str = ""
    record: OfficeBookingView | None = None
    clock: str = ""

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the booking the address names."""
        self._clear_messages()
        path = str(self.router.url.path).rstrip("/")
        try:
            await self._read()
        except NotFound:
            self.record = None
        self.path = path

    @event_for(*STAFF)
    async def begin(self) -> None:
        """Open a form with what is stored, without the errors of the last time."""
        await self._read()
        self._clear_messages()

    @event_for(OFFICE)
    async def add_note(self, form_data: dict[str, str]) -> Saving:
        """Write something down that only the office sees."""
        save = partial(
            worker.call,
            office_notes.add_note,
            actor(),
            self._number(),
            form_parsing.field(form_data, "note"),
            form_parsing.field(form_data, "request"),
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The note is saved.")]
        ):
            yield step

    @event_for(OFFICE)
    async def remove_note(self, note_id: str) -> EventSpec:
        """Delete a note."""
        await worker.call(office_notes.remove_note, actor(), self._number(), note_id)
        await self._read()
        return toast("success", "The note is removed.")

    @event_for(OFFICE)
    async def mark(
        self, action: Literal["approve", "start", "complete", "no_show"]
    ) -> EventSpec:
        """Approve a request, or say what became of the visit."""
        try:
            await worker.call(office_actions.mark, actor(), self._number(), action)
        except Conflict as refused:
            await self._read()
            return toast("error", refused.message)
        await self._read()
        return toast("success", _MARKED[action])

    @event_for(OFFICE)
    async def decline(self, form_data: dict[str, str]) -> Saving:
        """Decline a request, with the reason that its customer reads."""
        save = partial(
            worker.call,
            approval.decline,
            actor(),
            self._number(),
            form_parsing.field(form_data, "reason"),
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The request is declined.")]
        ):
            yield step

    @event_for(OFFICE)
    async def cancel(self, form_data: dict[str, str]) -> Saving:
        """Cancel, with the reason that the customer reads, and say who bears a fee."""
        save = partial(
            worker.call,
            changes.cancel_by_office,
            actor(),
            self._number(),
            form_parsing.field(form_data, "reason"),
            with_fee=form_parsing.ticked(form_data, "with_fee"),
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The booking is cancelled.")]
        ):
            yield step

    @event_for(OFFICE)
    async def save_contact(self, form_data: dict[str, str]) -> Saving:
        """Store whom to ask for, and the customer's notes."""
        typed = AgreedContactForm(
            **form_parsing.texts(
                form_data, "contact_name", "contact_email", "contact_phone", "notes"
            )
        )
        async for step in self._store(form_data, office_edit.save_contact, typed):
            yield step

    @event_for(OFFICE)
    async def save_address(self, form_data: dict[str, str]) -> Saving:
        """Store where to come."""
        typed = form_parsing.address(
            form_data, access_notes=form_parsing.field(form_data, "access_notes")
        )
        async for step in self._store(form_data, office_edit.save_address, typed):
            yield step

    @event_for(OFFICE)
    async def save_lines(self, form_data: dict[str, str]) -> Saving:
        """Store what is done for which price."""
        typed = [
            LineForm(**row)
            for row in form_parsing.ordered_rows(
                form_data,
                "lines",
                "description",
                "quantity",
                "unit",
                most=office_edit.MAX_LINES,
            )
        ]
        async for step in self._store(form_data, office_edit.save_lines, typed):
            yield step

    def _store(self, form: Form, save: Callable[..., Any], typed: Any) -> Saving:
        """Save a part of what was agreed over the version it was read with."""
        version = form_parsing.number(form, "version")

        def call() -> Awaitable[Any]:
            return worker.call(save, actor(), self._number(), typed, version)

        return self._save(
            form, call, lambda: [toast("success", "Your changes are saved.")]
        )

    def _number(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(_PREFIX))

    async def _read(self) -> None:
        self.record, self.clock = await worker.query(_booking, actor(), self._number())


def _booking(tx: Session, who: Actor, number: str) -> tuple[OfficeBookingView, str]:
    return (
        office_view.office_booking(tx, who, number),
        businesses.formats(tx).clock,
    )
