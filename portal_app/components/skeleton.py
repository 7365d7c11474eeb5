"""Skeletons: the shape of what is loading, as tall as what will come."""

import reflex as rx

from .logic import classes


def bone(class_name: str) -> rx.Component:
    """Draw one grey shape.

    Args:
        class_name: Its size.

    Returns:
        A ``span`` that assistive technology skips.
    """
    return rx.el.span(class_name=classes("bone block", class_name), aria_hidden="true")


def _loading(*children: rx.Component, class_name: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.span("Loading", class_name="sr-only"),
        *children,
        class_name=class_name,
        custom_attrs={"aria-busy": "true"},
    )


def list_skeleton(count: int = 4) -> rx.Component:
    """Draw the shape of a list of rows, such as bookings.

    Args:
        count: How many rows.

    Returns:
        A stack of rows.
    """
    return _loading(
        *[
            rx.el.div(
                bone("size-16 shrink-0 rounded-xl!"),
                rx.el.div(
                    bone("h-5 w-2/5"), bone("mt-2.5 h-4 w-3/5"), class_name="flex-1"
                ),
                bone("hidden h-7 w-24 rounded-full! sm:block"),
                class_name="card flex items-center gap-4 p-4 sm:p-5",
            )
            for _ in range(count)
        ],
        class_name="flex flex-col gap-3",
    )


def detail_skeleton() -> rx.Component:
    """Draw the shape of one thing with its picture and facts.

    Returns:
        Two columns on a desktop.
    """
    return _loading(
        rx.el.div(
            bone("h-9 w-3/5"),
            bone("mt-4 h-5 w-4/5"),
            bone("mt-7 aspect-[3/2] w-full rounded-2xl!"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            *[bone(f"mt-4 h-5 {width}") for width in ("w-1/2", "w-full", "w-4/5")],
            bone("mt-7 h-11 w-full rounded-xl!"),
            class_name="card h-fit p-6 lg:w-88",
        ),
        class_name="flex flex-col gap-8 lg:flex-row",
    )


def form_skeleton(count: int = 4) -> rx.Component:
    """Draw the shape of a form.

    Args:
        count: How many fields.

    Returns:
        A stack of fields.
    """
    return _loading(
        *[
            rx.el.div(bone("h-4 w-28"), bone("mt-2 h-11.5 w-full rounded-xl!"))
            for _ in range(count)
        ],
        bone("mt-2 h-11 w-36 rounded-xl!"),
        class_name="flex flex-col gap-5",
    )


def text_skeleton() -> rx.Component:
    """Draw the shape of a heading and two paragraphs.

    Returns:
        A stack of lines.
    """
    return _loading(
        bone("h-7 w-56"),
        *[bone(f"h-4 {width}") for width in ("w-full", "w-full", "w-4/5")],
        *[bone(f"h-4 {width}") for width in ("w-full", "w-full", "w-2/5")],
        class_name="flex flex-col gap-3.5",
    )
