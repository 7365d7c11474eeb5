"""Choosing another time for a booking."""

import reflex as rx

from portal_app.components.bookings.changes import move_review
from portal_app.components.bookings.series import series_review
from portal_app.components.bookings.time_picker import time_choice
from portal_app.components.layout.shell import public_shell, shell
from portal_app.components.ui.buttons import back_link, button
from portal_app.components.ui.choices import check_card
from portal_app.components.ui.feedback import note
from portal_app.components.ui.logic import joined, when
from portal_app.components.ui.surfaces import page_header
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.bookings.move import BookingMoveState
from portal_app.state.core.viewer import ViewerState

_STATE = BookingMoveState


def draw() -> rx.Component:
    """Draw the free times, and then what the move costs."""
    return rx.cond(
        ViewerState.viewer.role == "guest",
        public_shell(_content()),
        shell(_content(), active="bookings"),
    )


def _content() -> rx.Component:
    return rx.el.div(
        back_link("Booking", joined("/bookings/", _STATE.number)),
        page_header("Reschedule", text=_STATE.options.move_text),
        when(_STATE.options.series, _whether_all()),
        rx.cond(
            _STATE.series_offer.key,
            series_review(
                _STATE.series_offer,
                pending=_STATE.pending,
                problem=_STATE.problem,
                on_back=_STATE.back,
                on_confirm=_STATE.confirm(_STATE.series_offer.key),
            ),
            rx.cond(
                _STATE.offer.id,
                move_review(
                    _STATE.offer,
                    pending=_STATE.pending,
                    problem=_STATE.problem,
                    on_back=_STATE.back,
                    on_confirm=_STATE.confirm(_STATE.offer.id),
                ),
                rx.cond(_STATE.problem, note(_STATE.problem, tone="warning"), _times()),
            ),
        ),
    )


def _whether_all() -> rx.Component:
    return rx.el.div(
        check_card(
            "Move the visits that follow, too",
            name="following",
            value="following",
            text=_STATE.options.series,
            checked=_STATE.following,
            on_change=_STATE.move_following,
        ),
        class_name="mb-6 max-w-2xl",
    )


def _times() -> rx.Component:
    return rx.el.div(
        time_choice(
            _STATE, (_STATE.shown_for == _STATE.number) & (_STATE.number != "")
        ),
        when(
            _STATE.shown_for,
            button(
                "Next",
                after="arrow-right",
                on_click=_STATE.review,
                class_name="self-end max-sm:w-full sm:min-w-30",
            ),
        ),
        class_name="flex flex-col gap-7",
    )


page = Page(
    route="/bookings/[number]/reschedule",
    title="Reschedule",
    draw=draw,
    on_load=(ViewerState.load, BookingMoveState.load),
    feature=Feature.RESCHEDULING,
)
