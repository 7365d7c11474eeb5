"""One service: all there is to know before booking it."""

from typing import Any

import reflex as rx

from portal_app.api.public_pages import Drawing
from portal_app.components.first_html import (
    after_first_html,
    current_path,
    live_title,
    to_html,
)
from portal_app.components.logic import each, joined, when
from portal_app.components.shell import public_shell
from portal_app.components.skeleton import detail_skeleton
from portal_app.components.surface import page_header
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.shop_window import ServicePageView
from portal_app.domain.customers.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.service import ServiceState
from portal_app.state.viewer import ViewerState

_MEANWHILE = "Service"
_MISSING = "Service not found"


def content(page: Any) -> rx.Component:
    """Draw the page within its frame."""
    service = page.service
    return rx.fragment(
        page_header(service.name, text=service.summary),
        each(service.description, lambda text: rx.el.p(text)),
    )


def missing() -> rx.Component:
    """Draw what stands at an address of a service that is not offered."""
    return page_header(_MISSING)


def draw() -> rx.Component:
    """Draw the live page."""
    is_here = ServiceState.path == current_path()
    return after_first_html(
        ViewerState.loaded & is_here,
        public_shell(
            when(
                is_here,
                when(ServiceState.found, content(ServiceState.page), missing()),
                detail_skeleton(),
            ),
            active="services",
        ),
    )


def first_html(business: BusinessView, page: ServicePageView) -> Drawing:
    """Draw the page for its first HTML."""
    return Drawing(
        _framed(business, content(page)),
        str(_title(page.service.name, business)),
        page.service.summary,
        page.service.image,
    )


def missing_first_html(business: BusinessView) -> Drawing:
    """Draw, for its first HTML, the page of a service that is not offered."""
    return Drawing(_framed(business, missing()), str(_title(_MISSING, business)))


def _framed(business: BusinessView, drawn: rx.Component) -> str:
    return to_html(
        public_shell(
            drawn,
            active="services",
            business=business,
            viewer=ViewerView(),
            loaded=False,
            toasts=(),
        )
    )


def _title(name: Any, business: Any) -> Any:
    return joined(name, " – ", business.name)


page = Page(
    route="/services/[slug]",
    title=live_title(
        ViewerState.loaded & (ServiceState.path == current_path()),
        _title(
            when(ServiceState.found, ServiceState.page.service.name, _MISSING),
            ViewerState.business,
        ),
        _MEANWHILE,
    ),
    draw=draw,
    on_load=(ViewerState.load, ServiceState.load),
)
