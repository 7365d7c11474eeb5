"""What may be done about a booking, and what it costs."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import button, link_button
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.features import if_on
from portal_app.components.ui.feedback import note
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import joined, when
from portal_app.components.ui.surfaces import card, summary_list, summary_row
from portal_app.kernel.features import Feature
from portal_app.state.bookings.booking import BookingCancelState, BookingState

_CANCEL = "cancel-booking"


def change_card(booking: Any, options: Any) -> rx.Component:
    """Draw how to move and to cancel a booking, with the terms or why not.

    Args:
        booking: A Var of a booking.
        options: A Var of what may be done about it.
    """
    return when(
        options.move_text | options.cancel_text,
        card(
            rx.el.h2("Changes", class_name="text-xl"),
            when(
                options.may_confirm,
                _way(
                    "Tell us that we can count on you.",
                    button(
                        "I will be there",
                        before="check",
                        full=True,
                        on_click=BookingState.confirm_attendance,
                    ),
                ),
            ),
            when(
                options.attends,
                note("You told us that somebody will be there.", tone="success"),
            ),
            when(
                options.move_text,
                if_on(
                    Feature.RESCHEDULING,
                    _way(
                        options.move_text,
                        when(
                            options.may_move,
                            link_button(
                                "Reschedule",
                                href=joined(
                                    "/bookings/", booking.number, "/reschedule"
                                ),
                                kind="secondary",
                                before="calendar-days",
                                class_name="w-full",
                            ),
                        ),
                    ),
                ),
            ),
            when(
                options.cancel_text,
                if_on(
                    Feature.CANCELLATION,
                    _way(
                        options.cancel_text,
                        when(
                            options.may_cancel,
                            edit_button(
                                _CANCEL,
                                icon("calendar-x"),
                                rx.el.span("Cancel booking"),
                                class_name="btn btn-secondary w-full",
                            ),
                        ),
                    ),
                ),
            ),
            class_name="flex flex-col gap-5",
        ),
    )


def _way(words: Any, action: rx.Component) -> rx.Component:
    return rx.el.div(
        action,
        rx.el.p(words, class_name="text-[0.9375rem] text-ink-soft"),
        class_name="flex flex-col gap-2",
    )


def cancel_dialog() -> rx.Component:
    """Draw the dialog that says what cancelling costs, and cancels."""
    offer = BookingCancelState.offer
    return saving_dialog(
        BookingCancelState,
        _CANCEL,
        when(
            offer.id,
            rx.el.div(
                summary_list(
                    summary_row("When", offer.now, name="calendar-days"),
                    fee_row(offer),
                    when(
                        offer.rest,
                        summary_row(
                            "Not to be paid, or given back",
                            joined(offer.rest, " of ", offer.total),
                            name="circle-check",
                        ),
                    ),
                ),
                binding_until(offer, offer.words, ". "),
            ),
        ),
        title="Cancel booking",
        text="Nobody will come, and the time is free for others.",
        version=0,
        action="Cancel booking",
        kind="danger",
        wide=False,
        dismiss="Keep booking",
    )


def fee_row(offer: Any) -> rx.Component:
    """Draw what an offer costs; ``offer`` is a Var with ``fee``."""
    return summary_row("Fee", rx.cond(offer.fee, offer.fee, "None"), name="credit-card")


def binding_until(offer: Any, *terms: Any) -> rx.Component:
    """Draw until when an offer binds.

    Args:
        offer: A Var with ``until``.
        terms: What stands before it.
    """
    return rx.el.p(
        *terms,
        "We keep to this until ",
        offer.until,
        ".",
        class_name="mt-3 text-[0.9375rem] text-ink-soft",
        role="status",
    )


def move_review(offer: Any, **asked: Any) -> rx.Component:
    """Draw the old and the new time, what the move costs, and *Confirm new time*.

    Args:
        offer: A Var of a ``ChangeOfferView``.
        asked: As ``change_review``.
    """
    return change_review(
        "New time",
        summary_list(
            summary_row(
                "New",
                rx.el.p(offer.day),
                rx.el.p(offer.time, class_name="font-normal text-ink-soft"),
                name="calendar-check",
            ),
            summary_row("Until now", offer.now, name="history"),
            fee_row(offer),
        ),
        binding_until(offer, offer.words, ". "),
        action="Confirm new time",
        **asked,
    )


def change_review(
    heading: str,
    *content: rx.Component,
    action: str,
    pending: Any,
    problem: Any,
    on_back: Any,
    on_confirm: Any,
) -> rx.Component:
    """Draw what a change comes to, to be confirmed.

    Args:
        heading: Of the card; it takes the focus.
        content: What is offered.
        action: What the button says.
        pending: Whether it is being confirmed.
        problem: Why it was not.
        on_back: Event for choosing another time.
        on_confirm: Event for confirming.
    """
    return rx.el.div(
        card(
            rx.el.h2(heading, class_name="text-xl", tab_index=-1, auto_focus=True),
            *content,
        ),
        when(problem, note(problem, tone="error")),
        rx.el.div(
            button("Back", kind="secondary", before="arrow-left", on_click=on_back),
            button(action, pending=pending, on_click=on_confirm),
            class_name="flex flex-wrap justify-between gap-3",
        ),
        class_name="flex max-w-2xl flex-col gap-5",
    )
