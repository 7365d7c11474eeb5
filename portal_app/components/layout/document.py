"""The head, connection monitor, waiting page and error pages around all pages."""

from typing import Any

import reflex as rx
from reflex.app import default_error_boundary

from portal_app.components.layout.navigation import PAGE_WIDTH
from portal_app.components.layout.shell import public_shell
from portal_app.components.ui.buttons import button, link_button
from portal_app.components.ui.feedback import bone, detail_skeleton
from portal_app.components.ui.logic import classes
from portal_app.state.core.viewer import ViewerState


def waiting_page() -> rx.Component:
    """Draw the outline of a page nobody knows anything about yet.

    It is in the first HTML of every address with a parameter, so it says nothing
    about the person or the business.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                bone("size-9 rounded-xl!"),
                bone("h-5 w-40"),
                class_name=classes(PAGE_WIDTH, "flex h-16 items-center gap-2.5"),
            ),
            class_name="border-b border-line",
        ),
        rx.el.main(
            detail_skeleton(),
            class_name=classes(PAGE_WIDTH, "pt-6 pb-20 sm:pt-9"),
        ),
        class_name="min-h-dvh",
    )


_LIBRARY = "$/public/react/page_monitors.jsx"


class ConnectionBanner(rx.Component):
    """The one line about a lost and a recovered connection.

    Replaces Reflex's overlay, which brings a toast library and inline styles and
    tells people "Cannot connect to server" with an address.
    """

    library = _LIBRARY
    tag = "ConnectionBanner"


class PageFocus(rx.Component):
    """Moves the focus to the heading of the page just navigated to."""

    library = _LIBRARY
    tag = "PageFocus"


class DraftOwner(rx.Component):
    """Forgets what somebody else typed in this tab and did not send."""

    library = "$/public/react/form_drafts.jsx"
    tag = "DraftOwner"

    owner: rx.Var[str]


def page_monitors() -> rx.Component:
    """Draw what every page carries: the connection, the focus, whose drafts stay.

    Returns:
        A fragment; empty to look at until the connection is lost.
    """
    return rx.fragment(
        ConnectionBanner.create(),
        PageFocus.create(),
        DraftOwner.create(owner=ViewerState.owner),
    )


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


FONT_PATH = "/fonts/figtree-latin.woff2"


def head_components() -> list[rx.Component]:
    """List what belongs into every page's ``<head>``.

    Returns:
        Font preload, icons, manifest, the business's colours and our two scripts.
    """
    return [
        rx.el.meta(
            name="viewport",
            content="width=device-width, initial-scale=1, viewport-fit=cover",
        ),
        rx.el.link(
            rel="preload",
            href=FONT_PATH,
            custom_attrs={
                "as": "font",
                "type": "font/woff2",
                "crossOrigin": "anonymous",
            },
        ),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="32x32"),
        rx.el.link(rel="icon", href="/api/brand/icon", sizes="any"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/api/manifest.webmanifest"),
        rx.el.link(rel="stylesheet", href="/api/brand.css"),
        rx.el.meta(
            name="theme-color",
            content="#faf8f5",
            custom_attrs={"media": "(prefers-color-scheme: light)"},
        ),
        rx.el.meta(
            name="theme-color",
            content="#131110",
            custom_attrs={"media": "(prefers-color-scheme: dark)"},
        ),
        rx.el.script(src="/ui.js", custom_attrs={"defer": True}),
        rx.el.script(src="/register-sw.js", custom_attrs={"defer": True}),
    ]


def app_wraps() -> dict[tuple[int, str], Any]:
    """Replace Reflex's overlay and error page by ours."""
    return {
        (55, "ErrorBoundary"): lambda stateful: default_error_boundary(
            fallback_render=rx.Var.create(error_content()),
            **({} if stateful else {"on_error": rx.noop()}),
        ),
        (5, "Overlay"): lambda stateful: page_monitors() if stateful else None,
    }


def app_options() -> dict[str, Any]:
    """Collect everything the look asks of ``rx.App``.

    Returns:
        Keyword arguments: ``rx.App(**app_options())``.
    """
    return {
        "stylesheets": ["theme.css"],
        "head_components": head_components(),
        "app_wraps": app_wraps(),
        "reset_style": False,
        "toaster": None,
        "html_lang": "en",
    }
