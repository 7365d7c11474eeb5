"""The home page: who this business is, what it does, and how to begin."""

from typing import Any

import reflex as rx

from portal_app.api.rendered_pages import PageContent
from portal_app.components.bookings.shortcuts import member_home, waiting_home
from portal_app.components.catalogue.how_it_works import how_it_works
from portal_app.components.catalogue.not_open import when_open
from portal_app.components.catalogue.service_cards import picture
from portal_app.components.layout.first_html import (
    after_first_html,
    live_title,
    to_html,
)
from portal_app.components.layout.navigation import PAGE_WIDTH
from portal_app.components.layout.shell import public_shell
from portal_app.components.ui.buttons import PortalLink, link, link_button
from portal_app.components.ui.feedback import detail_skeleton, note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, joined, when
from portal_app.components.ui.surfaces import section
from portal_app.domain.business.views import BusinessView
from portal_app.domain.catalogue.views import HomePageView
from portal_app.domain.scheduling.views import NOTHING_YET
from portal_app.domain.sign_in.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.bookings.home import HomeState
from portal_app.state.catalogue.public_pages import IndexState
from portal_app.state.core.viewer import ViewerState

_TILES = 4
_REASSURANCE = (
    "Prices before you book",
    "Real free times only",
    "Confirmed by email",
)


def content(business: Any, front: Any) -> rx.Component:
    """Draw the page within its frame."""
    shop = rx.fragment(
        _hero(business, front),
        _prices(front),
        how_it_works(),
        when(front.about, _about(business, front)),
        _closing(),
    )
    return when_open(front.categories, shop, business)


def _hero(business: Any, front: Any) -> rx.Component:
    words = rx.el.div(
        rx.el.p(business.name, class_name="font-semibold text-accent-ink"),
        rx.el.h1(
            business.tagline,
            tab_index=-1,
            class_name="mt-3 text-hero font-[680] tracking-[-0.035em]",
        ),
        rx.el.p(
            "Choose what you need, see what it costs, and pick a time that suits "
            "you. It takes about two minutes.",
            class_name="mt-5 max-w-lg text-lg text-ink-soft sm:text-xl",
        ),
        rx.el.div(
            link_button(
                "Schedule an appointment",
                href="/services",
                size="lg",
                after="arrow-right",
            ),
            when(
                business.phone,
                rx.el.a(
                    icon("phone", "size-4.5"),
                    rx.el.span("Call ", business.phone),
                    href="tel:" + business.phone,
                    class_name="btn btn-ghost btn-lg px-3",
                ),
            ),
            class_name="mt-8 flex flex-wrap items-center gap-x-3 gap-y-2",
        ),
        rx.el.ul(
            *[
                rx.el.li(
                    icon("check", "mt-0.5 size-4.5 text-accent-ink"),
                    text,
                    class_name="flex gap-2",
                )
                for text in _REASSURANCE
            ],
            class_name=(
                "mt-8 flex flex-col gap-x-6 gap-y-2 text-[0.9375rem] font-medium "
                "text-ink-soft sm:flex-row sm:flex-wrap"
            ),
        ),
        class_name="lg:py-8",
    )
    return rx.el.section(
        rx.el.div(
            words,
            when(
                business.hero_url,
                rx.el.div(
                    picture(
                        business.hero_url,
                        business.hero_alt,
                        sizes="(min-width: 64rem) 36rem, 100vw",
                        eager=True,
                    ),
                    class_name=(
                        "overflow-hidden rounded-[1.75rem] shadow-card "
                        "max-lg:order-first"
                    ),
                ),
                rx.el.ul(
                    each(
                        front.categories[:_TILES],
                        lambda shelf, at: _tile(
                            shelf, when(at % 2 == 1, "lg:translate-y-8", "")
                        ),
                    ),
                    class_name="grid grid-cols-2 gap-3 sm:gap-4",
                ),
            ),
            class_name=classes(
                "grid items-center gap-10 pt-8 pb-14 sm:pt-12 lg:pb-20 lg:pt-14 "
                "lg:grid-cols-[minmax(0,1.04fr)_minmax(0,1fr)] lg:gap-14",
                PAGE_WIDTH,
            ),
        ),
    )


def services(front: Any) -> rx.Component:
    """Draw what the business does, as those see it who are signed in."""
    return section(
        "What we do",
        when(
            front.categories,
            rx.el.ul(
                each(front.categories, _tile),
                class_name="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-3",
            ),
            note(NOTHING_YET),
        ),
        action=link("All services", href="/services", class_name="text-link"),
        class_name="mt-10",
    )


def _tile(shelf: Any, place: Any = "") -> rx.Component:
    return rx.el.li(
        when(
            shelf.image,
            picture(
                shelf.image,
                "",
                sizes="(min-width: 64rem) 18rem, 50vw",
                class_name=(
                    "transition-transform duration-500 ease-calm "
                    "group-hover:scale-[1.03]"
                ),
            ),
            rx.el.div(class_name="aspect-[3/2] bg-accent-soft"),
        ),
        rx.el.div(
            PortalLink.create(
                shelf.name,
                to="/services?category=" + shelf.slug,
                prefetch="intent",
                class_name=(
                    "font-semibold leading-5 after:absolute after:inset-0 "
                    "after:rounded-[1.25rem]"
                ),
            ),
            when(
                shelf.from_price,
                rx.el.span(
                    "from ", shelf.from_price, class_name="text-sm text-ink-faint"
                ),
            ),
            class_name=(
                "flex flex-col justify-between gap-x-2 px-3.5 py-3 sm:flex-row "
                "sm:items-baseline sm:px-4"
            ),
        ),
        class_name=classes(
            "card card-link group relative overflow-hidden rounded-[1.25rem]",
            place,
        ),
    )


def _prices(front: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("What we do, and from how much", class_name="text-4xl"),
                link(
                    "All services with pictures",
                    icon("arrow-right", "size-4.5"),
                    href="/services",
                    class_name=(
                        "inline-flex min-h-11 items-center gap-1.5 font-semibold "
                        "text-accent-ink hover:underline"
                    ),
                ),
                class_name="flex flex-wrap items-end justify-between gap-x-6",
            ),
            rx.el.ul(
                each(front.categories, _shelf),
                class_name="mt-9 gap-x-16 md:columns-2",
            ),
            class_name=PAGE_WIDTH,
        ),
        class_name="border-y border-line bg-surface pt-14 pb-6 sm:pt-20 sm:pb-10",
    )


def _shelf(shelf: Any) -> rx.Component:
    return rx.el.li(
        rx.el.h3(shelf.name, class_name="text-xl"),
        rx.el.p(shelf.description, class_name="mt-1 text-[0.9375rem] text-ink-soft"),
        rx.el.ul(each(shelf.offers, _offer), class_name="mt-3"),
        when(
            shelf.more,
            link(
                joined("and ", shelf.more, " more"),
                href="/services?category=" + shelf.slug,
                class_name=(
                    "inline-flex min-h-11 items-center text-[0.9375rem] font-semibold "
                    "text-accent-ink hover:underline"
                ),
            ),
        ),
        class_name="break-inside-avoid pb-10",
    )


def _offer(offer: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(offer.name, class_name="font-medium group-hover:underline"),
            rx.el.span(
                aria_hidden="true",
                class_name=(
                    "min-w-4 flex-1 translate-y-[-0.3em] border-b-2 border-dotted "
                    "border-line-strong"
                ),
            ),
            rx.el.span(
                when(
                    offer.is_from,
                    rx.el.span(
                        "from ", class_name="text-sm font-normal text-ink-faint"
                    ),
                ),
                offer.from_price,
                class_name="shrink-0 font-semibold tabular-nums",
            ),
            href="/services/" + offer.slug,
            class_name="group flex min-h-11 items-baseline gap-2.5 py-2.5",
        )
    )


def _about(business: Any, front: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                joined("About ", business.name), class_name="text-2xl lg:max-w-xs"
            ),
            rx.el.div(
                each(
                    front.about,
                    lambda text: rx.el.p(
                        text,
                        class_name=(
                            "text-lg text-ink-soft first:text-xl sm:first:text-2xl "
                            "sm:first:leading-9 first:font-[560] "
                            "first:tracking-[-0.015em] first:text-ink"
                        ),
                    ),
                ),
                class_name="flex max-w-3xl flex-col gap-5",
            ),
            class_name=classes(
                "grid gap-6 py-14 sm:py-20 "
                "lg:grid-cols-[minmax(0,1fr)_minmax(0,2.2fr)]",
                PAGE_WIDTH,
            ),
        ),
        class_name="border-t border-line",
    )


def _closing() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Ready when you are", class_name="text-4xl"),
                rx.el.p(
                    "Look through everything we do. Free times are one tap further.",
                    class_name="mt-3 max-w-md text-lg opacity-90",
                ),
                class_name="min-w-0",
            ),
            link_button(
                "See all services",
                href="/services",
                kind="secondary",
                size="lg",
                class_name="max-sm:w-full",
            ),
            class_name=(
                "flex flex-wrap items-center justify-between gap-x-10 gap-y-7 "
                "rounded-[1.75rem] bg-accent px-6 py-10 text-on-accent sm:px-12 "
                "sm:py-14"
            ),
        ),
        class_name=classes("pb-16 sm:pb-24", PAGE_WIDTH),
    )


def draw() -> rx.Component:
    """Draw the live page."""
    return after_first_html(
        ViewerState.loaded & IndexState.loaded & HomeState.loaded,
        public_shell(
            when(
                IndexState.loaded,
                when(
                    ViewerState.viewer.signed_in,
                    member_home(ViewerState.viewer, services(IndexState.front)),
                    content(ViewerState.business, IndexState.front),
                ),
                rx.el.div(detail_skeleton(), class_name=classes("py-14", PAGE_WIDTH)),
            ),
            active="home",
            wide=True,
        ),
    )


def first_html(business: BusinessView, front: HomePageView, guest: bool) -> PageContent:
    """Draw the page for its first HTML."""
    drawn = public_shell(
        content(business, front) if guest else waiting_home(services(front)),
        wide=True,
        business=business,
        viewer=ViewerView(),
        loaded=guest,
        toasts=(),
    )
    shelves = (shelf.image for shelf in front.categories if shelf.image)
    image = business.hero_url or next(shelves, "")
    return PageContent(to_html(drawn), str(_title(business)), business.tagline, image)


def _title(business: Any) -> Any:
    return joined(business.name, when(business.tagline, " – ", ""), business.tagline)


page = Page(
    route="/",
    title=live_title(ViewerState.loaded, _title(ViewerState.business), "Home"),
    draw=draw,
    on_load=(ViewerState.load, IndexState.load, HomeState.load),
)
