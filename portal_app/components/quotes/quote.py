"""A quote as its customer reads it, and the request it answers."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.wizard import address_block, price_lines
from portal_app.components.ui.buttons import text_link
from portal_app.components.ui.custom_fields import custom_values
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import (
    summary_list,
    summary_row,
    timeline,
    timeline_entry,
)

_LOOKS = {
    "requested": ("hourglass", "bg-warning-soft text-warning"),
    "changes_asked": ("pencil", "bg-warning-soft text-warning"),
    "sent": ("file-text", "bg-quote-soft text-quote"),
    "accepted": ("circle-check", "bg-success-soft text-success"),
}
_CLOSED = ("ban", "bg-sunken text-ink-soft")


def quote_badge(status: Any, words: Any) -> rx.Component:
    """Draw where a quote stands, in words, colour and shape.

    Args:
        status: A Var of one of ``quotes.rules.STATUS_TEXTS``.
        words: How whoever looks calls it.
    """

    def drawn(name: str, look: str) -> rx.Component:
        return badge(icon(name, "size-3.5"), words, look=look)

    known = [(key, drawn(*look)) for key, look in _LOOKS.items()]
    return rx.match(status, *known, drawn(*_CLOSED))


def soon_badge() -> rx.Component:
    """Draw that a quote runs out before long."""
    return badge(
        icon("clock", "size-3.5"), "Expires soon", look="bg-danger-soft text-danger"
    )


def file_list(files: Any, *, linked: Any = True) -> rx.Component:
    """Draw files to open.

    Args:
        files: A Var of a list of ``FileView``.
        linked: Whether whoever looks may open them; may be a Var.
    """

    def name(file: Any) -> rx.Component:
        return rx.fragment(
            icon("file-text", "size-4 shrink-0"),
            rx.el.span(file.name, class_name="min-w-0 truncate"),
        )

    return rx.el.ul(
        each(
            files,
            lambda file: rx.el.li(
                when(
                    linked,
                    rx.el.a(
                        name(file),
                        href=file.url,
                        target="_blank",
                        rel="noreferrer",
                        reload_document=True,
                        class_name=(
                            "text-link inline-flex min-h-11 max-w-full items-center "
                            "gap-2.5"
                        ),
                    ),
                    rx.el.span(
                        name(file),
                        class_name="inline-flex min-h-11 items-center gap-2.5",
                    ),
                ),
                key=file.id,
            ),
        ),
        class_name="flex min-w-0 flex-col",
    )


def version_content(version: Any, *, linked: Any = True) -> rx.Component:
    """Draw what one version says.

    Args:
        version: A Var of a ``QuoteVersionView``.
        linked: Whether whoever looks may open its files; may be a Var.
    """
    return rx.el.div(
        price_lines(version.lines, version.total, tax_note=version.tax_note),
        when(
            version.tax,
            rx.el.p(
                joined("Tax in it: ", version.tax),
                class_name="mt-1 text-right text-sm text-ink-faint",
            ),
        ),
        summary_list(
            when(
                version.day,
                summary_row(
                    "Proposed time",
                    rx.el.p(version.day),
                    rx.el.p(version.time, class_name="font-normal text-ink-soft"),
                    when(
                        version.fieldworker,
                        rx.el.p(
                            version.fieldworker,
                            class_name="font-normal text-ink-soft",
                        ),
                    ),
                    name="calendar-days",
                ),
            ),
            summary_row("Duration", version.duration, name="timer"),
            when(
                version.expires,
                summary_row("Valid until", version.expires, name="hourglass"),
            ),
            when(
                version.notes,
                summary_row(
                    "Notes",
                    rx.el.p(
                        version.notes,
                        class_name="whitespace-pre-line font-normal wrap-anywhere",
                    ),
                    name="message-square",
                ),
            ),
            when(
                version.files.length() > 0,
                summary_row(
                    "Files", file_list(version.files, linked=linked), name="file-text"
                ),
            ),
            class_name="mt-4",
        ),
        when(
            version.decision,
            rx.el.div(
                rx.el.p(version.decision, class_name="font-semibold wrap-anywhere"),
                when(
                    version.signature_url,
                    rx.el.img(
                        src=version.signature_url,
                        alt="Signature",
                        loading="lazy",
                        class_name="mt-2 max-h-20 rounded-lg bg-white p-1",
                    ),
                ),
                class_name="mt-4 rounded-xl bg-sunken px-4 py-3",
            ),
        ),
    )


def request_content(
    request: Any, preferred_times: Any, files: Any, *, linked: Any = True
) -> rx.Component:
    """Draw what a price is asked for.

    Args:
        request: A Var of a ``RequestView``.
        preferred_times: When it would suit the customer.
        files: A Var of the files handed in with it.
        linked: Whether whoever looks may open them; may be a Var.
    """
    soft = "font-normal text-ink-soft"
    return rx.el.div(
        summary_list(
            when(
                request.choices.length() > 0,
                summary_row(
                    "Chosen",
                    rx.el.ul(each(request.choices, lambda one: rx.el.li(one, key=one))),
                    name="list-checks",
                ),
            ),
            when(
                request.for_whom,
                summary_row("For", request.for_whom, name="heart"),
            ),
            summary_row(
                "Where",
                address_block(request.address_lines),
                when(
                    request.access_notes,
                    rx.el.p(
                        request.access_notes,
                        class_name=f"mt-1 whitespace-pre-line {soft}",
                    ),
                ),
                name="map-pin",
            ),
            summary_row(
                "Contact",
                when(
                    request.company,
                    rx.el.p("For ", request.company, class_name="font-semibold"),
                ),
                rx.el.p(request.contact_name),
                rx.el.p(request.contact_email, class_name=f"{soft} wrap-anywhere"),
                when(
                    request.contact_phone,
                    rx.el.p(request.contact_phone, class_name=soft),
                ),
                name="id-card",
            ),
            when(
                preferred_times,
                summary_row(
                    "Preferred times",
                    rx.el.p(
                        preferred_times, class_name="whitespace-pre-line font-normal"
                    ),
                    name="calendar-days",
                ),
            ),
            when(
                request.notes,
                summary_row(
                    "Notes",
                    rx.el.p(
                        request.notes, class_name="whitespace-pre-line font-normal"
                    ),
                    name="message-square",
                ),
            ),
            when(
                files.length() > 0,
                summary_row("Files", file_list(files, linked=linked), name="file-text"),
            ),
        ),
        when(request.answers.length() > 0, custom_values(request.answers)),
    )


def quote_history(events: Any) -> rx.Component:
    """Draw what happened to a quote, latest first.

    Args:
        events: A Var of a list of ``QuoteEventView``.
    """
    return timeline(
        each(
            events,
            lambda event: timeline_entry(
                event.text, event.when, event.who, name="file-text"
            ),
        )
    )


def quote_rows(rows: Any, address: str, *, with_names: bool = False) -> rx.Component:
    """Draw quotes in a list; each leads to its page.

    Args:
        rows: A Var of a list of ``QuoteRowView``.
        address: What their addresses begin with.
        with_names: Whether to say whose they are.
    """

    def row(one: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.h2(
                    text_link(
                        one.service_name,
                        href=joined(address, one.number),
                        class_name="inline-flex min-h-11 items-center",
                    ),
                    class_name="text-base font-semibold wrap-anywhere",
                ),
                rx.el.p(
                    *(
                        [rx.el.span(one.contact_name, class_name="wrap-anywhere")]
                        if with_names
                        else []
                    ),
                    rx.el.span(one.number, class_name="tabular-nums"),
                    when(one.total, rx.el.span(one.total, class_name="tabular-nums")),
                    when(one.expires, rx.el.span("until ", one.expires)),
                    class_name=(
                        "flex flex-wrap gap-x-3 gap-y-0.5 text-[0.9375rem] "
                        "text-ink-soft"
                    ),
                ),
                class_name="min-w-0 flex-1 basis-60",
            ),
            rx.el.div(
                when(one.expires_soon, soon_badge()),
                when(one.booking, badge("Booked")),
                quote_badge(one.status, one.status_text),
                class_name="flex flex-wrap items-center gap-2",
            ),
            key=one.number,
            class_name="flex flex-wrap items-center gap-x-6 gap-y-2 py-4",
        )

    return rx.el.ul(
        each(rows, row), class_name="card divide-y divide-line px-5 py-1.5 sm:px-7"
    )
