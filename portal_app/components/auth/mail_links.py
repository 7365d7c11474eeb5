"""Pages opened by the link of a mail: a button first, then the outcome."""

from typing import Any

import reflex as rx

from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import button, link_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.forms import focused_block, summary
from portal_app.components.ui.icons import icon

LinkPageText = tuple[Any, Any]
"""A heading, and a sentence under it."""


def link_page(
    state: Any,
    *,
    asked: LinkPageText,
    done: LinkPageText,
    invalid: LinkPageText,
    action: str,
    on_click: Any,
    otherwise: str,
    way_on: tuple[str, str] = ("Go to My Account", "/account"),
) -> rx.Component:
    """Draw the page of a link that is used by one press (``state.links``).

    Args:
        state: The state of the page.
        asked: What it says before the link is used,
        done: after it was,
        invalid: and if it cannot be.
        action: What the button says.
        on_click: The handler that uses the link.
        otherwise: What to do if the mail was not expected.
        way_on: What to press after that, and where it leads.

    Returns:
        The whole page.
    """

    def after(name: str) -> rx.Component:
        words, href = way_on
        return outcome(name, link_button(words, href=href, size="lg", full=True))

    def words(which: int) -> Any:
        return rx.match(
            state.outcome,
            ("done", done[which]),
            ("invalid", invalid[which]),
            asked[which],
        )

    return auth_shell(
        rx.cond(
            state.loaded,
            rx.match(
                state.outcome,
                ("done", after("circle-check")),
                ("invalid", after("hourglass")),
                link_action(
                    action,
                    on_click=on_click,
                    pending=state.pending,
                    problem=state.problem,
                    text=otherwise,
                ),
            ),
            bone("h-13 w-full rounded-xl!"),
        ),
        title=words(0),
        text=words(1),
    )


def link_action(
    label: str, *, on_click: Any, pending: Any, problem: Any, text: Any = None
) -> rx.Component:
    """Draw the button that uses a link; opening the page alone does nothing.

    Args:
        label: What the button says.
        on_click: The handler that uses the link.
        pending: Whether it is at work.
        problem: What went wrong, in words, or empty.
        text: A sentence under the button.

    Returns:
        A ``div``.
    """
    return rx.el.div(
        summary(problem),
        button(label, on_click=on_click, pending=pending, size="lg", full=True),
        *([rx.el.p(text, class_name="text-sm text-ink-soft")] if text else []),
        class_name="flex flex-col gap-5",
    )


def outcome(name: str, *children: Any) -> rx.Component:
    """Draw what came of it, under a picture; it takes the focus.

    Args:
        name: The icon.
        *children: Words and buttons.

    Returns:
        A ``div``.
    """
    return focused_block(
        rx.el.span(
            icon(name, "size-7"),
            class_name=(
                "mb-6 grid size-14 place-items-center rounded-2xl bg-accent-soft "
                "text-accent-ink"
            ),
        ),
        *children,
    )


def check_your_mail(*words: Any) -> rx.Component:
    """Say that a mail is under way.

    Args:
        *words: What was sent, and where.

    Returns:
        A box with a letter.
    """
    return rx.el.div(
        rx.el.span(
            icon("mail", "size-6"),
            class_name=(
                "grid size-12 shrink-0 place-items-center rounded-xl "
                "bg-accent-soft text-accent-ink"
            ),
        ),
        rx.el.p(*words, class_name="min-w-0"),
        class_name="flex items-center gap-4 rounded-2xl bg-sunken p-4 sm:p-5",
    )
