"""The form in which the office says what a field is."""

from typing import Any

import reflex as rx

from portal_app.components.ui.choices import choice_group
from portal_app.components.ui.fields import (
    checkbox_field,
    described,
    select_field,
    text_field,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import form_part
from portal_app.components.ui.logic import is_var, joined, when
from portal_app.components.ui.rows import row_part, rows
from portal_app.domain.fields.views import DefinitionView

_LIBRARY = "$/public/react/field_editor.jsx"
KINDS = (
    ("text", "Short text", "type"),
    ("long_text", "Long text", "text"),
    ("number", "Number", "hash"),
    ("date", "Date", "calendar-days"),
    ("yes_no", "Yes or no", "toggle-left"),
    ("choice", "One choice", "circle-dot"),
    ("choices", "Several choices", "list-checks"),
    ("file", "File", "paperclip"),
    ("signature", "Signature", "signature"),
)
"""Every kind of field: its key, what it is called, its icon."""

_PEOPLE = (
    ("customer", "Customer"),
    ("fieldworker", "Fieldworker"),
    ("office", "Office"),
)
_SEES, _CHANGES = ("customer", "fieldworker", "office"), ("customer", "office")
_PERIODS = (
    ("", "Any day"),
    ("past", "Not in the future"),
    ("future", "Not in the past"),
)
_DECIMALS = tuple(
    (str(count), str(count) if count else "Whole numbers") for count in range(5)
)
_MOST_CHOICES = 100


class ShownWhen(rx.Component):
    """Which answer decides, such as that a field is shown.

    ``part`` is the name of its select in the form, ``answers`` of the group of ticks.
    """

    library = _LIBRARY
    tag = "ShownWhen"

    part: rx.Var[str]
    answers: rx.Var[str]
    label: rx.Var[str]
    always: rx.Var[str]

    fields: rx.Var[list[DefinitionView]]
    own: rx.Var[str]
    initial: rx.Var[str]
    values: rx.Var[list[str]]
    error: rx.Var[str]


class FieldPreview(rx.Component):
    """The field that the form around it describes, as a customer will see it."""

    library = _LIBRARY
    tag = "FieldPreview"


def kind_icon(kind: Any) -> Any:
    """Draw the icon of a kind.

    Args:
        kind: A Var of its key.
    """
    drawn = [(key, icon(name, "size-5")) for key, _, name in KINDS]
    return rx.match(kind, *drawn, icon("type", "size-5"))


def field_form(field: Any, others: Any, errors: Any) -> list[rx.Component]:
    """Draw the inputs of a field's form, for a ``saving_dialog``.

    Args:
        field: A Var of a ``DefinitionView``, or nothing for a new field.
        others: A Var of the fields in use of the same scope.
        errors: A Var of part to sentence.
    """
    known = is_var(field)
    return [
        FieldPreview.create(),
        form_part(
            "What is asked",
            text_field(
                "Name",
                "name",
                error=errors["name"],
                default_value=field.name if known else "",
                auto_complete="off",
            ),
            text_field(
                "Help",
                "help",
                error=errors["help"],
                required=False,
                default_value=field.help if known else "",
                auto_complete="off",
            ),
            _kinds(field, errors["kind"]),
            _number(field, errors),
            _date(field, errors),
            _choices(field, errors),
            checkbox_field(
                "Required",
                "required",
                default_checked=field.required if known else False,
                help=(
                    "People cannot save the form without an answer. If all "
                    "customers are "
                    "asked, anyone who has not answered yet is asked before booking."
                ),
            ),
        ),
        form_part(
            "When it is shown",
            ShownWhen.create(
                fields=others,
                own=field.key if known else "",
                initial=field.shown_when if known else "",
                values=field.shown_values if known else [],
                error=errors["shown_when"],
            ),
        ),
        form_part(
            "Who",
            _people(
                "Who sees it",
                "visible_to",
                field.visible_to if known else _SEES,
                errors["visible_to"],
            ),
            _people(
                "Who may change it",
                "editable_by",
                field.editable_by if known else _CHANGES,
                errors["editable_by"],
            ),
        ),
    ]


def _kinds(field: Any, error: Any) -> rx.Component:
    known = is_var(field)
    return rx.el.div(
        choice_group(
            "Kind",
            *[_kind(key, words, name, field) for key, words, name in KINDS],
            columns="grid-cols-2 sm:grid-cols-3",
        ),
        _error("field-kind", error),
        *([_kind_change_note(field)] if known else []),
        class_name="flex flex-col gap-2",
        custom_attrs=described("field-kind", error, None) | {"aria-invalid": None},
    )


def _kind(key: str, words: str, name: str, field: Any) -> rx.Component:
    known = is_var(field)
    chosen = field.kind == key if known else key == "text"
    stored = {"data-stored": rx.cond(chosen, "", rx.Var("undefined"))} if known else {}
    return rx.el.label(
        icon(name, "size-5 shrink-0 text-ink-faint"),
        rx.el.span(words, class_name="min-w-0 text-[0.9375rem] leading-5"),
        rx.el.input(
            type="radio",
            name="kind",
            default_checked=chosen,
            class_name="unseen",
            custom_attrs={"value": key, **stored},
        ),
        class_name="choice choice-small",
    )


def _kind_change_note(field: Any) -> rx.Component:
    """Say, once another kind is chosen, what becomes of what was entered."""
    return when(
        field.answers > 0,
        rx.el.p(
            icon("info", "mt-0.5 size-4.5 shrink-0"),
            rx.el.span(
                joined(
                    "What was entered as “",
                    field.kind_name,
                    "” is kept and shown as an earlier entry, until something new is "
                    "entered.",
                )
            ),
            class_name=(
                "flex gap-2 text-sm text-info "
                "group-has-[[data-stored]:checked]/form:hidden"
            ),
        ),
    )


def _only_for_kind(kind: str, *children: Any, class_name: str) -> rx.Component:
    """Draw what only some kinds have, while one of them is chosen."""
    shown = {
        "number": "group-has-[[name=kind][value=number]:checked]/form:grid",
        "date": "group-has-[[name=kind][value=date]:checked]/form:grid",
        "choice": (
            "group-has-[[name=kind][value=choice]:checked]/form:flex "
            "group-has-[[name=kind][value=choices]:checked]/form:flex"
        ),
    }
    return rx.el.div(*children, class_name=f"hidden {shown[kind]} {class_name}")


def _number(field: Any, errors: Any) -> rx.Component:
    known = is_var(field)

    def number(label: str, name: str, **more: Any) -> rx.Component:
        return text_field(
            label,
            name,
            error=errors[name],
            required=False,
            default_value=getattr(field, name) if known else "",
            auto_complete="off",
            **more,
        )

    return _only_for_kind(
        "number",
        number("Minimum", "minimum", input_mode="decimal"),
        number("Maximum", "maximum", input_mode="decimal"),
        number(
            "Unit",
            "unit",
            placeholder="kg",
            help=when(
                field.answers > 0,
                "If you change the unit, earlier answers are kept as they were.",
                "",
            )
            if known
            else None,
        ),
        select_field(
            "Decimal places",
            "decimals",
            _DECIMALS,
            error=errors["decimals"],
            default_value=field.decimals if known else "0",
        ),
        class_name="grid-cols-2 gap-4",
    )


def _date(field: Any, errors: Any) -> rx.Component:
    return _only_for_kind(
        "date",
        select_field(
            "Which days",
            "period",
            _PERIODS,
            error=errors["period"],
            default_value=field.period if is_var(field) else "",
        ),
        class_name="gap-4 sm:grid-cols-2",
    )


def _choices(field: Any, errors: Any) -> rx.Component:
    return _only_for_kind(
        "choice",
        rows(
            "choices",
            row_part("name", "Choice"),
            label="Choice",
            add="Add a choice",
            initial=field.choices if is_var(field) else [],
            errors=errors,
            most=_MOST_CHOICES,
            aside="Not offered any more",
            keeps="People who chose one of these keep it.",
        ),
        class_name="flex-col",
    )


def _people(label: str, name: str, ticked: Any, error: Any) -> rx.Component:
    def tick(key: str, words: str) -> rx.Component:
        chosen = ticked.contains(key) if is_var(ticked) else key in ticked
        return rx.el.label(
            rx.el.input(
                type="checkbox",
                name=f"{name}.{key}",
                default_checked=chosen,
                class_name="tick",
                custom_attrs={"aria-describedby": f"field-{name}-error"},
            ),
            rx.el.span(words),
            class_name="choice choice-small",
        )

    return rx.el.fieldset(
        rx.el.legend(label, class_name="field-label mb-1.5"),
        rx.el.div(
            *[tick(key, words) for key, words in _PEOPLE], class_name="choice-row"
        ),
        _error(f"field-{name}", error),
        class_name="field min-w-0",
    )


def _error(identifier: str, error: Any) -> rx.Component:
    return when(
        error,
        rx.el.p(
            icon("circle-alert", "mt-0.5 size-4"),
            rx.el.span(error),
            class_name="field-error mt-1.5",
            custom_attrs={"id": f"{identifier}-error"},
        ),
    )
