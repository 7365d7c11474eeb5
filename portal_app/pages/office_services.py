"""The office keeps its services and their categories."""

from typing import Any

import reflex as rx

from portal_app.components.catalogue.service_cards import picture
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import badge, empty_state, list_skeleton
from portal_app.components.ui.fields import select_field, text_field
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Archive,
    Collection,
    add_button,
    archived_list,
    collection_dialogs,
    collection_list,
    icon_action,
    item,
    item_line,
    restore_button,
    undo_bar,
)
from portal_app.components.ui.logic import each, is_var, joined, when
from portal_app.components.ui.surfaces import page_header, section
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.services import (
    EDITOR_PREFIX,
    OfficeCategoriesState,
    OfficeServicesState,
    OfficeTaxState,
)

_STATE = OfficeServicesState
_TAXES = (
    ("", "As usual in your country"),
    ("included", "The prices I enter include it"),
    ("added", "It is added to the prices I enter"),
)


def _place(service_id: rx.Var[str], at: rx.Var[int]) -> list[rx.Var[Any]]:
    return [service_id, at]


class DragHandle(rx.Component):
    """What an entry of a list is dragged by, or moved with the arrow keys."""

    library = "$/public/react/drag_handle.jsx"
    tag = "DragHandle"

    id: rx.Var[str]
    label: rx.Var[str]

    on_place: rx.EventHandler[_place]


def draw() -> rx.Component:
    """Draw the services by category, the categories, and the tax."""
    categories = Collection(
        OfficeCategoriesState,
        "category_id",
        name=lambda one: one.name,
        draw=_category,
        fields=_category_fields,
        add="Add category",
        empty="There is no category yet. Services are shown by category.",
        ordered=True,
        archive=Archive(
            "is archived.",
            "These are not used now.",
            lambda one: one.description,
        ),
    )
    return shell(
        rx.el.div(
            page_header(
                "Services",
                text="What customers can book, and what it costs.",
                action=when(
                    _STATE.choices.length() > 0,
                    edit_button(
                        "service-new",
                        icon("plus"),
                        rx.el.span("Add service"),
                        class_name="btn btn-primary",
                    ),
                ),
            ),
            rx.cond(_STATE.loaded, _services(), list_skeleton(4)),
            rx.el.div(
                section(
                    "Categories",
                    rx.cond(
                        OfficeCategoriesState.loaded,
                        collection_list(categories),
                        list_skeleton(2),
                    ),
                    text="In the order in which customers see them.",
                    action=add_button(categories),
                ),
                class_name="mt-10",
            ),
            _tax(),
            class_name="max-w-3xl",
        ),
        saving_dialog(
            _STATE,
            "service-new",
            text_field(
                "Name", "name", error=_STATE.errors["name"], auto_complete="off"
            ),
            select_field(
                "Category",
                "category",
                _STATE.choices,
                error=_STATE.errors["category"],
            ),
            title="Add service",
            text="It begins as a draft: customers see it once you publish it.",
            version=0,
            wide=False,
        ),
        collection_dialogs(categories),
        _tax_dialog(),
        active="office-services",
        places=OFFICE_MENU,
    )


def _services() -> rx.Component:
    return rx.fragment(
        when(
            _STATE.shelves.length() > 0,
            rx.el.div(each(_STATE.shelves, _shelf), class_name="flex flex-col gap-8"),
            rx.el.div(
                empty_state(
                    "There is nothing to book yet",
                    "Add a category first, then the services in it.",
                    name="calendar-plus",
                ),
                class_name="card",
            ),
        ),
        undo_bar(
            joined(
                "“", _STATE.removed_name, "” is not offered any more. Bookings stay."
            ),
            _STATE.removed,
            _STATE.restore(_STATE.removed),
        ),
        archived_list(_STATE.archived, _archived),
    )


def _shelf(shelf: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(shelf.name, class_name="mb-3 text-xl wrap-anywhere"),
        rx.el.ul(
            each(shelf.services, _service),
            class_name="card divide-y divide-line px-3 py-1 sm:px-5",
        ),
        key=shelf.id,
    )


def _service(one: Any) -> rx.Component:
    return rx.el.li(
        DragHandle.create(id=one.id, label=one.name, on_place=_STATE.place),
        when(
            one.image,
            picture(
                one.image,
                "",
                sizes="5rem",
                class_name="w-16! shrink-0 rounded-lg bg-sunken max-sm:hidden sm:w-20!",
            ),
            rx.el.span(
                icon("sparkles"),
                class_name=(
                    "grid aspect-[3/2] w-20 shrink-0 place-items-center rounded-lg "
                    "bg-accent-soft text-accent-ink max-sm:hidden"
                ),
            ),
        ),
        rx.el.div(
            rx.el.h3(
                link(
                    one.name,
                    href=EDITOR_PREFIX + one.id,
                    class_name="font-semibold wrap-anywhere hover:underline",
                ),
                when(
                    one.state == "draft",
                    rx.el.span(badge("Draft"), class_name="ml-2"),
                ),
                class_name="text-base",
            ),
            rx.el.p(one.price, " · ", one.duration, class_name="text-sm text-ink-soft"),
            class_name="min-w-0 flex-1 py-1",
        ),
        rx.el.div(
            rx.el.span(
                link(
                    icon("pencil"),
                    href=EDITOR_PREFIX + one.id,
                    class_name="btn btn-ghost btn-icon",
                    custom_attrs={"aria-label": joined("Edit ", one.name)},
                ),
                class_name="max-sm:hidden",
            ),
            icon_action(
                "copy",
                joined("Duplicate ", one.name),
                on_click=_STATE.duplicate(one.id),
            ),
            icon_action(
                "archive", joined("Archive ", one.name), on_click=_STATE.archive(one.id)
            ),
            class_name="-mr-2 flex shrink-0",
        ),
        class_name="drag-entry flex items-center gap-2 py-2 sm:gap-3.5",
        key=one.id,
    )


def _archived(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(
                one.name,
                href=EDITOR_PREFIX + one.id,
                class_name="font-semibold wrap-anywhere hover:underline",
            ),
            rx.el.p(one.category_name, class_name="text-sm text-ink-soft"),
            class_name="min-w-0 flex-1",
        ),
        restore_button(_STATE, one.id, one.name),
        class_name="flex items-center gap-4 py-3",
        key=one.id,
    )


def _category(one: Any, actions: list[Any]) -> rx.Component:
    return item(
        "tag",
        one.name,
        when(one.description, item_line(one.description)),
        rx.el.p(
            rx.cond(
                one.count == 1,
                "One service",
                rx.cond(one.count == 0, "No service", joined(one.count, " services")),
            ),
            class_name="text-sm text-ink-faint",
        ),
        actions=actions,
        key=one.id,
    )


def _category_fields(one: Any) -> list[Any]:
    known, errors = is_var(one), OfficeCategoriesState.errors
    return [
        text_field(
            "Name",
            "name",
            error=errors["name"],
            default_value=one.name if known else "",
            auto_complete="off",
        ),
        text_field(
            "Description",
            "description",
            error=errors["description"],
            default_value=one.description if known else "",
            required=False,
            auto_complete="off",
        ),
    ]


def _tax() -> rx.Component:
    return rx.el.div(
        section(
            "Tax",
            rx.el.div(
                rx.el.p(
                    OfficeTaxState.tax.text,
                    class_name="min-w-0 flex-1 font-semibold",
                ),
                edit_button(
                    "tax",
                    "Change",
                    rx.el.span(" the tax", class_name="sr-only"),
                    class_name="btn btn-secondary",
                ),
                class_name="card flex items-center gap-4 px-5 py-4 sm:px-7",
            ),
            text="Of every service that has no rate of its own.",
        ),
        class_name="mt-10",
    )


def _tax_dialog() -> rx.Component:
    state = OfficeTaxState
    return saving_dialog(
        state,
        "tax",
        text_field(
            "Percent",
            "percent",
            error=state.errors["percent"],
            default_value=state.tax.percent,
            input_mode="decimal",
            auto_complete="off",
        ),
        select_field(
            "Prices and tax",
            "included",
            _TAXES,
            error=state.errors["included"],
            default_value=state.tax.included,
            help=joined("Usual in your country: ", state.tax.usual, "."),
        ),
        title="Tax",
        version=state.tax.version,
        wide=False,
    )


page = Page(
    route="/office/services",
    title="Services",
    draw=draw,
    on_load=(
        ViewerState.load,
        OfficeServicesState.load,
        OfficeCategoriesState.load,
        OfficeTaxState.load,
    ),
)
