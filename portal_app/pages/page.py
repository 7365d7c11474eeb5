"""What a page says about itself to the composition root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from portal_app.kernel.features import Feature


@dataclass(frozen=True)
class Page:
    """A route and what is drawn there.

    Attributes:
        route: The address, in Reflex's notation (``/bookings/[number]``).
        title: The browser's title; a Var where it depends on what is shown.
        draw: The component function.
        on_load: Event handlers that rebuild the page's state at every visit.
        feature: What the page belongs to: while that is off, nobody sees it.
        description: One sentence for search engines (public pages).
    """

    route: str
    title: str | rx.Var[str]
    draw: Callable[[], rx.Component]
    on_load: Sequence[Any] = field(default=())
    description: str = ""
    feature: Feature | None = None
