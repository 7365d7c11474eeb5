"""A booking: as a row of a list, as a confirmation, and in full."""

from typing import Any

import reflex as rx

from .booking_details import details_facts, has_details
from .booking_wizard import lines_of_text, price_lines
from .button import link_button
from .feedback import status_badge
from .icon import icon
from .link import link
from .logic import each, when
from .surface import card, summary_list, summary_row


def calendar_path(number: Any) -> Any:
    """Where the calendar file of a booking is.

    Args:
        number: The booking's number; may be a Var.

    Returns:
        A path.
    """
    return "/api/calendar/" + number + ".ics"


def add_to_calendar(number: Any, **props: Any) -> rx.Component:
    """Draw the link that downloads a booking as a calendar file.

    Args:
        number: The booking's number.
        **props: As for ``link_button``.

    Returns:
        A link that looks like a button.
    """
    return link_button(
        "Add to calendar",
        href=calendar_path(number),
        before="calendar-plus",
        external=True,
        **props,
    )


def booking_facts(booking: Any, clock: Any) -> rx.Component:
    """Draw when, where, and with whom.

    Args:
        booking: A Var of a booking.
        clock: Whose clock the times are on.

    Returns:
        A list of facts.
    """
    return summary_list(
        summary_row(
            "When",
            rx.el.p(booking.day),
            rx.el.p(
                booking.time,
                when(clock, rx.fragment(" · ", clock)),
                class_name="font-normal text-ink-soft",
            ),
            name="calendar-days",
        ),
        summary_row("Duration", booking.duration, name="timer"),
        summary_row("With", booking.fieldworker, name="user-round"),
        summary_row(
            "Where",
            lines_of_text(booking.address_lines),
            when(
                booking.access_notes,
                rx.el.p(
                    booking.access_notes,
                    class_name="mt-1 whitespace-pre-line font-normal text-ink-soft",
                ),
            ),
            name="map-pin",
        ),
        summary_row(
            "Contact",
            when(
                booking.company,
                rx.el.p("For ", booking.company, class_name="font-semibold"),
            ),
            rx.el.p(booking.contact_name),
            rx.el.p(booking.contact_email, class_name="font-normal text-ink-soft"),
            when(
                booking.contact_phone,
                rx.el.p(booking.contact_phone, class_name="font-normal text-ink-soft"),
            ),
            name="id-card",
        ),
        when(
            booking.notes,
            summary_row(
                "Notes",
                rx.el.p(booking.notes, class_name="whitespace-pre-line font-normal"),
                name="message-square",
            ),
        ),
    )


def booked_summary(booking: Any, clock: Any) -> rx.Component:
    """Draw the confirmation, with the number and what to do next.

    Args:
        booking: A Var of the booking just made.
        clock: Whose clock the times are on.

    Returns:
        One calm column.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                icon("check", "size-8 stroke-[2.4]"),
                class_name=(
                    "grid size-16 place-items-center rounded-full bg-success-soft "
                    "text-success"
                ),
            ),
            rx.el.h1(
                "Your booking is confirmed",
                class_name="mt-5 text-3xl",
                tab_index=-1,
                custom_attrs={"id": "step-heading"},
            ),
            rx.el.p(
                "We sent the details to ",
                rx.el.span(booking.contact_email, class_name="font-medium text-ink"),
                ".",
                class_name="mt-2 text-ink-soft",
            ),
            rx.el.p(
                rx.el.span("Booking number", class_name="text-sm text-ink-soft"),
                rx.el.span(
                    booking.number,
                    class_name=(
                        "text-xl font-[680] tracking-wide tabular-nums select-all"
                    ),
                ),
                class_name=(
                    "mt-6 flex flex-col items-center rounded-2xl bg-accent-soft px-8 "
                    "py-3.5"
                ),
            ),
            rx.el.div(
                add_to_calendar(booking.number),
                link_button("My Bookings", href="/bookings", kind="secondary"),
                class_name="mt-6 flex flex-wrap justify-center gap-3",
            ),
            class_name="mb-9 flex flex-col items-center pt-2 text-center sm:pt-6",
        ),
        card(
            rx.el.h2(booking.service_name, class_name="mb-1 text-xl"),
            booking_facts(booking, clock),
            when(
                has_details(booking),
                rx.el.div(
                    details_facts(booking.for_whom, booking.fields),
                    class_name="border-t border-line",
                ),
            ),
            rx.el.div(
                price_lines(booking.lines, booking.total),
                class_name="border-t border-line pt-3",
            ),
        ),
        class_name="mx-auto max-w-2xl",
    )


def booking_card(row: Any) -> rx.Component:
    """Draw a booking of a list as a card that leads to it.

    Args:
        row: A Var of a row: picture, service, day, time, place, status, number.

    Returns:
        An ``article`` whose link covers it.
    """
    return rx.el.article(
        when(
            row.image,
            rx.el.img(
                src=row.image.replace(".webp", "-small.webp"),
                alt="",
                width="480",
                height="320",
                loading="lazy",
                decoding="async",
                class_name=(
                    "size-20 shrink-0 self-start rounded-xl bg-sunken object-cover "
                    "sm:size-24"
                ),
            ),
            rx.el.span(
                icon("sparkles", "size-7"),
                class_name=(
                    "grid size-20 shrink-0 place-items-center self-start rounded-xl "
                    "bg-accent-soft text-accent-ink sm:size-24"
                ),
            ),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h2(
                    link(
                        row.service_name,
                        href="/bookings/" + row.number,
                        class_name=(
                            "after:absolute after:inset-0 after:rounded-[1.125rem]"
                        ),
                    ),
                    class_name="text-[1.0625rem] leading-6 sm:text-lg",
                ),
                rx.el.div(status_badge(row.status), class_name="max-sm:hidden"),
                class_name="flex items-start justify-between gap-3",
            ),
            rx.el.p(
                rx.el.span(row.day, class_name="font-medium"),
                rx.el.span(row.time, class_name="text-ink-soft"),
                class_name=(
                    "mt-1 flex flex-col text-[0.9375rem] leading-6 sm:flex-row "
                    "sm:flex-wrap sm:gap-x-2.5"
                ),
            ),
            rx.el.p(
                icon("map-pin", "mt-0.5 size-4"),
                rx.el.span(row.place, class_name="min-w-0 truncate"),
                class_name="mt-1 flex gap-1.5 text-sm text-ink-soft",
            ),
            rx.el.div(
                rx.el.span(row.number, class_name="tabular-nums"),
                rx.el.div(status_badge(row.status), class_name="sm:hidden"),
                class_name=(
                    "mt-2 flex flex-wrap items-center justify-between gap-2 text-sm "
                    "text-ink-faint"
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        class_name="card card-link relative flex gap-4 p-4 sm:gap-5 sm:p-5",
    )


def booking_rows(rows: Any) -> rx.Component:
    """Draw a list of bookings.

    Args:
        rows: A Var of a list of rows.

    Returns:
        A list of cards.
    """
    return rx.el.ul(
        each(rows, lambda row: rx.el.li(booking_card(row), key=row.number)),
        class_name="flex flex-col gap-3.5",
    )
