"""One dependent: its data, its documents, its bookings."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.bookings import timeline
from portal_app.domain.bookings.rules import PAST, UPCOMING
from portal_app.domain.bookings.views import BookingRowView
from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.views import DependentView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import NotFound
from portal_app.state import edits, forms, worker
from portal_app.state.access import CUSTOMER, actor, event_for
from portal_app.state.answers import answers
from portal_app.state.toasts import toast
from portal_app.state.typed import day

_PREFIX = "/dependents/"


@dataclass(frozen=True)
class Seen:
    """What the page of a dependent shows."""

    dependent: DependentView
    upcoming: list[BookingRowView]
    past: list[BookingRowView]
    page: int
    has_more: bool
    ends: dict[str, str]


class DependentState(rx.State):
    """The dependent at the address ``path``; ``None`` if this customer has none there.

    ``ends`` says of documents that end soon how soon. The rest is what their
    forms are told (``edits.Editing``).
    """

    path: str = ""
    dependent: DependentView | None = None
    ends: dict[str, str] = {}
    upcoming: list[BookingRowView] = []
    past: list[BookingRowView] = []
    page: int = 1
    has_more: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(CUSTOMER)
    async def load(self) -> None:
        """Read the dependent the address names."""
        edits.clear(self)
        self.page = 1
        path = str(self.router.url.path).rstrip("/")
        try:
            await self._read()
        except NotFound:
            self.dependent = None
        self.path = path

    @event_for(CUSTOMER)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        edits.clear(self)

    @event_for(CUSTOMER)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store name and fields, unless they changed meanwhile."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = dependents.DependentForm(
            name=forms.field(form_data, "name"), answers=answers(form_data)
        )
        version = forms.number(form_data, "version")
        saving = worker.call(dependents.save, actor(), self._id(), typed, version)
        if await self._stored(saving, form_data):
            yield [toast("success", "Your changes are saved.")]

    @event_for(CUSTOMER)
    async def save_document(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a document, or change the one the form names."""
        if edits.is_repeated(self, form_data):
            return
        edits.clear(self)
        self.pending = True
        yield
        typed = dependents.DocumentForm(
            kind=forms.field(form_data, "kind"),
            name=forms.field(form_data, "name"),
            file_id=forms.field(form_data, "file_id"),
            expires_on=forms.field(form_data, "expires_on"),
        )
        document_id = forms.field(form_data, "document")
        version = forms.number(form_data, "version")
        saving: Awaitable[Any] = (
            worker.call(dependents.save_document, actor(), document_id, typed, version)
            if document_id
            else worker.call(dependents.add_document, actor(), self._id(), typed)
        )
        if await self._stored(saving, form_data):
            yield [toast("success", "The document is saved.")]

    @event_for(CUSTOMER)
    async def remove_document(self, document_id: str) -> EventSpec:
        """Take a document away for good."""
        await worker.call(dependents.remove_document, actor(), forms.word(document_id))
        await self._read()
        return toast("success", "The document is removed.")

    @event_for(CUSTOMER)
    async def set_picture(self, file_id: str) -> EventSpec:
        """Use the picture that was just handed in; none with an empty id."""
        wanted = forms.word(file_id)
        await worker.call(dependents.set_picture, actor(), self._id(), wanted)
        await self._read()
        said = "The new photo is saved." if wanted else "The photo is removed."
        return toast("success", said)

    @event_for(CUSTOMER)
    async def archive(self) -> None:
        """Put it away; the page offers to take it back."""
        await worker.call(dependents.archive, actor(), self._id())
        await self._read()

    @event_for(CUSTOMER)
    async def restore(self) -> EventSpec:
        """Take it out again."""
        await worker.call(dependents.restore, actor(), self._id())
        await self._read()
        return toast("success", "It is back in your list.")

    @event_for(CUSTOMER)
    async def turn(self, page: int) -> None:
        """Show another page of past bookings."""
        self.page = page if isinstance(page, int) and 1 <= page <= 1000 else 1
        await self._read()

    def _id(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(_PREFIX))

    async def _stored(self, saving: Awaitable[Any], form_data: Any) -> bool:
        stored = await edits.attempt(self, saving)
        if stored or self.changes:
            await self._read()
        if stored:
            self.saved = forms.field(form_data, "request")
        return stored

    async def _read(self) -> None:
        seen = await worker.query(_seen, actor(), self._id(), self.page)
        self.dependent, self.ends = seen.dependent, seen.ends
        self.upcoming, self.past = seen.upcoming, seen.past
        self.page, self.has_more = seen.page, seen.has_more


def _seen(tx: worker.Session, who: Actor, dependent_id: str, page: int) -> Seen:
    dependent = dependents.dependent(tx, who, dependent_id)
    coming = timeline.timeline(tx, who, dependent_id, UPCOMING)
    past = timeline.timeline(tx, who, dependent_id, PAST, page)
    today = utc_now().astimezone(businesses.formats(tx).zone).date()
    ends = {}
    for document in dependent.documents:
        end = day(document.expires_on)
        if end is not None:
            ends[document.id] = _in_days((end - today).days)
    return Seen(dependent, coming.rows, past.rows, past.page, past.has_more, ends)


def _in_days(days: int) -> str:
    """When a document ends, from today."""
    if days < 0:
        return "Expired"
    if days == 0:
        return "Expires today"
    if days > 60:
        return "Valid"
    return "Expires tomorrow" if days == 1 else f"Expires in {days} days"
