"""What the states of a list share: load, save, remove, restore and reorder.

A state adds one of the mixins that the functions make, and declares ``items`` with
the type of its views.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from reflex.event import EventSpec

from portal_app.kernel.features import Feature
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, Audience, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm


def _fill(state: Any, found: list[Any]) -> None:
    state.items = found


def split_archived(state: Any, found: list[Any]) -> None:
    """Put what is archived into a list of its own; see ``CollectionSpec.fill``."""
    state.items = [one for one in found if not one.archived]
    state.archived = [one for one in found if one.archived]


@dataclass(frozen=True)
class CollectionSpec:
    """What these things are, and the domain's functions for them.

    Attributes:
        read: All of them, as views with an ``id``: ``(tx, actor)``; what ``fill``
            takes.
        name: What one is called, of its view.
        field: The field of the form that names the one to change.
        store: Adds what the form says, if the id is empty, or changes that one:
            the id, the form, the version it was filled from, and its request.
        remove: ``(tx, actor, id)``.
        restore: ``(tx, actor, id)``.
        saved: What is said when one was stored.
        back: What is said when one is back.
        order: ``(tx, actor, ids)``, where they have an order.
        fill: Puts what was read into the state.
    """

    read: Callable[..., Any]
    name: Callable[[Any], str]
    field: str
    store: Callable[[str, dict[str, str], int, str], Awaitable[Any]]
    remove: Callable[..., None]
    restore: Callable[..., None]
    saved: str
    back: str
    order: Callable[..., None] | None = None
    fill: Callable[[Any, Any], None] = _fill


Step = Literal[-1, 1]
"""A place up or down."""
Spec = CollectionSpec | Callable[[Any], CollectionSpec]
"""What is listed, or a function that takes it from the state's address."""


class Collection(VersionedForm, mixin=True):
    """The vars of a list, and what its handlers do; none of them is a handler yet.

    ``removed`` is the id of the one that was removed last, for taking that back,
    and ``removed_name`` what it was called.
    """

    items: list[Any] = []
    removed: str = ""
    removed_name: str = ""
    loaded: bool = False

    def _spec(self) -> CollectionSpec:
        raise NotImplementedError

    async def _read(self) -> None:
        spec = self._spec()
        spec.fill(self, await worker.query(spec.read, actor()))

    async def _load(self) -> None:
        await self._read()
        self._clear_messages()
        self.removed, self.loaded = "", True

    def _save_entry(
        self, form: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add one, or change the one the form names, unless it changed meanwhile."""
        spec = self._spec()
        store = partial(
            spec.store,
            form_parsing.field(form, spec.field),
            form,
            form_parsing.number(form, "version"),
            form_parsing.field(form, "request"),
        )
        return self._save(form, store, lambda: [toast("success", spec.saved)])

    async def _remove(self, item_id: str) -> None:
        """Offer one no more, and offer to take that back."""
        spec = self._spec()
        # The server may have forgotten what the page shows.
        await self._read()
        called = next((spec.name(one) for one in self.items if one.id == item_id), "")
        await worker.call(spec.remove, actor(), item_id)
        await self._read()
        self.removed, self.removed_name = item_id, called

    async def _restore(self, item_id: str) -> EventSpec:
        """Take back that one was removed, whenever that was."""
        spec = self._spec()
        await worker.call(spec.restore, actor(), item_id)
        await self._read()
        self.removed = ""
        return toast("success", spec.back)

    async def _move(self, item_id: str, by: Step) -> None:
        """Move one a place up (-1) or down (1)."""
        spec = self._spec()
        # The server may have forgotten what the page shows.
        await self._read()
        ids = _reordered([one.id for one in self.items], item_id, by)
        if ids and spec.order is not None:
            await worker.call(spec.order, actor(), ids)
            await self._read()


def _readers(audiences: Sequence[Audience]) -> tuple[Audience, ...]:
    """Who sees a list that these may change: with the office, all of its people."""
    return (*audiences, *(STAFF if OFFICE in audiences else ()))


def _collection(spec: Spec, *audiences: Audience, feature: Feature | None) -> Any:
    class EditableCollection(Collection, mixin=True):
        def _spec(self) -> CollectionSpec:
            return spec if isinstance(spec, CollectionSpec) else spec(self)

        @event_for(*_readers(audiences), feature=feature)
        async def load(self) -> None:
            """Show them as they are now."""
            await self._load()

        @event_for(*audiences, feature=feature)
        def begin(self) -> None:
            """Open a form without the errors of the last time."""
            self._clear_messages()

        @event_for(*audiences, feature=feature)
        async def save(
            self, form_data: dict[str, str]
        ) -> AsyncIterator[list[EventSpec] | None]:
            """Add one, or change the one the form names."""
            async for step in self._save_entry(form_data):
                yield step

    return EditableCollection


def removable_collection(
    spec: Spec, *audiences: Audience, feature: Feature | None = None
) -> Any:
    """A mixin for what is removed, and may come back only right after that."""

    class RemovableCollection(
        _collection(spec, *audiences, feature=feature), mixin=True
    ):
        @event_for(*audiences, feature=feature)
        async def remove(self, item_id: str) -> None:
            """Offer one no more."""
            await self._remove(item_id)

        @event_for(*audiences, feature=feature)
        async def undo(self) -> EventSpec | None:
            """Take the last removal back."""
            return await self._restore(self.removed) if self.removed else None

    return RemovableCollection


def archivable_collection(
    spec: Spec, *audiences: Audience, feature: Feature | None = None
) -> Any:
    """A mixin for what has an order, and is archived and restored at any time."""

    class ArchivableCollection(
        _collection(spec, *audiences, feature=feature), mixin=True
    ):
        archived: list[Any] = []

        @event_for(*audiences, feature=feature)
        async def move(self, item_id: str, by: Step) -> None:
            """Move one a place up (-1) or down (1)."""
            await self._move(item_id, by)

        @event_for(*audiences, feature=feature)
        async def archive(self, item_id: str) -> None:
            """Offer one no more; the page offers to take that back."""
            await self._remove(item_id)

        @event_for(*audiences, feature=feature)
        async def restore(self, item_id: str) -> EventSpec:
            """Offer an archived one again."""
            return await self._restore(item_id)

    return ArchivableCollection


def _reordered(ids: Sequence[str], item_id: str, by: Step) -> list[str]:
    """The ids with one of them elsewhere; empty where there is nothing to move."""
    if item_id not in ids:
        return []
    at = ids.index(item_id)
    found = [one for one in ids if one != item_id]
    found.insert(min(len(found), max(0, at + by)), item_id)
    return found
