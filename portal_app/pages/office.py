"""The office's first page."""

import reflex as rx

from portal_app.components.button import link_button
from portal_app.components.feedback import badge
from portal_app.components.icon import icon
from portal_app.components.logic import each
from portal_app.components.places import OFFICE_MENU
from portal_app.components.security_events import security_events
from portal_app.components.shell import shell
from portal_app.components.skeleton import list_skeleton
from portal_app.components.surface import card, section
from portal_app.pages.page import Page
from portal_app.state.office import OfficeState, WayIn
from portal_app.state.viewer import ViewerState


def draw() -> rx.Component:
    """Draw what is open, and what happened."""
    return shell(
        rx.cond(
            OfficeState.loaded,
            rx.el.div(_ways(), _lately(), class_name="flex flex-col gap-9"),
            list_skeleton(3),
        ),
        title="Office",
        active="office",
        places=OFFICE_MENU,
    )


def _ways() -> rx.Component:
    return section(
        "How customers get in",
        card(
            rx.el.ul(each(OfficeState.ways, _way), class_name="divide-y divide-line"),
            class_name="py-1!",
        ),
        action=link_button(
            "Change", href="/office/settings", kind="secondary", size="sm"
        ),
        class_name="max-w-3xl",
    )


def _way(way: WayIn) -> rx.Component:
    return rx.el.li(
        rx.el.span(way.name, class_name="min-w-0 flex-1 font-medium"),
        rx.cond(way.why, rx.el.span(way.why, class_name="text-sm text-ink-faint")),
        rx.cond(
            way.open,
            badge(
                icon("circle-check", "size-3.5"),
                "On",
                look="bg-success-soft text-success",
            ),
            badge("Off"),
        ),
        class_name="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 py-2.5",
    )


def _lately() -> rx.Component:
    return section(
        "Lately",
        card(
            rx.cond(
                OfficeState.lately.length() > 0,
                security_events(OfficeState.lately),
                rx.el.p(
                    "Nothing to report. Log-ins that fail, new devices and changed "
                    "passwords appear here.",
                    class_name="py-5 text-ink-soft",
                ),
            ),
            class_name="py-1!",
        ),
        action=link_button(
            "All security events", href="/office/security", kind="secondary", size="sm"
        ),
        class_name="max-w-3xl",
    )


page = Page(
    route="/office",
    title="Office",
    draw=draw,
    on_load=(ViewerState.load, OfficeState.load),
)
