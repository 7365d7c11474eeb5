"""The one address form: a search, the lists of a country, a pin on a map."""

from typing import Any

import reflex as rx

from portal_app.components.ui.fields import text_field, textarea_field
from portal_app.components.ui.rows import two_texts
from portal_app.state.account.addresses import AddressFormState

LEAFLET = ["leaflet@1.9.4", "react-leaflet@5.0.0", "@react-leaflet/core@3.0.0"]


def _three_texts(
    first: rx.Var[str], second: rx.Var[str], third: rx.Var[str]
) -> list[rx.Var[str]]:
    return [first, second, third]


class AddressFields(rx.Component):
    """An address with a search, the country's own lists, and a pin."""

    library = "$/public/react/address.jsx"
    tag = "AddressFields"
    lib_dependencies = LEAFLET

    initial: rx.Var[Any]
    errors: rx.Var[dict[str, str]]
    countries: rx.Var[list[tuple[str, str]]]
    lists: rx.Var[Any]
    home: rx.Var[str]
    search_result: rx.Var[Any]
    here: rx.Var[Any]
    has_geocoder: rx.Var[bool]
    tiles: rx.Var[str]
    optional: rx.Var[str]

    on_pick: rx.EventHandler[_three_texts]
    on_search: rx.EventHandler[two_texts]
    on_locate: rx.EventHandler[two_texts]


class PinField(rx.Component):
    """A pin as a field of its own, with a search for towns."""

    library = "$/public/react/pin_field.jsx"
    tag = "PinField"
    lib_dependencies = LEAFLET

    label: rx.Var[str]
    help: rx.Var[str]
    error: rx.Var[str]
    latitude: rx.Var[str]
    longitude: rx.Var[str]
    lists: rx.Var[Any]
    home: rx.Var[str]
    search_result: rx.Var[Any]
    has_geocoder: rx.Var[bool]
    tiles: rx.Var[str]

    on_search: rx.EventHandler[two_texts]


def pin_field(
    label: str, latitude: Any, longitude: Any, *, help: str, error: Any
) -> rx.Component:
    """Draw a pin that is searched for, set on the map, or where this device is.

    The form sends ``latitude`` and ``longitude``; ``AddressFormState`` is loaded.

    Args:
        label: What the pin is of.
        latitude: A Var, empty for no pin; so ``longitude``.
        longitude: See ``latitude``.
        help: A sentence below.
        error: What is wrong, in words; a Var.
    """
    return PinField.create(
        label=label,
        help=help,
        error=error,
        latitude=latitude,
        longitude=longitude,
        lists=AddressFormState.lists,
        home=AddressFormState.home,
        search_result=AddressFormState.search_result,
        has_geocoder=AddressFormState.has_geocoder,
        tiles=AddressFormState.tiles,
        on_search=AddressFormState.search,
    )


def address_fields(address: Any, errors: Any, optional: str = "") -> rx.Component:
    """Draw an address with its lists, search and pin.

    Args:
        address: A Var of an ``AddressView`` or ``LocationView``.
        errors: A Var: field to sentence.
        optional: What leaving it empty means, if it may be empty.
    """
    return AddressFields.create(
        initial=address,
        errors=errors,
        countries=AddressFormState.countries,
        lists=AddressFormState.lists,
        home=AddressFormState.home,
        search_result=AddressFormState.search_result,
        here=AddressFormState.here,
        has_geocoder=AddressFormState.has_geocoder,
        tiles=AddressFormState.tiles,
        optional=optional,
        on_pick=AddressFormState.pick,
        on_search=AddressFormState.search,
        on_locate=AddressFormState.locate,
    )


def location_name_field(errors: Any, **props: Any) -> rx.Component:
    """Draw the field for what a place is called.

    Args:
        errors: A Var of field to sentence.
        **props: As for ``text_field``: ``default_value``.
    """
    return text_field(
        "Name of this place",
        "label",
        error=errors["label"],
        required=False,
        placeholder="Home",
        auto_complete="off",
        **props,
    )


def access_notes_field(errors: Any, **props: Any) -> rx.Component:
    """Draw the field for how to get in.

    Args:
        errors: A Var of field to sentence.
        **props: As for ``textarea_field``: ``default_value``.
    """
    return textarea_field(
        "How to get in",
        "access_notes",
        error=errors["access_notes"],
        help="A gate code, where to park, where the key is.",
        required=False,
        rows=2,
        **props,
    )
