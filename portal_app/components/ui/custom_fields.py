"""The fields a business defines: one way to fill them in, one to read them.

A form holds ``custom_fields``; its handler takes ``form_parsing.answers`` out of what
was sent and hands them to the domain, which checks them by the definitions.
"""

from typing import Any

import reflex as rx

from portal_app.components.ui.logic import each, when
from portal_app.components.ui.surfaces import summary_list, summary_row
from portal_app.domain.fields.views import FieldView


class CustomFields(rx.Component):
    """The fields of a form; see ``custom_fields.jsx``."""

    library = "$/public/react/custom_fields.jsx"
    tag = "CustomFields"

    fields: rx.Var[list[FieldView]]
    errors: rx.Var[dict[str, str]]
    of: rx.Var[str]
    within: rx.Var[str]
    part: rx.Var[str]


def custom_fields(
    fields: Any, errors: Any, *, of: Any, within: str = "", part: str = ""
) -> rx.Component:
    """Draw the fields of a business within a form.

    What depends on another field appears at once. What was entered outlives a
    lost connection and a server that forgot the page.

    Args:
        fields: A Var of a list of ``FieldView``, with what is stored.
        errors: A Var of field key to sentence.
        of: Whose fields these are, for example an id or a type's slug; another
            value means other fields, whatever was entered.
        within: Names the part of a form that has other fields as well: ids begin with
            it, and so do keys in ``errors``, followed by a dot.
        part: What the names of the inputs begin with, where a form has custom fields
            of several kinds; as for ``form_parsing.answers``.
    """
    return CustomFields.create(
        fields=fields, errors=errors, of=of, within=within, part=part
    )


def custom_values(fields: Any) -> rx.Component:
    """Draw what was entered into the fields that are shown, to read.

    Args:
        fields: A Var of a list of ``FieldView``.
    """
    return rx.el.div(
        summary_list(
            each(
                fields,
                lambda field: when(field.shown & _is_given(field), _value(field)),
            ),
        ),
        rx.el.p(
            rx.el.span("Not filled in: "),
            each(
                fields,
                lambda field: when(
                    field.shown & ~_is_given(field),
                    rx.el.span(
                        field.name,
                        class_name="after:content-[',_'] last:after:content-none",
                    ),
                ),
            ),
            class_name=(
                "border-t border-line py-3.5 text-sm text-ink-faint "
                "[dl:empty+&]:border-0 has-[span:only-child]:hidden"
            ),
        ),
    )


def _is_given(field: Any) -> Any:
    return (field.text != "") | (field.earlier != "") | (field.file.id != "")


def _value(field: Any) -> rx.Component:
    return summary_row(
        field.name,
        rx.match(
            field.kind,
            ("file", _file(field)),
            ("signature", _signature(field)),
            ("long_text", rx.el.div(_text(field), class_name="whitespace-pre-line")),
            _text(field),
        ),
    )


def _text(field: Any) -> Any:
    return rx.el.span(when(field.text, field.text, field.earlier))


def _file(field: Any) -> rx.Component:
    return when(
        field.file.id,
        rx.el.a(
            when(
                field.file.thumbnail_url,
                rx.el.img(
                    src=field.file.thumbnail_url,
                    alt="",
                    loading="lazy",
                    class_name="size-11 rounded-lg object-cover",
                ),
            ),
            rx.el.span(field.file.name, class_name="min-w-0 truncate"),
            href=field.file.url,
            target="_blank",
            rel="noreferrer",
            reload_document=True,
            class_name="text-link inline-flex min-h-11 max-w-full items-center gap-3",
        ),
        _text(field),
    )


def _signature(field: Any) -> rx.Component:
    return rx.el.span(
        when(
            field.file.id,
            rx.el.img(
                src=field.file.url,
                alt="",
                loading="lazy",
                class_name="mb-1.5 max-h-16 rounded-lg bg-white p-1",
            ),
        ),
        _text(field),
    )
