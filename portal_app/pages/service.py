"""One service: all there is to know before booking it."""

from typing import Any

import reflex as rx

from portal_app.api.rendered_pages import PageContent
from portal_app.components.catalogue.not_open import not_open_yet
from portal_app.components.catalogue.service_page import (
    content,
    free_times,
    free_times_skeleton,
)
from portal_app.components.layout.first_html import (
    after_first_html,
    current_path,
    live_title,
    to_html,
)
from portal_app.components.layout.shell import public_shell
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.feedback import detail_skeleton
from portal_app.components.ui.logic import joined, when
from portal_app.domain.bookings.views import FreeDayTimesView
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import ServicePageView, ServiceView
from portal_app.domain.scheduling.views import NOTHING_YET
from portal_app.domain.sign_in.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.catalogue.public_pages import ServiceState, ServiceTimesState
from portal_app.state.core.viewer import ViewerState

_MEANWHILE = "Service"
_MISSING = "Service not found"
_NOT_OPEN = "Opening soon"


def missing() -> rx.Component:
    """Draw what stands at an address of a service that is not offered."""
    return rx.el.div(
        rx.el.img(
            src="/art/not-found.webp",
            alt="",
            class_name="h-auto w-72",
            custom_attrs={"width": "480", "height": "320"},
        ),
        rx.el.h1(
            "We do not offer that service", tab_index=-1, class_name="mt-6 text-3xl"
        ),
        rx.el.p(
            "The address may be mistyped, or it is not on offer any more. Perhaps "
            "one of the others is what you need.",
            class_name="mt-3 max-w-md text-lg text-ink-soft",
        ),
        link_button("See all services", href="/services", class_name="mt-8"),
        class_name="flex flex-col items-center px-4 py-10 text-center sm:py-16",
    )


def draw() -> rx.Component:
    """Draw the live page."""
    is_here = ServiceState.path == current_path()
    has_times = ServiceTimesState.path == current_path()
    return after_first_html(
        ViewerState.loaded & is_here & has_times,
        public_shell(
            when(
                is_here,
                when(
                    ServiceState.found,
                    content(
                        ServiceState.page,
                        ViewerState.business,
                        when(
                            has_times,
                            free_times(
                                ServiceState.page.service.slug,
                                ServiceTimesState.days,
                            ),
                            free_times_skeleton(),
                        ),
                    ),
                    when(
                        ServiceState.opens_soon,
                        not_open_yet(ViewerState.business),
                        missing(),
                    ),
                ),
                detail_skeleton(),
            ),
            active="services",
        ),
    )


def first_html(
    business: BusinessView,
    page: ServicePageView,
    days: list[FreeDayTimesView],
    guest: bool,
) -> PageContent:
    """Draw the page for its first HTML."""
    service = page.service
    return PageContent(
        _framed(
            business,
            content(page, business, free_times(service.slug, days)),
            guest,
        ),
        str(_title(service.name, business)),
        " ".join(filter(None, (service.summary, _price_words(service)))),
        service.image,
    )


def _price_words(service: ServiceView) -> str:
    before = "From " if service.is_from else ""
    return f"{before}{service.from_price} {service.price_unit}".strip() + "."


def missing_first_html(business: BusinessView, guest: bool) -> PageContent:
    """Draw, for its first HTML, the page of a service that is not offered."""
    return PageContent(
        _framed(business, missing(), guest), str(_title(_MISSING, business))
    )


def not_open_first_html(business: BusinessView, guest: bool) -> PageContent:
    """Draw, for its first HTML, the page of any service before the business opens.

    Whoever has a session may be of the staff, who see the service.
    """
    drawn = not_open_yet(business) if guest else detail_skeleton()
    return PageContent(
        _framed(business, drawn, guest), str(_title(_NOT_OPEN, business)), NOTHING_YET
    )


def _framed(business: BusinessView, drawn: rx.Component, guest: bool) -> str:
    return to_html(
        public_shell(
            drawn,
            active="services",
            business=business,
            viewer=ViewerView(),
            loaded=guest,
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
            when(
                ServiceState.found,
                ServiceState.page.service.name,
                when(ServiceState.opens_soon, _NOT_OPEN, _MISSING),
            ),
            ViewerState.business,
        ),
        _MEANWHILE,
    ),
    draw=draw,
    on_load=(ViewerState.load, ServiceState.load, ServiceTimesState.load),
)
