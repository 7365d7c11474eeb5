"""What only the log-in page needs of the browser."""

from typing import Any

import reflex as rx

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

    Returns:
        A ``form`` nobody sees.
    """
    return TicketForm.create(action="/api/auth/session", ticket=ticket, next=next_path)


def fresh_visit() -> rx.Component:
    """Make sure that the page runs on a socket with the browser's present cookie.

    Returns:
        Nothing to look at.
    """
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

    Returns:
        A ``button``.
    """
    return FillButton.create(*children, form=form_id, values=values, **props)
