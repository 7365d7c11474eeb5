"""The office writes the policies."""

from typing import Any

import reflex as rx

from portal_app.components.account_parts import dialog_name, item, line
from portal_app.components.button import link_button
from portal_app.components.edit import edit_button, saving_dialog
from portal_app.components.feedback import badge
from portal_app.components.fields import text_field, textarea_field
from portal_app.components.icon import icon
from portal_app.components.logic import each, joined, when
from portal_app.components.office_lists import (
    archive,
    archived_entry,
    entry,
    entry_list,
    just_archived,
)
from portal_app.components.places import OFFICE_MENU
from portal_app.components.shell import shell
from portal_app.components.skeleton import list_skeleton
from portal_app.components.surface import page_header
from portal_app.pages.page import Page
from portal_app.state.office_policies import OfficePoliciesState
from portal_app.state.viewer import ViewerState

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
        entry_list(each(_POLICIES, _entry), each(_STATE.unwritten, _unwritten)),
        just_archived(
            _STATE, "is archived. Customers do not see it; the text is kept."
        ),
        archive(
            _STATE.archived,
            lambda policy: archived_entry(
                policy.title, policy.shown, key=policy.id, state=_STATE
            ),
            "Customers do not see these.",
        ),
    )


def _entry(policy: Any, at: Any) -> rx.Component:
    return entry(
        "file-text",
        policy.title,
        rx.el.p(policy.text, class_name="line-clamp-2 text-ink-soft"),
        key=policy.id,
        at=at,
        entries=_POLICIES,
        state=_STATE,
        badges=when(policy.shown, badge(policy.shown)),
        edit=dialog_name("policy", policy.id),
    )


def _unwritten(policy: Any) -> rx.Component:
    return item(
        "file-text",
        policy.title,
        line(policy.shown),
        badges=badge("Not written yet", look="bg-warning-soft text-warning"),
        actions=[
            edit_button(
                dialog_name("policy", policy.id),
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
        dialog_name("policy", policy.id),
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
