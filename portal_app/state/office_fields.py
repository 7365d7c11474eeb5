"""What customers are asked, as the office defines it."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import reflex as rx
from reflex.event import EventSpec

from portal_app.domain.catalogue import service as catalogues
from portal_app.domain.dependents import types
from portal_app.domain.fields import editing
from portal_app.domain.fields import service as fields
from portal_app.domain.fields.definitions import PEOPLE
from portal_app.domain.fields.service import Scope
from portal_app.domain.fields.typed import ChoiceForm, FieldForm
from portal_app.domain.fields.views import DefinitionView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change
from portal_app.kernel.ownership import require_office
from portal_app.state import collection, edits, entries, forms, worker
from portal_app.state.access import OFFICE, actor, event_for
from portal_app.state.typed import text

_PATH = "/office/fields"
_MOST_CHOICES = 100
_LONGEST = 60


class Whose(NamedTuple):
    """A type of dependent or a service by its slug, or neither: all customers."""

    type: str = ""
    service: str = ""

    @property
    def href(self) -> str:
        """The address of their fields."""
        if self.type:
            return f"{_PATH}?type={self.type}"
        return f"{_PATH}?service={self.service}" if self.service else _PATH

    def scope(self, tx: worker.Session) -> Scope:
        """Where the domain keeps their fields.

        Raises:
            NotFound: If there is no such type or service, or not any more.
        """
        if self.type:
            return fields.of_dependent_type(types.type_in_use(tx, self.type).id)
        if self.service:
            return fields.of_service(catalogues.active_service(tx, self.service).id)
        return fields.CUSTOMERS


@dataclass(frozen=True)
class AskedOf:
    """Of whom fields are asked, as the page offers it.

    Attributes:
        href: The address of their fields.
        name: What they are called.
        icon: Of a type of dependent.
        when: When they are asked, in a sentence.
        count: How many fields are in use.
    """

    href: str = ""
    name: str = ""
    icon: str = ""
    when: str = ""
    count: int = 0


@dataclass(frozen=True)
class Shown:
    """What the page shows: of whom fields can be asked, of whom they are, and which."""

    customers: AskedOf
    types: list[AskedOf]
    services: list[AskedOf]
    asked: AskedOf
    fields: list[DefinitionView]


class OfficeFieldsState(rx.State):
    """The fields of those the address names (``collection.Collected``).

    ``?type=SLUG`` names a type of dependent, ``?service=SLUG`` a service, and
    neither of them all customers. ``asked`` has no name if there is nobody.
    """

    customers: AskedOf = AskedOf()
    types: list[AskedOf] = []
    services: list[AskedOf] = []
    asked: AskedOf = AskedOf()
    items: list[DefinitionView] = []
    archived: list[DefinitionView] = []
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
        """Show the fields that the address asks for."""
        await collection.load(self, self._fields())

    @event_for(OFFICE)
    def begin(self) -> None:
        """Open a form without the errors of the last time."""
        edits.clear(self)

    @event_for(OFFICE)
    def turn(self, href: Any) -> EventSpec | None:
        """Go to the fields of somebody else."""
        known = [self.customers, *self.types, *self.services]
        if text(href) not in {one.href for one in known}:
            return None
        return rx.redirect(text(href))

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, Any]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Add a field, or change the one the form names."""
        async for step in collection.save(self, self._fields(), form_data):
            yield step

    @event_for(OFFICE)
    async def move(self, definition_id: Any, by: Any) -> None:
        """Move a field one place up (-1) or down (1)."""
        await collection.move(self, self._fields(), definition_id, by)

    @event_for(OFFICE)
    async def archive(self, definition_id: Any) -> None:
        """Ask for a field no more; the page offers to take that back."""
        await collection.remove(self, self._fields(), definition_id)

    @event_for(OFFICE)
    async def restore(self, definition_id: Any) -> EventSpec:
        """Ask for an archived field again."""
        return await collection.restore(self, self._fields(), definition_id)

    def _fields(self) -> collection.Kind:
        """The fields of whom the address names."""
        asked = self.router.url.query_parameters
        whose = Whose(
            text(asked.get("type"))[:_LONGEST], text(asked.get("service"))[:_LONGEST]
        )
        return collection.Kind(
            read=partial(_shown, whose),
            name=lambda field: field.name,
            field="field",
            store=partial(_store, whose),
            remove=editing.archive,
            restore=editing.restore,
            saved="The field is saved.",
            back="The field is asked again.",
            order=partial(_order, whose),
            fill=_fill,
        )


def _fill(state: OfficeFieldsState, shown: Shown) -> None:
    state.customers, state.asked = shown.customers, shown.asked
    state.types, state.services = shown.types, shown.services
    collection.apart(state, shown.fields)


def _everybody(
    tx: worker.Session, who: Actor
) -> tuple[AskedOf, list[AskedOf], list[AskedOf]]:
    require_office(who)
    kinds, services = types.rows_in_use(tx), catalogues.offered(tx)
    scopes = [
        fields.CUSTOMERS,
        *(fields.of_dependent_type(row.id) for row in kinds),
        *(fields.of_service(row.id) for row in services),
    ]
    found = fields.definitions_of(tx, scopes)
    counts = {scope.id: len(definitions) for scope, definitions in found.items()}
    return (
        AskedOf(
            href=Whose().href,
            name="Customers",
            when="Every customer finds these in My Account, under “More about you”.",
            count=counts[""],
        ),
        [
            AskedOf(
                href=Whose(type=row.slug).href,
                name=row.plural,
                icon=row.icon,
                when=f"Asked about every {row.singular.lower()}, besides its name.",
                count=counts[row.id],
            )
            for row in kinds
        ],
        [
            AskedOf(
                href=Whose(service=row.slug).href,
                name=row.name,
                when=f"Asked of whoever books “{row.name}”.",
                count=counts[row.id],
            )
            for row in services
        ],
    )


def _shown(whose: Whose, tx: worker.Session, who: Actor) -> Shown:
    customers, kinds, services = _everybody(tx, who)
    known = [customers, *kinds, *services]
    asked = next((one for one in known if one.href == whose.href), AskedOf())
    found = editing.defined(tx, who, whose.scope(tx)) if asked.name else []
    return Shown(customers, kinds, services, asked, found)


def _store(
    whose: Whose, definition_id: str, data: dict[str, Any], version: int, request: str
) -> Awaitable[Any]:
    form = _form(data)
    if definition_id:
        return worker.call(editing.change, actor(), definition_id, form, version)
    return worker.call(_add, actor(), whose, form, request)


def _add(
    tx: worker.Session, who: Actor, whose: Whose, form: FieldForm, request: str
) -> str:
    return editing.add(tx, who, whose.scope(tx), form, request)


def _order(whose: Whose, tx: worker.Session, who: Actor, ids: list[str]) -> None:
    editing.order(tx, who, whose.scope(tx), ids)


def _form(data: dict[str, Any]) -> FieldForm:
    rows = entries.ordered(data, "choices", "key", "name", most=_MOST_CHOICES)
    return FieldForm(
        name=forms.field(data, "name"),
        kind=forms.field(data, "kind"),
        help=forms.field(data, "help"),
        unit=forms.field(data, "unit"),
        minimum=forms.field(data, "minimum"),
        maximum=forms.field(data, "maximum"),
        decimals=forms.field(data, "decimals"),
        period=forms.field(data, "period"),
        choices=tuple(ChoiceForm(row["name"], row["key"]) for row in rows),
        required=forms.ticked(data, "required"),
        shown_when=forms.field(data, "shown_when"),
        shown_values=entries.ticked_in(data, "shown_values", _MOST_CHOICES),
        visible_to=frozenset(entries.ticked_of(data, "visible_to", PEOPLE)),
        editable_by=frozenset(entries.ticked_of(data, "editable_by", PEOPLE)),
    )
