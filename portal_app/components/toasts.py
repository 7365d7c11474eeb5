"""Short messages in the corner, drawn from plain state.

Reflex's own needs ``eval`` whenever the server asks for it, which the content
security policy forbids, and adds a library to every page.
"""

from typing import Any

import reflex as rx

from portal_app.state.toasts import ToastState

from .icon import icon
from .logic import classes, each, equal, is_var, when


def _toast(notice: Any) -> rx.Component:
    failed = equal(notice.kind, "error")
    dismiss: dict[str, Any] = (
        {"on_click": ToastState.dismiss(notice.id)} if is_var(notice) else {}
    )
    return rx.el.div(
        when(
            failed,
            icon("circle-alert", "mt-0.5 text-danger"),
            icon("circle-check", "mt-0.5 text-success"),
        ),
        rx.el.p(notice.text, class_name="min-w-0 flex-1 font-medium"),
        rx.el.button(
            icon("x", "size-4"),
            type="button",
            aria_label="Dismiss",
            class_name=(
                "-my-2.5 -mr-2 grid size-11 shrink-0 place-items-center rounded-lg "
                "text-ink-faint hover:text-ink"
            ),
            custom_attrs={"data-dismiss": "toast"},
            **dismiss,
        ),
        key=notice.id,
        class_name=classes(
            "toast pointer-events-auto flex w-full max-w-md items-start gap-3 "
            "rounded-2xl bg-raised px-4 py-3.5 text-[0.9375rem] shadow-float",
            when(failed, "toast-error", ""),
        ),
        custom_attrs={"data-toast": ""},
    )


def toast_region(toasts: Any = None) -> rx.Component:
    """Draw the corner where toasts appear, a polite live region.

    A toast leaves by itself after seven seconds unless it is an error, is pointed
    at or holds the focus; the style sheet does that. A click takes it away at
    once, even while the connection is lost.

    Args:
        toasts: What to show; ``ToastState.toasts`` by default.

    Returns:
        A ``div`` with ``role="status"`` that exists before its first message.
    """
    return rx.el.div(
        each(ToastState.toasts if toasts is None else toasts, _toast),
        role="status",
        class_name=(
            "pointer-events-none fixed inset-x-4 bottom-24 z-40 flex flex-col "
            "items-center gap-2.5 lg:inset-x-auto lg:bottom-6 lg:right-6 lg:w-96"
        ),
    )
