"""Drawing what belongs to a feature only while the office has it switched on."""

from typing import Any

import reflex as rx

from portal_app.kernel.features import Feature
from portal_app.state.core.viewer import ViewerState


def if_on(feature: Feature, *children: Any) -> rx.Component:
    """Draw something unless its feature is switched off.

    Args:
        feature: What it belongs to.
        *children: What to draw.
    """
    return rx.cond(
        ViewerState.off.contains(feature.value), rx.fragment(), rx.fragment(*children)
    )
