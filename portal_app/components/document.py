"""What the document itself needs: its head, its wraps, its stylesheet."""

from typing import Any

import reflex as rx
from reflex.app import default_error_boundary

from .connection import page_watch
from .system_pages import error_content

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
        rx.el.link(
            rel="icon", href="/icons/icon.svg", custom_attrs={"type": "image/svg+xml"}
        ),
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
    """Replace Reflex's overlay and error page by ours.

    Returns:
        The value of ``rx.App(app_wraps=…)``.
    """
    return {
        (55, "ErrorBoundary"): lambda stateful: default_error_boundary(
            fallback_render=rx.Var.create(error_content()),
            **({} if stateful else {"on_error": rx.noop()}),
        ),
        (5, "Overlay"): lambda stateful: page_watch() if stateful else None,
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
