"""What will be booked: beside the steps, and whole before it is confirmed."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.state.book import BookState

from .booking_details import details_facts, has_details
from .booking_wizard import (
    bring_into_view,
    chosen_fact,
    lines_of_text,
    price_lines,
    review_part,
    step_heading,
)
from .button import button
from .feedback import note
from .icon import icon
from .link import policies_link
from .logic import each, when
from .service_card import picture
from .surface import card


def overview(
    address: Callable[..., Any], actions: Callable[..., rx.Component]
) -> rx.Component:
    """Draw everything chosen, with the way back to each part, and the price.

    Args:
        address: Gives the address of a step.
        actions: Draws the buttons of a step around the main one.

    Returns:
        The last step.
    """
    edit = "&return=overview"
    return rx.el.div(
        step_heading(
            "Overview", "Nothing is booked until you confirm. Is it all right?"
        ),
        _time_gone(),
        card(
            review_part(
                "Day and time",
                rx.el.p(BookState.day, class_name="text-lg font-semibold"),
                rx.el.p(
                    BookState.time,
                    " · ",
                    BookState.clock,
                    " · ",
                    BookState.duration,
                    class_name="text-ink-soft",
                ),
                rx.el.p("With ", _whom(), class_name="mt-1 text-ink-soft"),
                edit=address("time", edit),
            ),
            review_part(
                "Address",
                lines_of_text(BookState.address_lines),
                when(
                    BookState.access_notes,
                    rx.el.p(
                        BookState.access_notes,
                        class_name="mt-1.5 whitespace-pre-line text-ink-soft",
                    ),
                ),
                edit=address("address", edit),
            ),
            review_part(
                "Contact details",
                when(
                    BookState.company,
                    rx.el.p("For ", BookState.company, class_name="font-semibold"),
                ),
                rx.el.p(BookState.contact_name),
                rx.el.p(BookState.contact_email, class_name="text-ink-soft"),
                when(
                    BookState.contact_phone,
                    rx.el.p(BookState.contact_phone, class_name="text-ink-soft"),
                ),
                when(
                    BookState.notes,
                    rx.el.p(
                        BookState.notes,
                        class_name=(
                            "mt-3 rounded-xl bg-sunken px-4 py-3 whitespace-pre-line"
                        ),
                    ),
                ),
                edit=address("contact", edit),
            ),
            when(
                has_details(BookState),
                review_part(
                    "Details",
                    details_facts(BookState.for_whom, BookState.fields),
                    edit=address("contact", edit),
                ),
            ),
            review_part(
                "Options",
                price_lines(BookState.lines, BookState.total, live=True),
                edit=address("options", edit),
            ),
            padded=False,
            class_name="divide-y divide-line px-5 sm:px-7",
        ),
        when(
            BookState.policy.length() > 0,
            rx.el.div(
                icon("info", "mt-0.5 size-4.5"),
                rx.el.div(
                    rx.el.h3("Cancellation", class_name="font-semibold text-ink"),
                    each(
                        BookState.policy,
                        lambda paragraph: rx.el.p(
                            paragraph, class_name="mt-1.5 whitespace-pre-line"
                        ),
                    ),
                    rx.el.p(policies_link(), class_name="mt-1.5"),
                ),
                class_name="mt-5 flex gap-2.5 px-1 text-sm text-ink-soft",
            ),
        ),
        actions(
            "overview",
            button(
                "Confirm booking",
                pending=BookState.confirming,
                on_click=BookState.confirm(BookState.shown),
            ),
        ),
        class_name="max-w-3xl",
    )


def _time_gone() -> rx.Component:
    """Draw why it could not be booked, and the nearest free times."""
    return bring_into_view(
        rx.el.div(
            when(
                BookState.problem,
                rx.el.div(
                    note(BookState.problem, tone="warning"),
                    rx.el.div(
                        each(
                            BookState.nearest,
                            lambda free: button(
                                free.day,
                                ", ",
                                free.time,
                                kind="secondary",
                                before="clock",
                                on_click=BookState.take_instead(free.starts_at),
                            ),
                        ),
                        class_name="mt-3 flex flex-wrap gap-2.5",
                    ),
                    class_name="mb-6",
                ),
            ),
            role="alert",
        ),
        change=BookState.problem,
        class_name="scroll-mt-24 scroll-mb-44",
    )


def _whom() -> Any:
    return rx.cond(
        BookState.fieldworker == "Anyone",
        "whoever is free",
        BookState.fieldworker,
    )


def booking_so_far() -> rx.Component:
    """Draw what is chosen so far, beside the steps.

    Returns:
        A card.
    """
    return rx.el.div(
        when(
            BookState.image,
            picture(
                BookState.image,
                BookState.image_alt,
                sizes="19rem",
                eager=True,
                class_name="aspect-[5/2]! rounded-t-[1.0625rem]",
            ),
        ),
        rx.el.div(
            rx.el.p(BookState.name, class_name="text-lg font-semibold leading-6"),
            rx.el.ul(
                when(
                    BookState.day,
                    chosen_fact("calendar-days", BookState.day, BookState.time),
                ),
                when(
                    BookState.address_lines.length() > 0,
                    chosen_fact("map-pin", lines_of_text(BookState.address_lines)),
                ),
                when(BookState.duration, chosen_fact("timer", BookState.duration)),
                class_name="mt-4 flex flex-col gap-3 empty:hidden",
            ),
            rx.el.div(
                rx.cond(
                    BookState.total,
                    price_lines(BookState.lines, BookState.total, live=True),
                    rx.el.p(
                        "From ",
                        rx.el.span(
                            BookState.from_price,
                            class_name="text-lg font-[650] text-ink",
                        ),
                        class_name="text-ink-soft",
                    ),
                ),
                class_name="mt-5 border-t border-line pt-3.5",
            ),
            class_name="p-5",
        ),
        class_name="card overflow-hidden",
    )
