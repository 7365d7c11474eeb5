"""Dependents: their picture, a row of the list, a document."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import link
from portal_app.components.ui.feedback import badge
from portal_app.components.ui.icons import icon, icon_choice
from portal_app.components.ui.logic import classes, when

ICONS = {
    "heart": "Heart",
    "paw-print": "Paw",
    "dog": "Dog",
    "cat": "Cat",
    "baby": "Baby",
    "user": "Person",
    "users": "People",
    "car": "Car",
    "house": "House",
    "building-2": "Building",
    "waves": "Water",
    "sprout": "Plant",
    "wrench": "Tool",
}
"""The icons that types of dependents can have, and their names; the first one stands
for any other."""

_SIZES = {
    "sm": "size-9 rounded-xl",
    "md": "size-14 rounded-2xl",
    "xl": "size-24 rounded-3xl",
}
_ICON_SIZES = {"sm": "size-4.5", "md": "size-6", "xl": "size-10"}


def type_icon(name: Any, class_name: str = "") -> rx.Component:
    """Draw the icon of a type.

    Args:
        name: The icon's name; may be a Var.
        class_name: Extra classes.
    """
    return icon_choice(name, tuple(ICONS), class_name, fallback="heart")


def dependent_picture(
    picture_url: Any, name: Any, size: str = "md", class_name: str = ""
) -> rx.Component:
    """Draw a dependent's photo, or the icon of its type. Decoration.

    Args:
        picture_url: Where the photo is, or an empty string; may be a Var.
        name: The icon of its type.
        size: ``sm`` 36 px, ``md`` 56, ``xl`` 96.
        class_name: Extra classes.
    """
    return rx.el.span(
        when(
            picture_url,
            rx.el.img(
                src=picture_url,
                alt="",
                loading="lazy",
                class_name="size-full object-cover",
            ),
            type_icon(name, _ICON_SIZES[size]),
        ),
        aria_hidden="true",
        class_name=classes(
            "inline-grid shrink-0 place-items-center overflow-hidden bg-accent-soft "
            "text-accent-ink",
            _SIZES[size],
            class_name,
        ),
    )


def dependent_card(row: Any, action: Any) -> rx.Component:
    """Draw a dependent as a card that leads to its page.

    Args:
        row: A Var of a ``DependentRowView``.
        action: A button at its end.
    """
    return rx.el.li(
        dependent_picture(row.picture_url, row.icon),
        rx.el.div(
            link(
                row.name,
                href="/dependents/" + row.id,
                class_name=(
                    "block truncate text-lg font-semibold after:absolute "
                    "after:inset-0 after:rounded-[1.125rem]"
                ),
            ),
            rx.el.p(
                row.type,
                when(row.summary, rx.fragment(" · ", row.summary)),
                class_name="truncate text-[0.9375rem] text-ink-soft",
            ),
            when(
                row.notice,
                rx.el.p(
                    icon("triangle-alert", "mt-0.5 size-4"),
                    row.notice,
                    class_name=(
                        "mt-1 flex items-start gap-1.5 text-sm font-medium text-warning"
                    ),
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(action, class_name="relative z-10 shrink-0"),
        class_name=(
            "card card-link relative flex min-w-0 items-center gap-4 p-4 sm:p-5"
        ),
    )


def document_badge(status: Any, words: Any) -> rx.Component:
    """Draw whether a document holds, in words, colour and shape.

    Args:
        status: ``valid``, ``soon``, ``expired`` or empty; a Var.
        words: Such as ``Expires in 12 days``.

    Returns:
        A badge, or nothing for a document without an end.
    """

    def drawn(name: str, look: str) -> rx.Component:
        return badge(icon(name, "size-3.5"), words, look=look)

    return rx.match(
        status,
        ("expired", drawn("circle-alert", "bg-danger-soft text-danger")),
        ("soon", drawn("hourglass", "bg-warning-soft text-warning")),
        ("valid", drawn("circle-check", "bg-success-soft text-success")),
        rx.fragment(),
    )
