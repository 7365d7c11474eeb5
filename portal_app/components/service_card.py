"""Services on their shelf: picture, name, what it costs and how long it takes."""

from typing import Any

import reflex as rx

from .icon import icon
from .link import PortalLink
from .logic import classes, when


def price(amount: Any, unit: Any = "", prefix: Any = "From", size: str = "md") -> Any:
    """Draw a price that is already written in the business's currency.

    Args:
        amount: For example "$45.00"; may be a Var.
        unit: For example "per visit".
        prefix: Before it, for starting rates.
        size: ``md`` or ``lg``.

    Returns:
        A ``span``.
    """
    return rx.el.span(
        *(
            [rx.el.span(prefix, " ", class_name="text-sm text-ink-faint")]
            if prefix
            else []
        ),
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

    Returns:
        An ``img`` that reserves its place.
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
        class_name=classes(
            "aspect-[3/2] w-full object-cover dark:brightness-90", class_name
        ),
        custom_attrs={"fetchPriority": "high"} if eager else {},
    )


def service_card(service: Any, *, eager: bool = False, level: int = 3) -> rx.Component:
    """Draw a service as a card that leads to it as a whole.

    Args:
        service: Has ``slug``, ``name``, ``summary``, ``from_price``,
            ``price_unit``, ``duration``, ``image`` and ``image_alt``.
        eager: Its picture is in the first screen.
        level: The level of its heading, 2 or 3.

    Returns:
        An ``article`` whose link covers it.
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
                price(service.from_price, service.price_unit),
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

    Returns:
        A ``div``.
    """
    return rx.el.div(
        *cards,
        class_name=classes("grid gap-5 sm:grid-cols-2 lg:grid-cols-3", class_name),
    )
