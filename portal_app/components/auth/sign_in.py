"""Provider buttons, the sign-in ticket, and sending an activation mail again."""

from typing import Any

import reflex as rx

from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.feedback import note
from portal_app.components.ui.fields import email_field
from portal_app.components.ui.forms import focused_block, form
from portal_app.components.ui.logic import each, joined, when
from portal_app.state.auth.sign_up import ResendState

_GOOGLE = (
    (
        "#4285F4",
        (
            "M17.64 9.2c0-.637-.057-1.251-.164-1.84H9v3.481h4.844c-.209 1.125-.843 "
            "2.078-1.796 2.717v2.258h2.908c1.702-1.567 2.684-3.874 2.684-6.615z"
        ),
    ),
    (
        "#34A853",
        (
            "M9 18c2.43 0 4.467-.806 "
            "5.956-2.18l-2.908-2.259c-.806.54-1.837.86-3.048.86-2.344 "
            "0-4.328-1.584-5.036-3.711H.957v2.332A8.997 8.997 0 0 0 9 18z"
        ),
    ),
    (
        "#FBBC05",
        (
            "M3.964 10.71A5.41 5.41 0 0 1 3.682 "
            "9c0-.593.102-1.17.282-1.71V4.958H.957A8.996 8.996 0 0 0 0 9c0 1.452.348 "
            "2.827.957 4.042l3.007-2.332z"
        ),
    ),
    (
        "#EA4335",
        (
            "M9 3.58c1.321 0 2.508.454 3.44 1.345l2.582-2.58C13.463.891 11.426 0 9 "
            "0A8.997 8.997 0 0 0 .957 4.958L3.964 7.29C4.672 5.163 6.656 3.58 9 3.58z"
        ),
    ),
)
_FACEBOOK = (
    "M24 12.073c0-6.627-5.373-12-12-12s-12 5.373-12 12c0 5.99 4.388 10.954 "
    "10.125 11.854v-8.385H7.078v-3.47h3.047V9.43c0-3.007 1.792-4.669 4.533-4.669 "
    "1.312 0 2.686.235 2.686.235v2.953H15.83c-1.491 0-1.956.925-1.956 "
    "1.874v2.25h3.328l-.532 3.47h-2.796v8.385C19.612 23.027 24 18.062 24 12.073z"
)
_APPLE = (
    "M12.152 6.896c-.948 0-2.415-1.078-3.96-1.04-2.04.027-3.91 1.183-4.961 "
    "3.014-2.117 3.675-.546 9.103 1.519 12.09 1.013 1.454 2.208 3.09 3.792 3.039 "
    "1.52-.065 2.09-.987 3.935-.987 1.831 0 2.35.987 3.96.948 1.637-.026 "
    "2.676-1.48 3.676-2.948 1.156-1.688 1.636-3.325 "
    "1.662-3.415-.039-.013-3.182-1.221-3.22-4.857-.026-3.04 2.48-4.494 "
    "2.597-4.559-1.429-2.09-3.623-2.324-4.39-2.376-2-.156-3.675 1.09-4.61 "
    "1.09zM15.53 3.83c.843-1.012 1.4-2.427 1.245-3.83-1.207.052-2.662.805-3.532 "
    "1.818-.78.896-1.454 2.338-1.273 3.714 1.338.104 2.715-.688 3.559-1.701"
)


def _logo(box: str, *paths: tuple[str, str]) -> rx.Component:
    return rx.el.svg(
        *[rx.el.path(d=shape, fill=colour) for colour, shape in paths],
        view_box=box,
        class_name="size-5 shrink-0",
        custom_attrs={"aria-hidden": "true"},
    )


def provider_logo(provider: Any) -> rx.Component:
    """Draw a provider's own mark.

    Args:
        provider: ``google``, ``facebook`` or ``apple``; may be a Var.
    """
    return rx.match(
        provider,
        ("google", _logo("0 0 18 18", *_GOOGLE)),
        ("facebook", _logo("0 0 24 24", ("#1877F2", _FACEBOOK))),
        _logo("0 0 24 24", ("currentColor", _APPLE)),
    )


def provider_buttons(links: Any, verb: str = "Log in") -> rx.Component:
    """Draw a button for every provider on offer, under a line that says *or*.

    Args:
        links: A Var of a list of ``ProviderLink``.
        verb: What is done with them.

    Returns:
        The buttons, or nothing if there are none.
    """
    return rx.cond(
        links.length() > 0,
        rx.el.div(
            or_line(),
            each(links, lambda one: _button(one, verb)),
            class_name="mt-6 flex flex-col gap-3",
        ),
    )


def or_line() -> rx.Component:
    """Draw the line between two ways of doing the same."""
    line = rx.el.span(class_name="h-px flex-1 bg-line")
    return rx.el.div(
        line,
        rx.el.span("or", class_name="text-sm text-ink-faint"),
        line,
        class_name="mb-1 flex items-center gap-4",
    )


def _button(provider: Any, verb: str) -> rx.Component:
    return rx.el.a(
        provider_logo(provider.provider),
        rx.el.span(joined(f"{verb} with ", provider.name)),
        href=provider.href,
        reload_document=True,
        rel="nofollow",
        class_name="btn btn-secondary btn-lg w-full",
    )


_LIBRARY = "$/public/react/sign_in.jsx"


class TicketForm(rx.Component):
    """A hidden form that posts a sign-in ticket as soon as there is one."""

    library = _LIBRARY
    tag = "TicketForm"

    action: rx.Var[str]
    ticket: rx.Var[str]
    next: rx.Var[str]


class FreshVisit(rx.Component):
    """Loads the page anew when it was reached within the app."""

    library = _LIBRARY
    tag = "FreshVisit"


class FillButton(rx.Component):
    """A button that fills a form's fields with given values."""

    library = _LIBRARY
    tag = "FillButton"

    form: rx.Var[str]
    values: rx.Var[dict[str, str]]


def ticket_form(ticket: Any, next_path: Any) -> rx.Component:
    """Draw the hidden form that turns a ticket into a session.

    Args:
        ticket: A Var; empty until the password was right.
        next_path: Where to go on.
    """
    return TicketForm.create(action="/api/auth/session", ticket=ticket, next=next_path)


def fresh_visit() -> rx.Component:
    """Make sure that the page runs on a socket with the browser's present cookie."""
    return FreshVisit.create()


def fill_button(
    *children: Any, form_id: str, values: dict[str, str], **props: Any
) -> rx.Component:
    """Draw a button that fills a form's fields.

    Args:
        *children: The label.
        form_id: The form's ``id``.
        values: Field name to what to fill in.
        **props: Passed to the ``button``.
    """
    return FillButton.create(*children, form=form_id, values=values, **props)


_SENT = (
    "If this address is waiting to be activated, a new email is on its way. "
    "Only the link in the newest email works."
)


def resend_form(
    label: str = "Send the email again", email: Any = None, kind: Any = "secondary"
) -> rx.Component:
    """Draw the form, or what came of it.

    Args:
        label: What the button says.
        email: The email if it is known already, may be a Var; while it is empty,
            the form asks for it.
        kind: How much the button stands out.

    Returns:
        The form; its answer takes the focus.
    """
    asked = email_field(
        error=ResendState.errors["email"], field_id="field-resend-email"
    )
    known = rx.el.input(type="hidden", name="email", value=email, read_only=True)
    return when(
        ResendState.sent,
        focused_block(note(_SENT, tone="success"), class_name="rounded-xl"),
        form(
            asked if email is None else when(email, known, asked),
            submit_button(label, pending=ResendState.pending, kind=kind, full=True),
            on_submit=ResendState.send,
            problem=ResendState.problem,
            class_name="flex flex-col gap-4",
        ),
    )
