"""My Account: the profile, the ways in, where one is signed in."""

import reflex as rx

from portal_app.components.account_access import account_access
from portal_app.components.avatar import avatar
from portal_app.components.button import submit_button
from portal_app.components.dialog import dialog, dialog_button, dialog_close_button
from portal_app.components.feedback import note
from portal_app.components.fields import phone_field, text_field
from portal_app.components.form import EditKeeper, arrival, form
from portal_app.components.logic import each
from portal_app.components.shell import shell
from portal_app.components.skeleton import bone
from portal_app.components.surface import card, summary_list, summary_row
from portal_app.pages.page import Page
from portal_app.state.account import AccountState, Change
from portal_app.state.account_access import AccountAccessState
from portal_app.state.password import PasswordState
from portal_app.state.viewer import ViewerState

_FORM = "edit-info"
_PROFILE = AccountState.profile


def draw() -> rx.Component:
    """Draw the profile, and the dialog that edits it."""
    return shell(
        rx.cond(AccountState.loaded, _card(), _skeleton()),
        account_access(),
        _dialog(),
        title="My Account",
        active="account",
    )


def _card() -> rx.Component:
    name = _PROFILE.first_name + " " + _PROFILE.last_name
    return card(
        rx.el.div(
            avatar(name, size="xl"),
            rx.el.div(
                rx.el.h2(name, class_name="text-2xl break-words"),
                rx.el.p("What we use for your bookings.", class_name="text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            dialog_button(
                "edit-info",
                "Edit Info",
                before="pencil",
                on_click=AccountState.begin,
                class_name="max-sm:w-full",
            ),
            class_name="flex flex-wrap items-center gap-x-5 gap-y-4",
        ),
        summary_list(
            summary_row("Name", name, name="user-round"),
            summary_row(
                "Email", rx.el.span(_PROFILE.email, class_name="break-all"), name="mail"
            ),
            summary_row(
                "Phone",
                rx.cond(
                    _PROFILE.phone,
                    _PROFILE.phone,
                    rx.el.span("Not given", class_name="font-normal text-ink-faint"),
                ),
                name="phone",
            ),
            class_name="mt-6 border-t border-line",
        ),
        class_name="max-w-3xl",
    )


def _skeleton() -> rx.Component:
    return card(
        rx.el.div(
            bone("size-20 rounded-full!"),
            rx.el.div(bone("h-7 w-48"), bone("mt-2 h-5 w-24")),
            class_name="flex items-center gap-5",
        ),
        rx.el.div(
            *[bone("h-6 w-2/3") for _ in range(3)],
            class_name="mt-6 flex flex-col gap-7 border-t border-line py-4",
        ),
        class_name="max-w-3xl",
        custom_attrs={"aria-busy": "true"},
    )


def _dialog() -> rx.Component:
    errors = AccountState.errors
    return dialog(
        "edit-info",
        form(
            rx.cond(AccountState.changes.length() > 0, _what_changed()),
            rx.el.div(
                text_field(
                    "First name",
                    "first_name",
                    error=errors["first_name"],
                    default_value=_PROFILE.first_name,
                    auto_complete="given-name",
                ),
                text_field(
                    "Last name",
                    "last_name",
                    error=errors["last_name"],
                    default_value=_PROFILE.last_name,
                    auto_complete="family-name",
                ),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
            phone_field(
                error=errors["phone"],
                required=False,
                default_value=_PROFILE.phone,
            ),
            EditKeeper.create(
                version=_PROFILE.version,
                seen=AccountState.seen,
                saved=AccountState.saved,
            ),
            on_submit=AccountState.save,
            problem=AccountState.problem,
            form_id=_FORM,
        ),
        title="Edit Info",
        actions=[
            dialog_close_button("edit-info", "Cancel"),
            submit_button(
                "Save", pending=AccountState.pending, custom_attrs={"form": _FORM}
            ),
        ],
    )


def _what_changed() -> rx.Component:
    return arrival(
        note(
            rx.el.p(
                "While you were editing, this was changed somewhere else. "
                "Save again to keep what is in the form."
            ),
            rx.el.ul(
                each(AccountState.changes, _change),
                class_name="mt-2 flex flex-col gap-1",
            ),
            tone="warning",
            title="Your profile changed",
        ),
        class_name="rounded-xl",
        custom_attrs={"role": "alert"},
    )


def _change(change: Change) -> rx.Component:
    return rx.el.li(
        change.label,
        " is now ",
        rx.el.strong(change.now, class_name="font-semibold break-words"),
    )


page = Page(
    route="/account",
    title="My Account",
    draw=draw,
    on_load=(
        ViewerState.load,
        AccountState.load,
        AccountAccessState.load,
        PasswordState.clear,
    ),
)
