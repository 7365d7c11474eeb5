"""Which types of dependents there are, as the office defines them."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.dependents import types
from portal_app.domain.dependents.types import DocumentKindForm, TypeForm
from portal_app.domain.dependents.views import TypeEntryView
from portal_app.kernel.changes import Change
from portal_app.state.core import collection, form_parsing, versioned_form, worker
from portal_app.state.core.access import OFFICE, actor, event_for

_PARTS = ("name", "help", "expires", "required")
_MOST_DOCUMENTS = 50


def _store(
    slug: str, form: dict[str, Any], version: int, request: str
) -> Awaitable[Any]:
    typed = TypeForm(
        singular=form_parsing.field(form, "singular"),
        plural=form_parsing.field(form, "plural"),
        icon=form_parsing.field(form, "icon"),
        documents=tuple(
            DocumentKindForm(
                key=row["key"],
                name=row["name"],
                help=row["help"],
                expires=row["expires"],
                required=row["required"] == "on",
            )
            for row in form_parsing.ordered_rows(
                form, "documents", "key", *_PARTS, most=_MOST_DOCUMENTS
            )
        ),
    )
    if slug:
        return worker.call(types.change_type, actor(), slug, typed, version)
    return worker.call(types.add_type, actor(), typed, request)


_TYPES = collection.CollectionSpec(
    read=types.type_entry_views,
    name=lambda one: one.plural,
    field="type",
    store=_store,
    remove=types.archive_type,
    restore=types.restore_type,
    saved="The type is saved.",
    back="The type is offered again.",
    order=types.reorder_types,
    fill=collection.split_archived,
)


class OfficeDependentTypesState(rx.State):
    """The types of dependents (``collection.CollectionVars``)."""

    items: list[TypeEntryView] = []
    archived: list[TypeEntryView] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    changes: list[Change] = []
    seen: int = 0
    saved: str = ""
    pending: bool = False

    @event_for(OFFICE)
    async def load(self) -> None:
        """Show the types as they are now."""
        await collection.load(self, _TYPES)

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        versioned_form.clear_messages(self)

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a type, or change the one the form names."""
        async for step in collection.save(self, _TYPES, form_data):
            yield step

    @event_for(OFFICE)
    async def move(self, slug: Any, by: Any) -> None:
        """Move a type one place up (-1) or down (1)."""
        await collection.move(self, _TYPES, slug, by)

    @event_for(OFFICE)
    async def archive(self, slug: Any) -> None:
        """Offer a type no more; the page offers to take that back."""
        await collection.remove(self, _TYPES, slug)

    @event_for(OFFICE)
    async def restore(self, slug: Any) -> EventSpec:
        """Offer an archived type again."""
        return await collection.restore(self, _TYPES, slug)
