"""The page of one service: all there is to know before booking it."""

from typing import Any

import reflex as rx

from portal_app.components.catalogue.service_cards import (
    card_grid,
    option_prices,
    picture,
    service_card,
)
from portal_app.components.ui.buttons import link, link_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when

_CRUMB = (
    "inline-flex min-h-9 items-center font-medium text-ink-faint hover:text-ink "
    "hover:underline"
)


def content(page: Any, business: Any, times: Any = None) -> rx.Component:
    """Draw the page within its frame.

    Args:
        page: A ``ServicePageView``; may be a Var.
        business: Whom to ask; may be a Var.
        times: The next free times, or what stands in their place.
    """
    # Its width goes by what is beside it, which for some is a menu.
    return rx.el.div(
        service_details(page, business, times),
        when(page.others, _others(page)),
        _bar(page.service, business),
        class_name="@container",
    )


def service_details(page: Any, business: Any, times: Any = None) -> rx.Component:
    """Draw what the page says of the service itself, in an ``@container``.

    Args:
        page: A ``ServicePageView``; may be a Var.
        business: Whom to ask; may be a Var.
        times: The next free times, or what stands in their place.
    """
    service = page.service
    return rx.fragment(
        _crumbs(service),
        rx.el.div(
            rx.el.div(_top(service), class_name="min-w-0"),
            _side(service, business, times),
            rx.el.div(
                when(
                    service.description,
                    _part("About this service", each(service.description, _paragraph)),
                ),
                when(service.included, _included(service)),
                when(service.needed, _needed(service)),
                when(service.options, _prices(service)),
                when(page.cancellation_policy, _policy(page)),
                _reviews(),
                class_name="min-w-0",
            ),
            class_name=(
                "grid gap-x-14 @4xl:grid-cols-[minmax(0,1fr)_22rem] "
                "@4xl:grid-rows-[auto_1fr]"
            ),
        ),
    )


_ONE_ROW = "@4xl:nth-[n+4]:hidden"
"""Beside the page there is room for three times of a day."""
_DAY = "w-28 shrink-0"
_CHIPS = "flex flex-wrap gap-2 @4xl:grid @4xl:grid-cols-3"
_ROW = "flex flex-col gap-x-4 gap-y-2 sm:flex-row @4xl:flex-col @4xl:gap-y-1.5"


def free_times(slug: Any, days: Any) -> rx.Component:
    """Draw the next free times; each leads into the wizard with it chosen.

    Args:
        slug: Of the service; may be a Var.
        days: A list of ``FreeDayTimesView``; may be a Var.
    """

    def chip(time: Any) -> rx.Component:
        return link(
            time.time,
            rx.el.span(", ", time.day, class_name="sr-only"),
            href="/book/" + slug + "?at=" + time.starts_at.replace("+", "%2B"),
            class_name=(
                "choice inline-flex min-h-11 items-center justify-center rounded-xl "
                f"px-3.5 text-[0.9375rem] font-semibold tabular-nums {_ONE_ROW}"
            ),
        )

    return _times_frame(
        when(
            days,
            each(
                days,
                lambda day: rx.el.div(
                    rx.el.h3(
                        day.day,
                        aria_label=day.label,
                        class_name=f"{_DAY} text-[0.9375rem] sm:pt-2.5 @4xl:pt-0",
                    ),
                    rx.el.div(each(day.times, chip), class_name=_CHIPS),
                    class_name=_ROW,
                ),
            ),
            rx.el.p(
                "There is no free time in the next weeks. Please look again soon.",
                class_name="text-ink-soft",
            ),
        )
    )


def free_times_skeleton() -> rx.Component:
    """Draw what stands in the place of the free times until they are known."""
    return _times_frame(
        *[
            rx.el.div(
                bone(f"h-6 {_DAY}"),
                rx.el.div(
                    *[
                        bone(f"h-11 w-21 rounded-xl! @4xl:w-auto {_ONE_ROW}")
                        for _ in range(5)
                    ],
                    class_name=_CHIPS,
                ),
                class_name=_ROW,
            )
            for _ in range(3)
        ]
    )


def _times_frame(*children: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Next free times", class_name="text-xl @4xl:text-lg"),
        rx.el.div(
            *children,
            class_name=(
                "mt-4 flex min-h-[26rem] flex-col gap-4 sm:min-h-[10.25rem] "
                "@4xl:mt-3 @4xl:min-h-[16.5rem] @4xl:gap-3.5"
            ),
        ),
    )


def _crumbs(service: Any) -> rx.Component:
    return rx.el.nav(
        rx.el.ol(
            rx.el.li(
                link("All Services", href="/services", class_name=_CRUMB),
                icon("chevron-right", "size-4 text-ink-faint"),
                class_name="flex items-center gap-1.5",
            ),
            rx.el.li(
                link(
                    service.category,
                    href="/services?category=" + service.category_slug,
                    class_name=_CRUMB,
                )
            ),
            class_name="flex flex-wrap items-center gap-1.5 text-sm",
        ),
        aria_label="Breadcrumb",
        class_name="mb-3 sm:mb-4",
    )


def _top(service: Any) -> rx.Component:
    return rx.el.header(
        rx.el.h1(
            service.name,
            tab_index=-1,
            class_name="text-4xl font-[680] tracking-[-0.03em]",
        ),
        rx.el.p(service.summary, class_name="mt-2.5 max-w-2xl text-lg text-ink-soft"),
        when(
            service.image,
            picture(
                service.image,
                service.image_alt,
                sizes="(min-width: 78rem) 50rem, 100vw",
                eager=True,
                class_name="mt-6 rounded-[1.375rem] bg-sunken",
            ),
        ),
        when(service.photos, _photos(service)),
    )


def _photos(service: Any) -> rx.Component:
    return rx.el.ul(
        each(
            service.photos,
            lambda photo: rx.el.li(
                picture(
                    photo.url,
                    photo.alt,
                    sizes="(min-width: 40rem) 16rem, 50vw",
                    class_name="rounded-2xl bg-sunken",
                )
            ),
        ),
        class_name="mt-3 grid grid-cols-2 gap-3 @xl:grid-cols-3",
    )


def _part(title: str, *children: Any, text: Any = None) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-2xl"),
        *(
            [rx.el.p(text, class_name="mt-1.5 text-ink-soft")]
            if text is not None
            else []
        ),
        rx.el.div(*children, class_name="mt-4"),
        class_name=(
            "mt-10 border-t border-line pt-9 first-of-type:border-t-0 "
            "first-of-type:pt-0"
        ),
    )


def _paragraph(text: Any) -> rx.Component:
    return rx.el.p(text, class_name="mb-4 max-w-[42rem] text-ink-soft last:mb-0")


def _points(items: Any, mark: rx.Component) -> rx.Component:
    return rx.el.ul(
        each(
            items,
            lambda item: rx.el.li(mark, rx.el.span(item), class_name="flex gap-3"),
        ),
        class_name="grid gap-x-10 gap-y-3.5 @xl:grid-cols-2",
    )


def _included(service: Any) -> rx.Component:
    tick = icon("circle-check", "mt-0.5 text-success")
    return _part("What is included", _points(service.included, tick))


def _needed(service: Any) -> rx.Component:
    dot = rx.el.span(
        aria_hidden="true",
        class_name="mx-1.5 mt-2.5 size-2 shrink-0 rounded-full bg-accent",
    )
    return _part("What we need from you", _points(service.needed, dot))


def _prices(service: Any) -> rx.Component:
    return _part(
        "Price and options",
        rx.el.div(
            each(service.options, option_prices),
            class_name="gap-5 @2xl:columns-2",
        ),
        text=when(
            service.on_request,
            "Tell us what you need, and we tell you the price.",
            joined(
                when(service.is_from, "It starts at ", "It is "),
                service.from_price,
                " ",
                service.price_unit,
                " and ",
                service.duration,
                ". You make these choices when you book, and see the total as you go.",
            ),
        ),
    )


def _policy(page: Any) -> rx.Component:
    return _part("Cancellation policy", each(page.cancellation_policy, _paragraph))


def _reviews() -> rx.Component:
    return _part(
        "Reviews",
        rx.el.div(
            rx.el.div(
                *[icon("star", "size-6") for _ in range(5)],
                aria_hidden="true",
                class_name="flex gap-1 text-line-strong",
            ),
            rx.el.p("No reviews yet", class_name="mt-3 font-semibold"),
            rx.el.p(
                "Reviews come from customers after their appointment, and from "
                "nobody else.",
                class_name="mt-1 text-ink-soft",
            ),
        ),
    )


def _book(service: Any, class_name: str = "", size: Any = "lg") -> rx.Component:
    return link_button(
        "Schedule an appointment",
        href="/book/" + service.slug,
        size=size,
        class_name=class_name,
    )


def _ask(service: Any, class_name: str = "", size: Any = "lg") -> rx.Component:
    return link_button(
        "Ask for a quote",
        href="/book/" + service.slug,
        size=size,
        class_name=class_name,
    )


def _contact(business: Any) -> rx.Component:
    """Draw how to ask for a price."""
    look = "btn w-full mt-3"
    return rx.fragment(
        when(
            business.phone,
            rx.el.a(
                "Call ",
                business.phone,
                href="tel:" + business.phone,
                class_name=f"{look} btn-primary",
            ),
        ),
        when(
            business.email,
            rx.el.a(
                "Email us",
                href="mailto:" + business.email,
                class_name=f"{look} btn-secondary",
            ),
        ),
    )


def _price(service: Any) -> rx.Component:
    amount = rx.el.span(
        service.from_price,
        class_name="text-4xl font-[680] tabular-nums tracking-[-0.03em]",
    )
    return rx.fragment(
        when(service.is_from, rx.el.p("From", class_name="text-sm text-ink-faint")),
        when(
            service.on_request,
            rx.el.p(service.from_price, class_name="text-2xl font-[680]"),
            rx.el.p(
                amount,
                rx.el.span(" ", service.price_unit, class_name="text-ink-soft"),
            ),
        ),
        when(
            service.tax_note,
            rx.el.p(service.tax_note, class_name="mt-1 text-sm text-ink-faint"),
        ),
    )


_BESIDE = "min-w-0 @4xl:col-start-2 @4xl:row-span-2 @4xl:row-start-1"


def _facts(*facts: tuple[str, Any]) -> rx.Component:
    return rx.el.ul(
        *[
            rx.el.li(
                icon(name, "mt-0.5 text-accent-ink"), text, class_name="flex gap-3"
            )
            for name, text in facts
        ],
        class_name="mt-6 flex flex-col gap-3 text-[0.9375rem] text-ink-soft",
    )


def _side(service: Any, business: Any, times: Any) -> rx.Component:
    """Draw price and free times: a card beside the page, below its top on a phone.

    On a phone the price stands in the bar, and without times there is no card.
    """
    only_beside = "hidden @4xl:block"
    length = joined("From ", service.duration, " ", service.price_unit)
    return rx.el.aside(
        rx.el.div(
            rx.el.div(_price(service), class_name=only_beside),
            when(
                service.on_request,
                rx.fragment(
                    rx.el.p(
                        when(
                            service.by_quote,
                            "Tell us what you need, and we send you a quote.",
                            "Contact us, and we tell you what it costs.",
                        ),
                        class_name="mt-2 mb-2 text-ink-soft",
                    ),
                    when(
                        service.by_quote,
                        _ask(service, "mt-3 w-full"),
                        _contact(business),
                    ),
                ),
                rx.fragment(
                    *(
                        [rx.el.div(times, class_name="@4xl:mt-5")]
                        if times is not None
                        else []
                    ),
                    rx.el.div(
                        _book(service, "mt-5 w-full"),
                        _facts(
                            ("clock", length),
                            ("calendar-check", "You see only times that are free"),
                            ("receipt", "The total before you confirm"),
                        ),
                        when(
                            business.phone,
                            rx.el.p(
                                "Questions? ",
                                rx.el.a(
                                    "Call ",
                                    business.phone,
                                    href="tel:" + business.phone,
                                    class_name="text-link",
                                ),
                                class_name=(
                                    "mt-5 border-t border-line pt-4 text-[0.9375rem]"
                                ),
                            ),
                        ),
                        class_name=only_beside,
                    ),
                ),
            ),
            class_name="card sticky top-24 p-5 @4xl:p-6",
        ),
        aria_label="Price" if times is None else "Price and free times",
        class_name=when(
            service.on_request,
            f"{_BESIDE} {only_beside}",
            f"{_BESIDE} mt-8 @4xl:mt-0"
            if times is not None
            else f"{_BESIDE} {only_beside}",
        ),
    )


def _bar(service: Any, business: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            when(
                service.is_from,
                rx.el.span("From ", class_name="text-sm text-ink-faint"),
            ),
            rx.el.span(
                service.from_price,
                class_name="block text-lg font-[680] leading-5 tabular-nums",
            ),
            when(
                service.tax_note,
                rx.el.span(service.tax_note, class_name="text-sm text-ink-faint"),
            ),
            class_name="min-w-0 flex-1 leading-5",
        ),
        when(
            service.on_request,
            when(service.by_quote, _ask(service, size="md"), _reach(business)),
            _book(service, size="md"),
        ),
        class_name=(
            "sticky bottom-(--bottom-bar) z-20 -mx-4 mt-12 flex items-center gap-4 "
            "border-t border-line bg-(--bar) px-4 pt-3 "
            "pb-[max(0.75rem,env(safe-area-inset-bottom))] backdrop-blur-lg "
            "backdrop-saturate-150 sm:-mx-6 sm:px-6 "
            "@4xl:hidden"
        ),
    )


def _reach(business: Any) -> rx.Component:
    """Draw the one way to ask for a price that the bar has room for."""
    return when(
        business.phone,
        rx.el.a("Call us", href="tel:" + business.phone, class_name="btn btn-primary"),
        when(
            business.email,
            rx.el.a(
                "Email us",
                href="mailto:" + business.email,
                class_name="btn btn-primary",
            ),
        ),
    )


def _others(page: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2("You may also like", class_name="text-2xl"),
        card_grid(
            each(page.others, service_card),
            # On a phone they stand beside each other, to be pushed along.
            class_name=(
                "mt-5 max-sm:-mx-4 max-sm:flex max-sm:snap-x max-sm:overflow-x-auto "
                "max-sm:px-4 max-sm:pb-5 max-sm:*:w-[80%] max-sm:*:shrink-0 "
                "max-sm:*:snap-center"
            ),
        ),
        class_name="mt-12 border-t border-line pt-10",
    )
