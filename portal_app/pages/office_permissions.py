"""What customers see and may do: one table of features and booking states."""

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button, submit_button
from portal_app.components.ui.feedback import list_skeleton
from portal_app.components.ui.fields import text_field
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    unsaved_changes_guard,
)
from portal_app.components.ui.logic import each, joined
from portal_app.components.ui.surfaces import card, page_header, section
from portal_app.domain.business.features import STATE_NAMES
from portal_app.domain.business.views import PermissionCell, PermissionRow
from portal_app.domain.sign_in.views import SeenCustomerView
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.customer_preview import CustomerPreviewState
from portal_app.state.office.permissions import OfficePermissionsState

_STATE = OfficePermissionsState


def draw() -> rx.Component:
    """Draw the table."""
    return shell(
        page_header(
            "Permissions",
            text="What customers see, and what they may do with a booking.",
        ),
        rx.cond(
            _STATE.loaded,
            rx.el.div(
                _form(),
                rx.cond(ViewerState.viewer.reads_only, rx.fragment(), _see_as()),
                class_name="flex flex-col gap-10",
            ),
            list_skeleton(3),
        ),
        active="permissions",
        places=OFFICE_MENU,
    )


def _form() -> rx.Component:
    return form(
        conflict_notice(
            _STATE.changes, "The permissions changed", again=saved_version_button()
        ),
        card(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Feature", scope="col", class_name=_HEAD),
                        *[
                            rx.el.th(name, scope="col", class_name=_HEAD)
                            for name in STATE_NAMES.values()
                        ],
                    ),
                    class_name="max-xl:sr-only",
                ),
                rx.el.tbody(each(_STATE.rows, _row)),
                class_name="w-full border-collapse max-xl:block",
            ),
            class_name="py-2!",
        ),
        rx.el.p(
            "What you switch off is gone from the portal, its emails and its files, "
            "and is there again when you switch it on. Nothing is deleted.",
            class_name="text-ink-soft",
        ),
        submit_button("Save", pending=_STATE.pending, class_name="sm:self-start"),
        unsaved_changes_guard(
            _STATE.saved, "", version=_STATE.version, seen=_STATE.seen
        ),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        reset_on_submit=False,
        class_name="flex flex-col gap-5",
    )


def _see_as() -> rx.Component:
    return section(
        "See as a customer",
        card(
            form(
                text_field(
                    "Name or email",
                    "customer",
                    before="search",
                    auto_complete="off",
                    class_name="min-w-0 flex-1 basis-56",
                ),
                submit_button("Find", kind="secondary", class_name="h-12"),
                on_submit=CustomerPreviewState.find,
                reset_on_submit=False,
                class_name="flex flex-wrap items-end gap-3",
            ),
            rx.cond(
                CustomerPreviewState.found.length() > 0,
                rx.el.ul(
                    each(CustomerPreviewState.found, _found),
                    class_name="mt-4 divide-y divide-line",
                ),
                rx.cond(
                    CustomerPreviewState.searched,
                    rx.el.p(
                        "Nobody with an account is called that.",
                        class_name="mt-4 text-ink-soft",
                        role="status",
                    ),
                ),
            ),
        ),
        text="The portal opens as they see it. You can look at everything and change "
        "nothing, and it is noted under Security.",
        class_name="max-w-3xl",
    )


def _found(one: SeenCustomerView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.name, class_name="font-semibold wrap-anywhere"),
            rx.el.p(one.email, class_name="text-sm text-ink-soft wrap-anywhere"),
            class_name="min-w-0 flex-1 basis-44",
        ),
        button(
            "See as this customer",
            kind="secondary",
            size="sm",
            before="eye",
            aria_label=joined("See as ", one.name),
            on_click=CustomerPreviewState.start(one.id),
        ),
        key=one.id,
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5",
    )


_HEAD = "px-3 pt-2 pb-3 text-left text-sm font-semibold text-ink-soft first:pl-0"


def _row(row: PermissionRow) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name=joined("on.", row.feature),
                    default_checked=row.on,
                    class_name="tick mt-0.5",
                    custom_attrs={
                        "aria-describedby": joined("about-", row.feature),
                        "data-switch": "",
                    },
                ),
                rx.el.span(row.name, class_name="font-semibold"),
                class_name="flex min-h-11 items-start gap-3 py-2.5",
            ),
            rx.el.p(
                row.text,
                class_name="text-sm font-normal text-ink-soft",
                custom_attrs={"id": joined("about-", row.feature)},
            ),
            scope="row",
            class_name=("py-3 text-left align-top max-xl:block xl:w-72 xl:pr-4"),
        ),
        each(row.cells, lambda cell: _cell(row, cell)),
        key=row.feature,
        class_name=(
            "group/row border-t border-line first:border-0 max-xl:block max-xl:py-2 "
            "xl:first:border-t"
        ),
    )


def _cell(row: PermissionRow, cell: PermissionCell) -> rx.Component:
    return rx.el.td(
        rx.el.span(
            cell.state,
            class_name="w-28 shrink-0 text-sm text-ink-faint xl:hidden",
            aria_hidden="true",
        ),
        rx.el.span("–", class_name=f"hidden {_WHEN_OFF}"),
        rx.cond(
            cell.may,
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    name=joined("may.", cell.key),
                    default_checked=cell.open,
                    class_name="peer tick",
                    custom_attrs={
                        "aria-label": joined(row.name, ", ", cell.state, ": ", cell.may)
                    },
                ),
                rx.el.span(cell.may, class_name="hidden peer-checked:inline"),
                rx.el.span(cell.see, class_name="text-ink-soft peer-checked:hidden"),
                class_name=f"flex min-h-11 items-start gap-2.5 py-2.5 {_WHEN_ON}",
            ),
            rx.el.span(cell.see, class_name=f"block py-2.5 text-ink-soft {_WHEN_ON}"),
        ),
        key=cell.key,
        class_name=(
            "align-top text-[0.9375rem] leading-6 max-xl:flex max-xl:items-start "
            "max-xl:gap-3 xl:px-3 xl:py-3 max-xl:[&>span:first-child]:py-2.5"
        ),
    )


# The browser shows at once what a switch means, before it is saved.
_WHEN_ON = "group-has-[[data-switch]:not(:checked)]/row:hidden"
_WHEN_OFF = "py-2.5 text-ink-faint group-has-[[data-switch]:not(:checked)]/row:block"


page = Page(
    route="/office/permissions",
    title="Permissions",
    draw=draw,
    on_load=(ViewerState.load, OfficePermissionsState.load),
)
