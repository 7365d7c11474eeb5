"""The switches of the business."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.fields import checkbox_field, select_field, text_field
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    unsaved_changes_guard,
)
from portal_app.components.ui.surfaces import card
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.settings import OfficeSettingsState

_STATE = OfficeSettingsState
_SCORES = (
    ("1", "Weak or better"),
    ("2", "Fair or better"),
    ("3", "Good or better"),
    ("4", "Strong"),
)


def draw() -> rx.Component:
    """Draw the form."""
    return shell(
        rx.cond(_STATE.loaded, _form(), list_skeleton(3)),
        title="Settings",
        active="settings",
        places=OFFICE_MENU,
    )


def _form() -> rx.Component:
    return form(
        conflict_notice(
            _STATE.changes, "The settings changed", again=saved_version_button()
        ),
        _group(
            "Ways to log in",
            "What you switch off disappears from the pages and no longer works.",
            _provider("Google", "google"),
            _provider("Facebook", "facebook"),
            _provider("Apple", "apple"),
            checkbox_field(
                "Booking number",
                "booking_number",
                default_checked=_STATE.booking_number,
                help="Email and booking number open that one booking.",
            ),
        ),
        _group(
            "Guests",
            "People without an account.",
            checkbox_field(
                "Guests may book",
                "guests_may_book",
                default_checked=_STATE.guests_may_book,
                help="With name and email only. The booking comes by email.",
            ),
            _number("A guest stays logged in for (minutes)", "guest_session_minutes"),
        ),
        _group(
            "How long people stay logged in",
            "Counted from when they were here last.",
            _number("Without \u201cRemember me\u201d (hours)", "session_hours"),
            _number("With \u201cRemember me\u201d (days)", "remembered_days"),
        ),
        _group(
            "Passwords",
            "For new passwords. Existing ones stay as they are.",
            _number("Minimum length (characters)", "password_min_length"),
            select_field(
                "Minimum strength",
                "password_min_score",
                _SCORES,
                default_value=_STATE.password_min_score,
                error=_STATE.errors["password_min_score"],
                class_name="sm:max-w-xs",
            ),
        ),
        _group(
            "About customers",
            "Extra questions in Edit Info in My Account. Answers are optional.",
            checkbox_field(
                "Ask for the birthday",
                "asks_birthday",
                default_checked=_STATE.asks_birthday,
            ),
            checkbox_field(
                "Ask for the language",
                "asks_language",
                default_checked=_STATE.asks_language,
                help="Your own questions are under Fields.",
            ),
        ),
        submit_button("Save", pending=_STATE.pending, class_name="sm:self-start"),
        unsaved_changes_guard(
            _STATE.saved, "", version=_STATE.version, seen=_STATE.seen
        ),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        class_name="flex max-w-3xl flex-col gap-6",
    )


def _group(title: str, text: str, *fields: Any) -> rx.Component:
    return card(
        rx.el.fieldset(
            rx.el.legend(title, class_name="text-xl font-semibold tracking-tight"),
            rx.el.p(text, class_name="mt-1 mb-4 text-ink-soft"),
            rx.el.div(*fields, class_name="flex flex-col gap-3"),
        )
    )


def _provider(label: str, name: str) -> rx.Component:
    return checkbox_field(
        label,
        name,
        default_checked=getattr(_STATE, name),
        help=rx.cond(
            _STATE.missing.contains(name),
            "Not set up on the server yet, so nobody sees it.",
            "",
        ),
    )


def _number(label: str, name: str) -> rx.Component:
    return text_field(
        label,
        name,
        default_value=getattr(_STATE, name).to_string(),
        error=_STATE.errors[name],
        input_mode="numeric",
        auto_complete="off",
        class_name="sm:max-w-xs",
    )


page = Page(
    route="/office/settings",
    title="Settings",
    draw=draw,
    on_load=(ViewerState.load, OfficeSettingsState.load),
)
