"""Services as cards and rows, with the prices of their options."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import PortalLink
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, equal, joined, when


def price(amount: Any, unit: Any = "", prefix: Any = "From", size: str = "md") -> Any:
    """Draw a price that is already written in the business's currency.

    Args:
        amount: For example "$45.00"; may be a Var.
        unit: For example "per visit".
        prefix: Before it, for starting rates; may be a Var.
        size: ``md`` or ``lg``.
    """
    return rx.el.span(
        when(prefix, rx.el.span(prefix, " ", class_name="text-sm text-ink-faint")),
        rx.el.span(
            amount,
            class_name=classes(
                "font-[650] tabular-nums tracking-tight text-ink",
                "text-3xl" if size == "lg" else "text-[1.0625rem]",
            ),
        ),
        when(unit, rx.el.span(" ", unit, class_name="text-sm text-ink-faint")),
        class_name="whitespace-nowrap",
    )


def _service_price(service: Any, unit: Any) -> rx.Component:
    # What is to be said of tax stands on the service's own page.
    return price(service.from_price, unit, when(service.is_from, "From", ""))


def picture(
    source: Any,
    alt: Any,
    *,
    sizes: str = "(min-width: 64rem) 24rem, (min-width: 40rem) 50vw, 100vw",
    eager: bool = False,
    class_name: str = "",
) -> rx.Component:
    """Draw a 3:2 picture in the size the screen needs.

    Args:
        source: A path ending in ``.webp`` (960 px wide) that has a neighbour
            ending in ``-small.webp`` (480 px wide); may be a Var.
        alt: What it shows; may be a Var.
        sizes: How wide it is drawn, as the browser wants it.
        eager: In the first screen, so load it at once.
        class_name: Extra classes.
    """
    small = source.replace(".webp", "-small.webp")
    return rx.el.img(
        src=source,
        src_set=small + " 480w, " + source + " 960w",
        sizes=sizes,
        alt=alt,
        width="960",
        height="640",
        loading="eager" if eager else "lazy",
        decoding="async",
        class_name=classes("aspect-[3/2] w-full object-cover", class_name),
        custom_attrs={"fetchPriority": "high"} if eager else {},
    )


def service_card(service: Any, *, eager: bool = False, level: int = 3) -> rx.Component:
    """Draw a service as a card that leads to it as a whole.

    Args:
        service: A ``ServiceCardView``; may be a Var.
        eager: Its picture is in the first screen.
        level: The level of its heading, 2 or 3.
    """
    heading = rx.el.h2 if level == 2 else rx.el.h3
    return rx.el.article(
        rx.el.div(
            when(
                service.image,
                picture(
                    service.image,
                    service.image_alt,
                    eager=eager,
                    class_name=(
                        "transition-transform duration-500 ease-calm "
                        "group-hover:scale-[1.025]"
                    ),
                ),
                rx.el.div(
                    icon("sparkles", "size-9"),
                    class_name=(
                        "grid aspect-[3/2] w-full place-items-center bg-accent-soft "
                        "text-accent-ink"
                    ),
                ),
            ),
            class_name="overflow-hidden rounded-t-[1.0625rem] bg-sunken",
        ),
        rx.el.div(
            heading(
                PortalLink.create(
                    service.name,
                    to="/services/" + service.slug,
                    prefetch="intent",
                    class_name="after:absolute after:inset-0 after:rounded-[1.125rem]",
                ),
                class_name="text-lg leading-6",
            ),
            rx.el.p(
                service.summary,
                class_name="mt-1.5 line-clamp-2 text-[0.9375rem] text-ink-soft",
            ),
            rx.el.div(
                _service_price(service, service.price_unit),
                when(
                    service.duration,
                    rx.el.span(
                        icon("clock", "size-4"),
                        service.duration,
                        class_name=(
                            "inline-flex items-center gap-1.5 text-sm text-ink-faint"
                        ),
                    ),
                ),
                class_name=(
                    "mt-auto flex flex-wrap items-center justify-between gap-x-3 "
                    "gap-y-1 pt-4"
                ),
            ),
            class_name="flex flex-1 flex-col px-5 pb-5 pt-4.5",
        ),
        class_name="card card-link group relative flex flex-col",
    )


def card_grid(*cards: Any, class_name: str = "") -> rx.Component:
    """Put cards into a grid of one, two or three columns.

    Args:
        *cards: The cards, or an ``each`` of them.
        class_name: Extra classes.
    """
    return rx.el.div(
        *cards,
        class_name=classes("grid gap-5 @2xl:grid-cols-2 @4xl:grid-cols-3", class_name),
    )


def service_row(service: Any) -> rx.Component:
    """Draw a service with its picture at the side, as a link as a whole.

    Args:
        service: A ``ServiceCardView``; may be a Var.
    """
    return rx.el.article(
        rx.el.div(
            when(
                service.image,
                picture(
                    service.image,
                    service.image_alt,
                    sizes="(min-width: 64rem) 16rem, (min-width: 40rem) 40vw, 30vw",
                    class_name=(
                        "aspect-auto! absolute inset-0 h-full transition-transform "
                        "duration-500 ease-calm group-hover:scale-[1.03]"
                    ),
                ),
                rx.el.div(
                    icon("sparkles", "size-8"),
                    class_name=(
                        "grid h-full place-items-center bg-accent-soft text-accent-ink"
                    ),
                ),
            ),
            class_name=(
                "relative w-28 shrink-0 overflow-hidden rounded-l-[1.0625rem] "
                "bg-sunken sm:w-[38%] sm:max-w-64"
            ),
        ),
        rx.el.div(
            rx.el.h3(
                PortalLink.create(
                    service.name,
                    to="/services/" + service.slug,
                    prefetch="intent",
                    class_name="after:absolute after:inset-0 after:rounded-[1.125rem]",
                ),
                class_name="text-lg leading-6",
            ),
            rx.el.p(
                service.summary,
                class_name=(
                    "mt-1 line-clamp-2 text-[0.9375rem] leading-[1.375rem] "
                    "text-ink-soft sm:line-clamp-3"
                ),
            ),
            rx.el.div(
                _service_price(
                    service, rx.el.span(service.price_unit, class_name="max-sm:hidden")
                ),
                rx.el.span(
                    icon("clock", "size-4"),
                    service.duration,
                    class_name=(
                        "inline-flex items-center gap-1.5 text-sm text-ink-faint"
                    ),
                ),
                class_name=(
                    "mt-auto flex flex-wrap items-center justify-between gap-x-3 "
                    "gap-y-0.5 pt-3"
                ),
            ),
            class_name="flex min-w-0 flex-1 flex-col px-4 py-4 sm:min-h-44 sm:p-5",
        ),
        class_name="card card-link group relative flex",
    )


def option_prices(option: Any) -> rx.Component:
    """Draw one option of a service with what each choice adds.

    Args:
        option: Has ``name``, ``help``, ``kind``, ``max_quantity`` and ``choices``;
            may be a Var.
    """
    return rx.el.section(
        rx.el.div(
            rx.el.h3(option.name, class_name="text-lg"),
            rx.el.span(
                when(
                    equal(option.kind, "single"),
                    "Choose one",
                    when(
                        equal(option.kind, "several"),
                        "Any you like",
                        joined("Up to ", option.max_quantity),
                    ),
                ),
                class_name="shrink-0 text-sm text-ink-faint",
            ),
            class_name="flex items-baseline justify-between gap-4",
        ),
        when(
            option.help,
            rx.el.p(option.help, class_name="mt-1 text-sm text-ink-soft"),
        ),
        rx.el.ul(
            each(option.choices, lambda choice: _choice(choice, option.kind)),
            class_name="mt-3 divide-y divide-line text-[0.9375rem]",
        ),
        class_name="card mb-5 break-inside-avoid px-5 pt-4 pb-2 shadow-none",
    )


def _choice(choice: Any, kind: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(choice.name, class_name="min-w-0 flex-1"),
        when(
            choice.minutes,
            rx.el.span(choice.minutes, class_name="shrink-0 text-sm text-ink-faint"),
        ),
        rx.el.span(
            when(
                choice.price,
                rx.el.span(
                    choice.price,
                    when(
                        equal(kind, "quantity"),
                        rx.el.span(" each", class_name="font-normal text-ink-faint"),
                    ),
                    class_name="font-semibold tabular-nums",
                ),
                rx.el.span("no extra", class_name="text-ink-faint"),
            ),
            class_name="min-w-20 shrink-0 text-right",
        ),
        class_name="flex items-baseline gap-3 py-2.5",
    )
