"""A picture of somebody or something: chosen or taken, cut to a square, handed in."""

from typing import Any

import reflex as rx

_LIBRARY = "$/public/react/picture.jsx"


class PictureEditor(rx.Component):
    """The camera button on a picture, and the dialog it opens."""

    library = _LIBRARY
    tag = "PictureEditor"

    label: rx.Var[str]
    picture: rx.Var[str]
    camera: rx.Var[str]
    round: rx.Var[bool]
    photo: rx.Var[bool]
    seen: rx.Var[str]

    on_uploaded: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_remove: rx.EventHandler[rx.event.no_args_event_spec]


class PictureField(rx.Component):
    """A field with the same dialog; the form sends the file's id under ``name``."""

    library = _LIBRARY
    tag = "PictureField"

    field: rx.Var[str]
    name: rx.Var[str]
    label: rx.Var[str]
    error: rx.Var[str]
    camera: rx.Var[str]
    round: rx.Var[bool]


def picture_editor(
    drawn: Any,
    label: str,
    *,
    picture: Any,
    on_uploaded: Any,
    on_remove: Any,
    of_oneself: bool = False,
    photo: bool = False,
    seen: str = "Only you and the business see it.",
) -> rx.Component:
    """Draw a picture with the camera button that changes it at once.

    What the browser cannot show, such as HEIC, the server reads; either way the
    person sees the picture in its frame before it is stored.

    Args:
        drawn: The picture now, for example an ``avatar``.
        label: What the button does; also the name of the dialog.
        picture: The address of the picture, or an empty text; may be a Var.
        on_uploaded: Event that gets the id of the file that was handed in.
        on_remove: Event that takes the picture away.
        of_oneself: A round picture, taken by the camera that looks at its owner.
        photo: A larger one of 3:2 instead of a square.
        seen: Who sees it, in words.
    """
    return rx.el.div(
        drawn,
        PictureEditor.create(
            label=label,
            picture=picture,
            on_uploaded=on_uploaded,
            on_remove=on_remove,
            photo=photo,
            seen=seen,
            **_shape(of_oneself),
            class_name=(
                "btn btn-secondary btn-icon absolute -right-2 -bottom-2 "
                "rounded-full! shadow-card"
            ),
        ),
        class_name="relative shrink-0",
    )


def picture_field(
    label: str, name: str, *, error: Any = "", of_oneself: bool = False
) -> rx.Component:
    """Draw an optional picture of a form that is being filled in.

    Args:
        label: The visible label; also the name of the dialog.
        name: The key in the submitted form, which holds the file's id.
        error: What is wrong, in words; may be a Var.
        of_oneself: As for ``picture_editor``.
    """
    return PictureField.create(
        field=f"field-{name}",
        name=name,
        label=label,
        error=error,
        **_shape(of_oneself),
    )


def _shape(of_oneself: bool) -> dict[str, Any]:
    return {"round": of_oneself, "camera": "user" if of_oneself else "environment"}
