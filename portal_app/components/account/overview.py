"""*My Account*: what the other parts hold, in brief, with what is done most."""

from typing import Any

import reflex as rx

from portal_app.components.account.business_profiles import BUSINESS_PROFILES
from portal_app.components.account.contacts import CONTACTS
from portal_app.components.account.locations import LOCATIONS
from portal_app.components.account.parts import (
    BILLING,
    COMPANIES_ID,
    CONTACTS_ID,
    LOCATIONS_ID,
    LOG_IN_ID,
    PATHS,
    PLACES,
    SECURITY,
)
from portal_app.components.account.security import password_dialog
from portal_app.components.ui.buttons import link
from portal_app.components.ui.dialogs import dialog_button
from portal_app.components.ui.features import if_on
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.icons import icon
from portal_app.components.ui.lists import (
    Collection,
    add_button,
    adding_dialog,
    collection_dialogs,
)
from portal_app.components.ui.logic import each, when
from portal_app.components.ui.surfaces import card
from portal_app.kernel.features import Feature
from portal_app.state.account.profile import AccountState
from portal_app.state.account.security import AccountSecurityState

_BUTTON = "btn btn-secondary btn-sm"


def overview() -> rx.Component:
    """Draw a line for each thing that the other parts hold.

    What is added here is added in a dialog on this page; the rest is one link away.
    """
    return rx.el.div(
        card(
            rx.el.ul(
                _collection_row(
                    CONTACTS,
                    "users",
                    "More contacts",
                    f"{PATHS[BILLING]}#{CONTACTS_ID}",
                ),
                if_on(
                    Feature.BUSINESS_PROFILES,
                    _collection_row(
                        BUSINESS_PROFILES,
                        "building-2",
                        "Business profiles",
                        f"{PATHS[BILLING]}#{COMPANIES_ID}",
                    ),
                ),
                _collection_row(
                    LOCATIONS,
                    "map-pin",
                    "Saved locations",
                    f"{PATHS[PLACES]}#{LOCATIONS_ID}",
                ),
                _row(
                    "key-round",
                    "Ways to log in",
                    f"{PATHS[SECURITY]}#{LOG_IN_ID}",
                    AccountState.profile.email,
                    dialog_button(
                        "reset-password",
                        "Reset password",
                        size="sm",
                        on_click=AccountSecurityState.begin_password,
                    ),
                ),
                class_name="divide-y divide-line",
            ),
            class_name="py-1.5!",
        ),
        collection_dialogs(CONTACTS),
        if_on(Feature.BUSINESS_PROFILES, adding_dialog(BUSINESS_PROFILES)),
        adding_dialog(LOCATIONS),
        password_dialog(),
        class_name="mt-7 max-w-3xl",
    )


def _collection_row(of: Collection, name: str, title: str, href: str) -> rx.Component:
    names = rx.cond(
        of.state.loaded,
        when(
            of.state.items.length() > 0,
            rx.el.span(
                each(
                    of.state.items,
                    lambda one, at: rx.el.span(when(at > 0, ", ", ""), of.name(one)),
                ),
                class_name="line-clamp-2",
            ),
            "None yet",
        ),
        bone("mt-1 h-4 w-32"),
    )
    return _row(name, title, href, names, add_button(of, _BUTTON))


def _row(name: str, title: str, href: str, text: Any, action: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            icon(name, "size-5"),
            aria_hidden="true",
            class_name=(
                "grid size-11 shrink-0 place-items-center rounded-xl bg-sunken "
                "text-ink-soft"
            ),
        ),
        rx.el.div(
            rx.el.h2(
                link(
                    title,
                    href=href,
                    class_name=(
                        "inline-flex min-h-11 items-center hover:underline sm:min-h-0"
                    ),
                ),
                class_name="text-base font-semibold",
            ),
            rx.el.div(text, class_name="text-sm text-ink-soft wrap-anywhere"),
            class_name="min-w-0 flex-1 basis-44",
        ),
        action,
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2.5 py-3.5",
    )
