"""The office answers one request: lines, tax, validity, notes, files, a time."""

from typing import Any

import reflex as rx

from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.quotes.quote import (
    quote_badge,
    quote_history,
    request_content,
    soon_badge,
    version_content,
)
from portal_app.components.ui.buttons import (
    back_link,
    button,
    submit_button,
    text_link,
)
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import empty_state, form_skeleton, note
from portal_app.components.ui.fields import select_field, text_field, textarea_field
from portal_app.components.ui.file_input import file_field
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    sticky_actions,
    unsaved_changes_guard,
)
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.rows import row_part, rows
from portal_app.components.ui.surfaces import card, fields_card
from portal_app.domain.files.rules import QUOTE
from portal_app.domain.quotes.rules import MAX_FILES, MAX_LINES
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.quotes import OfficeQuoteDialogState, OfficeQuoteState

_STATE = OfficeQuoteState
_DIALOGS = OfficeQuoteDialogState
_quote = OfficeQuoteState.quote
_TURN_DOWN, _TEMPLATE, _NO_TEMPLATE = "turn-down", "save-template", "delete-template"


def draw() -> rx.Component:
    """Draw the request, the form of the answer, and what was answered before."""
    return shell(
        when(
            _STATE.path == current_path(),
            when(_STATE.found, _work(), _missing()),
            form_skeleton(),
        ),
        active="quotes",
        places=OFFICE_MENU,
    )


def _work() -> rx.Component:
    return rx.el.div(
        rx.el.header(
            back_link("Quotes", "/office/quotes"),
            rx.el.div(
                rx.el.h1(
                    _quote.request.service_name,
                    tab_index=-1,
                    class_name="min-w-0 text-3xl wrap-anywhere",
                ),
                quote_badge(_quote.status, _quote.status_text),
                when(_quote.expires_soon, soon_badge()),
                rx.el.span(_quote.number, class_name="text-ink-soft tabular-nums"),
                when(
                    _quote.can_turn_down,
                    edit_button(
                        _TURN_DOWN,
                        "Turn down",
                        class_name="btn btn-ghost btn-sm ml-auto",
                        custom_attrs={"data-change": ""},
                    ),
                ),
                class_name="mt-2 mb-6 flex flex-wrap items-center gap-x-4 gap-y-2",
            ),
        ),
        rx.el.div(
            rx.el.div(
                when(_quote.answerable, _answer()),
                _sent(),
                class_name="flex min-w-0 flex-col gap-6",
            ),
            rx.el.div(
                when(
                    _quote.booking,
                    note(
                        text_link(
                            joined("Booking ", _quote.booking),
                            href=joined("/office/bookings/", _quote.booking),
                        ),
                        tone="success",
                        title="Booked",
                    ),
                ),
                card(
                    rx.el.h2("What is asked for", class_name="mb-1 text-xl"),
                    request_content(
                        _quote.request, _quote.preferred_times, _quote.request_files
                    ),
                ),
                card(
                    rx.el.h2("History", class_name="mb-5 text-xl"),
                    quote_history(_quote.history),
                    class_name="pb-1! sm:pb-2!",
                ),
                class_name="flex min-w-0 flex-col gap-5",
            ),
            class_name=(
                "grid items-start gap-x-7 gap-y-8 "
                "xl:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]"
            ),
        ),
        _dialogs(),
        key=_quote.number,
    )


def _answer() -> rx.Component:
    return rx.fragment(
        _from_template(),
        _editor(),
        when(_quote.preview.number > 0, _preview()),
    )


def _from_template() -> rx.Component:
    return when(
        _quote.templates.length() > 0,
        form(
            select_field(
                "Begin with a template",
                "template",
                _quote.templates,
                class_name="min-w-0 flex-1 basis-56",
            ),
            submit_button("Fill in", kind="secondary"),
            edit_button(
                _NO_TEMPLATE,
                "Delete a template",
                class_name="btn btn-ghost",
                custom_attrs={"data-change": ""},
            ),
            on_submit=_STATE.use_template,
            reset_on_submit=False,
            class_name="card flex flex-wrap items-end gap-3 p-5 sm:p-7",
        ),
    )


def _text(label: Any, name: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        name,
        error=_STATE.errors[name],
        default_value=getattr(_quote.form, name),
        auto_complete="off",
        **props,
    )


def _editor() -> rx.Component:
    typed = _quote.form
    return form(
        conflict_notice(
            _STATE.changes,
            "Somebody else changed this answer",
            again=saved_version_button(),
        ),
        fields_card(
            joined("Your answer, version ", typed.number),
            rows(
                "lines",
                row_part("description", "What"),
                row_part("quantity", "Quantity"),
                row_part("unit", "Amount each"),
                label="Line",
                add="Add a line",
                initial=typed.lines,
                errors=_STATE.errors,
                most=MAX_LINES,
                keeps_one=True,
            ),
            rx.el.p(
                joined("Amounts are in ", typed.currency, ". Tax: ", typed.tax, "."),
                class_name="text-sm text-ink-soft",
            ),
            rx.el.div(
                _text("Length of the visit (hours)", "hours", input_mode="decimal"),
                _text("Valid for (days)", "valid_days", input_mode="numeric"),
                class_name="grid gap-5 sm:grid-cols-2 sm:gap-4",
            ),
            textarea_field(
                "Notes to the customer",
                "notes",
                error=_STATE.errors["notes"],
                default_value=typed.notes,
                required=False,
            ),
        ),
        fields_card(
            "A time to propose",
            rx.el.div(
                _text("Day", "starts_day", type="date", required=False),
                _text("Time", "starts_time", type="time", required=False),
                select_field(
                    "Who comes",
                    "fieldworker_id",
                    _quote.fieldworkers,
                    placeholder="Anyone",
                    error=_STATE.errors["fieldworker_id"],
                    default_value=typed.fieldworker_id,
                    required=False,
                ),
                class_name="grid gap-5 sm:grid-cols-3 sm:gap-4",
            ),
            text=(
                "It is booked when the quote is accepted, if it is still free then. "
                "Without one, the customer chooses."
            ),
        ),
        fields_card(
            "Files",
            *[
                file_field(
                    f"File {at + 1}",
                    f"files.{at}",
                    QUOTE,
                    required=False,
                    initial=typed.files[at],
                )
                for at in range(MAX_FILES)
            ],
            rx.el.p(
                _STATE.errors["files"],
                class_name="field-error empty:hidden",
                role="alert",
            ),
        ),
        sticky_actions(
            rx.el.p(
                "The customer sees nothing of it until you send it.",
                class_name="min-w-0 flex-1 basis-48 text-sm text-ink-soft",
            ),
            submit_button("Save", pending=_STATE.pending),
        ),
        unsaved_changes_guard(
            _STATE.saved, "", version=typed.version, seen=_STATE.seen
        ),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        class_name="group/form flex flex-col gap-6",
        reset_on_submit=False,
        key=_STATE.drawn,
    )


def _preview() -> rx.Component:
    return rx.el.section(
        card(
            rx.el.h2("As the customer will see it", class_name="mb-2 text-xl"),
            version_content(_quote.preview),
            rx.el.div(
                button(
                    "Send to the customer",
                    before="mail",
                    pending=_STATE.sending,
                    on_click=_STATE.send(_quote.form.version),
                ),
                edit_button(
                    _TEMPLATE,
                    "Save as template",
                    class_name="btn btn-secondary",
                    custom_attrs={"data-change": ""},
                ),
                class_name="mt-5 flex flex-wrap gap-2.5 border-t border-line pt-5",
            ),
        ),
        aria_label="Preview",
    )


def _sent() -> rx.Component:
    return when(
        _quote.versions.length() > 0,
        card(
            rx.el.h2("Sent versions", class_name="mb-2 text-xl"),
            each(
                _quote.versions,
                lambda version, at: rx.el.details(
                    rx.el.summary(
                        joined("Version ", version.number, ", ", version.total),
                        class_name=(
                            "flex min-h-11 cursor-pointer items-center font-semibold"
                        ),
                    ),
                    version_content(version),
                    open=at == 0,
                    key=version.number,
                    class_name="border-t border-line py-2 first-of-type:border-0",
                ),
            ),
        ),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        saving_dialog(
            _DIALOGS,
            _TURN_DOWN,
            textarea_field(
                "Why, in words for the customer",
                "reason",
                error=_DIALOGS.errors["reason"],
            ),
            title="Turn down this request?",
            text="The customer gets an email with your words.",
            version=0,
            on_save=_DIALOGS.turn_down,
            action="Turn down",
            kind="danger",
            wide=False,
        ),
        saving_dialog(
            _DIALOGS,
            _TEMPLATE,
            text_field(
                "Name of the template",
                "name",
                error=_DIALOGS.errors["name"],
                default_value=_quote.request.service_name,
                auto_complete="off",
            ),
            title="Save as template",
            text="Lines, length and notes are kept. One of the same name is replaced.",
            version=0,
            on_save=_DIALOGS.save_template,
            wide=False,
        ),
        saving_dialog(
            _DIALOGS,
            _NO_TEMPLATE,
            select_field(
                "Template",
                "template",
                _quote.templates,
                field_id="field-deleted-template",
            ),
            title="Delete a template",
            text="Quotes that were made from it stay as they are.",
            version=0,
            on_save=_DIALOGS.delete_template,
            action="Delete",
            kind="danger",
            wide=False,
        ),
    )


def _missing() -> rx.Component:
    return rx.el.div(
        back_link("Quotes", "/office/quotes"),
        empty_state(
            "There is no such quote",
            "The address may be mistyped.",
            name="search",
            level=2,
        ),
    )


page = Page(
    route="/office/quotes/[number]",
    title="Quote",
    draw=draw,
    on_load=(ViewerState.load, OfficeQuoteState.load),
)
