"""Where a booking is: a map to look at, and the way there."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import LEAFLET
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.logic import when


class PlaceMap(rx.Component):
    """A map with a pin, which nobody moves; nothing where there is no map."""

    library = "$/public/react/place_map.jsx"
    tag = "PlaceMap"
    lib_dependencies = LEAFLET

    latitude: rx.Var[str]
    longitude: rx.Var[str]
    near: rx.Var[list[float]]
    tiles: rx.Var[str]
    label: rx.Var[str]


def booking_place(booking: Any, near: Any, tiles: Any) -> rx.Component:
    """Draw the way to a booking's address, and a map of it where there is one.

    Args:
        booking: A Var of a booking.
        near: A Var: where its town is, or nothing.
        tiles: A Var: the address of the map's tiles, or empty.
    """
    return rx.el.div(
        PlaceMap.create(
            latitude=booking.place.latitude,
            longitude=booking.place.longitude,
            near=near,
            tiles=tiles,
            label="Map of the place",
        ),
        when(
            booking.directions,
            rx.el.div(
                link_button(
                    "Directions",
                    rx.el.span(" (opens in a new tab)", class_name="sr-only"),
                    href=booking.directions,
                    kind="secondary",
                    before="navigation",
                    external=True,
                    target="_blank",
                    rel="noopener noreferrer",
                ),
            ),
        ),
        class_name="flex flex-col gap-4 border-t border-line pt-5",
    )
