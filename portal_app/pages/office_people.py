"""Who works in the office."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button, text_link
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge, list_skeleton
from portal_app.components.ui.fields import email_field, select_field, text_field
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.lists import LIST, icon_action, item, item_line
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card, page_header, section
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.people import OfficePeopleState

_STATE = OfficePeopleState
_ROLES = (
    ("owner", "Owner: everything, and who is in the office"),
    ("office", "Office: everything else"),
    ("reader", "Read-only: looks at everything, changes nothing"),
)
_INVITE = "invite-person"


def draw() -> rx.Component:
    """Draw the people, the invitations, and the dialogs that change them."""
    return shell(
        rx.el.div(
            page_header(
                "Office people",
                text="Who runs the business with you, and what each may do.",
                action=when(
                    _STATE.may_change,
                    edit_button(
                        _INVITE,
                        icon("plus"),
                        rx.el.span("Invite somebody"),
                        class_name="btn btn-primary",
                    ),
                ),
            ),
            rx.cond(
                _STATE.loaded,
                rx.el.div(
                    rx.el.ul(each(_STATE.people, _person), class_name=LIST),
                    _invitations(),
                    _two_step(),
                    class_name="flex flex-col gap-9",
                ),
                list_skeleton(3),
            ),
            class_name="max-w-3xl",
        ),
        _invite_dialog(),
        each(_STATE.people, _role_dialog),
        each(_STATE.people, _remove_dialog),
        active="people",
        places=OFFICE_MENU,
    )


def _person(person: Any) -> rx.Component:
    return item(
        avatar(person.name, "", "md"),
        person.name,
        when(person.email != person.name, item_line(person.email)),
        rx.el.p(
            rx.cond(
                person.last_seen, joined("Last here ", person.last_seen), "Not here yet"
            ),
            class_name="text-sm text-ink-faint",
        ),
        badges=rx.fragment(
            badge(person.role_name),
            when(person.is_me, badge("You")),
            when(
                person.second_factor,
                badge(
                    icon("shield-check", "size-3.5"),
                    "Two-step",
                    look="bg-success-soft text-success",
                ),
            ),
        ),
        actions=[
            when(
                _STATE.may_change,
                rx.fragment(
                    icon_action(
                        "pencil",
                        joined("Change the role of ", person.name),
                        opens=joined("role-", person.id),
                    ),
                    icon_action(
                        "trash-2",
                        joined("Remove ", person.name),
                        opens=joined("remove-", person.id),
                    ),
                ),
            )
        ],
        key=person.id,
        framed=False,
    )


def _invitations() -> rx.Component:
    return when(
        _STATE.waiting.length() > 0,
        section(
            "Invited",
            rx.el.ul(each(_STATE.waiting, _invitation), class_name=LIST),
        ),
    )


def _invitation(invitation: Any) -> rx.Component:
    return item(
        "mail",
        invitation.name,
        when(invitation.email != invitation.name, item_line(invitation.email)),
        rx.el.p(
            joined("Sent ", invitation.sent),
            class_name="text-sm text-ink-faint",
        ),
        when(
            _STATE.may_change,
            rx.el.div(
                button(
                    "Send again",
                    rx.el.span(joined(" to ", invitation.name), class_name="sr-only"),
                    kind="secondary",
                    size="sm",
                    on_click=_STATE.send_again(invitation.id),
                ),
                button(
                    "Withdraw",
                    rx.el.span(
                        joined(" the invitation of ", invitation.name),
                        class_name="sr-only",
                    ),
                    kind="ghost",
                    size="sm",
                    on_click=_STATE.withdraw(invitation.id),
                ),
                class_name="mt-3 flex flex-wrap gap-2",
            ),
        ),
        badges=rx.fragment(
            badge(invitation.role_name),
            when(
                invitation.expired,
                badge("Link has run out", look="bg-warning-soft text-warning"),
            ),
        ),
        key=invitation.id,
    )


def _two_step() -> rx.Component:
    return section(
        "Two-step log-in",
        card(
            rx.el.p(
                "Besides the password, a code from an app on the phone. ",
                text_link("Set up yours", href="/two-step"),
                ".",
            ),
            when(
                _STATE.may_change,
                rx.el.div(
                    rx.el.p(
                        rx.cond(
                            _STATE.required,
                            "Everybody who works here must have it, fieldworkers too.",
                            "Everybody decides for themselves.",
                        ),
                        class_name="min-w-0 flex-1 basis-60",
                    ),
                    button(
                        rx.cond(_STATE.required, "Leave it to everybody", "Require it"),
                        kind="secondary",
                        on_click=_STATE.require_second_factor(~_STATE.required),
                    ),
                    class_name=(
                        "mt-4 flex flex-wrap items-center gap-4 border-t border-line "
                        "pt-4"
                    ),
                ),
            ),
        ),
    )


def _invite_dialog() -> rx.Component:
    return saving_dialog(
        _STATE,
        _INVITE,
        email_field(error=_STATE.errors["email"], auto_complete="off"),
        text_field(
            "Name",
            "name",
            error=_STATE.errors["name"],
            required=False,
            auto_complete="off",
        ),
        select_field(
            "What they may do",
            "office_role",
            _ROLES,
            error=_STATE.errors["office_role"],
            default_value="office",
        ),
        title="Invite somebody",
        text="They get an email with a link that is good once, for seven days.",
        version=0,
        on_save=_STATE.invite,
        action="Send the invitation",
        wide=False,
    )


def _whom(person: Any) -> rx.Component:
    return rx.el.input(type="hidden", name="person", value=person.id, read_only=True)


def _role_dialog(person: Any) -> rx.Component:
    return saving_dialog(
        _STATE,
        joined("role-", person.id),
        _whom(person),
        select_field(
            "What they may do",
            "role",
            _ROLES,
            error=_STATE.errors["role"],
            default_value=person.role,
            field_id="field-role",
        ),
        title=joined("Role of ", person.name),
        version=0,
        on_save=_STATE.change_role,
        wide=False,
    )


def _remove_dialog(person: Any) -> rx.Component:
    return saving_dialog(
        _STATE,
        joined("remove-", person.id),
        _whom(person),
        rx.el.p(
            "They are logged out everywhere at once and cannot log in any more. "
            "What they did stays in the records. You can invite them again."
        ),
        title=joined("Remove ", person.name, "?"),
        version=0,
        on_save=_STATE.remove,
        action="Remove",
        kind="danger",
        wide=False,
    )


page = Page(
    route="/office/people",
    title="Office people",
    draw=draw,
    on_load=(ViewerState.load, OfficePeopleState.load),
)
