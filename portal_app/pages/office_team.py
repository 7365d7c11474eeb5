"""The office looks after its team."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.team import (
    add_time_off_button,
    asking_dialog,
    edit,
    part,
    time_off_list,
)
from portal_app.components.ui.buttons import link
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge, empty_state, list_skeleton
from portal_app.components.ui.fields import select_field, text_field, textarea_field
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.lists import (
    archived_list,
    card_list,
    move_actions,
    restore_button,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.team import OfficeClosuresState, OfficeTeamState

_STATE = OfficeTeamState
_CLOSURES = OfficeClosuresState
_ADD = "person-new"


def draw() -> rx.Component:
    """Draw the team, its time off and holidays, and the dialogs."""
    return shell(
        rx.el.div(
            page_header(
                "Team",
                text="Who does the jobs, what each of them does, and when.",
                action=edit_button(
                    _ADD,
                    icon("plus"),
                    rx.el.span("Add person"),
                    class_name="btn btn-primary",
                ),
            ),
            rx.cond(_STATE.loaded, _people(), list_skeleton(4)),
            rx.cond(
                _CLOSURES.loaded,
                rx.fragment(_time_off(), _holidays()),
                rx.el.div(list_skeleton(2), class_name="mt-9"),
            ),
            class_name="max-w-3xl",
        ),
        _add_dialog(),
        _holidays_dialog(),
        active="team",
        places=OFFICE_MENU,
    )


def _people() -> rx.Component:
    return rx.fragment(
        card_list(
            _STATE.items,
            _person,
            empty_state(
                "Nobody does the jobs yet",
                "Add the first person, say what they do and when they work, and "
                "customers can book them.",
                name="users",
            ),
        ),
        archived_list(
            _STATE.archived,
            _archived,
            text="They keep their past bookings and get no new ones.",
        ),
    )


def _name_link(person: Any) -> rx.Component:
    return link(
        person.name,
        href=joined("/office/team/", person.id),
        class_name=(
            "inline-flex min-h-11 items-center font-semibold wrap-anywhere "
            "hover:text-accent-ink hover:underline"
        ),
    )


def _person(person: Any, at: Any) -> rx.Component:
    return rx.el.li(
        avatar(person.name, person.photo_url, class_name="mt-0.5"),
        rx.el.div(
            _name_link(person),
            rx.el.div(
                rx.cond(
                    person.hours.length() > 0,
                    each(person.hours, _line),
                    rx.el.p("No hours yet", class_name="text-warning"),
                ),
                class_name="text-[0.9375rem] text-ink-soft",
            ),
            rx.el.div(
                badge(icon("wrench", "size-3.5"), person.services),
                when(
                    person.account,
                    badge(
                        icon("mail", "size-3.5"),
                        rx.el.span(person.account, class_name="wrap-anywhere"),
                    ),
                ),
                class_name="mt-2 flex flex-wrap gap-2",
            ),
            class_name="min-w-0 flex-1",
        ),
        when(
            _STATE.items.length() > 1,
            rx.el.div(
                *move_actions(_STATE, person.id, person.name, at),
                class_name="-mr-2 flex shrink-0 max-sm:flex-col",
            ),
        ),
        class_name="flex items-start gap-4 py-4",
        key=person.id,
    )


def _line(words: Any) -> rx.Component:
    return rx.el.p(words)


def _archived(person: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(_name_link(person), class_name="min-w-0 flex-1"),
        restore_button(_STATE, person.id, person.name),
        class_name="flex items-center gap-4 py-2",
        key=person.id,
    )


def _add_dialog() -> rx.Component:
    return saving_dialog(
        _STATE,
        _ADD,
        text_field("Name", "name", error=_STATE.errors["name"], auto_complete="off"),
        textarea_field(
            "About",
            "bio",
            error=_STATE.errors["bio"],
            required=False,
            help="What customers read when they choose.",
        ),
        title="Add person",
        version=0,
    )


def _time_off() -> rx.Component:
    return part(
        "Time off for everybody",
        time_off_list(_CLOSURES, _CLOSURES.time_off, "Nothing is planned."),
        text="Nobody takes new bookings then.",
        action=add_time_off_button(),
    )


def _holidays() -> rx.Component:
    held = _CLOSURES.held
    return part(
        "Public holidays",
        card_list(
            held.days,
            _holiday,
            "None are chosen: people work on public holidays as on other days.",
        ),
        text=rx.cond(held.region, held.region, "Nobody works on those you choose."),
        action=edit("holidays", "Edit", "public holidays"),
    )


def _holiday(day: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(day.name, class_name="font-semibold wrap-anywhere"),
            rx.el.p(day.day, class_name="text-[0.9375rem] text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            day.worked,
            badge("Worked", look="bg-success-soft text-success"),
            badge("Closed"),
        ),
        class_name="flex items-center gap-4 py-3",
        key=day.name,
    )


def _holidays_dialog() -> rx.Component:
    errors = _CLOSURES.errors
    return asking_dialog(
        _CLOSURES,
        "holidays",
        rx.el.div(
            select_field(
                "Country",
                "country",
                _CLOSURES.countries,
                error=errors["country"],
                required=False,
                placeholder="No public holidays",
                default_value=_CLOSURES.held.country,
                on_change=lambda code: _CLOSURES.look_up(code, ""),
            ),
            when(
                _CLOSURES.regions.length() > 0,
                select_field(
                    "Region",
                    "subdivision",
                    _CLOSURES.regions,
                    error=errors["subdivision"],
                    required=False,
                    placeholder="The whole country",
                    default_value=_CLOSURES.subdivision,
                    on_change=lambda part: _CLOSURES.look_up(_CLOSURES.country, part),
                    key=_CLOSURES.country,
                ),
            ),
            class_name="grid gap-5 sm:grid-cols-2",
        ),
        when(
            _CLOSURES.days.length() > 0,
            rx.el.fieldset(
                rx.el.legend("We work on", class_name="field-label mb-1"),
                rx.el.ul(
                    each(_CLOSURES.days, _holiday_choice),
                    class_name="divide-y divide-line",
                ),
                class_name="min-w-0",
            ),
        ),
        title="Public holidays",
        text="Nobody works on a holiday that is not ticked.",
        version=_CLOSURES.held.version,
        on_save=_CLOSURES.save_holidays,
    )


def _holiday_choice(day: Any, at: Any) -> rx.Component:
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name=joined("worked.", at),
                default_checked=day.worked,
                class_name="tick",
            ),
            rx.el.span(
                rx.el.span(day.name, class_name="block font-medium wrap-anywhere"),
                rx.el.span(day.day, class_name="block text-sm text-ink-soft"),
                class_name="min-w-0",
            ),
            class_name="flex min-h-14 cursor-pointer items-center gap-3.5 py-2",
        ),
        rx.el.input(
            type="hidden", name=joined("holiday.", at), value=day.name, read_only=True
        ),
        key=day.name,
    )


page = Page(
    route="/office/team",
    title="Team",
    draw=draw,
    on_load=(ViewerState.load, OfficeTeamState.load, OfficeClosuresState.load),
)
