"""The places of the portal, in the order of the menus.

A later feature adds its line here and appears in the side menu, the phone's
bottom bar (if ``bar`` says what it is called there) and the avatar's menu.
"""

from dataclasses import dataclass
from typing import Any

from portal_app.state.viewer import ViewerState

from .logic import is_var


@dataclass(frozen=True)
class Place:
    """One entry of the menus.

    Attributes:
        key: What a page passes as ``active``.
        label: The exact words, which people and scripts look for.
        href: The route.
        icon: The icon's name.
        bar: The short word in the phone's bottom bar, part of ``label``; empty
            when the place is not one of the main ones.
    """

    key: str
    label: str
    href: str
    icon: str
    bar: str = ""


@dataclass(frozen=True)
class Group:
    """A part of the side menu.

    Attributes:
        heading: The words above it, or an empty string.
        places: Its entries.
    """

    heading: str
    places: tuple[Place, ...]


CUSTOMER_MENU: tuple[Group, ...] = (
    Group(
        "",
        (
            Place(
                "services",
                "Schedule an appointment",
                "/services",
                "calendar-plus",
                "Schedule",
            ),
            Place("bookings", "My Bookings", "/bookings", "calendar-days", "Bookings"),
            Place("account", "Profile", "/account", "user-round", "Profile"),
            Place("dependents", "Dependents", "/dependents", "heart", "Dependents"),
        ),
    ),
)

OFFICE_MENU: tuple[Group, ...] = (
    Group(
        "",
        (
            Place("office", "Overview", "/office", "layout-grid", "Overview"),
            Place("fields", "Fields", "/office/fields", "list-checks", "Fields"),
            Place("types", "Dependents", "/office/dependents", "heart"),
            Place("policies", "Policies", "/office/policies", "file-text"),
            Place(
                "security", "Security", "/office/security", "shield-check", "Security"
            ),
            Place("settings", "Settings", "/office/settings", "settings", "Settings"),
        ),
    ),
)
"""The places of the office; a later feature adds its line here."""

LOG_OUT_PATH = "/api/auth/logout"


def label_of(place: Place, viewer: Any) -> Any:
    """What a place is called here: a business may have its own word for dependents.

    Args:
        place: The place.
        viewer: Who is signed in; where that is a Var, so is the business's word.

    Returns:
        The words, perhaps as a Var.
    """
    if place.key == "dependents" and is_var(viewer):
        return ViewerState.dependents
    return place.label


def main_places(menu: tuple[Group, ...] = CUSTOMER_MENU) -> tuple[Place, ...]:
    """List the places of the phone's bottom bar.

    Args:
        menu: Whose menu it is.

    Returns:
        At most five places, in menu order.
    """
    bar = [place for group in menu for place in group.places if place.bar]
    return tuple(bar[:5])
