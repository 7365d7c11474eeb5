"""Which types of dependents there are, as the office defines them."""

from collections.abc import Awaitable
from typing import Any

import reflex as rx

from portal_app.domain.dependents import types
from portal_app.domain.dependents.types import DocumentKindForm, TypeForm
from portal_app.domain.dependents.views import TypeEntryView
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import OFFICE, actor

_PARTS = ("name", "help", "expires", "required")
_MOST_DOCUMENTS = 50


def _store(
    slug: str, form: form_parsing.Form, version: int, request: str
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


class OfficeDependentTypesState(
    collection.archivable_collection(_TYPES, OFFICE), rx.State
):
    """The types of dependents."""

    items: list[TypeEntryView] = []
    archived: list[TypeEntryView] = []
