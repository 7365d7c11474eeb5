"""The log of security events."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.security_events import security_events
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.fields import select_field
from portal_app.components.ui.logic import joined
from portal_app.components.ui.surfaces import card, page_header, page_turner
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.overview import OfficeSecurityState


def draw() -> rx.Component:
    """Draw one page of the log."""
    return shell(
        page_header(
            "Security",
            text="Who got in, who did not, and what was changed about getting in.",
        ),
        rx.cond(
            OfficeSecurityState.loaded,
            rx.el.div(_filter(), _list(), class_name="flex max-w-3xl flex-col gap-5"),
            list_skeleton(4),
        ),
        active="security",
        places=OFFICE_MENU,
    )


def _filter() -> rx.Component:
    return select_field(
        "Show",
        "kind",
        OfficeSecurityState.kinds,
        placeholder="Everything",
        value=OfficeSecurityState.kind,
        on_change=lambda kind: rx.redirect(joined("/office/security?kind=", kind)),
        class_name="sm:max-w-xs",
    )


def _list() -> rx.Component:
    return rx.cond(
        OfficeSecurityState.rows.length() > 0,
        rx.el.div(
            card(security_events(OfficeSecurityState.rows), class_name="py-1!"),
            page_turner(
                joined("Page ", OfficeSecurityState.page),
                OfficeSecurityState.page,
                OfficeSecurityState.has_more,
                _turn,
            ),
        ),
        empty_state(
            "Nothing of that kind",
            "Log-ins and changes to access appear here as they happen.",
            name="shield-check",
        ),
    )


def _turn(page: Any) -> Any:
    return rx.redirect(
        joined("/office/security?kind=", OfficeSecurityState.kind, "&page=", page)
    )


page = Page(
    route="/office/security",
    title="Security",
    draw=draw,
    on_load=(ViewerState.load, OfficeSecurityState.load),
)
