"""What the portal tells people, and what did not reach them."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.ui.buttons import button
from portal_app.components.ui.feedback import empty_state, list_skeleton, note
from portal_app.components.ui.lists import kept_focus
from portal_app.components.ui.logic import each, joined
from portal_app.components.ui.surfaces import card, page_header, page_turner, section
from portal_app.domain.notifications.undelivered import UndeliveredMail
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.notifications import OfficeNotificationsState


def draw() -> rx.Component:
    """Draw one page of the mails that were not delivered."""
    return shell(
        page_header("Notifications", text="Emails that did not arrive, and why."),
        rx.cond(
            OfficeNotificationsState.loaded,
            section(
                "Emails that were not delivered",
                _waiting(),
                kept_focus(_list()),
                class_name="max-w-3xl",
            ),
            list_skeleton(4),
        ),
        active="notifications",
        places=OFFICE_MENU,
    )


def _waiting() -> rx.Component:
    mails = OfficeNotificationsState.mails
    return rx.cond(
        mails.waiting > 0,
        note(
            joined(
                "Still being tried again automatically: ",
                mails.waiting,
                ". Latest reason: ",
                mails.waiting_reason,
            ),
            tone="warning",
            class_name="mb-5",
        ),
    )


def _list() -> rx.Component:
    mails = OfficeNotificationsState.mails
    return rx.cond(
        mails.rows.length() > 0,
        rx.el.div(
            card(
                rx.el.ul(each(mails.rows, _mail), class_name="divide-y divide-line"),
                class_name="py-1!",
            ),
            page_turner(joined("Page ", mails.page), mails.page, mails.has_more, _turn),
        ),
        empty_state(
            rx.cond(
                mails.waiting > 0,
                "No email failed for good",
                "Every email was delivered",
            ),
            "Emails that could not be delivered appear here, with the reason.",
            name="mail",
            level=3,
        ),
    )


def _mail(mail: UndeliveredMail) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(mail.what, class_name="font-semibold"),
            rx.el.p(mail.recipient, class_name="wrap-anywhere"),
            rx.el.p(mail.reason, class_name="mt-1 text-ink-soft"),
            rx.cond(
                mail.answer,
                rx.el.p(
                    mail.answer, class_name="mt-1 text-sm wrap-anywhere text-ink-faint"
                ),
            ),
            rx.cond(
                mail.expired, rx.el.p(mail.expired, class_name="mt-1 text-ink-soft")
            ),
            rx.el.time(
                mail.when,
                date_time=mail.at,
                class_name="mt-1 block text-sm text-ink-faint tabular-nums",
            ),
            class_name="min-w-0 flex-1 basis-64",
        ),
        rx.cond(
            mail.expired,
            rx.fragment(),
            button(
                "Send again",
                kind="secondary",
                size="sm",
                aria_label=joined("Send again to ", mail.recipient),
                on_click=OfficeNotificationsState.send_again(mail.id),
            ),
        ),
        key=mail.id,
        class_name="flex flex-wrap items-start gap-x-6 gap-y-3 py-4",
    )


def _turn(page: Any) -> Any:
    return rx.redirect(joined("/office/notifications?page=", page))


page = Page(
    route="/office/notifications",
    title="Notifications",
    draw=draw,
    on_load=(ViewerState.load, OfficeNotificationsState.load),
)
