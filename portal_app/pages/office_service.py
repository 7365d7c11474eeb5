"""The office changes one service, and sees its page beside it."""

import reflex as rx

from portal_app.components.catalogue.service_page import service_details
from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.classes import class_schedule
from portal_app.components.office.service_editor import service_editor
from portal_app.components.ui.buttons import back_link, button, text_link
from portal_app.components.ui.feedback import badge, empty_state, form_skeleton, note
from portal_app.components.ui.logic import joined, when
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.classes import OfficeClassesState
from portal_app.state.office.service_editor import OfficeServiceState

_STATE = OfficeServiceState


def draw() -> rx.Component:
    """Draw the form, and the page as customers will see it."""
    return shell(
        when(
            _STATE.path == current_path(),
            when(_STATE.found, _editor(), _missing()),
            form_skeleton(),
        ),
        active="office-services",
        places=OFFICE_MENU,
    )


def _editor() -> rx.Component:
    return rx.el.div(
        rx.el.header(
            back_link("Services", "/office/services"),
            rx.el.div(
                rx.el.h1(
                    _STATE.form.name,
                    tab_index=-1,
                    class_name="min-w-0 text-3xl wrap-anywhere",
                ),
                when(
                    _STATE.form.archived,
                    badge("Archived"),
                    when(_STATE.form.published, rx.fragment(), badge("Draft")),
                ),
                rx.el.div(
                    when(
                        _STATE.form.published & ~_STATE.form.archived,
                        text_link(
                            "See the page",
                            href=joined("/services/", _STATE.form.slug),
                            class_name="inline-flex min-h-11 items-center",
                        ),
                    ),
                    when(
                        _STATE.form.archived,
                        button(
                            "Restore",
                            kind="secondary",
                            size="sm",
                            on_click=_STATE.restore,
                        ),
                        button(
                            "Archive",
                            kind="secondary",
                            size="sm",
                            on_click=_STATE.archive,
                        ),
                    ),
                    class_name="ml-auto flex items-center gap-4",
                ),
                class_name="mt-2 mb-6 flex flex-wrap items-center gap-x-4 gap-y-2",
            ),
        ),
        when(
            _STATE.form.archived,
            rx.el.div(
                note("This service is archived: customers do not see it."),
                class_name="mb-6",
            ),
        ),
        rx.el.div(
            rx.el.div(
                service_editor(),
                when(_STATE.form.seats, class_schedule()),
                class_name="flex min-w-0 flex-col gap-6",
            ),
            _preview(),
            class_name=(
                "grid items-start gap-x-7 gap-y-10 "
                "xl:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]"
            ),
        ),
        key=_STATE.form.id,
    )


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            "As customers will see it",
            id="preview",
            class_name="mb-3 scroll-mt-24 text-lg",
        ),
        rx.el.div(
            rx.el.div(
                service_details(_STATE.page, ViewerState.business),
                class_name="@container",
                # To be looked at: what it says is said by the form.
                aria_hidden="true",
                custom_attrs={"inert": True},
            ),
            class_name=("card overflow-y-auto p-5 xl:max-h-[calc(100dvh-9rem)] sm:p-6"),
            tab_index=0,
            role="region",
            aria_label="Preview",
        ),
        class_name="min-w-0 xl:sticky xl:top-20",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        back_link("Services", "/office/services"),
        empty_state(
            "There is no such service",
            "The address may be mistyped.",
            name="search",
            level=2,
        ),
    )


page = Page(
    route="/office/services/[id]",
    title="Service",
    draw=draw,
    on_load=(ViewerState.load, OfficeServiceState.load, OfficeClassesState.load),
)
