"""The places of the portal, in the order of the menus.

A later feature adds its line here and appears in the side menu, the phone's
bottom bar (if ``bar`` says what it is called there) and the avatar's menu.
"""

from dataclasses import dataclass


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
        ),
    ),
)

OFFICE_MENU: tuple[Group, ...] = (
    Group(
        "",
        (
            Place("office", "Overview", "/office", "layout-grid", "Overview"),
            Place(
                "security", "Security", "/office/security", "shield-check", "Security"
            ),
            Place("settings", "Settings", "/office/settings", "settings", "Settings"),
        ),
    ),
)
"""The places of the office; a later feature adds its line here."""

LOG_OUT_PATH = "/api/auth/logout"


def main_places(menu: tuple[Group, ...] = CUSTOMER_MENU) -> tuple[Place, ...]:
    """List the places of the phone's bottom bar.

    Args:
        menu: Whose menu it is.

    Returns:
        At most five places, in menu order.
    """
    bar = [place for group in menu for place in group.places if place.bar]
    return tuple(bar[:5])
