"""A booking as a row, in full and as confirmed, and the overview before it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portal_app.components.bookings.details import (
    dependent_names,
    details_facts,
    document_gaps,
    has_details,
)
from portal_app.components.bookings.repeat import repeat_facts
from portal_app.components.bookings.wizard import (
    address_block,
    chosen_summary,
    price_lines,
    review_part,
    scroll_into_view,
    step_heading,
)
from portal_app.components.catalogue.service_cards import picture
from portal_app.components.ui.buttons import button, link, link_button, policies_link
from portal_app.components.ui.custom_fields import custom_values
from portal_app.components.ui.feedback import note, status_badge
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, each, joined, when
from portal_app.components.ui.surfaces import card, summary_list, summary_row
from portal_app.state.bookings.wizard import BookingWizardState


def calendar_path(number: Any) -> Any:
    """Where the calendar file of a booking is.

    Args:
        number: The booking's number; may be a Var.
    """
    return "/api/calendar/" + number + ".ics"


def add_to_calendar(number: Any, **props: Any) -> rx.Component:
    """Draw the link that downloads a booking as a calendar file.

    Args:
        number: The booking's number.
        **props: As for ``link_button``.
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
        when(
            booking.series,
            summary_row("Repeats", booking.series, name="repeat"),
        ),
        summary_row("Duration", booking.duration, name="timer"),
        summary_row("With", booking.fieldworker, name="user-round"),
        summary_row(
            "Where",
            address_block(booking.address_lines),
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


def _answered_by(booking: Any) -> rx.Component:
    return rx.el.p(
        "The time is kept for you, and we answer by ",
        rx.el.span(booking.answer_by, class_name="font-medium text-ink"),
        ".",
        class_name="mt-2 text-ink-soft",
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
                rx.cond(
                    booking.answer_by,
                    "We have your request",
                    "Your booking is confirmed",
                ),
                class_name="mt-5 text-3xl",
                tab_index=-1,
                custom_attrs={"id": "step-heading"},
            ),
            when(booking.answer_by, _answered_by(booking)),
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


def book_again_path(booking: Any) -> Any:
    """Where a booking is booked once more, with what it was booked with.

    Args:
        booking: Has ``service_slug`` and ``number``; may be a Var.
    """
    return joined("/book/", booking.service_slug, "?again=", booking.number)


_ACTION = "btn btn-secondary btn-sm relative z-10"


def _next_action(row: Any) -> rx.Component:
    """What there is to do next, above the link that the card is as a whole."""
    about = rx.el.span(" ", row.service_name, class_name="sr-only")
    return rx.match(
        row.next_action,
        (
            "calendar",
            rx.el.a(
                icon("calendar-plus", "size-4"),
                rx.el.span("Add to calendar", about),
                href=calendar_path(row.number),
                reload_document=True,
                class_name=_ACTION,
            ),
        ),
        (
            "again",
            link(
                icon("rotate-ccw", "size-4"),
                rx.el.span("Re-book", about),
                href=book_again_path(row),
                class_name=_ACTION,
            ),
        ),
        (
            "wait",
            rx.el.span("We will confirm it soon.", class_name="text-sm text-ink-soft"),
        ),
        rx.fragment(),
    )


def booking_picture(image: Any, class_name: str) -> rx.Component:
    """Draw the small picture of a booked service.

    Args:
        image: Its path, or an empty text; may be a Var.
        class_name: Its size and shape.
    """
    return when(
        image,
        rx.el.img(
            src=image.replace(".webp", "-small.webp"),
            alt="",
            width="480",
            height="320",
            loading="lazy",
            decoding="async",
            class_name=classes("shrink-0 bg-sunken object-cover", class_name),
        ),
        rx.el.span(
            icon("sparkles", "size-7"),
            class_name=classes(
                "grid shrink-0 place-items-center bg-accent-soft text-accent-ink",
                class_name,
            ),
        ),
    )


def booking_card(row: Any, level: int = 2) -> rx.Component:
    """Draw a booking of a list as a card that leads to it.

    Args:
        row: A Var of a row: what, when, where, for whom, price, next action.
        level: The level of its heading, 2 or 3.
    """
    heading = rx.el.h2 if level == 2 else rx.el.h3
    return rx.el.article(
        booking_picture(row.image, "size-20 self-start rounded-xl sm:size-28"),
        rx.el.div(
            rx.el.div(
                heading(
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
            rx.el.ul(
                _card_fact("map-pin", row.place),
                _card_fact(
                    "user-round",
                    joined("For ", row.for_whom, ", with ", row.fieldworker),
                ),
                when(row.series, _card_fact("repeat", row.series)),
                class_name="mt-1.5 flex flex-col gap-1 text-sm text-ink-soft",
            ),
            rx.el.div(status_badge(row.status), class_name="mt-2.5 sm:hidden"),
            class_name="min-w-0 flex-1 basis-0",
        ),
        rx.el.div(
            rx.el.p(
                rx.el.span(
                    row.total,
                    class_name="text-[1.0625rem] font-[650] text-ink tabular-nums",
                ),
                rx.el.span(row.number, class_name="tabular-nums"),
                class_name=(
                    "flex flex-col text-sm text-ink-faint sm:flex-row sm:items-center "
                    "sm:gap-x-4"
                ),
            ),
            rx.el.div(_next_action(row), class_name="ml-auto"),
            class_name=(
                "flex w-full flex-wrap items-center gap-x-4 gap-y-2 border-t "
                "border-line pt-3.5"
            ),
        ),
        class_name=(
            "card card-link relative flex flex-wrap gap-x-4 gap-y-3.5 p-4 sm:gap-x-5 "
            "sm:px-5"
        ),
    )


def _card_fact(name: str, text: Any) -> rx.Component:
    return rx.el.li(
        icon(name, "mt-0.5 size-4"),
        rx.el.span(text, class_name="min-w-0 truncate"),
        class_name="flex gap-1.5",
    )


def booking_rows(rows: Any, level: int = 2) -> rx.Component:
    """Draw a list of bookings.

    Args:
        rows: A Var of a list of rows.
        level: The level of their headings, 2 or 3.
    """
    return rx.el.ul(
        each(rows, lambda row: rx.el.li(booking_card(row, level), key=row.number)),
        class_name="flex flex-col gap-3.5",
    )


def booking_overview(
    address: Callable[..., Any], actions: Callable[..., rx.Component]
) -> rx.Component:
    """Draw everything chosen, with the way back to each part, and the price.

    Args:
        address: Gives the address of a step.
        actions: Draws the buttons of a step around the main one.
    """
    place = (
        address_block(BookingWizardState.address_lines),
        when(
            BookingWizardState.access_notes,
            rx.el.p(
                BookingWizardState.access_notes,
                class_name="mt-1.5 whitespace-pre-line text-ink-soft",
            ),
        ),
    )
    return rx.el.div(
        step_heading(
            "Overview", "Nothing is booked until you confirm. Is it all right?"
        ),
        _time_taken(),
        document_gaps(),
        rx.el.div(
            _price_and_policy(address("options")),
            card(
                when(
                    BookingWizardState.for_whom.length() > 0,
                    review_part(
                        "Who it is for",
                        dependent_names(BookingWizardState.for_whom),
                        edit=address("who"),
                    ),
                ),
                rx.cond(
                    BookingWizardState.agreed,
                    review_part("Address", *place),
                    review_part("Address", *place, edit=address("address")),
                ),
                review_part(
                    "Day and time",
                    rx.el.p(BookingWizardState.day, class_name="text-lg font-semibold"),
                    rx.el.p(
                        BookingWizardState.time,
                        " · ",
                        BookingWizardState.clock,
                        " · ",
                        BookingWizardState.duration,
                        class_name="text-ink-soft",
                    ),
                    rx.el.p(
                        "With ", _chosen_fieldworker(), class_name="mt-1 text-ink-soft"
                    ),
                    repeat_facts(),
                    edit=address("time"),
                ),
                review_part(
                    "Contact details",
                    when(
                        BookingWizardState.company,
                        rx.el.p(
                            "For ",
                            BookingWizardState.company,
                            class_name="font-semibold",
                        ),
                    ),
                    rx.el.p(BookingWizardState.contact_name),
                    rx.el.p(
                        BookingWizardState.contact_email, class_name="text-ink-soft"
                    ),
                    when(
                        BookingWizardState.contact_phone,
                        rx.el.p(
                            BookingWizardState.contact_phone, class_name="text-ink-soft"
                        ),
                    ),
                    edit=address("contact"),
                ),
                review_part(
                    "Details",
                    when(
                        BookingWizardState.fields.length() > 0,
                        custom_values(BookingWizardState.fields),
                    ),
                    when(
                        BookingWizardState.notes,
                        rx.el.p(
                            BookingWizardState.notes,
                            class_name=(
                                "rounded-xl bg-sunken px-4 py-3 whitespace-pre-line"
                            ),
                        ),
                        when(
                            BookingWizardState.fields.length() > 0,
                            rx.fragment(),
                            rx.el.p("No notes", class_name="text-ink-soft"),
                        ),
                    ),
                    edit=address("questions"),
                ),
                padded=False,
                class_name=(
                    "divide-y divide-line px-5 sm:px-6 xl:col-start-1 xl:row-start-1"
                ),
            ),
            class_name=(
                "grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_23rem] xl:gap-6"
            ),
        ),
        when(
            BookingWizardState.request_text,
            note(BookingWizardState.request_text, class_name="mt-5"),
        ),
        actions(
            button(
                "Confirm booking",
                pending=BookingWizardState.confirming,
                on_click=BookingWizardState.confirm(BookingWizardState.shown),
            ),
        ),
        class_name="max-w-3xl xl:max-w-none",
    )


def _price_and_policy(edit: Any) -> rx.Component:
    """Draw what it costs and what cancelling would, in view with *Confirm booking*.

    On a phone it stands above what was chosen, on a desktop beside it.
    """
    price = price_lines(
        BookingWizardState.lines,
        BookingWizardState.total,
        tax_note=BookingWizardState.tax_note,
        live=True,
    )
    return rx.el.div(
        card(
            rx.cond(
                BookingWizardState.agreed,
                review_part(joined("Quote ", BookingWizardState.agreed), price),
                review_part("Options", price, edit=edit),
            ),
            when(
                BookingWizardState.deposit,
                rx.el.p(
                    icon("wallet", "mt-0.5 size-4.5"),
                    rx.el.span(BookingWizardState.deposit, class_name="min-w-0"),
                    class_name=(
                        "flex gap-2.5 border-t border-line py-3.5 text-sm text-ink-soft"
                    ),
                ),
            ),
            padded=False,
            class_name="px-5 sm:px-6",
        ),
        when(
            BookingWizardState.policy.length() > 0,
            _policy(),
        ),
        class_name="min-w-0 xl:col-start-2 xl:row-start-1",
    )


def _policy() -> rx.Component:
    """Draw how the policy begins; the rest unfolds."""
    policy = BookingWizardState.policy
    return rx.el.details(
        rx.el.summary(
            icon("info", "mt-0.5 size-4.5"),
            rx.el.span(
                rx.el.span(
                    rx.el.span("Cancellation: ", class_name="font-semibold text-ink"),
                    policy[0],
                    class_name="line-clamp-2 group-open:line-clamp-none",
                ),
                rx.el.span(
                    "Read all", class_name="text-link mt-0.5 block group-open:hidden"
                ),
                class_name="min-w-0",
            ),
            class_name="flex min-h-11 cursor-pointer gap-2.5 rounded-lg py-1",
        ),
        rx.el.div(
            each(
                policy[1:],
                lambda paragraph: rx.el.p(
                    paragraph, class_name="mb-1.5 whitespace-pre-line"
                ),
            ),
            policies_link(),
            class_name="pl-7",
        ),
        class_name="group mt-2.5 px-1 text-sm text-ink-soft",
    )


def _time_taken() -> rx.Component:
    """Draw why it could not be booked, and the nearest free times."""
    return scroll_into_view(
        rx.el.div(
            when(
                BookingWizardState.problem,
                rx.el.div(
                    note(BookingWizardState.problem, tone="warning"),
                    rx.el.div(
                        each(
                            BookingWizardState.nearest,
                            lambda free: button(
                                free.day,
                                ", ",
                                free.time,
                                kind="secondary",
                                before="clock",
                                on_click=BookingWizardState.take_nearest_time(
                                    free.starts_at
                                ),
                            ),
                        ),
                        class_name="mt-3 flex flex-wrap gap-2.5",
                    ),
                    class_name="mb-6",
                ),
            ),
            role="alert",
        ),
        change=BookingWizardState.problem,
        class_name="scroll-mt-24 scroll-mb-44",
    )


def _chosen_fieldworker() -> Any:
    return rx.cond(
        BookingWizardState.fieldworker == "Anyone",
        "whoever is free",
        BookingWizardState.fieldworker,
    )


def draft_summary() -> rx.Component:
    """Draw what is chosen so far, beside the steps."""
    return rx.el.div(
        when(
            BookingWizardState.image,
            picture(
                BookingWizardState.image,
                BookingWizardState.image_alt,
                sizes="19rem",
                eager=True,
                class_name="aspect-[5/2]! rounded-t-[1.0625rem]",
            ),
        ),
        rx.el.div(
            rx.el.p(
                BookingWizardState.name, class_name="text-lg font-semibold leading-6"
            ),
            rx.el.ul(
                when(
                    BookingWizardState.day,
                    chosen_summary(
                        "calendar-days", BookingWizardState.day, BookingWizardState.time
                    ),
                ),
                when(
                    BookingWizardState.address_lines.length() > 0,
                    chosen_summary(
                        "map-pin", address_block(BookingWizardState.address_lines)
                    ),
                ),
                when(
                    BookingWizardState.duration,
                    chosen_summary("timer", BookingWizardState.duration),
                ),
                class_name="mt-4 flex flex-col gap-3 empty:hidden",
            ),
            rx.el.div(
                rx.cond(
                    BookingWizardState.total,
                    price_lines(
                        BookingWizardState.lines,
                        BookingWizardState.total,
                        tax_note=BookingWizardState.tax_note,
                        live=True,
                    ),
                    rx.el.p(
                        rx.cond(BookingWizardState.on_request, "", "From "),
                        rx.el.span(
                            BookingWizardState.from_price,
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
