"""The office writes the policies."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.dialogs import edit_button
from portal_app.components.ui.feedback import badge, list_skeleton
from portal_app.components.ui.fields import text_field, textarea_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Archive,
    Collection,
    add_button,
    collection_dialogs,
    collection_list,
    item,
    item_line,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.policies import OfficePoliciesState

_STATE = OfficePoliciesState


def draw() -> rx.Component:
    """Draw the list, and the dialogs that add to it and change it."""
    policies = Collection(
        _STATE,
        "policy",
        name=lambda policy: policy.title,
        draw=_item,
        fields=_fields,
        add="Add policy",
        empty="",
        ordered=True,
        archive=Archive(
            "is archived. Customers do not see it; the text is kept.",
            "Customers do not see these.",
            lambda policy: policy.shown,
        ),
    )

    def unwritten(policy: Any) -> rx.Component:
        return _unwritten(policy, policies.dialog_name(policy.id))

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
                    add_button(policies, "btn btn-primary"),
                    class_name="flex flex-wrap items-center gap-2",
                ),
            ),
            rx.cond(
                _STATE.loaded,
                collection_list(policies, each(_STATE.unwritten, unwritten)),
                list_skeleton(3),
            ),
            class_name="max-w-3xl",
        ),
        collection_dialogs(policies, _STATE.unwritten),
        active="policies",
        places=OFFICE_MENU,
    )


def _item(policy: Any, actions: list[Any]) -> rx.Component:
    return item(
        "file-text",
        policy.title,
        rx.el.p(policy.text, class_name="line-clamp-2 text-ink-soft"),
        badges=when(policy.shown, badge(policy.shown)),
        actions=actions,
        key=policy.id,
    )


def _unwritten(policy: Any, dialog: Any) -> rx.Component:
    return item(
        "file-text",
        policy.title,
        item_line(policy.shown),
        badges=badge("Not written yet", look="bg-warning-soft text-warning"),
        actions=[
            edit_button(
                dialog,
                icon("pencil"),
                rx.el.span("Write"),
                rx.el.span(joined(" ", policy.title), class_name="sr-only"),
                class_name="btn btn-secondary btn-sm",
            )
        ],
        key=policy.id,
    )


def _fields(policy: Any) -> list[Any]:
    known = policy is not None
    return [
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
