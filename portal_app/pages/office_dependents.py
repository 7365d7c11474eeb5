"""The office defines whom and what customers book for."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import ICONS, type_icon
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button
from portal_app.components.ui.choices import choice_group
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Archive,
    Collection,
    add_button,
    collection_dialogs,
    collection_list,
    form_part,
    item,
    item_line,
)
from portal_app.components.ui.logic import is_var, joined
from portal_app.components.ui.rows import row_part, rows
from portal_app.components.ui.surfaces import page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.dependent_types import OfficeDependentTypesState

_STATE = OfficeDependentTypesState
_EXPIRES = (
    ("always", "Always"),
    ("sometimes", "Sometimes"),
    ("never", "Never"),
)
_MOST_DOCUMENTS = 20


def draw() -> rx.Component:
    """Draw the types, and the dialogs that add to them and change them."""
    types = Collection(
        _STATE,
        "type",
        name=lambda one: one.plural,
        draw=_item,
        fields=_fields,
        add="Add type",
        empty=empty_state(
            "Customers book for themselves only",
            "Add a type such as Pet, Child or Vehicle, and customers can keep "
            "theirs in the portal.",
            name="heart",
        ),
        ordered=True,
        archive=Archive(
            "can no longer be added. Customers keep the ones they have.",
            "Customers can no longer add these. They keep the ones they have.",
            _how_many,
        ),
    )
    return shell(
        rx.el.div(
            page_header(
                "Dependents",
                text="Who or what customers book for.",
                action=add_button(types, "btn btn-primary"),
            ),
            rx.cond(_STATE.loaded, collection_list(types), list_skeleton(3)),
            class_name="max-w-3xl",
        ),
        collection_dialogs(types),
        active="types",
        places=OFFICE_MENU,
    )


def _item(one: Any, actions: list[Any]) -> rx.Component:
    return item(
        type_icon(one.icon, "size-5"),
        one.plural,
        item_line(one.asks, class_name="line-clamp-2"),
        rx.el.p(_how_many(one), class_name="text-sm text-ink-faint"),
        actions=[
            link_button(
                "Fields",
                rx.el.span(joined(" of ", one.plural), class_name="sr-only"),
                href=joined("/office/fields?type=", one.id),
                kind="ghost",
            ),
            *actions,
        ],
        key=one.id,
    )


def _how_many(one: Any) -> Any:
    return rx.cond(
        one.count == 0,
        "None added yet",
        rx.cond(
            one.count == 1,
            "One in the portal",
            joined(one.count, " in the portal"),
        ),
    )


def _fields(one: Any) -> list[Any]:
    known = is_var(one)
    errors = _STATE.errors
    return [
        form_part(
            "What they are called",
            rx.el.div(
                text_field(
                    "One of them",
                    "singular",
                    error=errors["singular"],
                    default_value=one.singular if known else "",
                    placeholder="Pet",
                    auto_complete="off",
                    auto_capitalize="words",
                ),
                text_field(
                    "Several of them",
                    "plural",
                    error=errors["plural"],
                    default_value=one.plural if known else "",
                    placeholder="Pets",
                    auto_complete="off",
                    auto_capitalize="words",
                ),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
            choice_group(
                "Icon",
                *[_icon(name, words, one) for name, words in ICONS.items()],
                columns="grid-cols-[repeat(auto-fill,minmax(3.25rem,1fr))]",
            ),
        ),
        form_part(
            "Documents you ask for",
            rows(
                "documents",
                row_part("name", "What it is called"),
                row_part("expires", "Expires", "select", _EXPIRES),
                row_part("help", "Help (optional)"),
                row_part("required", "Required", "tick"),
                label="Document",
                add="Add a document",
                initial=one.documents if known else [],
                errors=errors,
                most=_MOST_DOCUMENTS,
                aside="Not asked for any more",
                keeps="Files from customers are kept.",
            ),
        ),
    ]


def _icon(name: str, words: str, one: Any) -> rx.Component:
    chosen = one.icon == name if is_var(one) else name == next(iter(ICONS))
    return rx.el.label(
        icon(name, "size-6"),
        rx.el.input(
            type="radio",
            name="icon",
            default_checked=chosen,
            class_name="unseen",
            custom_attrs={"value": name, "aria-label": words, "title": words},
        ),
        class_name="choice grid h-13 place-items-center rounded-xl",
    )


page = Page(
    route="/office/dependents",
    title="Dependents",
    draw=draw,
    on_load=(ViewerState.load, OfficeDependentTypesState.load),
)
