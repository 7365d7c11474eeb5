"""*All Services*: the shop window, with search and filter."""

from typing import Any

import reflex as rx

from portal_app.api.rendered_pages import PageContent
from portal_app.components.catalogue.not_open import when_open
from portal_app.components.catalogue.service_cards import service_row
from portal_app.components.catalogue.service_finder import Finder, Search
from portal_app.components.layout.first_html import (
    after_first_html,
    live_title,
    to_html,
)
from portal_app.components.layout.shell import public_shell
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.logic import each, joined, when
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import CatalogueView
from portal_app.domain.sign_in.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.catalogue.public_pages import ServicesState
from portal_app.state.core.viewer import ViewerState

_TITLE = "All Services"
_DESCRIPTION = "Everything {name} does, with prices, durations and free times."


def _heading() -> rx.Component:
    return rx.el.header(
        rx.el.h1(
            _TITLE, tab_index=-1, class_name="text-4xl font-[680] tracking-[-0.03em]"
        ),
        rx.el.p(
            "Every price is a starting price: your choices decide, and you see the "
            "total before you book.",
            class_name="mt-2.5 max-w-2xl text-lg text-ink-soft",
        ),
    )


def content(catalogue: Any, search: Search | None = None) -> rx.Component:
    """Draw the page within its frame.

    Args:
        catalogue: A Var, or a view.
        search: What the address asks for; in the first HTML only.
    """
    finder = Finder(catalogue, search)
    return finder.around(
        _heading(),
        rx.el.div(
            finder.field("Search services", "What do you need?"),
            finder.filters("Categories", "All"),
            class_name="mt-7 flex flex-col gap-4",
        ),
        finder.count("mt-5 text-[0.9375rem] font-medium text-ink-faint"),
        each(catalogue.categories, lambda shelf: _shelf(finder, shelf)),
        finder.empty(
            rx.el.div(
                rx.el.img(
                    src="/art/nothing-found.webp",
                    alt="",
                    loading="lazy",
                    class_name="h-auto w-64",
                    custom_attrs={"width": "480", "height": "320"},
                ),
                rx.el.h2("Nothing fits that search", class_name="mt-6 text-xl"),
                rx.el.p(
                    "Try another word, or look through everything we do.",
                    class_name="mt-2 text-ink-soft",
                ),
                finder.back_to_everything(
                    "Show all services", "btn btn-secondary mt-6"
                ),
                class_name="flex flex-col items-center px-4 py-12 text-center",
            )
        ),
    )


def _shelf(finder: Finder, shelf: Any) -> rx.Component:
    return finder.shelf(
        shelf.slug,
        rx.el.h2(shelf.name, class_name="text-2xl"),
        rx.el.p(shelf.description, class_name="mt-1.5 text-ink-soft"),
        rx.el.ul(
            each(
                shelf.services,
                lambda service: finder.item(
                    service.slug, service_row(service), class_name="grid"
                ),
            ),
            class_name="mt-5 grid gap-4 sm:gap-5 @3xl:grid-cols-2",
        ),
        class_name="@container pt-8 pb-5",
    )


def draw() -> rx.Component:
    """Draw the live page."""
    return after_first_html(
        ViewerState.loaded & ServicesState.loaded,
        public_shell(
            when(
                ServicesState.loaded,
                when_open(
                    ServicesState.catalogue.categories,
                    content(ServicesState.catalogue),
                    ViewerState.business,
                ),
                rx.fragment(
                    _heading(),
                    rx.el.div(list_skeleton(6), class_name="mt-10"),
                ),
            ),
            active="services",
        ),
    )


def first_html(
    business: BusinessView,
    catalogue: CatalogueView,
    words: str,
    category: str,
    guest: bool,
) -> PageContent:
    """Draw the page for its first HTML.

    Args:
        business: Whose services these are.
        catalogue: All of them.
        words: What is looked for.
        category: The slug of the only category to show, or an empty string.
        guest: Whether the visitor is surely not signed in.
    """
    drawn = public_shell(
        when_open(
            catalogue.categories, content(catalogue, Search(words, category)), business
        ),
        active="services",
        business=business,
        viewer=ViewerView(),
        loaded=guest,
        toasts=(),
    )
    images = [card.image for shelf in catalogue.categories for card in shelf.services]
    return PageContent(
        to_html(drawn),
        str(_title(business)),
        _DESCRIPTION.format(name=business.name),
        next(filter(None, images), ""),
    )


def _title(business: Any) -> Any:
    return joined(_TITLE, " – ", business.name)


page = Page(
    route="/services",
    title=live_title(ViewerState.loaded, _title(ViewerState.business), _TITLE),
    draw=draw,
    on_load=(ViewerState.load, ServicesState.load),
)
