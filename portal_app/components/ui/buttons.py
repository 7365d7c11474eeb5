"""Links within the portal, buttons, and links that look like buttons."""

from typing import Any, ClassVar, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, flag, is_var, when

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
    """
    return PortalLink.create(*children, to=href, prefetch=_PREFETCH, **props)


def text_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Link within running text, underlined in the accent colour.

    Args:
        *children: What is shown.
        href: A path of this portal, or an address with a scheme.
        **props: Passed to the anchor.
    """
    props["class_name"] = classes("text-link", props.pop("class_name", ""))
    if isinstance(href, str) and not href.startswith("/"):
        return rx.el.a(*children, href=href, **props)
    if isinstance(href, str) and href.startswith("/api/"):
        return rx.el.a(*children, href=href, reload_document=True, **props)
    return link(*children, href=href, **props)


def policies_link() -> rx.Component:
    """Link to the policies from within a form, which stays open."""
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


Kind = Literal["primary", "secondary", "ghost", "danger"]
Size = Literal["sm", "md", "lg"]


def _look(kind: Kind, size: Size, full: bool, extra: Any) -> Any:
    return classes(
        f"btn btn-{kind}",
        "" if size == "md" else f"btn-{size}",
        "w-full" if full else "",
        extra,
    )


def button(
    *children: Any,
    kind: Kind = "primary",
    size: Size = "md",
    pending: Any = False,
    full: bool = False,
    before: str = "",
    after: str = "",
    **props: Any,
) -> rx.Component:
    """Draw a button.

    Args:
        *children: The label.
        kind: How much it stands out; one primary button per view.
        size: ``sm``, ``md`` (44 px) or ``lg`` (52 px).
        pending: While truthy, shows progress and refuses clicks; may be a Var.
        full: Take the whole width.
        before: Name of an icon before the label.
        after: Name of an icon after the label.
        **props: Passed to the element, ``type="button"`` unless given. With a
            ``disabled`` that holds it refuses clicks, and keeps the focus.
    """
    label = [
        *([icon(before)] if before else []),
        rx.el.span(*children, class_name="min-w-0"),
        *([icon(after)] if after else []),
    ]
    blocked = props.pop("disabled", False)
    if is_var(pending) or pending:
        label.append(when(pending, rx.el.span(class_name="btn-spinner")))
        props["aria_busy"] = flag(pending)
        blocked = when(pending, True, blocked)
    if is_var(blocked) or blocked:
        props |= unavailable(blocked)
    props.setdefault("type", "button")
    return rx.el.button(
        *label,
        class_name=_look(kind, size, full, props.pop("class_name", "")),
        **props,
    )


def unavailable(condition: Any) -> dict[str, Any]:
    """Give the attributes of a button that refuses clicks for now.

    A ``disabled`` button would drop the focus, and nobody would hear of it; what
    ``ui.js`` does with the clicks of one that has this is the same.

    Args:
        condition: Whether it refuses; may be a Var.

    Returns:
        Keyword arguments of the element.
    """
    return {"aria_disabled": flag(condition)}


def submit_button(*children: Any, pending: Any = False, **props: Any) -> rx.Component:
    """Draw the button that sends a form.

    Args:
        *children: The label.
        pending: While truthy, shows progress and refuses clicks; may be a Var.
        **props: As for ``button``.
    """
    return button(*children, pending=pending, type="submit", **props)


def icon_button(name: str, label: Any, kind: Kind = "ghost", **props: Any) -> Any:
    """Draw a button that shows only an icon.

    Args:
        name: The icon.
        label: The accessible name, also shown as a tooltip.
        kind: How much it stands out.
        **props: Passed to the element.
    """
    props.setdefault("type", "button")
    return rx.el.button(
        icon(name),
        aria_label=label,
        title=label,
        class_name=classes(f"btn btn-{kind} btn-icon", props.pop("class_name", "")),
        **props,
    )


def link_button(
    *children: Any,
    href: Any,
    kind: Kind = "primary",
    size: Size = "md",
    full: bool = False,
    before: str = "",
    after: str = "",
    external: bool = False,
    **props: Any,
) -> rx.Component:
    """Draw a link that looks like a button.

    Args:
        *children: The label.
        href: Where it leads.
        kind: As for ``button``.
        size: As for ``button``.
        full: Take the whole width.
        before: Name of an icon before the label.
        after: Name of an icon after the label.
        external: A full page load: files, ``/api/…`` and other sites.
        **props: Passed to the anchor.
    """
    label = [
        *([icon(before)] if before else []),
        rx.el.span(*children, class_name="min-w-0"),
        *([icon(after)] if after else []),
    ]
    look = _look(kind, size, full, props.pop("class_name", ""))
    if external:
        # Reflex draws every ``a`` as a link of the router, which knows no files.
        props.setdefault("reload_document", True)
        return rx.el.a(*label, href=href, class_name=look, **props)
    return link(*label, href=href, class_name=look, **props)
