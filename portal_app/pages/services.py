"""*All Services*: the shop window, with search and filter."""

from typing import Any

import reflex as rx

from portal_app.api.public_pages import Drawing
from portal_app.components.first_html import after_first_html, live_title, to_html
from portal_app.components.logic import each, joined, when
from portal_app.components.service_card import card_grid, service_card
from portal_app.components.shell import public_shell
from portal_app.components.skeleton import card_grid_skeleton
from portal_app.components.surface import page_header
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import CatalogueView
from portal_app.domain.customers.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.services import ServicesState
from portal_app.state.viewer import ViewerState

_TITLE = "All Services"


def content(catalogue: Any) -> rx.Component:
    """Draw the page within its frame."""
    return rx.fragment(
        page_header(_TITLE),
        each(
            catalogue.categories,
            lambda category: rx.el.section(
                rx.el.h2(category.name),
                card_grid(each(category.services, service_card)),
            ),
        ),
    )


def draw() -> rx.Component:
    """Draw the live page."""
    ready = ViewerState.loaded & ServicesState.loaded
    return after_first_html(
        ready,
        public_shell(
            when(
                ServicesState.loaded,
                content(ServicesState.catalogue),
                card_grid_skeleton(),
            ),
            active="services",
        ),
    )


def first_html(business: BusinessView, catalogue: CatalogueView) -> Drawing:
    """Draw the page for its first HTML."""
    drawn = public_shell(
        content(catalogue),
        active="services",
        business=business,
        viewer=ViewerView(),
        loaded=False,
        toasts=(),
    )
    return Drawing(to_html(drawn), str(_title(business)), business.tagline)


def _title(business: Any) -> Any:
    return joined(_TITLE, " – ", business.name)


page = Page(
    route="/services",
    title=live_title(ViewerState.loaded, _title(ViewerState.business), _TITLE),
    draw=draw,
    on_load=(ViewerState.load, ServicesState.load),
)
