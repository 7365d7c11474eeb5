"""Services in a list, where comparing counts more than pictures."""

from typing import Any

import reflex as rx

from .icon import icon
from .link import PortalLink
from .logic import when
from .service_card import picture, price


def service_row(service: Any) -> rx.Component:
    """Draw a service with its picture at the side, as a link as a whole.

    Args:
        service: Has ``slug``, ``name``, ``summary``, ``from_price``,
            ``price_unit``, ``duration``, ``image`` and ``image_alt``.

    Returns:
        An ``article`` whose link covers it.
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
                price(
                    service.from_price,
                    rx.el.span(service.price_unit, class_name="max-sm:hidden"),
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
