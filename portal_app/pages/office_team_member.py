"""The office looks after one person of its team."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import address_fields
from portal_app.components.account.calendar_feeds import calendar_address
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.team import (
    DAY_NAMES,
    DayHours,
    HoursEditor,
    add_time_off_button,
    asking_dialog,
    edit,
    part,
    reason_field,
    time_off_list,
)
from portal_app.components.ui.buttons import button, link_button
from portal_app.components.ui.dialogs import saving_dialog
from portal_app.components.ui.feedback import (
    badge,
    detail_skeleton,
    empty_state,
)
from portal_app.components.ui.fields import email_field, text_field, textarea_field
from portal_app.components.ui.icons import avatar
from portal_app.components.ui.lists import (
    address_line,
    card_list,
    icon_action,
    item,
    item_line,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.picture_editor import picture_editor
from portal_app.components.ui.surfaces import card, page_header
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.account.calendar_feeds import OfficeCalendarFeedState
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.team_member import OfficeMemberState

_STATE = OfficeMemberState
_PERSON = OfficeMemberState.person


def draw() -> rx.Component:
    """Draw the person, part by part, and the dialogs that change each."""
    return shell(
        rx.el.div(
            rx.cond(
                _STATE.loaded,
                rx.cond(_STATE.missing, _nobody(), _whole()),
                detail_skeleton(),
            ),
            class_name="max-w-3xl",
        ),
        _dialogs(),
        active="team",
        places=OFFICE_MENU,
    )


def _nobody() -> rx.Component:
    return empty_state(
        "We could not find that person",
        "They may have been removed. Everybody there is stands in the list.",
        action=link_button("Team", href="/office/team"),
        name="users",
        level=1,
    )


def _whole() -> rx.Component:
    return rx.fragment(
        page_header(
            _PERSON.name,
            trail=(("Team", "/office/team"),),
            action=rx.cond(
                _PERSON.archived,
                button(
                    "Restore",
                    kind="secondary",
                    before="rotate-ccw",
                    on_click=_STATE.restore,
                ),
                edit("archive", "Archive", _PERSON.name, before="archive"),
            ),
        ),
        _profile(),
        part(
            "Services",
            card(
                rx.cond(
                    _PERSON.services,
                    rx.el.p(_PERSON.services),
                    _nothing("None yet: nobody can book this person."),
                )
            ),
            action=edit("skills", "Edit", "services"),
        ),
        part(
            "Weekly hours",
            card(
                rx.cond(
                    _PERSON.hours_lines.length() > 0,
                    rx.el.ul(
                        each(_PERSON.hours_lines, _line),
                        class_name="flex flex-col gap-1",
                    ),
                    _nothing("None yet: nobody can book this person."),
                ),
                when(
                    _PERSON.by_weeks,
                    rx.el.p(
                        rx.cond(
                            _PERSON.this_week == "a",
                            "This week is week A.",
                            "This week is week B.",
                        ),
                        class_name="mt-2 text-sm text-ink-soft",
                    ),
                ),
            ),
            action=edit("hours", "Edit", "weekly hours"),
        ),
        when(
            ~ViewerState.viewer.reads_only,
            part(
                "Calendar",
                card(
                    calendar_address(
                        OfficeCalendarFeedState.address,
                        OfficeCalendarFeedState.create(_PERSON.id),
                    )
                ),
                text=(
                    "Their visits in their own calendar. A new address switches the "
                    "one before off."
                ),
            ),
        ),
        part(
            "Other hours on a date",
            card_list(_PERSON.dates, _date, "The hours are the same every week."),
            text="They count instead of the weekly ones, on public holidays as well.",
            action=edit("date-new", "Add a date", "", before="plus"),
        ),
        part(
            "Time off",
            time_off_list(_STATE, _PERSON.time_off, "Nothing is planned."),
            action=add_time_off_button(),
        ),
        part(
            "Home base",
            card(
                rx.cond(
                    _PERSON.base_lines.length() > 0,
                    rx.fragment(
                        address_line(_PERSON.base_lines),
                        when(
                            _PERSON.radius,
                            rx.el.p(
                                joined("Works within ", _PERSON.radius, " km"),
                                class_name="mt-1 text-ink-soft",
                            ),
                        ),
                    ),
                    _nothing("Not given"),
                )
            ),
            action=edit("base", "Edit", "home base"),
        ),
        _account(),
    )


def _line(words: Any) -> rx.Component:
    return rx.el.li(words)


def _nothing(words: str) -> rx.Component:
    return rx.el.p(words, class_name="text-ink-faint")


def _profile() -> rx.Component:
    return card(
        rx.el.div(
            picture_editor(
                avatar(
                    _PERSON.name, _PERSON.photo_url, size="xl", class_name="size-24!"
                ),
                "Update picture",
                picture=_PERSON.photo_url,
                on_uploaded=_STATE.use_picture,
                on_remove=_STATE.remove_picture,
                seen="Customers see it when they choose.",
            ),
            rx.el.div(
                rx.cond(
                    _PERSON.bio,
                    rx.el.p(_PERSON.bio, class_name="whitespace-pre-line"),
                    _nothing("Customers read nothing about this person yet."),
                ),
                when(
                    _PERSON.visits_per_day,
                    rx.el.p(
                        joined("Visits a day at most: ", _PERSON.visits_per_day),
                        class_name="mt-3 text-ink-soft",
                    ),
                ),
                when(
                    _PERSON.archived,
                    rx.el.p(
                        badge("Archived"),
                        rx.el.span(
                            " Keeps past bookings and gets no new ones.",
                            class_name="ml-2 text-sm text-ink-soft",
                        ),
                        class_name="mt-3",
                    ),
                ),
                class_name="min-w-0 flex-1 basis-60 wrap-anywhere",
            ),
            edit("profile", "Edit", "name and text"),
            class_name="flex flex-wrap items-start gap-x-7 gap-y-5",
        )
    )


def _date(one: Any) -> rx.Component:
    return item(
        "calendar-days",
        one.day_text,
        item_line(one.hours_text),
        when(one.reason, item_line(one.reason, class_name="text-sm")),
        actions=[
            icon_action(
                "pencil",
                joined("Edit ", one.day_text),
                opens=joined("date-", one.id),
            ),
            icon_action(
                "trash-2",
                joined("Remove ", one.day_text),
                opens=joined("date-remove-", one.id),
            ),
        ],
        key=one.id,
    )


def _account() -> rx.Component:
    return part(
        "Account",
        card(
            rx.cond(
                _PERSON.account,
                rx.el.p(
                    "Logs in with ",
                    rx.el.strong(_PERSON.account, class_name="wrap-anywhere"),
                ),
                rx.cond(
                    _PERSON.invited,
                    rx.el.div(
                        rx.el.p(
                            rx.el.strong(_PERSON.invited, class_name="wrap-anywhere"),
                            joined(" was invited on ", _PERSON.invited_on, "."),
                        ),
                        when(
                            _PERSON.invitation_expired,
                            rx.el.p("The link has run out.", class_name="text-warning"),
                        ),
                        rx.el.div(
                            button(
                                "Send again",
                                kind="secondary",
                                before="send",
                                on_click=_STATE.invite_again,
                            ),
                            button(
                                "Withdraw the invitation",
                                kind="ghost",
                                on_click=_STATE.withdraw,
                            ),
                            class_name="mt-4 flex flex-wrap gap-2.5",
                        ),
                    ),
                    _nothing("None: this person cannot log in."),
                ),
            )
        ),
        text="To see their own jobs, a person needs an account.",
        action=when(
            (_PERSON.account == "") & ~_PERSON.archived,
            edit("invite", "Invite", _PERSON.name, before="mail"),
        ),
    )


def _dialogs() -> rx.Component:
    errors, version = _STATE.errors, _PERSON.version
    return rx.fragment(
        saving_dialog(
            _STATE,
            "profile",
            text_field(
                "Name",
                "name",
                error=errors["name"],
                default_value=_PERSON.name,
                auto_complete="off",
            ),
            textarea_field(
                "About",
                "bio",
                error=errors["bio"],
                required=False,
                rows=6,
                help="What customers read when they choose.",
                default_value=_PERSON.bio,
            ),
            text_field(
                "Visits a day at most",
                "visits_per_day",
                error=errors["visits_per_day"],
                required=False,
                input_mode="numeric",
                auto_complete="off",
                help="Empty for any number.",
                default_value=_PERSON.visits_per_day,
            ),
            title="Name and text",
            version=version,
            on_save=_STATE.save_profile,
        ),
        asking_dialog(
            _STATE,
            "skills",
            rx.el.fieldset(
                rx.el.legend("Services this person does", class_name="sr-only"),
                rx.el.div(
                    each(_PERSON.skills, _skill),
                    class_name="grid gap-2.5 sm:grid-cols-2",
                ),
                class_name="min-w-0",
            ),
            title="Services",
            text="What this person can be booked for.",
            version=version,
            on_save=_STATE.save_skills,
        ),
        asking_dialog(
            _STATE,
            "hours",
            HoursEditor.create(
                names=DAY_NAMES,
                initial=_PERSON.hours,
                by_weeks=_PERSON.by_weeks,
                this_week=_PERSON.this_week,
                errors=errors,
            ),
            title="Weekly hours",
            version=version,
            on_save=_STATE.save_hours,
        ),
        each(_PERSON.dates, _date_dialog),
        each(_PERSON.dates, _date_removal),
        _date_dialog(None),
        saving_dialog(
            _STATE,
            "base",
            address_fields(
                _PERSON.base, errors, optional="No base: leave the address empty."
            ),
            text_field(
                "Works within (km)",
                "radius",
                error=errors["radius"],
                required=False,
                input_mode="numeric",
                auto_complete="off",
                help="For the office to know; bookings further away are still taken.",
                default_value=_PERSON.radius,
            ),
            title="Home base",
            text="Where this person starts from. Customers do not see it.",
            version=version,
            on_save=_STATE.save_base,
        ),
        saving_dialog(
            _STATE,
            "invite",
            email_field(
                error=_STATE.errors["email"],
                help="They choose a password of their own by the link in the email.",
                auto_complete="off",
                default_value=_PERSON.invited,
            ),
            title=joined("Invite ", _PERSON.name),
            version=version,
            action="Send the invitation",
            on_save=_STATE.invite,
            wide=False,
        ),
        asking_dialog(
            _STATE,
            "archive",
            rx.el.p(
                "They keep their past bookings and get no new ones. You can restore "
                "them at any time."
            ),
            title=joined("Archive ", _PERSON.name, "?"),
            version=version,
            action="Archive",
            on_save=_STATE.archive,
            wide=False,
        ),
    )


def _skill(skill: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=joined("skill.", skill.id),
            default_checked=skill.able,
            class_name="tick",
        ),
        rx.el.span(
            rx.el.span(skill.name, class_name="block font-medium wrap-anywhere"),
            rx.el.span(
                skill.category, class_name="block text-sm text-ink-soft wrap-anywhere"
            ),
            class_name="min-w-0",
        ),
        class_name="choice flex min-h-14 items-center gap-3.5 rounded-2xl px-4 py-2.5",
        key=skill.id,
    )


def _date_dialog(one: Any) -> rx.Component:
    known, errors = one is not None, _STATE.errors
    return asking_dialog(
        _STATE,
        joined("date-", one.id) if known else "date-new",
        text_field(
            "Day",
            "day",
            type="date",
            error=errors["day"],
            default_value=one.day if known else "",
        ),
        DayHours.create(
            name="hours",
            label="Hours",
            empty="Not working on this day",
            initial=one.hours if known else "",
            error=errors["hours"],
        ),
        reason_field(errors["reason"], one.reason if known else ""),
        _which_date(one.id if known else ""),
        title="Other hours on a date",
        version=one.version if known else 0,
        on_save=_STATE.save_date,
        wide=False,
    )


def _date_removal(one: Any) -> rx.Component:
    return asking_dialog(
        _STATE,
        joined("date-remove-", one.id),
        rx.el.p(joined(one.day_text, " will have the hours of other weeks.")),
        _which_date(one.id),
        title="Remove this date?",
        version=one.version,
        action="Remove",
        on_save=_STATE.remove_date,
        wide=False,
    )


def _which_date(identifier: Any) -> rx.Component:
    return rx.el.input(type="hidden", name="date", value=identifier, read_only=True)


page = Page(
    route="/office/team/[id]",
    title="Team",
    draw=draw,
    on_load=(
        ViewerState.load,
        OfficeMemberState.load,
        AddressFormState.load,
        OfficeCalendarFeedState.load,
    ),
)
