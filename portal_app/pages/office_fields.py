"""The office defines what customers are asked."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import type_icon
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.field_editor import field_form, kind_icon
from portal_app.components.ui.buttons import link
from portal_app.components.ui.feedback import badge, empty_state, list_skeleton
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Archive,
    Collection,
    add_button,
    collection_dialogs,
    collection_list,
    item,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.custom_fields import OfficeFieldsState

_STATE = OfficeFieldsState


def draw() -> rx.Component:
    """Draw of whom fields are asked, which, and the dialogs that change them."""
    fields = Collection(
        _STATE,
        "field",
        name=lambda field: field.name,
        draw=_item,
        fields=lambda field: field_form(field, _STATE.items, _STATE.errors),
        add="Add field",
        empty=empty_state(
            "No questions here yet",
            "Add a field, and it appears in the form at once.",
            name="list-checks",
            class_name="py-9! sm:py-10!",
        ),
        ordered=True,
        archive=Archive(
            "is not asked any more. Earlier answers are kept.",
            (
                "These are not asked any more. Earlier answers are kept, and come "
                "back if you restore a field."
            ),
            _answer_count,
        ),
    )
    return shell(
        page_header(
            "Fields",
            text="Your own questions, besides name, contact and address.",
        ),
        rx.cond(_STATE.loaded, _page(fields), list_skeleton(4)),
        collection_dialogs(fields),
        active="fields",
        places=OFFICE_MENU,
    )


def _page(fields: Collection) -> rx.Component:
    return rx.el.div(
        _owner_list(),
        _owner_select(),
        rx.el.div(
            rx.cond(_STATE.asked.name, _asked(fields), _unknown_owner()),
            class_name="min-w-0 max-w-3xl flex-1",
        ),
        class_name="flex flex-col gap-x-8 gap-y-5 xl:flex-row",
    )


def _owner_list() -> rx.Component:
    return rx.el.nav(
        rx.el.ul(_owner_link(_STATE.customers, icon("users"))),
        _group("Dependents", _STATE.types, lambda one: type_icon(one.icon)),
        _group("Services", _STATE.services, lambda _one: icon("calendar-plus")),
        aria_label="Who to ask",
        class_name="hidden w-60 shrink-0 xl:block",
    )


def _group(heading: str, entries: Any, drawing: Any) -> rx.Component:
    return when(
        entries.length() > 0,
        rx.el.div(
            rx.el.h2(
                heading,
                class_name="px-3 pt-4 pb-1 text-xs font-semibold text-ink-faint",
            ),
            rx.el.ul(each(entries, lambda one: _owner_link(one, drawing(one)))),
        ),
    )


def _owner_link(one: Any, drawing: rx.Component) -> rx.Component:
    return rx.el.li(
        link(
            drawing,
            rx.el.span(one.name, class_name="min-w-0 flex-1 truncate"),
            rx.el.span(
                one.count,
                class_name="text-sm font-normal text-ink-faint tabular-nums",
                aria_hidden="true",
            ),
            href=one.href,
            class_name="side-link min-h-10! py-1.5!",
            aria_current=rx.cond(one.href == _STATE.asked.href, "page", "false"),
        )
    )


def _owner_select() -> rx.Component:
    identifier = "field-of-whom"

    def option(one: Any) -> rx.Component:
        return rx.el.option(joined(one.name, " (", one.count, ")"), value=one.href)

    return rx.el.div(
        rx.el.label(
            "Who to ask",
            class_name="field-label",
            custom_attrs={"htmlFor": identifier},
        ),
        rx.el.div(
            rx.el.select(
                option(_STATE.customers),
                rx.el.optgroup(each(_STATE.types, option), label="Dependents"),
                rx.el.optgroup(each(_STATE.services, option), label="Services"),
                value=_STATE.asked.href,
                on_change=_STATE.turn,
                class_name="field-input",
                custom_attrs={"id": identifier},
            ),
            icon(
                "chevron-down",
                "pointer-events-none absolute right-3.5 top-1/2 -translate-y-1/2 "
                "text-ink-faint",
            ),
            class_name="relative",
        ),
        class_name="field max-w-3xl xl:hidden",
    )


def _asked(fields: Collection) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(_STATE.asked.name, class_name="text-xl"),
                rx.el.p(_STATE.asked.when, class_name="mt-0.5 text-ink-soft"),
                class_name="min-w-0 flex-1 basis-60",
            ),
            add_button(fields, "btn btn-primary max-sm:w-full"),
            class_name="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3",
        ),
        collection_list(fields),
    )


def _unknown_owner() -> rx.Component:
    return empty_state(
        "This is not offered any more",
        "Choose another type or service above.",
        name="search",
        level=2,
    )


def _item(field: Any, actions: list[Any]) -> rx.Component:
    return item(
        kind_icon(field.kind),
        field.name,
        rx.el.p(
            field.kind_name,
            when(field.details, rx.fragment(" · ", field.details)),
            class_name="line-clamp-2 text-ink-soft",
        ),
        when(
            field.condition,
            rx.el.p(
                icon("corner-down-right", "mt-0.5 size-4"),
                rx.el.span(field.condition, class_name="min-w-0"),
                class_name="flex gap-1.5 text-sm text-ink-soft",
            ),
        ),
        rx.el.p(
            _answer_count(field),
            when(field.who, rx.fragment(" · ", field.who)),
            class_name="text-sm text-ink-faint",
        ),
        badges=when(field.required, badge("Required")),
        actions=actions,
        key=field.id,
    )


def _answer_count(field: Any) -> Any:
    return rx.cond(
        field.answers == 0,
        "Not filled in yet",
        rx.cond(
            field.answers == 1,
            "Filled in once",
            joined("Filled in ", field.answers, " times"),
        ),
    )


page = Page(
    route="/office/fields",
    title="Fields",
    draw=draw,
    on_load=(ViewerState.load, OfficeFieldsState.load),
)
