"""My Account: saved locations."""

from collections.abc import Awaitable
from typing import Any

import reflex as rx

from portal_app.domain.customers import locations
from portal_app.domain.customers.views import LocationView
from portal_app.state.core import collection, form_parsing, worker
from portal_app.state.core.access import CUSTOMER, actor


def _store(
    place_id: str, form: form_parsing.Form, version: int, _request: str
) -> Awaitable[Any]:
    typed = form_parsing.address(
        form,
        label=form_parsing.field(form, "label"),
        access_notes=form_parsing.field(form, "access_notes"),
        is_default=form_parsing.ticked(form, "is_default"),
    )
    if place_id:
        return worker.call(locations.update_location, actor(), place_id, typed, version)
    # One place is never saved twice, whatever it is sent with.
    return worker.call(locations.save_location, actor(), typed)


_LOCATIONS = collection.CollectionSpec(
    read=locations.list_locations,
    name=lambda place: place.label or place.lines[0],
    field="place",
    store=_store,
    remove=locations.remove_location,
    restore=locations.restore_location,
    saved="The location is saved.",
    back="The location is back.",
)


class AccountLocationsState(
    collection.removable_collection(_LOCATIONS, CUSTOMER), rx.State
):
    """The saved locations; old bookings keep those that were removed."""

    items: list[LocationView] = []
