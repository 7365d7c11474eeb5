"""Forms about the time of the team, and what they ask before they save."""

from typing import Any

import reflex as rx

from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.fields import checkbox_field, text_field
from portal_app.components.ui.forms import focused_block
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import card_list, icon_action, item, item_line
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import section

_LIBRARY = "$/public/react/hours_editor.jsx"


class HoursEditor(rx.Component):
    """The hours of every week, or of two weeks in turn; see ``hours_editor.jsx``.

    The form sends ``hours.WEEK.DAY`` as ``domain.scheduling.hours`` reads them,
    ``by_weeks`` and ``this_week``.
    """

    library = _LIBRARY
    tag = "HoursEditor"

    names: rx.Var[list[str]]
    initial: rx.Var[dict[str, str]]
    by_weeks: rx.Var[bool]
    this_week: rx.Var[str]
    errors: rx.Var[dict[str, str]]


class DayHours(rx.Component):
    """The hours of one date; the form sends them under ``name``."""

    library = _LIBRARY
    tag = "DayHours"

    name: rx.Var[str]
    label: rx.Var[str]
    empty: rx.Var[str]
    initial: rx.Var[str]
    error: rx.Var[str]


DAY_NAMES = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]


def asking_dialog(
    state: Any, name: Any, *fields: Any, action: str = "Save", **props: Any
) -> rx.Component:
    """Draw a ``saving_dialog`` of an ``AskingForm``, which asks about bookings.

    Args:
        state: The state.
        name: Unique on the page.
        *fields: The fields.
        action: The words on the button; *Save anyway* once it has asked.
        **props: As for ``saving_dialog``.
    """
    return saving_dialog(
        state,
        name,
        *fields,
        outside_notice(state),
        action=rx.cond(state.asks, f"{action} anyway", action),
        **props,
    )


def outside_notice(state: Any) -> rx.Component:
    """Draw which bookings would be outside the hours, right above the buttons."""
    count = state.outside_count
    more = count - state.outside.length()
    return when(
        state.asks,
        focused_block(
            rx.el.p(
                icon("triangle-alert", "mt-0.5 size-5 shrink-0"),
                rx.el.span(
                    rx.cond(
                        count == 1,
                        "This booking does not fit any more. It stays as it is.",
                        joined(
                            "These ",
                            count,
                            " bookings do not fit any more. They stay as they are.",
                        ),
                    )
                ),
                class_name="flex gap-2.5 font-semibold text-warning",
            ),
            rx.el.ul(
                each(state.outside, _outside_booking),
                class_name="mt-3 flex flex-col gap-2.5",
            ),
            when(
                (more > 0) & (state.outside.length() > 0),
                rx.el.p(joined("and ", more, " more"), class_name="mt-2.5 text-sm"),
            ),
            rx.el.input(
                type="hidden", name="accepted", value=state.asks, read_only=True
            ),
            class_name="rounded-2xl bg-warning-soft px-4 py-3.5 sm:px-5",
            key=state.asks,
        ),
    )


def _outside_booking(booking: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(booking.when, class_name="font-medium"),
            rx.el.span(joined(" · ", booking.fieldworker)),
        ),
        rx.el.p(
            joined(booking.service, " · ", booking.who, " · ", booking.number),
            class_name="text-sm text-ink-soft wrap-anywhere",
        ),
        key=booking.number,
    )


def part(title: str, *children: Any, text: Any = None, action: Any = None) -> Any:
    """Draw one part of a page of the team.

    Args:
        title: Its heading.
        *children: What is inside.
        text: A sentence under the heading.
        action: Its main button.
    """
    return rx.el.div(
        section(title, *children, text=text, action=action), class_name="mt-9"
    )


def edit(name: Any, words: str, about: Any, *, before: str = "pencil") -> rx.Component:
    """Draw the button that opens a dialog.

    Args:
        name: The dialog's name.
        words: What the button says.
        about: What else its accessible name says.
        before: Its icon.
    """
    return edit_button(
        name,
        icon(before),
        rx.el.span(words),
        rx.el.span(joined(" ", about), class_name="sr-only"),
        class_name="btn btn-secondary btn-sm min-h-11",
    )


def time_off_list(state: Any, rows: Any, empty: str) -> rx.Component:
    """Draw time off, and the dialogs that add to it and change it.

    Args:
        state: An ``AskingForm`` with ``save_time_off`` and ``remove_time_off``.
        rows: A Var of ``TimeOffView``.
        empty: What is said where there is none.
    """
    return rx.fragment(
        card_list(rows, lambda one: _time_off(state, one), empty),
        each(rows, lambda one: _time_off_dialog(state, one)),
        _time_off_dialog(state, None),
    )


def reason_field(error: Any, stored: Any) -> rx.Component:
    """Draw the field for why somebody is away or works otherwise.

    Args:
        error: What is wrong with it, or nothing.
        stored: The reason that is stored.
    """
    return text_field(
        "Reason",
        "reason",
        error=error,
        required=False,
        help="Only the office sees it.",
        auto_complete="off",
        default_value=stored,
    )


def add_time_off_button() -> rx.Component:
    """Draw the button that opens the dialog for new time off."""
    return edit("time-off-new", "Add time off", "", before="plus")


def _time_off(state: Any, one: Any) -> rx.Component:
    return item(
        "calendar-x",
        one.text,
        when(one.reason, item_line(one.reason)),
        badges=when(one.over, badge("Over")),
        actions=[
            icon_action(
                "pencil",
                joined("Edit time off ", one.text),
                opens=joined("time-off-", one.id),
            ),
            icon_action(
                "trash-2",
                joined("Remove time off ", one.text),
                on_click=state.remove_time_off(one.id),
            ),
        ],
        key=one.id,
    )


def _time_off_dialog(state: Any, one: Any) -> rx.Component:
    known, errors = one is not None, state.errors

    def stored(name: str) -> Any:
        return getattr(one, name) if known else ""

    def moment(label: str, name: str, kind: str, **more: Any) -> rx.Component:
        return text_field(
            label,
            name,
            type=kind,
            error=errors[name],
            default_value=stored(name),
            **more,
        )

    hidden_while_whole = "group-has-[[name=whole_days]:checked]/form:hidden"
    return asking_dialog(
        state,
        joined("time-off-", one.id) if known else "time-off-new",
        rx.el.div(
            moment("First day", "first", "date"),
            moment("Last day", "last", "date", required=False),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        checkbox_field(
            "Whole days",
            "whole_days",
            default_checked=one.whole_days if known else True,
        ),
        rx.el.div(
            moment("From (on the first day)", "starts", "time"),
            moment("Until (on the last day)", "ends", "time"),
            class_name=f"grid gap-5 sm:grid-cols-2 {hidden_while_whole}",
        ),
        reason_field(errors["reason"], stored("reason")),
        rx.el.input(
            type="hidden",
            name="time_off",
            value=one.id if known else "",
            read_only=True,
        ),
        title="Edit time off" if known else "Add time off",
        version=one.version if known else 0,
        on_save=state.save_time_off,
    )
