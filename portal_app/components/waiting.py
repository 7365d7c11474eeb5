"""What stands on the screen until a page's code has arrived."""

import reflex as rx

from .skeleton import bone, detail_skeleton


def waiting_page() -> rx.Component:
    """Draw the outline of a page nobody knows anything about yet.

    It is in the first HTML of every address with a parameter, so it says nothing
    about the person or the business.

    Returns:
        The whole page.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                bone("size-9 rounded-xl!"),
                bone("h-5 w-40"),
                class_name=(
                    "mx-auto flex h-16 max-w-[78rem] items-center gap-2.5 px-4 sm:px-6"
                ),
            ),
            class_name="border-b border-line",
        ),
        rx.el.main(
            detail_skeleton(),
            class_name="mx-auto w-full max-w-[78rem] px-4 pt-6 pb-20 sm:px-6 sm:pt-10",
        ),
        class_name="min-h-dvh",
    )
