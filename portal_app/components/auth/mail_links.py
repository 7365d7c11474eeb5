"""Pages opened by the link of a mail: a button first, then the outcome."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import button, link_button
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.forms import focused_block, summary
from portal_app.components.ui.icons import icon


@dataclass(frozen=True)
class Step:
    """What such a page shows: a heading, a sentence under it, and the rest."""

    title: Any
    text: Any
    content: rx.Component


def link_page(state: Any, first: Step, **outcomes: Step) -> rx.Component:
    """Draw the page of a mail's link (``state.auth.mail_links``).

    Args:
        state: The state of the page, with ``outcome`` and ``loaded``.
        first: What it shows until the link was tried.
        **outcomes: What it shows once it was, by ``outcome``.
    """

    def chosen(part: str) -> Any:
        found = [(name, getattr(step, part)) for name, step in outcomes.items()]
        return rx.match(state.outcome, *found, getattr(first, part))

    return auth_shell(
        rx.cond(state.loaded, chosen("content"), bone("h-13 w-full rounded-xl!")),
        title=chosen("title"),
        text=chosen("text"),
    )


def one_press_page(
    state: Any,
    asked: tuple[Any, Any],
    done: tuple[Any, Any],
    invalid: tuple[Any, Any],
    *,
    action: str,
    on_click: Any,
    otherwise: str,
    way_on: tuple[str, str] = ("Go to My Account", "/account"),
) -> rx.Component:
    """Draw the page of a link that is used by one press.

    Args:
        state: The state of the page.
        asked: Heading and sentence before the link is used,
        done: after it was,
        invalid: and if it cannot be.
        action: What the button says.
        on_click: The handler that uses the link.
        otherwise: What to do if the mail was not expected.
        way_on: What to press after that, and where it leads.
    """
    words, href = way_on
    button_on = link_button(words, href=href, size="lg", full=True)
    return link_page(
        state,
        Step(*asked, link_action(state, action, on_click=on_click, text=otherwise)),
        done=Step(*done, outcome("circle-check", button_on)),
        invalid=Step(*invalid, outcome("hourglass", button_on)),
    )


def link_action(
    state: Any, label: str, *, on_click: Any, text: str = ""
) -> rx.Component:
    """Draw the button that uses a link; opening the page alone does nothing.

    Args:
        state: Has ``pending`` and ``problem``.
        label: What the button says.
        on_click: The handler that uses the link.
        text: A sentence under the button.
    """
    return rx.el.div(
        summary(state.problem),
        button(label, on_click=on_click, pending=state.pending, size="lg", full=True),
        *([rx.el.p(text, class_name="text-sm text-ink-soft")] if text else []),
        class_name="flex flex-col gap-5",
    )


def outcome(name: str, *children: Any) -> rx.Component:
    """Draw what came of it, under a picture; it takes the focus.

    Args:
        name: The icon.
        *children: Words and buttons.
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
