"""The menus of the portal, in order. A feature adds its line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal_app.components.ui.features import if_on
from portal_app.components.ui.logic import equal, is_var, when
from portal_app.kernel.features import Feature
from portal_app.state.core.viewer import ViewerState


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the menus.

    Attributes:
        key: What a page passes as ``active``.
        label: The exact words, which people and scripts look for.
        href: The route.
        icon: The icon's name.
        feature: What the place belongs to; it is gone while that is off.
        bar: The short word in the phone's bottom bar, part of ``label``; empty
            when the place is not one of the main ones.
    """

    key: str
    label: str
    href: str
    icon: str
    bar: str = ""
    feature: Feature | None = None


@dataclass(frozen=True)
class NavigationGroup:
    """A part of the side menu.

    Attributes:
        heading: The words above it, or an empty string.
        items: Its entries.
    """

    heading: str
    items: tuple[NavigationItem, ...]


Menu = tuple[NavigationGroup, ...]

PAGE_WIDTH = "mx-auto w-full max-w-[84rem] px-4 sm:px-6"
"""Classes of whatever is as wide as a page: one width, whoever looks at it."""

CUSTOMER_MENU: Menu = (
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
                "dependents",
                "Dependents",
                "/dependents",
                "heart",
                "Dependents",
                feature=Feature.DEPENDENTS,
            ),
        ),
    ),
)

OFFICE_MENU: Menu = (
    NavigationGroup(
        "",
        (
            NavigationItem("office", "Overview", "/office", "layout-grid", "Overview"),
            NavigationItem(
                "office-bookings",
                "Bookings",
                "/office/bookings",
                "calendar-days",
                "Bookings",
            ),
            NavigationItem("quotes", "Quotes", "/office/quotes", "file-text"),
            NavigationItem("team", "Team", "/office/team", "briefcase", "Team"),
            NavigationItem(
                "office-services",
                "Services",
                "/office/services",
                "calendar-plus",
                "Services",
            ),
            NavigationItem("fields", "Fields", "/office/fields", "list-checks"),
            NavigationItem("types", "Dependents", "/office/dependents", "heart"),
            NavigationItem("business", "Business", "/office/business", "building-2"),
            NavigationItem("permissions", "Permissions", "/office/permissions", "eye"),
            NavigationItem("policies", "Policies", "/office/policies", "file-text"),
            NavigationItem(
                "booking-rules", "Booking rules", "/office/booking-rules", "list-checks"
            ),
            NavigationItem(
                "notifications", "Notifications", "/office/notifications", "mail"
            ),
            NavigationItem("people", "Office people", "/office/people", "users"),
            NavigationItem("security", "Security", "/office/security", "shield-check"),
            NavigationItem("changes", "Changes", "/office/changes", "history"),
            NavigationItem("import", "Import & export", "/office/import", "upload"),
            NavigationItem(
                "settings", "Settings", "/office/settings", "settings", "Settings"
            ),
        ),
    ),
)
"""The places of the office; a later feature adds its line here."""

FIELDWORKER_MENU: Menu = (
    NavigationGroup("", (NavigationItem("home", "Home", "/", "house"),)),
)
"""The places of a fieldworker; what they do all day comes with a later feature."""

LOG_OUT_PATH = "/api/auth/logout"


def menu_of(viewer: Any, places: Menu | None, draw: Callable[[Menu], Any]) -> Any:
    """Draw what belongs to the menu of whoever is signed in.

    Args:
        viewer: Who it is.
        places: The menu of a page that only one kind of people opens; ``None`` on
            a page for everybody.
        draw: Draws for a menu.
    """
    if places is not None:
        return draw(places)
    return when(
        equal(viewer.role, "office"),
        draw(OFFICE_MENU),
        when(
            equal(viewer.role, "fieldworker"),
            draw(FIELDWORKER_MENU),
            draw(CUSTOMER_MENU),
        ),
    )


def if_offered(item: NavigationItem, drawn: Any) -> Any:
    """Draw an entry of a menu unless its feature is switched off.

    Args:
        item: The entry.
        drawn: What it looks like.
    """
    return drawn if item.feature is None else if_on(item.feature, drawn)


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
    menu: Menu = CUSTOMER_MENU,
) -> tuple[NavigationItem, ...]:
    """List the places of the phone's bottom bar.

    Args:
        menu: Whose menu it is.

    Returns:
        At most five places, in menu order.
    """
    bar = [item for group in menu for item in group.items if item.bar]
    return tuple(bar[:5])
