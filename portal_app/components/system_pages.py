"""Pages for when something is missing or went wrong."""

from typing import Any

import reflex as rx

from .button import button, link_button
from .shell import public_shell


def _centred(
    picture: str, title: str, text: str, *actions: Any, heading: Any = rx.el.h1
) -> rx.Component:
    return rx.el.div(
        rx.el.img(
            src=picture, alt="", width="480", height="320", class_name="h-auto w-72"
        ),
        heading(title, class_name="mt-8 text-3xl"),
        rx.el.p(text, class_name="mt-3 max-w-md text-lg text-ink-soft"),
        rx.el.div(*actions, class_name="mt-8 flex flex-wrap justify-center gap-3"),
        class_name=(
            "mx-auto flex min-h-[60vh] flex-col items-center justify-center px-4 py-12 "
            "text-center"
        ),
    )


def not_found(**shell_options: Any) -> rx.Component:
    """Draw the page for an address that leads nowhere.

    Args:
        **shell_options: Passed to ``public_shell``.

    Returns:
        The whole page.
    """
    return public_shell(
        _centred(
            "/art/not-found.webp",
            "This page is not here",
            "The address may be mistyped, or what it showed is gone. "
            "Everything else is where you left it.",
            link_button("Go to the home page", href="/"),
            link_button("See all services", href="/services", kind="secondary"),
        ),
        **shell_options,
    )


def error_content() -> rx.Component:
    """Draw what replaces a page whose drawing failed.

    It depends on nothing of the page: no state, no client-side navigation.

    Returns:
        A ``main``.
    """
    return rx.el.main(
        _centred(
            "/art/not-found.webp",
            "Something went wrong on this page",
            "It is our mistake, not yours, and it has been reported. "
            "Nothing you saved is lost.",
            button("Try again", custom_attrs={"data-reload": ""}),
            link_button("Go home", href="/", external=True, kind="secondary"),
        ),
        class_name="min-h-dvh bg-canvas text-ink",
    )
