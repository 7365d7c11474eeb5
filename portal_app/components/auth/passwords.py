"""The password field and its strength meter."""

from typing import Any

import reflex as rx

from portal_app.components.ui.fields import described, field_frame
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import classes, when
from portal_app.state.auth.passwords import PasswordState

_WORDS = ("Too easy to guess", "Weak", "Fair", "Good", "Strong")
_COLOURS = ("bg-danger", "bg-danger", "bg-warning", "bg-success", "bg-success")


def password_field(
    label: Any = "Password",
    name: str = "password",
    *,
    error: Any = None,
    help: Any = None,
    new: bool = False,
    meter: Any = None,
    aside: Any = None,
    field_id: str = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Draw a password field.

    Args:
        label: The visible label.
        name: The key in the submitted form.
        error: What is wrong, in words; may be a Var.
        help: What is asked of it.
        new: A password being chosen, so that password managers offer one.
        meter: A ``strength_meter`` under the field.
        aside: At the end of the label's line, for example *Forgot password?*.
        field_id: The ``id``, when a page has two fields of one name.
        class_name: Extra classes of the whole field.
        **props: Passed to the input.
    """
    identifier = field_id or f"field-{name}"
    custom = {**described(identifier, error, help), "aria-required": "true"}
    control = rx.el.div(
        rx.el.input(
            type="password",
            name=name,
            auto_complete="new-password" if new else "current-password",
            class_name="field-input pr-13",
            custom_attrs=custom,
            **props,
        ),
        rx.el.button(
            icon("eye", "reveal-off"),
            icon("eye-off", "reveal-on"),
            type="button",
            aria_label=f"Show {str(label).lower()}" if isinstance(label, str) else "",
            aria_pressed="false",
            class_name=(
                "absolute right-0.5 top-0 grid h-full w-11 place-items-center "
                "rounded-xl text-ink-faint hover:text-ink"
            ),
            custom_attrs={"data-reveal": identifier},
        ),
        class_name="relative",
    )
    if meter is not None:
        control = rx.el.div(control, meter, class_name="flex flex-col gap-2")
    return field_frame(
        control,
        label,
        identifier,
        error=error,
        help_text=help,
        aside=aside,
        class_name=class_name,
    )


def strength_meter(score: Any, advice: Any = "") -> rx.Component:
    """Draw how hard a password is to guess, in a bar and in words.

    Args:
        score: 0 to 4 as zxcvbn gives it, or a negative number for "not yet"; may
            be a Var.
        advice: A sentence that says how to make it better; may be a Var.
    """
    bars = [
        rx.el.span(
            class_name=classes(
                "h-1.5 flex-1 rounded-full transition-colors",
                _colour_if(score, at),
            )
        )
        for at in range(4)
    ]
    return rx.el.div(
        rx.el.div(*bars, class_name="flex gap-1.5", aria_hidden="true"),
        rx.el.p(
            when(score >= 0, rx.el.span(_word_of(score), class_name="font-semibold")),
            when(advice, rx.el.span(" ", advice)),
            class_name="min-h-5 text-sm text-ink-soft",
        ),
        role="status",
        class_name="flex flex-col gap-1.5",
    )


def _word_of(score: Any) -> Any:
    word: Any = _WORDS[-1]
    for at in range(len(_WORDS) - 2, -1, -1):
        word = when(score <= at, _WORDS[at], word)
    return word


def _colour_if(score: Any, at: int) -> Any:
    colour: Any = _COLOURS[-1]
    for level in range(len(_COLOURS) - 2, -1, -1):
        colour = when(score <= level, _COLOURS[level], colour)
    # One bar for both of the lowest scores, then one more for each step up.
    return when(score >= (0 if at == 0 else at + 1), colour, "bg-line-strong")


_METER_MS = 250


def new_password_field(error: Any, **props: Any) -> rx.Component:
    """Draw the field in which a password is chosen, and how strong it is.

    Args:
        error: What is wrong, in words; a Var.
        **props: As for ``password_field``.
    """
    return password_field(
        new=True,
        error=error,
        # The error says the same as the advice; once is enough.
        meter=strength_meter(
            PasswordState.score, rx.cond(error, "", PasswordState.advice)
        ),
        on_change=PasswordState.rate.debounce(_METER_MS).temporal,
        **props,
    )
