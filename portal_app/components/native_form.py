"""A form that the browser sends itself, to a route beside the app.

``rx.el.form`` always prevents the native submission; signing in and out must be
real navigations.
"""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML


class NativeForm(BaseHTML):
    """A plain ``form`` element."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def post_form(*children: Any, action: str, **props: Any) -> rx.Component:
    """Draw a form whose button posts it and leaves the page.

    Args:
        *children: Its fields and button.
        action: A path of this portal under ``/api/``.
        **props: Passed to the element.

    Returns:
        A ``form``.
    """
    return NativeForm.create(*children, action=action, method="post", **props)
