"""A field that takes a file in by itself, and sends its id with the form."""

from typing import Any

import reflex as rx

from portal_app.components.ui.fields import field_frame


class FileInput(rx.Component):
    """A native file input with progress; see ``upload.jsx``."""

    library = "$/public/react/upload.jsx"
    tag = "FileInput"

    id: rx.Var[str]
    name: rx.Var[str]
    purpose: rx.Var[str]
    required: rx.Var[bool]
    initial: rx.Var[Any]
    invalid: rx.Var[bool]


def file_field(
    label: Any,
    name: str,
    purpose: str,
    *,
    error: Any = None,
    help: Any = None,
    required: bool = True,
    initial: Any = None,
) -> rx.Component:
    """Draw a field for a file.

    Args:
        label: The visible label.
        name: The key of the file's id in the submitted form.
        purpose: What it is handed in for; a key of ``files.rules.PURPOSES``.
        error: What is wrong, in words; a Var.
        help: What to choose.
        required: Optional fields say so after the label.
        initial: A Var of the ``FileView`` that is there already.
    """
    identifier = f"field-{name}"
    return field_frame(
        FileInput.create(
            id=identifier,
            name=name,
            purpose=purpose,
            required=required,
            invalid=False if error is None else rx.cond(error, True, False),
            **({} if initial is None else {"initial": initial}),
        ),
        rx.el.span(label, custom_attrs={"id": f"{identifier}-label"}),
        identifier,
        error=error,
        help_text=help,
        required=required,
    )
