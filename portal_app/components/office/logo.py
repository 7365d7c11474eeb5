"""The logo of the business, and the button that changes it."""

from typing import Any

import reflex as rx

from portal_app.components.ui.icons import icon
from portal_app.components.ui.picture_editor import picture_editor
from portal_app.state.core.viewer import ViewerState


def logo_editor(state: Any) -> rx.Component:
    """Draw the logo as it is, and the button that changes it at once.

    Args:
        state: A state with ``LogoForm``.
    """
    return rx.cond(
        ViewerState.viewer.reads_only,
        rx.fragment(),
        rx.el.div(
            picture_editor(
                rx.cond(
                    state.logo,
                    rx.el.img(
                        src=state.logo,
                        alt="Logo",
                        class_name="size-20 rounded-2xl object-contain",
                    ),
                    rx.el.span(
                        icon("image", "size-8"),
                        class_name=(
                            "grid size-20 place-items-center rounded-2xl "
                            "bg-sunken text-ink-faint"
                        ),
                    ),
                ),
                "Update logo",
                picture=state.logo,
                on_uploaded=state.use_logo,
                on_remove=state.remove_logo,
                seen="Everybody sees it.",
            ),
            rx.el.p(
                "A square picture: beside your name, and as the icon of the "
                "portal. It is saved at once.",
                class_name="min-w-0 flex-1 text-ink-soft",
            ),
            class_name="flex items-center gap-6",
        ),
    )
