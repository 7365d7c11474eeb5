"""The staff set up an authenticator app for their log-in."""

from typing import Any

import reflex as rx

from portal_app.components.auth.passwords import password_field
from portal_app.components.auth.two_step import code_field
from portal_app.components.layout.shell import auth_shell
from portal_app.components.ui.buttons import button, link_button, submit_button
from portal_app.components.ui.feedback import bone, note
from portal_app.components.ui.forms import focused_block, form
from portal_app.components.ui.logic import each, joined, when
from portal_app.pages.page import Page
from portal_app.state.auth.two_step import TwoStepState
from portal_app.state.core.viewer import ViewerState

_STATE = TwoStepState
_STATUS = TwoStepState.status


def draw() -> rx.Component:
    """Draw what is next: begin, scan, keep the recovery codes, or switch off."""
    return auth_shell(
        rx.cond(
            _STATE.loaded,
            rx.cond(
                _STATE.codes.length() > 0,
                _codes(),
                rx.cond(_STATUS.on, _on(), rx.cond(_STATE.secret, _scan(), _off())),
            ),
            bone("h-13 w-full rounded-xl!"),
        ),
        title="Two-step log-in",
        text="Besides your password, a code from an app on your phone. Whoever "
        "learns your password gets no further.",
    )


def _back() -> rx.Component:
    return link_button("Go on", href="/login", kind="ghost", full=True)


def _off() -> rx.Component:
    return rx.el.div(
        when(
            _STATUS.required,
            note(
                "The owner asks everybody who works here for it. "
                "Please set it up before you go on.",
                tone="warning",
            ),
        ),
        when(_STATE.problem, note(_STATE.problem, tone="error")),
        button(
            "Set it up",
            on_click=_STATE.begin,
            pending=_STATE.pending,
            size="lg",
            full=True,
        ),
        when(~_STATUS.required, _back()),
        class_name="flex flex-col gap-4",
    )


def _scan() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "Scan this picture with an authenticator app, then type the code that the "
            "app shows."
        ),
        rx.el.img(
            src=_STATE.picture,
            alt="A picture for your authenticator app to scan",
            class_name="mx-auto my-5 size-56 rounded-2xl border border-line bg-white",
        ),
        rx.el.details(
            rx.el.summary(
                "Type it in instead", class_name="text-link min-h-11 cursor-pointer"
            ),
            rx.el.p(
                rx.el.code(_STATE.secret, class_name="font-mono wrap-anywhere"),
                class_name="rounded-xl bg-sunken px-4 py-3",
            ),
            class_name="mb-5",
        ),
        form(
            code_field(_STATE.errors["code"]),
            submit_button("Switch it on", pending=_STATE.pending, size="lg", full=True),
            on_submit=_STATE.confirm,
            problem=_STATE.problem,
        ),
    )


def _codes() -> rx.Component:
    return focused_block(
        note("From now on your log-in asks for a code.", tone="success"),
        rx.el.h2("Keep these recovery codes", class_name="mt-6 text-xl"),
        rx.el.p(
            "Each opens your account once, if you lose your phone. They are shown only "
            "now: write them down, or print them.",
            class_name="mt-2 text-ink-soft",
        ),
        rx.el.ul(
            each(_STATE.codes, _code),
            class_name=(
                "my-5 grid grid-cols-2 gap-x-4 gap-y-2 rounded-xl bg-sunken px-4 py-4 "
                "text-sm sm:text-[0.9375rem]"
            ),
        ),
        link_button("I have kept them", href="/login", size="lg", full=True),
    )


def _code(one: Any) -> rx.Component:
    return rx.el.li(rx.el.code(one, class_name="font-mono whitespace-nowrap"))


def _on() -> rx.Component:
    return rx.el.div(
        note(
            joined("On since ", _STATUS.since, ". "),
            joined("Recovery codes left: ", _STATUS.codes_left, "."),
            tone="success",
        ),
        rx.cond(
            _STATUS.required,
            rx.el.p(
                "The owner asks everybody to keep it.",
                class_name="text-ink-soft",
            ),
            rx.el.details(
                rx.el.summary(
                    "Switch it off", class_name="text-link min-h-11 cursor-pointer"
                ),
                form(
                    password_field(error=_STATE.errors["password"]),
                    code_field(
                        _STATE.errors["code"], help="Or one of your recovery codes."
                    ),
                    submit_button(
                        "Switch off",
                        pending=_STATE.pending,
                        kind="danger",
                        full=True,
                    ),
                    on_submit=_STATE.switch_off,
                    problem=_STATE.problem,
                ),
            ),
        ),
        _back(),
        class_name="flex flex-col gap-5",
    )


page = Page(
    route="/two-step",
    title="Two-step log-in",
    draw=draw,
    on_load=(ViewerState.load, TwoStepState.load),
)
