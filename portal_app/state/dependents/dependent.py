"""One dependent with documents and bookings, and the form that adds one."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.bookings import queries
from portal_app.domain.bookings.rules import PAST, UPCOMING
from portal_app.domain.bookings.views import BookingRowView
from portal_app.domain.business import service as businesses
from portal_app.domain.dependents import documents, rules, types
from portal_app.domain.dependents import service as dependents
from portal_app.domain.dependents.views import DependentView, TypeView
from portal_app.domain.fields.views import FieldView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import today_in
from portal_app.kernel.errors import NotFound
from portal_app.kernel.features import Feature
from portal_app.kernel.paths import local_path
from portal_app.state.bookings.booking import BOOKING_PREFIX as BOOKING
from portal_app.state.bookings.booking_dependents import return_address
from portal_app.state.bookings.wizard import WIZARD_PREFIX as WIZARD
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor, event_for
from portal_app.state.core.form_parsing import answers, day
from portal_app.state.core.submitted_form import SubmittedForm
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

_DEPENDENT_PREFIX = "/dependents/"


@dataclass(frozen=True)
class DependentDetails:
    """What the page of a dependent shows."""

    dependent: DependentView
    upcoming: list[BookingRowView]
    past: list[BookingRowView]
    page: int
    has_more: bool
    ends: dict[str, str]


class DependentState(VersionedForm, rx.State):
    """The dependent at the address ``path``; ``None`` if this customer has none there.

    ``ends`` says of documents that end soon how soon; ``back`` is the step of the
    wizard that sent here, or empty.
    """

    path: str = ""
    back: str = ""
    dependent: DependentView | None = None
    ends: dict[str, str] = {}
    upcoming: list[BookingRowView] = []
    past: list[BookingRowView] = []
    page: int = 1
    has_more: bool = False

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def load(self) -> None:
        """Read the dependent the address names."""
        self._clear_messages()
        self.page = 1
        self.back = _sender(self.router.url.query_parameters)
        path = str(self.router.url.path).rstrip("/")
        try:
            await self._read()
        except NotFound:
            self.dependent = None
        self.path = path

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        self._clear_messages()

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store name and fields, unless they changed meanwhile."""
        typed = rules.DependentForm(
            name=form_parsing.field(form_data, "name"), answers=answers(form_data)
        )
        version = form_parsing.number(form_data, "version")
        save = partial(
            worker.call, dependents.save_dependent, actor(), self._id(), typed, version
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "Your changes are saved.")]
        ):
            yield step

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def save_document(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a document, or change the one the form names."""
        typed = rules.DocumentForm(
            kind=form_parsing.field(form_data, "kind"),
            name=form_parsing.field(form_data, "name"),
            file_id=form_parsing.field(form_data, "file_id"),
            expires_on=form_parsing.field(form_data, "expires_on"),
        )
        document_id = form_parsing.field(form_data, "document")
        version = form_parsing.number(form_data, "version")
        save: Callable[[], Awaitable[Any]] = (
            partial(
                worker.call,
                documents.save_document,
                actor(),
                document_id,
                typed,
                version,
            )
            if document_id
            else partial(
                worker.call, documents.add_document, actor(), self._id(), typed
            )
        )
        async for step in self._save(
            form_data, save, lambda: [toast("success", "The document is saved.")]
        ):
            yield step

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def remove_document(self, document_id: str) -> EventSpec:
        """Take a document away for good."""
        await worker.call(documents.remove_document, actor(), document_id)
        await self._read()
        return toast("success", "The document is removed.")

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def set_picture(self, file_id: str) -> EventSpec:
        """Use the picture that was just handed in; none with an empty id."""
        wanted = file_id
        await worker.call(dependents.set_picture, actor(), self._id(), wanted)
        await self._read()
        said = "The new photo is saved." if wanted else "The photo is removed."
        return toast("success", said)

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def archive(self) -> None:
        """Put it away; the page offers to take it back."""
        await worker.call(dependents.archive_dependent, actor(), self._id())
        await self._read()

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def restore(self) -> EventSpec:
        """Take it out again."""
        await worker.call(dependents.restore_dependent, actor(), self._id())
        await self._read()
        return toast("success", "It is back in your list.")

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def turn(self, page: int) -> None:
        """Show another page of past bookings."""
        self.page = page if 1 <= page <= 1000 else 1
        await self._read()

    def _id(self) -> str:
        path = str(self.router.url.path).rstrip("/")
        return unquote(path.removeprefix(_DEPENDENT_PREFIX))

    async def _read(self) -> None:
        seen = await worker.query(_details, actor(), self._id(), self.page)
        self.dependent, self.ends = seen.dependent, seen.ends
        self.upcoming, self.past = seen.upcoming, seen.past
        self.page, self.has_more = seen.page, seen.has_more


def _details(tx: Session, who: Actor, dependent_id: str, page: int) -> DependentDetails:
    dependent = dependents.get_dependent(tx, who, dependent_id)
    coming = queries.dependent_bookings(tx, who, dependent_id, UPCOMING)
    past = queries.dependent_bookings(tx, who, dependent_id, PAST, page)
    today = today_in(businesses.formats(tx).zone)
    ends = {}
    for document in dependent.documents:
        end = day(document.expires_on)
        if end is not None:
            ends[document.id] = _in_days((end - today).days)
    return DependentDetails(
        dependent, coming.rows, past.rows, past.page, past.has_more, ends
    )


def _in_days(days: int) -> str:
    """When a document ends, from today."""
    if days < 0:
        return "Expired"
    if days == 0:
        return "Expires today"
    if days > 60:
        return "Valid"
    return "Expires tomorrow" if days == 1 else f"Expires in {days} days"


_BOOKING_PATH = re.compile(rf"{WIZARD}[a-z0-9-]+\?.+|{BOOKING}[A-Za-z0-9-]+")


class DependentAddState(SubmittedForm, rx.State):
    """The form for the type that the address names.

    The form lives in the browser and survives whatever happens to this state.
    ``saved`` is the id of the form that was stored last, ``leads`` where the
    browser goes then. ``back`` is the step of the wizard or the booking that
    sent here, or empty.
    """

    kinds: list[TypeView] = []
    kind: TypeView = TypeView()
    fields: list[FieldView] = []
    back: str = ""
    loaded: bool = False
    saved: str = ""
    leads: str = ""

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def load(self) -> None:
        """Read which types there are, and the fields of the one asked for."""
        slug = self._slug()
        self.kinds, self.kind, self.fields = await worker.query(
            _blank_form, actor(), slug
        )
        self.back = _sender(self.router.url.query_parameters)
        self.errors, self.problem, self.leads = {}, "", ""
        self.pending, self.loaded = False, True

    @event_for(CUSTOMER, feature=Feature.DEPENDENTS)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add what was typed, once."""
        request = form_parsing.field(form_data, "request")
        if request and request == self.saved:
            return
        self._begin_submit()
        yield
        form = rules.DependentForm(
            name=form_parsing.field(form_data, "name"),
            picture_id=form_parsing.field(form_data, "picture_id"),
            answers=answers(form_data),
        )
        slug = self.kind.slug or self._slug()
        added = ""
        with self._reported_errors():
            added = await worker.call(
                dependents.add_dependent, actor(), slug, form, request
            )
        if added:
            self.saved, self.leads = request, self._after(added)
            yield [toast("success", f"{form.name.strip()} is added.")]

    def _after(self, added: str) -> str:
        """Where somebody who was added leads: back to the booking, or to its page."""
        sender = _sender(self.router.url.query_parameters)
        return return_address(sender, added) if sender else f"/dependents/{added}"

    def _slug(self) -> str:
        return self.router.url.query_parameters.get("type", "")


def _sender(asked: Mapping[str, str]) -> str:
    """The address of the booking that sent here, or an empty text."""
    sender = asked.get("next", "")
    return sender if _BOOKING_PATH.fullmatch(local_path(sender, "")) else ""


def _blank_form(
    tx: Session, who: Actor, slug: str
) -> tuple[list[TypeView], TypeView, list[FieldView]]:
    kinds = types.active_types(tx)
    if not slug and len(kinds) == 1:
        slug = kinds[0].slug
    kind = next((one for one in kinds if one.slug == slug), None)
    if kind is None:
        return kinds, TypeView(), []
    return kinds, kind, dependents.blank_fields(tx, who, slug)
