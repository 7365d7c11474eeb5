"""Services and their categories, as the office keeps them."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.catalogue import categories, services, tax
from portal_app.domain.catalogue.categories import CategoryForm
from portal_app.domain.catalogue.services import NewServiceForm
from portal_app.domain.catalogue.tax import TaxForm
from portal_app.domain.catalogue.views import (
    CategoryEntryView,
    ServiceEntryView,
    TaxView,
)
from portal_app.domain.scheduling import service_people
from portal_app.kernel.audiences import Actor
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

EDITOR_PREFIX = "/office/services/"


@dataclass(frozen=True)
class ServiceShelf:
    """The services of a category that are not archived, in order."""

    id: str
    name: str
    services: list[ServiceEntryView]


@dataclass(frozen=True)
class ServicesPage:
    """What the page shows: shelves, all services, and the categories to choose from."""

    shelves: list[ServiceShelf]
    services: list[ServiceEntryView]
    choices: list[tuple[str, str]]


def _page(tx: Session, who: Actor) -> ServicesPage:
    entries = services.service_entries(tx, who)
    used = [one for one in categories.category_entries(tx, who) if not one.archived]
    shelves = [
        ServiceShelf(
            one.id,
            one.name,
            [it for it in entries if it.category == one.id and not it.archived],
        )
        for one in used
    ]
    return ServicesPage(
        [shelf for shelf in shelves if shelf.services],
        entries,
        [(one.id, one.name) for one in used],
    )


def _fill(state: Any, shown: ServicesPage) -> None:
    collection.split_archived(state, shown.services)
    state.shelves, state.choices = shown.shelves, shown.choices


def _add(
    _service_id: str, form: form_parsing.Form, _version: int, request: str
) -> Awaitable[Any]:
    typed = NewServiceForm(**form_parsing.texts(form, "name", "category"))
    return worker.call(service_people.add_service, actor(), typed, request)


_SERVICES = collection.CollectionSpec(
    read=_page,
    name=lambda one: one.name,
    field="service",
    store=_add,
    remove=services.archive_service,
    restore=services.restore_service,
    saved="The service is added as a draft.",
    back="The service is back, as it was.",
    order=services.reorder_services,
    fill=_fill,
)


class OfficeServicesState(
    collection.archivable_collection(_SERVICES, OFFICE), rx.State
):
    """The services, by category."""

    items: list[ServiceEntryView] = []
    archived: list[ServiceEntryView] = []
    shelves: list[ServiceShelf] = []
    choices: list[tuple[str, str]] = []

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a draft, and go on to fill it in."""
        added: list[str] = []

        async def store() -> None:
            request = form_parsing.field(form_data, "request")
            added.append(await _add("", form_data, 0, request))

        async for step in self._save(
            form_data, store, lambda: [rx.redirect(EDITOR_PREFIX + added[0])]
        ):
            yield step

    @event_for(OFFICE)
    async def place(self, service_id: str, at: int) -> None:
        """Put a service at a place among those of its category."""
        # The server may have forgotten what the page shows.
        await self._read()
        for shelf in self.shelves:
            ids = [one.id for one in shelf.services]
            if service_id in ids:
                ids.remove(service_id)
                ids.insert(max(0, min(len(ids), at)), service_id)
                await worker.call(services.reorder_services, actor(), ids)
                await self._read()
                return

    @event_for(OFFICE)
    async def duplicate(self, service_id: str) -> EventSpec:
        """Add a draft that is like a service, and go on to change it."""
        # A click that is repeated after a lost connection names the same copy.
        request = f"copy{service_id[:26]}{len(self.items) + len(self.archived)}"
        added = await worker.call(
            service_people.duplicate_service, actor(), service_id, request
        )
        return rx.redirect(EDITOR_PREFIX + added)


def _store_category(
    category_id: str, form: form_parsing.Form, version: int, request: str
) -> Awaitable[Any]:
    typed = CategoryForm(**form_parsing.texts(form, "name", "description"))
    if category_id:
        return worker.call(
            categories.change_category, actor(), category_id, typed, version
        )
    return worker.call(categories.add_category, actor(), typed, request)


_CATEGORIES = collection.CollectionSpec(
    read=categories.category_entries,
    name=lambda one: one.name,
    field="category_id",
    store=_store_category,
    remove=categories.archive_category,
    restore=categories.restore_category,
    saved="The category is saved.",
    back="The category is in use again.",
    order=categories.reorder_categories,
    fill=collection.split_archived,
)


class OfficeCategoriesState(
    collection.archivable_collection(_CATEGORIES, OFFICE), rx.State
):
    """The categories of services."""

    items: list[CategoryEntryView] = []
    archived: list[CategoryEntryView] = []


class OfficeTaxState(VersionedForm, rx.State):
    """The tax of the business."""

    tax: TaxView = TaxView()

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the tax as it is now."""
        await self._read()
        self._clear_messages()

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open the form without the errors of the last time."""
        self._clear_messages()

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store it, unless somebody else did meanwhile."""
        typed = TaxForm(**form_parsing.texts(form_data, "percent", "included"))
        version = form_parsing.number(form_data, "version")

        def store() -> Awaitable[Any]:
            return worker.call(tax.save_tax, actor(), typed, version)

        done = [toast("success", "The tax is saved.")]
        async for step in self._save(form_data, store, lambda: done):
            yield step

    async def _read(self) -> None:
        self.tax = await worker.query(tax.tax_view)
