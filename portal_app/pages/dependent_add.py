"""Adding a dependent, on a page of its own."""

from typing import Any

import reflex as rx

from portal_app.components.dependents.cards import type_icon
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import back_link, link, link_button, submit_button
from portal_app.components.ui.custom_fields import custom_fields
from portal_app.components.ui.feedback import empty_state, form_skeleton
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.forms import form, unsaved_changes_guard
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.picture_editor import picture_field
from portal_app.components.ui.surfaces import card
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.dependents.dependent import DependentAddState

_kind = DependentAddState.kind
_chosen = _kind.slug != ""
_away = rx.cond(DependentAddState.back, DependentAddState.back, "/dependents")


def draw() -> rx.Component:
    """Draw the form; it stays where it is whatever the state does."""
    return shell(
        rx.cond(
            DependentAddState.back,
            back_link("Back to your booking", _away),
            back_link(ViewerState.dependents, "/dependents"),
        ),
        rx.el.h1(
            rx.cond(
                _chosen, "Add " + _kind.singular.lower(), "What do you want to add?"
            ),
            class_name="mt-2 mb-7 text-3xl",
            tab_index=-1,
        ),
        when(~DependentAddState.loaded, card(form_skeleton(), class_name="max-w-3xl")),
        when(DependentAddState.loaded & ~_chosen, _kinds()),
        card(_form(), class_name=rx.cond(_chosen, "max-w-3xl", "hidden")),
        active="dependents",
    )


def _kinds() -> rx.Component:
    return rx.cond(
        DependentAddState.kinds.length() > 0,
        rx.el.ul(
            each(DependentAddState.kinds, _kind_card),
            class_name="grid max-w-3xl gap-3.5 sm:grid-cols-2",
        ),
        empty_state(
            "There is nothing to add",
            "This business does not need this.",
            name="info",
        ),
    )


def _kind_card(kind: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(
                type_icon(kind.icon, "size-6"),
                class_name=(
                    "grid size-12 place-items-center rounded-xl bg-accent-soft "
                    "text-accent-ink"
                ),
            ),
            rx.el.span(kind.singular, class_name="flex-1 text-lg font-semibold"),
            icon("chevron-right", "text-ink-faint"),
            href="/dependents/add?type=" + kind.slug,
            class_name="card card-link flex items-center gap-4 p-4",
        )
    )


def _form() -> rx.Component:
    errors = DependentAddState.errors
    return form(
        text_field("Name", "name", error=errors["name"], auto_complete="off"),
        picture_field("Photo", "picture_id", error=errors["picture_id"]),
        custom_fields(DependentAddState.fields, errors, of=_kind.slug),
        rx.el.div(
            link_button("Cancel", href=_away, kind="secondary"),
            submit_button("Save", pending=DependentAddState.pending),
            class_name=(
                "flex flex-col-reverse gap-2.5 border-t border-line pt-5 sm:flex-row "
                "sm:justify-end"
            ),
        ),
        unsaved_changes_guard(DependentAddState.saved, DependentAddState.leads),
        on_submit=DependentAddState.save,
        problem=DependentAddState.problem,
    )


page = Page(
    route="/dependents/add",
    feature=Feature.DEPENDENTS,
    title=rx.cond(_chosen, "Add " + _kind.singular.lower(), "Add"),
    draw=draw,
    on_load=(ViewerState.load, DependentAddState.load),
)
