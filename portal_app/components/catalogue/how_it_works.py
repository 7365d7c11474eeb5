"""How booking works, shown rather than told."""

import reflex as rx

from portal_app.components.layout.navigation import PAGE_WIDTH
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes

_VIGNETTE = (
    "flex h-32 flex-col justify-center gap-2.5 rounded-2xl border border-line "
    "bg-surface px-5 text-[0.9375rem] shadow-card"
)


def _choosing() -> rx.Component:
    """Draw what choosing looks like, without words that would need a business."""
    return rx.el.div(
        *[
            rx.el.div(
                icon("check", "size-5 rounded-md bg-accent p-0.5 text-on-accent")
                if chosen
                else rx.el.span(
                    class_name="size-5 shrink-0 rounded-md border border-field-line"
                ),
                rx.el.span(class_name=f"h-2.5 rounded-full bg-line-strong {width}"),
                rx.el.span(
                    class_name=(
                        "ml-auto h-2.5 w-9 rounded-full "
                        + ("bg-accent" if chosen else "bg-line")
                    )
                ),
                class_name="flex items-center gap-3",
            )
            for chosen, width in ((True, "w-28"), (False, "w-20"), (True, "w-32"))
        ],
        class_name=_VIGNETTE,
        aria_hidden="true",
    )


def _timing() -> rx.Component:
    times = ("8:30", "9:00", "11:30", "1:00", "2:30", "4:00")
    return rx.el.div(
        rx.el.div(
            *[
                rx.el.span(
                    time,
                    class_name=classes(
                        "rounded-lg py-1.5 text-center text-sm font-semibold "
                        "tabular-nums",
                        "bg-accent text-on-accent"
                        if time == "11:30"
                        else "bg-accent-soft text-accent-ink",
                    ),
                )
                for time in times
            ],
            class_name="grid grid-cols-3 gap-2",
        ),
        class_name=_VIGNETTE,
        aria_hidden="true",
    )


def _confirming() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.div(
                icon(name, "size-5 text-accent-ink"),
                text,
                class_name="flex items-center gap-3 font-medium",
            )
            for name, text in (
                ("circle-check", "Booked"),
                ("mail", "In your inbox"),
                ("calendar-plus", "In your calendar"),
            )
        ],
        class_name=_VIGNETTE,
        aria_hidden="true",
    )


_STEPS = (
    (
        _choosing,
        "Choose a service",
        "Say what you need in a few taps. Price and duration follow along while you "
        "choose.",
    ),
    (
        _timing,
        "Pick a time",
        "You see the calendar as it is: what is shown is free, and it is yours when "
        "you confirm.",
    ),
    (
        _confirming,
        "Leave the rest to us",
        "The confirmation with everything we agreed on comes by email, and stays "
        "under My Bookings.",
    ),
)


def how_it_works() -> rx.Component:
    """Draw the three steps from a wish to an appointment."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("How it works", class_name="text-4xl"),
            rx.el.ol(
                *[
                    rx.el.li(
                        vignette(),
                        rx.el.h3(
                            rx.el.span(
                                f"{at}. ", class_name="text-accent-ink tabular-nums"
                            ),
                            title,
                            class_name="mt-5 text-xl",
                        ),
                        rx.el.p(text, class_name="mt-1.5 max-w-sm text-ink-soft"),
                    )
                    for at, (vignette, title, text) in enumerate(_STEPS, 1)
                ],
                class_name="mt-8 grid gap-x-8 gap-y-10 md:grid-cols-3",
            ),
            class_name=classes(PAGE_WIDTH, "py-14 sm:py-20"),
        ),
    )
