"""The log of what the staff changed."""

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import link_button, submit_button
from portal_app.components.ui.feedback import badge, empty_state, list_skeleton
from portal_app.components.ui.fields import select_field, text_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card, page_header, page_turner
from portal_app.domain.office.views import ChangeView, DifferenceView
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.changes import OfficeChangesState

_STATE = OfficeChangesState
_VALUE = "min-w-0 whitespace-pre-line wrap-anywhere"


def draw() -> rx.Component:
    """Draw one page of the log."""
    return shell(
        rx.el.div(
            page_header(
                "Changes",
                text="Who changed what in the set-up of the business, and when.",
                action=link_button(
                    "Download as CSV",
                    href=joined("/api/office/changes.csv?", _STATE.asked),
                    kind="secondary",
                    external=True,
                    download=True,
                    before="download",
                ),
            ),
            rx.cond(
                _STATE.loaded,
                rx.el.div(
                    _narrowing(),
                    _thing(),
                    _list(),
                    class_name="flex flex-col gap-5",
                ),
                list_skeleton(4),
            ),
            class_name="max-w-4xl",
        ),
        active="changes",
        places=OFFICE_MENU,
    )


def _narrowing() -> rx.Component:
    return form(
        select_field(
            "Who",
            "person",
            _STATE.changes.people,
            placeholder="Everybody",
            default_value=_STATE.person,
        ),
        select_field(
            "What",
            "kind",
            _STATE.changes.kinds,
            placeholder="Everything",
            default_value=_STATE.kind,
        ),
        text_field("From", "from", type="date", default_value=_STATE.first),
        text_field("To", "to", type="date", default_value=_STATE.last),
        # It changes nothing: whoever only looks has it as well.
        submit_button(
            "Show",
            kind="secondary",
            class_name="h-12 max-sm:col-span-2",
            custom_attrs={"data-look": ""},
        ),
        on_submit=_STATE.narrow,
        reset_on_submit=False,
        # Another address fills it in anew.
        key=_STATE.asked,
        class_name=(
            "grid grid-cols-2 items-end gap-3 sm:grid-cols-3 "
            "xl:grid-cols-[1.4fr_1fr_1fr_1fr_auto]"
        ),
    )


def _thing() -> rx.Component:
    return rx.cond(
        _STATE.changes.thing,
        rx.el.div(
            rx.el.p(
                "Only: ",
                rx.el.span(_STATE.changes.thing, class_name="font-semibold"),
                class_name="min-w-0 wrap-anywhere",
            ),
            link_button(
                "Show everything", href="/office/changes", kind="ghost", size="sm"
            ),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-1",
        ),
    )


def _list() -> rx.Component:
    changes = _STATE.changes
    return rx.cond(
        changes.rows.length() > 0,
        rx.el.div(
            card(
                rx.el.ol(
                    each(changes.rows, _change), class_name="divide-y divide-line"
                ),
                class_name="py-1!",
            ),
            page_turner(
                joined("Page ", changes.page),
                changes.page,
                changes.has_more,
                _STATE.turn,
            ),
        ),
        empty_state(
            rx.cond(_STATE.asked, "No such change", "Nothing was changed yet"),
            "Changes that you and your colleagues make to the business appear here.",
            name="list-checks",
        ),
    )


def _change(change: ChangeView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    badge(change.kind),
                    rx.el.span(change.action, class_name="text-sm text-ink-soft"),
                    class_name="mb-1 flex items-center gap-2.5",
                ),
                rx.el.p(
                    rx.cond(
                        change.thing_id,
                        rx.el.button(
                            change.name,
                            type="button",
                            title="Show only this",
                            on_click=_STATE.show_thing(change.kind, change.thing_id),
                            class_name=(
                                "min-h-11 cursor-pointer text-left font-semibold "
                                "wrap-anywhere hover:underline sm:min-h-0"
                            ),
                        ),
                        rx.el.span(
                            change.name, class_name="font-semibold wrap-anywhere"
                        ),
                    ),
                ),
                rx.el.p(
                    rx.el.span(change.who, class_name="wrap-anywhere"),
                    when(change.address, rx.el.span("from ", change.address)),
                    class_name="mt-1 flex flex-wrap gap-x-2 text-sm text-ink-soft",
                ),
                class_name="min-w-0 flex-1 basis-56",
            ),
            rx.el.time(
                change.when,
                date_time=change.at,
                class_name="text-sm text-ink-faint tabular-nums",
            ),
            class_name="flex flex-wrap items-start gap-x-4 gap-y-1",
        ),
        rx.cond(
            change.differences.length() > 0,
            rx.el.dl(
                each(change.differences, _difference),
                class_name="mt-3 flex flex-col gap-2.5",
            ),
        ),
        key=change.id,
        class_name="py-4",
    )


def _difference(one: DifferenceView) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.label, class_name="text-sm text-ink-faint sm:w-44 sm:shrink-0"),
        rx.el.dd(
            rx.cond(
                one.before,
                rx.fragment(
                    rx.el.del_(
                        one.before, class_name=f"{_VALUE} text-ink-faint line-through"
                    ),
                    icon(
                        "arrow-right",
                        "mt-1 size-4 shrink-0 text-ink-faint",
                        label="became",
                    ),
                ),
            ),
            rx.cond(
                one.after,
                rx.el.ins(one.after, class_name=f"{_VALUE} font-medium no-underline"),
                rx.el.span("nothing", class_name="text-ink-faint italic"),
            ),
            class_name="flex min-w-0 flex-1 flex-wrap items-start gap-x-2.5 gap-y-0.5",
        ),
        class_name="flex flex-col gap-x-6 gap-y-0.5 text-[0.9375rem] sm:flex-row",
    )


page = Page(
    route="/office/changes",
    title="Changes",
    draw=draw,
    on_load=(ViewerState.load, OfficeChangesState.load),
)
