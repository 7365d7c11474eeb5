"""*Dependents*: the list, with search, filter and archive."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import dependent_card, type_icon
from portal_app.components.layout.header import menu
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button, icon_button, link, link_button
from portal_app.components.ui.choices import chip, search_field
from portal_app.components.ui.feedback import empty_state, list_skeleton
from portal_app.components.ui.forms import focused_block
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import page_header, page_turner
from portal_app.components.ui.tabs import tab, tab_list, tab_panel
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.dependents.dependent_list import DependentsState

_ADD = "/dependents/add?type="
_shown = rx.cond(DependentsState.archived, "archived", "current")
_asked = (DependentsState.search != "") | (DependentsState.type_slug != "")


def draw() -> rx.Component:
    """Draw the list."""
    return shell(
        page_header(
            DependentsState.heading,
            text=(
                "Everyone and everything you book for, and what we need to know "
                "about them."
            ),
            action=_add(),
        ),
        rx.el.div(
            tab_list(
                "Which ones",
                tab(
                    "current",
                    "In use",
                    chosen=_shown,
                    on_click=rx.redirect("/dependents"),
                ),
                tab(
                    "archived",
                    "Archived",
                    chosen=_shown,
                    on_click=rx.redirect("/dependents?show=archived"),
                ),
            ),
            search_field(
                "Search by name or detail",
                placeholder="Search",
                asked=DependentsState.search,
                on_change=DependentsState.find.debounce(350),
                class_name="min-w-56 flex-1 sm:max-w-80",
            ),
            class_name="mb-5 flex flex-wrap items-center justify-between gap-3",
        ),
        when(DependentsState.types.length() > 1, _filters()),
        _undo(),
        tab_panel(
            "current",
            when(~DependentsState.archived, _list(_none_yet())),
            chosen=_shown,
        ),
        tab_panel(
            "archived",
            when(DependentsState.archived, _list(_none_archived())),
            chosen=_shown,
        ),
        active="dependents",
    )


def _add() -> rx.Component:
    kinds = DependentsState.kinds
    one = kinds[0]
    return rx.cond(
        kinds.length() > 1,
        menu(
            "add-dependent",
            rx.fragment(icon("plus"), rx.el.span("Add")),
            each(kinds, _add_entry),
            label="Add",
            trigger_class="btn btn-primary",
        ),
        when(
            kinds.length() == 1,
            link_button(
                "Add " + one.singular.lower(), href=_ADD + one.slug, before="plus"
            ),
        ),
    )


def _add_entry(kind: Any) -> rx.Component:
    return link(
        type_icon(kind.icon),
        kind.singular,
        href=_ADD + kind.slug,
        class_name="menu-item",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        chip(
            "All",
            chosen=DependentsState.type_slug == "",
            on_click=DependentsState.pick(""),
        ),
        each(DependentsState.types, _filter),
        role="group",
        aria_label="Filter by kind",
        class_name="mb-5 flex flex-wrap gap-2",
    )


def _filter(kind: Any) -> rx.Component:
    return chip(
        rx.fragment(
            type_icon(kind.icon, "size-4.5"),
            kind.plural,
            rx.el.span(
                kind.count, class_name="font-normal tabular-nums", aria_hidden="true"
            ),
        ),
        chosen=DependentsState.type_slug == kind.slug,
        on_click=DependentsState.pick(kind.slug),
    )


def _undo() -> rx.Component:
    """Say what was archived, wherever in a long list that was."""
    return rx.el.div(
        when(
            DependentsState.archived_id,
            focused_block(
                rx.el.p(
                    rx.el.strong(DependentsState.archived_name),
                    " is archived.",
                    class_name="min-w-0 flex-1",
                ),
                button(
                    "Undo",
                    kind="secondary",
                    size="sm",
                    before="rotate-ccw",
                    on_click=DependentsState.restore(DependentsState.archived_id),
                ),
                key=DependentsState.archived_id,
                class_name=(
                    "mb-4 flex items-center gap-4 rounded-xl bg-info-soft px-4 py-2.5 "
                    "text-info shadow-card"
                ),
            ),
        ),
        role="status",
        class_name="sticky top-20 z-20",
    )


def _list(empty: rx.Component) -> rx.Component:
    return rx.cond(
        DependentsState.loaded,
        rx.cond(
            DependentsState.total > 0,
            rx.el.div(
                rx.el.ul(
                    each(
                        DependentsState.rows,
                        lambda row: dependent_card(row, _row_action(row)),
                    ),
                    class_name="grid grid-cols-1 gap-3.5 xl:grid-cols-2",
                ),
                page_turner(
                    DependentsState.summary,
                    DependentsState.page,
                    DependentsState.has_more,
                    DependentsState.turn,
                ),
            ),
            rx.cond(
                _asked,
                empty_state(
                    "Nothing matches",
                    "Try another word, or look at all of them.",
                    action=button(
                        "Show all",
                        kind="secondary",
                        on_click=rx.redirect("/dependents"),
                    ),
                    picture="/art/nothing-found.webp",
                ),
                empty,
            ),
        ),
        list_skeleton(3),
    )


def _row_action(row: Any) -> rx.Component:
    return rx.cond(
        row.archived,
        button(
            "Restore",
            kind="secondary",
            size="sm",
            on_click=DependentsState.restore(row.id),
            aria_label="Restore " + row.name,
        ),
        icon_button(
            "archive", "Archive " + row.name, on_click=DependentsState.archive(row.id)
        ),
    )


def _none_yet() -> rx.Component:
    return empty_state(
        joined("No ", DependentsState.heading.lower(), " yet"),
        "Add them once, with what we need to know, then pick them each time you book.",
        action=rx.el.div(
            each(
                DependentsState.kinds,
                lambda kind: link_button(
                    type_icon(kind.icon, "mr-2 inline"),
                    "Add " + kind.singular.lower(),
                    href=_ADD + kind.slug,
                    kind="secondary",
                ),
            ),
            class_name="flex flex-wrap justify-center gap-2.5",
        ),
        name="heart",
    )


def _none_archived() -> rx.Component:
    return empty_state(
        "Nothing is archived",
        "You can archive what you no longer book for. Old bookings keep it.",
        name="archive",
    )


page = Page(
    route="/dependents",
    feature=Feature.DEPENDENTS,
    title=DependentsState.heading,
    draw=draw,
    on_load=(ViewerState.load, DependentsState.load),
)
