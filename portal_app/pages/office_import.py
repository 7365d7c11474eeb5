"""Bringing tables in, and taking them out."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button, link_button, submit_button
from portal_app.components.ui.choices import chip
from portal_app.components.ui.feedback import badge, empty_state, list_skeleton, note
from portal_app.components.ui.fields import checkbox_field, select_field
from portal_app.components.ui.file_input import file_field
from portal_app.components.ui.forms import form
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, equal, joined
from portal_app.components.ui.progress import progress_bar
from portal_app.components.ui.surfaces import card, page_header, page_turner, section
from portal_app.domain.imports.views import CellView, ColumnView, KindView, RowView
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.imports import OfficeImportState

_STATE = OfficeImportState
_NOW = _STATE.now
_OUTCOMES = (
    ("added", "Added", "plus", "bg-success-soft text-success"),
    ("changed", "Changed", "pencil", "bg-info-soft text-info"),
    ("unchanged", "Unchanged", "check", "bg-sunken text-ink-soft"),
    ("refused", "Refused", "circle-alert", "bg-danger-soft text-danger"),
)


def draw() -> rx.Component:
    """Draw the import that is open, or what can be imported and exported."""
    return shell(
        page_header(
            "Import & export",
            text="Bring what you have in spreadsheets, and take out what is here.",
        ),
        rx.cond(
            _STATE.loaded,
            rx.el.div(
                rx.cond(_NOW.id, _open_import(), _new_import()),
                rx.cond(_NOW.id, rx.fragment(), _downloads()),
                class_name="flex max-w-4xl flex-col gap-9",
            ),
            list_skeleton(3),
        ),
        active="import",
        places=OFFICE_MENU,
    )


# --- A new import -----------------------------------------------------------------


def _new_import() -> rx.Component:
    return section(
        "Import a file",
        card(
            form(
                select_field(
                    "What is in the file",
                    "kind",
                    _STATE.choices,
                    class_name="sm:max-w-xs",
                ),
                file_field(
                    "File",
                    "file_id",
                    "table",
                    error=_STATE.errors["file"],
                    help="Its first row names the columns, in any order.",
                ),
                submit_button(
                    "Check the file", pending=_STATE.pending, class_name="sm:self-start"
                ),
                on_submit=_STATE.begin,
                problem=_STATE.problem,
            ),
        ),
        text="First you see what each row would do. Nothing is stored before that.",
    )


# --- The one that is open ---------------------------------------------------------


def _open_import() -> rx.Component:
    return section(
        joined(_NOW.title, " from ", _NOW.file_name),
        rx.match(
            _NOW.stage,
            ("ready", _dry_run()),
            ("done", _done()),
            ("stopped", _over("The import was stopped. Nothing was stored.", "info")),
            ("failed", _over(_NOW.problem, "error")),
            _busy(),
        ),
    )


def _busy() -> rx.Component:
    return card(
        progress_bar(
            "Progress of the import",
            _NOW.percent,
            rx.cond(_NOW.words, _NOW.words, "One moment."),
        ),
        rx.el.p(
            "You may leave this page and come back.",
            class_name="mt-1 text-sm text-ink-faint",
        ),
        button("Stop", kind="secondary", on_click=_STATE.stop, class_name="mt-4"),
    )


def _over(words: Any, tone: Any) -> rx.Component:
    return rx.el.div(note(words, tone=tone), _another(), class_name=_STACK)


def _done() -> rx.Component:
    return rx.el.div(
        note(
            joined(
                _NOW.added.to_string(),
                " added, ",
                _NOW.changed.to_string(),
                " changed, ",
                _NOW.unchanged.to_string(),
                " left as they were.",
            ),
            tone="success",
            title="Everything is imported.",
        ),
        _another(),
        class_name=_STACK,
    )


_STACK = "flex flex-col items-start gap-5"


def _another() -> rx.Component:
    return button("Import another file", on_click=_STATE.put_away, before="upload")


def _dry_run() -> rx.Component:
    return rx.el.div(
        _notes(),
        rx.cond(_NOW.refused > 0, _refused(), _carry_out()),
        _rows(),
        class_name="flex flex-col gap-6",
    )


def _notes() -> rx.Component:
    return rx.fragment(
        rx.cond(
            _NOW.was_outdated,
            note(
                "Something changed since the file was checked, so nothing was "
                "imported. This is what each row would do now.",
                tone="warning",
            ),
        ),
        rx.cond(
            _NOW.problem,
            note(_NOW.problem, tone="error"),
        ),
        rx.cond(
            _NOW.unknown,
            note(joined("These columns are left out: ", _NOW.unknown), tone="info"),
        ),
    )


def _refused() -> rx.Component:
    return card(
        note(
            "Correct these rows in your file and choose it again. A file is imported "
            "whole or not at all, so nothing is stored.",
            tone="error",
            title=joined("Refused rows: ", _NOW.refused.to_string()),
        ),
        rx.el.div(
            button("Choose another file", on_click=_STATE.put_away),
            class_name="mt-5",
        ),
    )


def _carry_out() -> rx.Component:
    return card(
        form(
            rx.cond(
                _NOW.changed > 0,
                checkbox_field(
                    joined("Update ", _NOW.plural, " that exist"),
                    "update_existing",
                    help=joined(
                        "Changed rows: ",
                        _NOW.changed.to_string(),
                        ". Without this tick they stay as they are.",
                    ),
                ),
            ),
            rx.cond(
                _NOW.can_mail,
                checkbox_field(
                    "Tell those who are added by email",
                    "mail",
                    help=(
                        "That they can sign up with their email. Without this tick "
                        "nobody gets an email."
                    ),
                ),
            ),
            rx.el.div(
                submit_button("Import", pending=_STATE.pending),
                button("Cancel", kind="ghost", on_click=_STATE.put_away),
                class_name="flex flex-wrap gap-3",
            ),
            on_submit=_STATE.carry_out,
            problem=_STATE.problem,
            class_name="flex flex-col gap-3",
            reset_on_submit=False,
        )
    )


def _rows() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _filter("", "All", _NOW.total),
            *[_filter(key, label, getattr(_NOW, key)) for key, label, *_ in _OUTCOMES],
            role="group",
            aria_label="Which rows",
            class_name="flex flex-wrap gap-2",
        ),
        rx.cond(
            _STATE.rows.length() > 0,
            card(
                rx.el.ol(each(_STATE.rows, _row), class_name="divide-y divide-line"),
                class_name="py-1!",
            ),
            empty_state(
                "No such row",
                "Choose another outcome above.",
                name="list-checks",
                level=3,
            ),
        ),
        page_turner(_STATE.summary, _STATE.page, _STATE.has_more, _STATE.turn),
        class_name="flex flex-col gap-4",
    )


def _filter(key: str, label: str, count: Any) -> rx.Component:
    return chip(
        joined(label, " ", count.to_string()),
        chosen=equal(_STATE.outcome, key),
        on_click=_STATE.show(key),
    )


def _row(row: RowView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    rx.cond(row.name, row.name, "No name"),
                    class_name="font-semibold wrap-anywhere",
                ),
                rx.el.p(
                    joined("Row ", row.number.to_string()),
                    rx.cond(row.key, joined(" · ", row.key), ""),
                    class_name="text-sm text-ink-faint wrap-anywhere",
                ),
                class_name="min-w-0 flex-1 basis-48",
            ),
            rx.match(
                row.outcome,
                *[
                    (key, badge(icon(name, "size-3.5"), label, look=look))
                    for key, label, name, look in _OUTCOMES
                ],
                rx.fragment(),
            ),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-1",
        ),
        rx.cond(
            row.cells.length() > 0,
            rx.el.dl(
                each(row.cells, lambda cell: _cell(cell, row)),
                class_name="mt-3 flex flex-col gap-2.5",
            ),
        ),
        key=row.number,
        class_name="py-4",
    )


def _cell(cell: CellView, row: RowView) -> rx.Component:
    changed = row.outcome == "changed"
    return rx.el.div(
        rx.el.dt(cell.label, class_name="text-sm text-ink-faint sm:w-44 sm:shrink-0"),
        rx.el.dd(
            rx.cond(
                changed,
                rx.fragment(
                    _text(cell.before, rx.el.del_, "text-ink-faint line-through"),
                    icon(
                        "arrow-right",
                        "size-4 mt-1 shrink-0 text-ink-faint",
                        label="becomes",
                    ),
                ),
            ),
            _text(cell.text, rx.el.span, "font-medium"),
            rx.cond(
                cell.error,
                rx.el.p(
                    icon("circle-alert", "mt-0.5 size-4 shrink-0"),
                    rx.el.span(cell.error),
                    class_name="flex w-full gap-1.5 text-danger",
                ),
            ),
            class_name="flex min-w-0 flex-1 flex-wrap items-start gap-x-2.5 gap-y-0.5",
        ),
        class_name="flex flex-col gap-x-6 gap-y-0.5 text-[0.9375rem] sm:flex-row",
    )


def _text(text: Any, element: Any, look: str) -> rx.Component:
    return rx.cond(
        text,
        element(text, class_name=f"min-w-0 whitespace-pre-line wrap-anywhere {look}"),
        rx.el.span("empty", class_name="text-ink-faint italic"),
    )


# --- Downloads --------------------------------------------------------------------


def _downloads() -> rx.Component:
    return section(
        "Templates and present data",
        rx.el.div(
            each(_STATE.kinds, _kind),
            class_name="flex flex-col gap-4",
        ),
        text=(
            "Fill in a template, or change what is here and import it again: what you "
            "leave as it is changes nothing, and so does an empty cell."
        ),
    )


def _kind(kind: KindView) -> rx.Component:
    return card(
        rx.el.h3(kind.title, class_name="text-lg font-semibold"),
        rx.cond(kind.note, rx.el.p(kind.note, class_name="mt-1 text-ink-soft")),
        rx.el.div(
            _download(kind, "csv", template=True),
            _download(kind, "xlsx", template=True),
            _download(kind, "csv", template=False),
            _download(kind, "xlsx", template=False),
            class_name="mt-4 flex flex-wrap gap-2",
        ),
        rx.el.details(
            rx.el.summary(
                joined("Columns of ", kind.plural),
                icon(
                    "chevron-down", "size-4 transition-transform group-open:rotate-180"
                ),
                class_name=(
                    "flex min-h-11 w-fit cursor-pointer items-center gap-1.5 "
                    "rounded-lg px-1 text-[0.9375rem] font-semibold text-ink-soft "
                    "hover:text-ink"
                ),
            ),
            rx.el.dl(
                each(kind.columns, _column),
                class_name="mt-1 flex flex-col gap-2 px-1",
            ),
            class_name="group mt-2",
        ),
    )


def _column(column: ColumnView) -> rx.Component:
    return rx.el.div(
        rx.el.dt(
            column.label,
            rx.cond(
                column.required,
                rx.el.span(" needed", class_name="font-normal text-ink-faint"),
            ),
            class_name="font-medium sm:w-56 sm:shrink-0",
        ),
        rx.el.dd(
            rx.cond(column.hint, column.hint, "A text"), class_name="text-ink-soft"
        ),
        class_name="flex flex-col gap-x-6 text-[0.9375rem] sm:flex-row",
    )


def _download(kind: KindView, ending: str, *, template: bool) -> rx.Component:
    what = "Template" if template else "Present data"
    words = f"{what} ({ending.upper()})"
    query = "?template=1" if template else ""
    return link_button(
        words,
        href=joined("/api/office/export/", kind.key, f".{ending}{query}"),
        kind="secondary",
        size="sm",
        external=True,
        download=True,
        before="download",
        aria_label=joined(kind.title, f": {words}"),
    )


page = Page(
    route="/office/import",
    title="Import & export",
    draw=draw,
    on_load=(ViewerState.load, OfficeImportState.load),
)
