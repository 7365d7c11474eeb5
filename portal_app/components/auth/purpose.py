"""Links between the pages for signing in, which keep what somebody came for."""

from typing import Any

import reflex as rx

from portal_app.state.auth.purpose import PurposeState


def onward(href: str) -> rx.Var[str]:
    """The address of another of these pages, with where the person goes on."""
    sign = "&" if "?" in href else "?"
    return rx.cond(PurposeState.query, f"{href}{sign}" + PurposeState.query, href)


def purpose_text(verb: str, otherwise: Any) -> rx.Component:
    """The sentence under the heading: "Log in to book Dog walking.".

    Args:
        verb: What the page is for.
        otherwise: What it says to somebody who came for nothing in particular.
    """
    return rx.cond(
        PurposeState.service,
        f"{verb} to book " + PurposeState.service + ".",
        otherwise,
    )
