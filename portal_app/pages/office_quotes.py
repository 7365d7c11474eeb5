"""The office's quotes: what is to be answered, and what will expire."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.quotes.quote import quote_rows
from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.logic import joined
from portal_app.components.ui.surfaces import page_header, page_turner
from portal_app.components.ui.tabs import tab, tab_list, tab_panel
from portal_app.domain.quotes.rules import LISTS
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.quotes import OfficeQuotesState

_STATE = OfficeQuotesState


def draw() -> rx.Component:
    """Draw the lists."""
    return shell(
        page_header("Quotes", text="Requests to answer, and quotes on their way."),
        rx.el.div(
            tab_list(
                "Quotes",
                *[
                    tab(
                        key,
                        label,
                        chosen=_STATE.which,
                        on_click=rx.redirect(_address(key)),
                    )
                    for key, label in LISTS.items()
                ],
            ),
            _search(),
            class_name="flex flex-wrap items-end justify-between gap-x-6 gap-y-4",
        ),
        *[tab_panel(key, _list(key), chosen=_STATE.which) for key in LISTS],
        active="quotes",
        places=OFFICE_MENU,
    )


def _search() -> rx.Component:
    return form(
        text_field(
            "Search",
            "search",
            default_value=_STATE.search,
            required=False,
            auto_complete="off",
            class_name="min-w-0 flex-1",
        ),
        submit_button("Find", kind="secondary", custom_attrs={"data-look": ""}),
        on_submit=_STATE.find,
        reset_on_submit=False,
        key=_STATE.search,
        class_name="flex w-full items-end gap-2.5 sm:w-80",
    )


def _list(which: str) -> rx.Component:
    return rx.cond(
        _STATE.shown == which,
        rx.cond(
            _STATE.total > 0,
            rx.el.div(
                quote_rows(_STATE.rows, "/office/quotes/", with_names=True),
                page_turner(
                    _STATE.summary,
                    _STATE.page,
                    _STATE.has_more,
                    lambda page: rx.redirect(joined(_address(which), "&page=", page)),
                ),
            ),
            empty_state(
                rx.cond(_STATE.search, "No such quote", "No quotes here"),
                "What customers ask a price for appears here: offer a service with a "
                "price on request.",
                name="file-text",
            ),
        ),
        list_skeleton(3),
    )


def _address(which: str) -> Any:
    return joined(
        f"/office/quotes?which={which}",
        rx.cond(_STATE.search, joined("&search=", _STATE.search), ""),
    )


page = Page(
    route="/office/quotes",
    title="Quotes",
    draw=draw,
    on_load=(ViewerState.load, OfficeQuotesState.load),
)
