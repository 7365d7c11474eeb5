"""Several visits of a booking that repeats: what becomes of them, and what it costs."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.changes import (
    binding_until,
    change_review,
    fee_row,
)
from portal_app.components.ui.choices import choice_group, radio_card
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.features import if_on
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.surfaces import card, summary_list
from portal_app.kernel.features import Feature
from portal_app.state.bookings.booking import SeriesCancelState

_CANCEL = "cancel-visits"


def series_card(options: Any) -> rx.Component:
    """Draw which visit of a series a booking is, and how to cancel several.

    Args:
        options: A Var of what may be done about the booking.
    """
    return when(
        options.series,
        if_on(
            Feature.REPEATING_BOOKINGS,
            card(
                rx.el.h2("Repeats", class_name="text-xl"),
                rx.el.p(options.series, class_name="text-[0.9375rem] text-ink-soft"),
                if_on(
                    Feature.CANCELLATION,
                    edit_button(
                        _CANCEL,
                        icon("calendar-x"),
                        rx.el.span("Cancel several visits"),
                        class_name="btn btn-secondary w-full",
                    ),
                ),
                class_name="flex flex-col gap-3",
            ),
        ),
    )


def series_cancel_dialog() -> rx.Component:
    """Draw the dialog that says which visits go and what it costs, and cancels."""
    state, offer = SeriesCancelState, SeriesCancelState.offer

    def scope(title: str, value: str) -> rx.Component:
        return radio_card(
            title,
            name="scope",
            value=value,
            checked=state.scope == value,
            on_change=state.choose(value),
        )

    return saving_dialog(
        state,
        _CANCEL,
        choice_group(
            "Which visits?",
            scope("This one and those that follow", "following"),
            scope("All that are to come", "all"),
        ),
        when(offer.key, _offered(offer, "Cancelled")),
        title="Cancel several visits",
        text="The booking does not repeat any more. The times are free for others.",
        version=0,
        action="Cancel visits",
        kind="danger",
        wide=False,
        dismiss="Keep visits",
    )


def _offered(offer: Any, heading: str) -> rx.Component:
    return rx.el.div(
        _dates(heading, offer.dates),
        when(offer.kept.length() > 0, _dates("These stay", offer.kept)),
        summary_list(fee_row(offer)),
        binding_until(offer),
    )


def _dates(heading: str, dates: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h3(heading, class_name="mt-4 text-sm font-semibold text-ink-faint"),
        rx.el.ul(
            each(dates, lambda one: rx.el.li(one, class_name="py-1")),
            class_name="mt-1 max-h-60 overflow-y-auto text-[0.9375rem]",
            tab_index=0,
            role="group",
            aria_label=heading,
        ),
    )


def series_review(offer: Any, **asked: Any) -> rx.Component:
    """Draw the new time of every visit, what it costs, and *Confirm new times*.

    Args:
        offer: A Var of a ``SeriesOfferView``.
        asked: As ``change_review``.
    """
    return change_review(
        "New times", _offered(offer, "Visits"), action="Confirm new times", **asked
    )
