"""Handing a file in, with progress, as part of a form."""

from typing import Any

import reflex as rx

_LIBRARY = "$/public/react/upload.jsx"


class UploadField(rx.Component):
    """A labelled file input; the form sends the file's id under ``name``."""

    library = _LIBRARY
    tag = "UploadField"

    field: rx.Var[str]
    name: rx.Var[str]
    label: rx.Var[str]
    purpose: rx.Var[str]
    initial: rx.Var[Any]
    error: rx.Var[str]
    help: rx.Var[str]
    required: rx.Var[bool]


def upload_field(
    label: Any,
    name: str,
    *,
    purpose: str,
    initial: Any = None,
    error: Any = "",
    help: Any = "",
    required: bool = True,
) -> rx.Component:
    """Draw a field that takes one file in while the form is being filled in.

    The file goes to ``POST /api/uploads``; what is wrong with it is said next to
    the field. The form cannot be sent while it is on its way.

    Args:
        label: The visible label and accessible name.
        name: The key in the submitted form, which holds the file's id.
        purpose: ``document`` or ``field``.
        initial: The ``FileView`` that is there already; may be a Var.
        error: What is wrong, in words; may be a Var.
        help: What to choose.
        required: Otherwise shown as optional.

    Returns:
        The field.
    """
    return UploadField.create(
        field=f"field-{name}",
        name=name,
        label=label,
        purpose=purpose,
        error=error,
        help=help,
        required=required,
        **({"initial": initial} if initial is not None else {}),
    )
