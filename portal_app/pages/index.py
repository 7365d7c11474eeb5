"""The home page: who this business is, what it does, and how to begin."""

from typing import Any

import reflex as rx

from portal_app.api.public_pages import Drawing
from portal_app.components.first_html import after_first_html, live_title, to_html
from portal_app.components.logic import each, joined
from portal_app.components.shell import public_shell
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import CatalogueView
from portal_app.domain.customers.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.services import ServicesState
from portal_app.state.viewer import ViewerState

_MEANWHILE = "Home"


def content(business: Any, catalogue: Any) -> rx.Component:
    """Draw the page within its frame."""
    return rx.el.div(
        rx.el.h1(business.name), each(catalogue.categories, lambda c: rx.el.p(c.name))
    )


def draw() -> rx.Component:
    """Draw the live page."""
    return after_first_html(
        ViewerState.loaded & ServicesState.loaded,
        public_shell(content(ViewerState.business, ServicesState.catalogue), wide=True),
    )


def first_html(business: BusinessView, catalogue: CatalogueView) -> Drawing:
    """Draw the page for its first HTML."""
    drawn = public_shell(
        content(business, catalogue),
        wide=True,
        business=business,
        viewer=ViewerView(),
        loaded=False,
        toasts=(),
    )
    return Drawing(to_html(drawn), str(_title(business)), business.tagline)


def _title(business: Any) -> Any:
    return joined(business.name, " – ", business.tagline)


page = Page(
    route="/",
    title=live_title(ViewerState.loaded, _title(ViewerState.business), _MEANWHILE),
    draw=draw,
    on_load=(ViewerState.load, ServicesState.load),
)
