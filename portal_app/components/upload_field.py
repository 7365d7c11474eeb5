"""Handing a file in, with progress, as part of a form or at once."""

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
    round: rx.Var[bool]


class PictureButton(rx.Component):
    """A camera button on a picture; ``on_uploaded`` gets the file's id."""

    library = _LIBRARY
    tag = "PictureButton"

    field: rx.Var[str]
    label: rx.Var[str]

    on_uploaded: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def upload_field(
    label: Any,
    name: str,
    *,
    purpose: str,
    initial: Any = None,
    error: Any = "",
    help: Any = "",
    required: bool = True,
    round: bool = False,
) -> rx.Component:
    """Draw a field that takes one file in while the form is being filled in.

    The file goes to ``POST /api/uploads``; what is wrong with it is said next to
    the field. The form cannot be sent while it is on its way.

    Args:
        label: The visible label and accessible name.
        name: The key in the submitted form, which holds the file's id.
        purpose: ``picture``, ``document`` or ``field``.
        initial: The ``FileView`` that is there already; may be a Var.
        error: What is wrong, in words; may be a Var.
        help: What to choose.
        required: Otherwise shown as optional.
        round: Show the file as a round picture.

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
        round=round,
        **({"initial": initial} if initial is not None else {}),
    )


def picture_button(
    picture: Any, label: Any, *, on_uploaded: Any, name: str = "picture"
) -> rx.Component:
    """Draw a picture with the camera button that replaces it at once.

    Args:
        picture: The picture now, for example an ``avatar`` of size ``xl``.
        label: What the button does, for example *Update Profile Picture*.
        on_uploaded: Event that gets the id of the file that was handed in.
        name: Unique on the page.

    Returns:
        The picture, its button and the progress.
    """
    return PictureButton.create(
        picture, field=f"field-{name}", label=label, on_uploaded=on_uploaded
    )
