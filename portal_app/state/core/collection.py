"""What the states of a list share: load, save, remove, restore and reorder."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reflex.event import EventSpec

from portal_app.state.core import form_parsing, versioned_form, worker
from portal_app.state.core.access import actor
from portal_app.state.core.form_parsing import text
from portal_app.state.core.toasts import toast


class CollectionVars(versioned_form.VersionedFormVars, Protocol):
    """The vars of a state that shows several of one kind.

    ``removed`` is the id of the one that was removed last, for taking that back,
    and ``removed_name`` what it was called.
    """

    items: list[Any]
    removed: str
    removed_name: str
    loaded: bool


def _fill(state: CollectionVars, found: list[Any]) -> None:
    state.items = found


def split_archived(state: Any, found: list[Any]) -> None:
    """Put what is archived into a list of its own; see ``Kind.fill``."""
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
    store: Callable[[str, dict[str, Any], int, str], Awaitable[Any]]
    remove: Callable[..., None]
    restore: Callable[..., None]
    saved: str
    back: str
    order: Callable[..., None] | None = None
    fill: Callable[[Any, Any], None] = _fill


async def load(state: CollectionVars, kind: CollectionSpec) -> None:
    """Show them as they are now."""
    await _read(state, kind)
    versioned_form.clear_messages(state)
    state.removed, state.loaded = "", True


async def save(
    state: CollectionVars, kind: CollectionSpec, form: dict[str, Any]
) -> AsyncIterator[list[EventSpec] | None]:
    """Add one, or change the one the form names, unless it changed meanwhile."""
    if versioned_form.is_repeated(state, form):
        return
    versioned_form.clear_messages(state)
    state.pending = True
    yield None
    request = form_parsing.field(form, "request")
    saving = kind.store(
        form_parsing.field(form, kind.field),
        form,
        form_parsing.number(form, "version"),
        request,
    )
    stored = await versioned_form.try_save(state, saving)
    if stored or state.changes:
        await _read(state, kind)
    if stored:
        state.saved = request
        yield [toast("success", kind.saved)]


async def remove(state: CollectionVars, kind: CollectionSpec, item_id: Any) -> None:
    """Offer one no more, and offer to take that back."""
    wanted = text(item_id)
    # The server may have forgotten what the page shows.
    await _read(state, kind)
    called = next((kind.name(one) for one in state.items if one.id == wanted), "")
    await worker.call(kind.remove, actor(), wanted)
    await _read(state, kind)
    state.removed, state.removed_name = wanted, called


async def undo(state: CollectionVars, kind: CollectionSpec) -> EventSpec | None:
    """Take the last removal back."""
    return await restore(state, kind, state.removed) if state.removed else None


async def restore(
    state: CollectionVars, kind: CollectionSpec, item_id: Any
) -> EventSpec:
    """Take back that one was removed, whenever that was."""
    await worker.call(kind.restore, actor(), text(item_id))
    await _read(state, kind)
    state.removed = ""
    return toast("success", kind.back)


async def move(
    state: CollectionVars, kind: CollectionSpec, item_id: Any, by: Any
) -> None:
    """Move one a place up (-1) or down (1)."""
    # The server may have forgotten what the page shows.
    await _read(state, kind)
    ids = _reordered([one.id for one in state.items], text(item_id), by)
    if ids and kind.order is not None:
        await worker.call(kind.order, actor(), ids)
        await _read(state, kind)


def _reordered(ids: Sequence[str], item_id: str, by: Any) -> list[str]:
    """The ids with one of them elsewhere; empty where there is nothing to move."""
    if item_id not in ids or by not in {-1, 1}:
        return []
    at = ids.index(item_id)
    found = [one for one in ids if one != item_id]
    found.insert(min(len(found), max(0, at + by)), item_id)
    return found


async def _read(state: CollectionVars, kind: CollectionSpec) -> None:
    kind.fill(state, await worker.query(kind.read, actor()))
