"""Links inside the portal: client-side navigation without a page load."""

from typing import Any, ClassVar

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from .icon import icon
from .logic import classes

_PREFETCH = "intent"


class PortalLink(ReactRouterLink):
    """React Router's link, which loads the next page's code on hover or touch."""

    _invalid_children: ClassVar[list[str]] = []

    prefetch: rx.Var[str]


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Link to another page of the portal.

    Args:
        *children: What is shown.
        href: A path of this portal; a Var is fine.
        **props: Passed to the anchor.

    Returns:
        An anchor that navigates in the browser.
    """
    return PortalLink.create(*children, to=href, prefetch=_PREFETCH, **props)


def text_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Link within running text, underlined in the accent colour.

    Args:
        *children: What is shown.
        href: A path of this portal, or an address with a scheme.
        **props: Passed to the anchor.

    Returns:
        An anchor.
    """
    props["class_name"] = classes("text-link", props.pop("class_name", ""))
    if isinstance(href, str) and not href.startswith("/"):
        return rx.el.a(*children, href=href, **props)
    if isinstance(href, str) and href.startswith("/api/"):
        return rx.el.a(*children, href=href, reload_document=True, **props)
    return link(*children, href=href, **props)


def policies_link() -> rx.Component:
    """Link to the policies from within a form, which stays open.

    Returns:
        An anchor that opens another tab, and says so.
    """
    return text_link(
        "All policies",
        icon("external-link", "ml-1 inline size-4 align-[-0.15em]"),
        rx.el.span(" (opens in a new tab)", class_name="sr-only"),
        href="/policies",
        target="_blank",
        class_name="inline-flex min-h-11 items-center sm:min-h-0",
    )


def back_link(label: str, href: Any) -> rx.Component:
    """Link to the place one level up.

    Args:
        label: Where it leads, in words.
        href: A path of this portal.

    Returns:
        An anchor with an arrow.
    """
    return link(
        icon("arrow-left"),
        label,
        href=href,
        class_name=(
            "inline-flex min-h-11 items-center gap-1.5 text-sm font-semibold "
            "text-ink-soft hover:text-ink"
        ),
    )
