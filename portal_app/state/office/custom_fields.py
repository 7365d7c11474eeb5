"""What customers are asked, as the office defines it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.catalogue import service as catalogues
from portal_app.domain.dependents import types
from portal_app.domain.fields import schema
from portal_app.domain.fields.rules import AUDIENCES
from portal_app.domain.fields.schema import ChoiceForm, FieldForm, Scope
from portal_app.domain.fields.views import DefinitionView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ownership import require_staff
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, actor, event_for

_PATH = "/office/fields"
_MOST_CHOICES = 100
_LONGEST = 60


class FieldOwner(NamedTuple):
    """A type of dependent or a service by its slug, or neither: all customers."""

    type: str = ""
    service: str = ""

    @property
    def href(self) -> str:
        """The address of their fields."""
        if self.type:
            return f"{_PATH}?type={self.type}"
        return f"{_PATH}?service={self.service}" if self.service else _PATH

    def scope(self, tx: Session) -> Scope:
        """Where the domain keeps their fields.

        Raises:
            NotFound: If there is no such type or service, or not any more.
        """
        if self.type:
            return schema.dependent_type_scope(types.active_type_row(tx, self.type).id)
        if self.service:
            return schema.service_scope(catalogues.service_in_use(tx, self.service).id)
        return schema.CUSTOMER_SCOPE


@dataclass(frozen=True)
class FieldOwnerView:
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
class FieldsPage:
    """What the page shows: of whom fields can be asked, of whom they are, and which."""

    customers: FieldOwnerView
    types: list[FieldOwnerView]
    services: list[FieldOwnerView]
    asked: FieldOwnerView
    fields: list[DefinitionView]


def _fill(state: Any, shown: FieldsPage) -> None:
    state.customers, state.asked = shown.customers, shown.asked
    state.types, state.services = shown.types, shown.services
    collection.split_archived(state, shown.fields)


def _owners(
    tx: Session, who: Actor
) -> tuple[FieldOwnerView, list[FieldOwnerView], list[FieldOwnerView]]:
    require_staff(who)
    kinds, services = types.active_type_rows(tx), catalogues.services_in_use(tx)
    scopes = [
        schema.CUSTOMER_SCOPE,
        *(schema.dependent_type_scope(row.id) for row in kinds),
        *(schema.service_scope(row.id) for row in services),
    ]
    found = schema.active_definitions_by_scope(tx, scopes)
    counts = {scope.id: len(definitions) for scope, definitions in found.items()}
    return (
        FieldOwnerView(
            href=FieldOwner().href,
            name="Customers",
            when=(
                "Every customer finds these in My Account, under “More about you”. "
                "Required ones are asked before a booking if they are still empty."
            ),
            count=counts[""],
        ),
        [
            FieldOwnerView(
                href=FieldOwner(type=row.slug).href,
                name=row.plural,
                icon=row.icon,
                when=f"Asked about every {row.singular.lower()}, besides its name.",
                count=counts[row.id],
            )
            for row in kinds
        ],
        [
            FieldOwnerView(
                href=FieldOwner(service=row.slug).href,
                name=row.name,
                when=f"Asked when someone books “{row.name}”.",
                count=counts[row.id],
            )
            for row in services
        ],
    )


def _fields_page(whose: FieldOwner, tx: Session, who: Actor) -> FieldsPage:
    customers, kinds, services = _owners(tx, who)
    known = [customers, *kinds, *services]
    asked = next((one for one in known if one.href == whose.href), FieldOwnerView())
    found = schema.definition_views(tx, who, whose.scope(tx)) if asked.name else []
    return FieldsPage(customers, kinds, services, asked, found)


def _store(
    whose: FieldOwner,
    definition_id: str,
    data: form_parsing.Form,
    version: int,
    request: str,
) -> Awaitable[Any]:
    form = _form(data)
    if definition_id:
        return worker.call(schema.change_field, actor(), definition_id, form, version)
    return worker.call(_add, actor(), whose, form, request)


def _add(
    tx: Session, who: Actor, whose: FieldOwner, form: FieldForm, request: str
) -> str:
    return schema.add_field(tx, who, whose.scope(tx), form, request)


def _order(whose: FieldOwner, tx: Session, who: Actor, ids: list[str]) -> None:
    schema.reorder_fields(tx, who, whose.scope(tx), ids)


def _form(data: form_parsing.Form) -> FieldForm:
    rows = form_parsing.ordered_rows(data, "choices", "key", "name", most=_MOST_CHOICES)
    return FieldForm(
        name=form_parsing.field(data, "name"),
        kind=form_parsing.field(data, "kind"),
        help=form_parsing.field(data, "help"),
        unit=form_parsing.field(data, "unit"),
        minimum=form_parsing.field(data, "minimum"),
        maximum=form_parsing.field(data, "maximum"),
        decimals=form_parsing.field(data, "decimals"),
        period=form_parsing.field(data, "period"),
        choices=tuple(ChoiceForm(row["name"], row["key"]) for row in rows),
        required=form_parsing.ticked(data, "required"),
        shown_when=form_parsing.field(data, "shown_when"),
        shown_values=form_parsing.ticked_group(data, "shown_values", _MOST_CHOICES),
        visible_to=frozenset(form_parsing.ticked_keys(data, "visible_to", AUDIENCES)),
        editable_by=frozenset(form_parsing.ticked_keys(data, "editable_by", AUDIENCES)),
    )


def _fields(state: rx.State) -> collection.CollectionSpec:
    """The fields of whom the address names."""
    asked = state.router.url.query_parameters
    whose = FieldOwner(
        asked.get("type", "")[:_LONGEST], asked.get("service", "")[:_LONGEST]
    )
    return collection.CollectionSpec(
        read=partial(_fields_page, whose),
        name=lambda field: field.name,
        field="field",
        store=partial(_store, whose),
        remove=schema.archive_field,
        restore=schema.restore_field,
        saved="The field is saved.",
        back="The field is asked again.",
        order=partial(_order, whose),
        fill=_fill,
    )


class OfficeFieldsState(collection.archivable_collection(_fields, OFFICE), rx.State):
    """The fields of those the address names.

    ``?type=SLUG`` names a type of dependent, ``?service=SLUG`` a service, and
    neither of them all customers. ``asked`` has no name if there is nobody.
    """

    customers: FieldOwnerView = FieldOwnerView()
    types: list[FieldOwnerView] = []
    services: list[FieldOwnerView] = []
    asked: FieldOwnerView = FieldOwnerView()
    items: list[DefinitionView] = []
    archived: list[DefinitionView] = []

    @event_for(*STAFF)
    def turn(self, href: str) -> EventSpec | None:
        """Go to the fields of somebody else."""
        known = [self.customers, *self.types, *self.services]
        if href not in {one.href for one in known}:
            return None
        return rx.redirect(href)
