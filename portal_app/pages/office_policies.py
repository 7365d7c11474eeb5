"""The office writes the policies."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge, list_skeleton
from portal_app.components.ui.fields import text_field, textarea_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    archived_item,
    archived_notice,
    archived_section,
    edit_dialog_name,
    item,
    item_line,
    ordered_item,
    ordered_item_list,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.policies import OfficePoliciesState

_STATE = OfficePoliciesState
_POLICIES = OfficePoliciesState.items
_NEW = "policy-new"


def draw() -> rx.Component:
    """Draw the list, and the dialogs that add to it and change it."""
    return shell(
        rx.el.div(
            page_header(
                "Policies",
                text="What customers accept and can look up.",
                action=rx.el.div(
                    link_button(
                        "See the page",
                        href="/policies",
                        kind="ghost",
                        before="eye",
                    ),
                    edit_button(
                        _NEW,
                        icon("plus"),
                        rx.el.span("Add policy"),
                        class_name="btn btn-primary",
                    ),
                    class_name="flex flex-wrap items-center gap-2",
                ),
            ),
            rx.cond(_STATE.loaded, _lists(), list_skeleton(3)),
            class_name="max-w-3xl",
        ),
        each(_POLICIES, _dialog),
        each(_STATE.unwritten, _dialog),
        saving_dialog(_STATE, _NEW, *_fields(), title="Add policy", version=0),
        active="policies",
        places=OFFICE_MENU,
    )


def _lists() -> rx.Component:
    return rx.fragment(
        ordered_item_list(each(_POLICIES, _entry), each(_STATE.unwritten, _unwritten)),
        archived_notice(
            _STATE, "is archived. Customers do not see it; the text is kept."
        ),
        archived_section(
            _STATE.archived,
            lambda policy: archived_item(
                policy.title, policy.shown, key=policy.id, state=_STATE
            ),
            "Customers do not see these.",
        ),
    )


def _entry(policy: Any, at: Any) -> rx.Component:
    return ordered_item(
        "file-text",
        policy.title,
        rx.el.p(policy.text, class_name="line-clamp-2 text-ink-soft"),
        key=policy.id,
        at=at,
        entries=_POLICIES,
        state=_STATE,
        badges=when(policy.shown, badge(policy.shown)),
        edit=edit_dialog_name("policy", policy.id),
    )


def _unwritten(policy: Any) -> rx.Component:
    return item(
        "file-text",
        policy.title,
        item_line(policy.shown),
        badges=badge("Not written yet", look="bg-warning-soft text-warning"),
        actions=[
            edit_button(
                edit_dialog_name("policy", policy.id),
                icon("pencil"),
                rx.el.span("Write"),
                rx.el.span(joined(" ", policy.title), class_name="sr-only"),
                class_name="btn btn-secondary btn-sm",
            )
        ],
        key=policy.id,
    )


def _dialog(policy: Any) -> rx.Component:
    return saving_dialog(
        _STATE,
        edit_dialog_name("policy", policy.id),
        *_fields(policy),
        title=joined("Edit ", policy.title),
        version=policy.version,
    )


def _fields(policy: Any = None) -> list[Any]:
    known = policy is not None
    which = rx.el.input(
        type="hidden",
        name="policy",
        value=policy.id if known else "",
        read_only=True,
    )
    return [
        which,
        text_field(
            "Title",
            "title",
            error=_STATE.errors["title"],
            default_value=policy.title if known else "",
            auto_complete="off",
        ),
        textarea_field(
            "Text",
            "text",
            error=_STATE.errors["text"],
            help="Leave a line empty to begin a new paragraph.",
            rows=14,
            default_value=policy.text if known else "",
        ),
    ]


page = Page(
    route="/office/policies",
    title="Policies",
    draw=draw,
    on_load=(ViewerState.load, OfficePoliciesState.load),
)
