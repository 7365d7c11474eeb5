"""*My Account*: its parts, each with an address of its own, and the way between."""

from typing import Any

import reflex as rx

from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link

PROFILE, BILLING, PLACES, SECURITY = "profile", "billing", "places", "security"
PATHS = {
    PROFILE: "/account",
    BILLING: "/account/billing",
    PLACES: "/account/places",
    SECURITY: "/account/security",
}
TITLES = {
    PROFILE: "Profile",
    BILLING: "Contacts & billing",
    PLACES: "Places",
    SECURITY: "Security & links",
}
CONTACTS_ID, COMPANIES_ID, LOCATIONS_ID = (
    "more-contacts",
    "business-profiles",
    "saved-locations",
)
LOG_IN_ID, SESSIONS_ID, LINKS_ID, DATA_ID = (
    "ways-to-log-in",
    "sessions",
    "mail-links",
    "your-data",
)
_PART_OF = {
    CONTACTS_ID: BILLING,
    COMPANIES_ID: BILLING,
    LOCATIONS_ID: PLACES,
    LOG_IN_ID: SECURITY,
    SESSIONS_ID: SECURITY,
    LINKS_ID: SECURITY,
    DATA_ID: SECURITY,
}


class PartAnchors(rx.Component):
    """Leads an address such as ``/account#saved-locations`` to its part."""

    library = "$/public/react/part_anchors.jsx"
    tag = "PartAnchors"

    paths: rx.Var[dict[str, str]]


def account_page(part: str, *children: Any) -> rx.Component:
    """Draw one part of *My Account*, with the way to the others.

    Args:
        part: ``PROFILE``, ``BILLING``, ``PLACES`` or ``SECURITY``.
        *children: What is inside.
    """
    return shell(
        PartAnchors.create(
            paths={anchor: PATHS[where] for anchor, where in _PART_OF.items()}
        ),
        rx.el.nav(
            *[_way(key, current=key == part) for key in PATHS],
            aria_label="My Account",
            class_name="tabs mb-7",
        ),
        *children,
        title="My Account",
        active="account",
    )


def _way(key: str, *, current: bool) -> rx.Component:
    here = {"aria_current": "page"} if current else {}
    return link(TITLES[key], href=PATHS[key], class_name="tab", **here)
