"""One dependent: its data, its documents, its bookings."""

from typing import Any

import reflex as rx

from portal_app.components.bookings.summary import booking_rows
from portal_app.components.dependents.cards import dependent_picture
from portal_app.components.dependents.documents import document_dialogs, documents_card
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import back_link, button, link_button, text_link
from portal_app.components.ui.custom_fields import custom_fields, custom_values
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import detail_skeleton, empty_state
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import joined, when
from portal_app.components.ui.picture_editor import picture_editor
from portal_app.components.ui.surfaces import card, page_turner
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.dependents.dependent import DependentState

_dependent = DependentState.dependent


def draw() -> rx.Component:
    """Draw the dependent at this address."""
    return shell(
        rx.cond(
            current_path() == DependentState.path,
            rx.cond(_dependent, _overview(), _missing()),
            detail_skeleton(),
        ),
        _edit_dialog(),
        document_dialogs(),
        active="dependents",
    )


def _overview() -> rx.Component:
    return rx.el.div(
        when(
            DependentState.back,
            back_link("Back to your booking", DependentState.back),
            back_link(ViewerState.dependents, "/dependents"),
        ),
        _header(),
        when(_dependent.archived, _archived()),
        rx.el.div(
            rx.el.div(
                card(
                    rx.el.h2("Details", class_name="mb-2 text-xl"),
                    rx.cond(
                        _dependent.fields.length() > 0,
                        custom_values(_dependent.fields),
                        rx.el.p("No details needed.", class_name="text-ink-soft"),
                    ),
                ),
                _bookings(),
                class_name="flex min-w-0 flex-1 flex-col gap-5",
            ),
            rx.el.div(documents_card(), class_name="xl:w-96 xl:shrink-0"),
            class_name="flex flex-col gap-5 xl:flex-row xl:items-start",
        ),
    )


def _header() -> rx.Component:
    return rx.el.header(
        picture_editor(
            dependent_picture(_dependent.picture_url, _dependent.type.icon, "xl"),
            "Update photo",
            picture=_dependent.picture_url,
            on_uploaded=DependentState.set_picture,
            on_remove=DependentState.set_picture(""),
        ),
        rx.el.div(
            rx.el.h1(
                _dependent.name, class_name="text-3xl wrap-anywhere", tab_index=-1
            ),
            rx.el.p(_dependent.type.singular, class_name="mt-1 text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            when(
                ~_dependent.archived,
                button(
                    "Archive",
                    kind="secondary",
                    before="archive",
                    on_click=DependentState.archive,
                    class_name="max-sm:flex-1",
                ),
            ),
            edit_button(
                _editing(),
                icon("pencil"),
                rx.el.span("Edit"),
                class_name="btn btn-primary max-sm:flex-1",
            ),
            class_name="flex gap-2.5 max-sm:w-full",
        ),
        class_name="mt-2 mb-7 flex flex-wrap items-center gap-x-5 gap-y-4",
    )


def _archived() -> rx.Component:
    return rx.el.div(
        icon("archive"),
        rx.el.p(
            (
                "This is archived: you cannot choose it for new bookings. Old "
                "bookings keep it."
            ),
            class_name="min-w-0 flex-1",
        ),
        button(
            "Restore",
            kind="secondary",
            size="sm",
            before="rotate-ccw",
            on_click=DependentState.restore,
        ),
        role="status",
        class_name=(
            "mb-5 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl bg-info-soft "
            "px-4 py-2.5 text-info"
        ),
    )


def _bookings() -> rx.Component:
    upcoming, past = DependentState.upcoming, DependentState.past
    return card(
        rx.el.h2("Bookings", class_name="mb-3 text-xl"),
        when(
            (upcoming.length() == 0) & (past.length() == 0),
            rx.el.p(
                "No bookings yet. ",
                text_link("Schedule an appointment", href="/services"),
                class_name="text-ink-soft",
            ),
        ),
        when(
            upcoming.length() > 0,
            rx.el.section(
                rx.el.h3("Upcoming", class_name="mb-2.5 text-base text-ink-soft"),
                booking_rows(upcoming),
            ),
        ),
        when(
            past.length() > 0,
            rx.el.section(
                rx.el.h3("Past", class_name="mb-2.5 mt-5 text-base text-ink-soft"),
                booking_rows(past),
                page_turner(
                    "Page " + DependentState.page.to_string(),
                    DependentState.page,
                    DependentState.has_more,
                    DependentState.turn,
                ),
            ),
        ),
    )


def _editing() -> Any:
    """The name of the dialog of this very page: what is typed is kept under it."""
    return joined("dependent-of-", current_path())


def _edit_dialog() -> rx.Component:
    errors = DependentState.errors
    return saving_dialog(
        DependentState,
        _editing(),
        text_field(
            "Name",
            "name",
            error=errors["name"],
            default_value=_dependent.name,
            auto_complete="off",
        ),
        custom_fields(_dependent.fields, errors, of=_dependent.id),
        title=joined("Edit ", _dependent.name),
        version=_dependent.version,
    )


def _missing() -> rx.Component:
    return rx.el.div(
        back_link(ViewerState.dependents, "/dependents"),
        empty_state(
            "We could not find that",
            joined(
                "It may have been removed. Have a look in ", ViewerState.dependents, "."
            ),
            action=link_button("Go to ", ViewerState.dependents, href="/dependents"),
            name="search",
            level=1,
        ),
    )


page = Page(
    route="/dependents/[id]",
    feature=Feature.DEPENDENTS,
    title=ViewerState.dependents,
    draw=draw,
    on_load=(ViewerState.load, DependentState.load),
)
