"""The menus of the portal, in order. A feature adds its line here."""

from dataclasses import dataclass
from typing import Any

from portal_app.components.ui.logic import is_var
from portal_app.state.core.viewer import ViewerState


@dataclass(frozen=True)
class NavigationItem:
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
class NavigationGroup:
    """A part of the side menu.

    Attributes:
        heading: The words above it, or an empty string.
        items: Its entries.
    """

    heading: str
    items: tuple[NavigationItem, ...]


CUSTOMER_MENU: tuple[NavigationGroup, ...] = (
    NavigationGroup(
        "",
        (
            NavigationItem(
                "services",
                "Schedule an appointment",
                "/services",
                "calendar-plus",
                "Schedule",
            ),
            NavigationItem(
                "bookings", "My Bookings", "/bookings", "calendar-days", "Bookings"
            ),
            NavigationItem("account", "Profile", "/account", "user-round", "Profile"),
            NavigationItem(
                "dependents", "Dependents", "/dependents", "heart", "Dependents"
            ),
        ),
    ),
)

OFFICE_MENU: tuple[NavigationGroup, ...] = (
    NavigationGroup(
        "",
        (
            NavigationItem("office", "Overview", "/office", "layout-grid", "Overview"),
            NavigationItem(
                "fields", "Fields", "/office/fields", "list-checks", "Fields"
            ),
            NavigationItem("types", "Dependents", "/office/dependents", "heart"),
            NavigationItem("policies", "Policies", "/office/policies", "file-text"),
            NavigationItem(
                "notifications", "Notifications", "/office/notifications", "mail"
            ),
            NavigationItem(
                "security", "Security", "/office/security", "shield-check", "Security"
            ),
            NavigationItem("changes", "Changes", "/office/changes", "history"),
            NavigationItem(
                "settings", "Settings", "/office/settings", "settings", "Settings"
            ),
        ),
    ),
)
"""The places of the office; a later feature adds its line here."""

FIELDWORKER_MENU: tuple[NavigationGroup, ...] = (
    NavigationGroup("", (NavigationItem("home", "Home", "/", "house"),)),
)
"""The places of a fieldworker; what they do all day comes with a later feature."""

LOG_OUT_PATH = "/api/auth/logout"


def item_label(item: NavigationItem, viewer: Any) -> Any:
    """What a place is called here: a business may have its own word for dependents.

    Args:
        item: The item.
        viewer: Who is signed in; where that is a Var, so is the business's word.
    """
    if item.key == "dependents" and is_var(viewer):
        return ViewerState.dependents
    return item.label


def bottom_bar_items(
    menu: tuple[NavigationGroup, ...] = CUSTOMER_MENU,
) -> tuple[NavigationItem, ...]:
    """List the places of the phone's bottom bar.

    Args:
        menu: Whose menu it is.

    Returns:
        At most five places, in menu order.
    """
    bar = [item for group in menu for item in group.items if item.bar]
    return tuple(bar[:5])
