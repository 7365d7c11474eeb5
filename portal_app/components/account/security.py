"""*My Account*: sign-in methods, sessions, and booking links."""

from typing import Any

import reflex as rx

from portal_app.components.account.parts import LINKS_ID, LOG_IN_ID, SESSIONS_ID
from portal_app.components.auth.mail_links import check_your_mail
from portal_app.components.auth.passwords import new_password_field, password_field
from portal_app.components.auth.sign_in import provider_logo
from portal_app.components.ui.buttons import button, submit_button
from portal_app.components.ui.dialogs import dialog, dialog_button, dialog_close_button
from portal_app.components.ui.feedback import badge, bone, note
from portal_app.components.ui.fields import email_field
from portal_app.components.ui.forms import focused_block, form, summary
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined
from portal_app.components.ui.surfaces import card, section
from portal_app.domain.accounts.views import ProviderView, SessionView
from portal_app.domain.bookings.views import BookingLinkView
from portal_app.state.account.security import AccountSecurityState

_WAYS = AccountSecurityState.ways
_ROW = "flex flex-wrap items-center gap-x-4 gap-y-3 py-4"
_ROWS = "divide-y divide-line"
_PLATE = "grid size-11 shrink-0 place-items-center rounded-xl bg-sunken text-ink-soft"


def security_sections() -> rx.Component:
    """Draw how the account is entered and from where, with its dialogs."""
    return rx.el.div(
        rx.cond(
            AccountSecurityState.loaded,
            rx.el.div(
                _sign_in_methods(),
                _sessions(),
                rx.cond(AccountSecurityState.links.length() > 0, _links()),
                class_name="flex flex-col gap-9",
            ),
            bone("h-64 w-full rounded-2xl!"),
        ),
        password_dialog(),
        _email_dialog(),
        class_name="max-w-3xl",
    )


def _anchored(anchor: str, *children: Any, **props: Any) -> rx.Component:
    return rx.el.div(
        section(*children, **props),
        class_name="scroll-mt-24",
        custom_attrs={"id": anchor},
    )


def _row(plate: Any, title: Any, *below: Any, action: Any = None) -> rx.Component:
    return rx.el.div(
        rx.el.span(plate, class_name=_PLATE),
        rx.el.div(
            rx.el.p(title, class_name="font-semibold wrap-anywhere"),
            *[rx.el.p(line, class_name="text-sm text-ink-soft") for line in below],
            class_name="min-w-0 flex-1 basis-40",
        ),
        *([action] if action is not None else []),
        class_name=_ROW,
    )


def _sign_in_methods() -> rx.Component:
    return _anchored(
        LOG_IN_ID,
        "Ways to log in",
        _connection_result(),
        card(
            _row(
                icon("mail"),
                "Email",
                rx.el.span(_WAYS.email, class_name="wrap-anywhere"),
                action=dialog_button(
                    "change-email",
                    "Change email",
                    size="sm",
                    on_click=AccountSecurityState.begin_email,
                ),
            ),
            _row(
                icon("key-round"),
                "Password",
                rx.cond(
                    _WAYS.has_password,
                    "Only you know it. We cannot see it.",
                    "None yet. We can email you a link to choose one.",
                ),
                action=dialog_button(
                    "reset-password",
                    "Reset password",
                    size="sm",
                    on_click=AccountSecurityState.begin_password,
                ),
            ),
            each(_WAYS.providers, _provider),
            class_name=f"py-1! {_ROWS}",
        ),
    )


def _connection_result() -> rx.Component:
    return rx.fragment(
        rx.cond(
            AccountSecurityState.refused,
            focused_block(
                note(AccountSecurityState.refused, tone="error"),
                class_name="mb-4 rounded-xl",
            ),
        ),
        rx.cond(
            AccountSecurityState.connected,
            focused_block(
                note(
                    joined(
                        AccountSecurityState.connected,
                        " is connected. You can use it to log in now.",
                    ),
                    tone="success",
                ),
                class_name="mb-4 rounded-xl",
                custom_attrs={"role": "status"},
            ),
        ),
    )


def _provider(provider: ProviderView) -> rx.Component:
    connected = _row(
        provider_logo(provider.provider),
        provider.name,
        joined(
            "Connected ",
            provider.since,
            rx.cond(provider.email, " as ", ""),
            provider.email,
        ),
        action=rx.cond(
            provider.removable,
            button(
                "Disconnect",
                kind="secondary",
                size="sm",
                aria_label=joined("Disconnect ", provider.name),
                on_click=AccountSecurityState.disconnect(provider.provider),
            ),
            rx.el.span(
                "Your only way in", class_name="text-sm font-medium text-ink-faint"
            ),
        ),
    )
    offered = _row(
        provider_logo(provider.provider),
        provider.name,
        "Not connected",
        action=rx.el.a(
            rx.el.span("Connect"),
            href=joined("/api/auth/", provider.provider, "/start?connect=1"),
            reload_document=True,
            aria_label=joined("Connect ", provider.name),
            class_name="btn btn-secondary btn-sm",
        ),
    )
    return rx.cond(
        provider.connected,
        connected,
        rx.cond(AccountSecurityState.offered.contains(provider.provider), offered),
    )


def _sessions() -> rx.Component:
    return _anchored(
        SESSIONS_ID,
        "Where you are signed in",
        card(
            each(AccountSecurityState.sessions, _session), class_name=f"py-1! {_ROWS}"
        ),
        text="See a device you do not recognise? Sign it out and reset your password.",
        action=rx.cond(
            AccountSecurityState.sessions.length() > 1,
            button(
                "Sign out everywhere else",
                kind="secondary",
                size="sm",
                on_click=AccountSecurityState.end_other_sessions,
            ),
        ),
    )


def _session(session: SessionView) -> rx.Component:
    return _row(
        icon("monitor"),
        session.device,
        joined(session.place, " · ", session.method),
        rx.cond(
            session.current,
            joined("Signed in ", session.signed_in),
            joined("Last seen ", session.last_seen),
        ),
        action=rx.cond(
            session.current,
            badge(
                icon("circle-check", "size-3.5"),
                "This device",
                look="bg-success-soft text-success",
            ),
            button(
                "Sign out",
                kind="secondary",
                size="sm",
                on_click=AccountSecurityState.end_session(session.id),
            ),
        ),
    )


def _links() -> rx.Component:
    return _anchored(
        LINKS_ID,
        "Links in our emails",
        card(each(AccountSecurityState.links, _link), class_name=f"py-1! {_ROWS}"),
        text=(
            "Anyone with one of these links can see that one booking and nothing else."
        ),
    )


def _link(link: BookingLinkView) -> rx.Component:
    whose = rx.cond(link.contact, joined(" for ", link.contact), "")
    return _row(
        icon("ticket"),
        rx.fragment(
            joined(link.service, " · "),
            rx.el.span(link.number, class_name="whitespace-nowrap"),
            whose,
        ),
        joined("Sent ", link.created, " · works until ", link.expires),
        joined("Last used ", rx.cond(link.last_used, link.last_used, "never")),
        action=rx.cond(
            link.active,
            button(
                "Switch off",
                kind="secondary",
                size="sm",
                aria_label=joined("Switch off the link to ", link.number, whose),
                on_click=AccountSecurityState.switch_off_link(link.id),
            ),
            badge("Switched off"),
        ),
    )


def _no_password(what: str) -> rx.Component:
    return rx.el.div(
        summary(AccountSecurityState.password_problem),
        rx.el.p(what, class_name="text-ink-soft"),
        button(
            "Send me an email",
            on_click=AccountSecurityState.send_reset,
            pending=AccountSecurityState.pending,
            full=True,
        ),
        class_name="flex flex-col gap-5",
    )


def _reset_mail_sent() -> rx.Component:
    return focused_block(
        check_your_mail(
            "We sent an email to ",
            rx.el.strong(_WAYS.email, class_name="font-semibold wrap-anywhere"),
            ". Its link lets you choose a password.",
        )
    )


def password_dialog() -> rx.Component:
    """Draw the dialog *Reset password*."""
    errors = AccountSecurityState.password_errors
    return dialog(
        "reset-password",
        rx.match(
            AccountSecurityState.password_step,
            (
                "done",
                focused_block(
                    note(
                        "Your new password works from now on. "
                        "All other devices are signed out.",
                        tone="success",
                    )
                ),
            ),
            ("sent", _reset_mail_sent()),
            (
                "no_password",
                _no_password(
                    "Your account has no password yet. "
                    "We send you an email to choose one."
                ),
            ),
            form(
                password_field("Current password", "current", error=errors["current"]),
                new_password_field(errors["password"], label="New password"),
                submit_button("Save", pending=AccountSecurityState.pending, full=True),
                rx.el.p(
                    "Forgot it? ",
                    rx.el.button(
                        "Send me an email to choose a new one",
                        type="button",
                        class_name="text-link min-h-11",
                        on_click=AccountSecurityState.send_reset,
                    ),
                    class_name="text-[0.9375rem] text-ink-soft",
                ),
                on_submit=AccountSecurityState.change_password,
                problem=AccountSecurityState.password_problem,
            ),
        ),
        title="Reset password",
        actions=[dialog_close_button("reset-password", "Close")],
    )


def _email_dialog() -> rx.Component:
    errors = AccountSecurityState.email_errors
    return dialog(
        "change-email",
        rx.match(
            AccountSecurityState.email_step,
            (
                "sent",
                focused_block(
                    check_your_mail(
                        "We sent an email to ",
                        rx.el.strong(
                            AccountSecurityState.email_sent_to,
                            class_name="font-semibold wrap-anywhere",
                        ),
                        ". Press the button in it to use the new email here.",
                    )
                ),
            ),
            (
                "no_password",
                rx.el.p(
                    "To change your email you need a password, and your account has "
                    "none yet. Choose one first with ",
                    rx.el.strong("Reset password", class_name="font-semibold"),
                    ".",
                    class_name="text-ink-soft",
                ),
            ),
            form(
                email_field(
                    "New email", error=errors["email"], field_id="field-new-email"
                ),
                password_field(
                    "Your password",
                    error=errors["password"],
                    field_id="field-email-password",
                ),
                submit_button(
                    "Send me an email", pending=AccountSecurityState.pending, full=True
                ),
                on_submit=AccountSecurityState.change_email,
                problem=AccountSecurityState.email_problem,
            ),
        ),
        title="Change email",
        text=(
            "We send an email to the new address. Nothing changes until you confirm it."
        ),
        actions=[dialog_close_button("change-email", "Close")],
    )
