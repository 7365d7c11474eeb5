"""The top of every page: the business, the theme and the person's menu."""

from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode

from portal_app.components.layout.navigation import (
    CUSTOMER_MENU,
    LOG_OUT_PATH,
    PAGE_WIDTH,
    Menu,
    if_offered,
    item_label,
    menu_of,
)
from portal_app.components.ui.buttons import link, link_button
from portal_app.components.ui.forms import post_form
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.logic import classes, flag, is_var, when


def menu(
    name: str,
    trigger: Any,
    *items: Any,
    label: Any,
    trigger_class: str = "btn btn-ghost btn-icon",
    class_name: str = "",
) -> rx.Component:
    """Draw a button and the menu it opens.

    The browser closes it on Escape and on a click elsewhere and gives the focus
    back; ``ui.js`` places it and moves the focus with the arrow keys.

    Args:
        name: Unique on the page; becomes the panel's ``id``.
        trigger: What the button shows.
        *items: ``menu_link``, ``menu_button`` or anything else.
        label: The button's accessible name.
        trigger_class: The button's classes.
        class_name: Extra classes of the panel.
    """
    identifier = f"menu-{name}"
    return rx.fragment(
        rx.el.button(
            trigger,
            type="button",
            class_name=trigger_class,
            custom_attrs={
                "popoverTarget": identifier,
                "aria-label": label,
                "aria-haspopup": "true",
            },
        ),
        rx.el.div(
            *items,
            class_name=classes("menu", class_name),
            custom_attrs={"id": identifier, "popover": "auto"},
        ),
    )


def menu_link(name: str, label: Any, href: Any, **props: Any) -> rx.Component:
    """Draw a menu entry that leads somewhere.

    Args:
        name: Its icon.
        label: What it says.
        href: A path of this portal.
        **props: Passed to the anchor.
    """
    return link(icon(name), label, href=href, class_name="menu-item", **props)


_CHOICES = (("light", "Light", "sun"), ("dark", "Dark", "moon"))
_SYSTEM = ("system", "System", "monitor")


def _choice(mode: str, label: str, name: str, live: bool) -> rx.Component:
    # Only the browser knows what was chosen; the first HTML shows no check mark.
    chosen: Any = color_mode == mode if live else False
    return rx.el.button(
        icon(name),
        rx.el.span(label, class_name="flex-1"),
        when(chosen, icon("check", "text-accent-ink!")),
        type="button",
        aria_pressed=flag(chosen),
        on_click=set_color_mode(mode),  # type: ignore[arg-type]
        class_name="menu-item",
    )


def theme_menu(live: bool = True) -> rx.Component:
    """Draw the theme button of the header with its menu.

    Args:
        live: False in the first HTML, which is drawn without a browser.

    Returns:
        A button named *Theme* and the menu with *Light*, *Dark* and *System*.
    """
    return menu(
        "theme",
        rx.fragment(
            icon("sun", "hidden dark:block"), icon("moon", "block dark:hidden")
        ),
        *[_choice(*choice, live) for choice in (*_CHOICES, _SYSTEM)],
        label="Theme",
        class_name="min-w-44",
    )


# The portal's own mark, the same as in assets/icons: a house with a spark in it.
_MARK = (
    "M13.3 3.1a2.1 2.1 0 0 0-2.6 0L3.7 8.6A2.4 2.4 0 0 0 2.8 10.5V18.6A2.6 2.6 0 0 0 "
    "5.4 21.2H18.6A2.6 2.6 0 0 0 21.2 18.6V10.5A2.4 2.4 0 0 0 20.3 8.6ZM12 7.7c.62 "
    "3.5 1.6 4.5 5.1 5.1-3.5.62-4.48 1.6-5.1 5.1-.62-3.5-1.6-4.48-5.1-5.1 3.5-.6 "
    "4.48-1.6 5.1-5.1Z"
)


def brand(business: Any, href: str = "/") -> rx.Component:
    """Draw the business's logo and name as a link home.

    Args:
        business: Has ``name`` and ``logo_url``.
        href: Where it leads.
    """
    mark = rx.el.span(
        rx.el.svg(
            rx.el.path(d=_MARK, fill_rule="evenodd"),
            view_box="0 0 24 24",
            class_name="size-5.5 fill-current",
            custom_attrs={"aria-hidden": "true"},
        ),
        class_name=(
            "grid size-9 shrink-0 place-items-center rounded-xl bg-accent "
            "text-on-accent shadow-soft"
        ),
    )
    logo = rx.el.img(
        src=business.logo_url,
        alt="",
        class_name="undimmed h-9 w-auto max-w-32 shrink-0 object-contain",
    )
    return link(
        when(business.logo_url, logo, mark),
        rx.el.span(
            business.name,
            class_name=(
                "line-clamp-2 text-[1.0625rem] leading-[1.15] font-[680] "
                "tracking-[-0.02em] text-ink max-sm:text-[0.9375rem]"
            ),
        ),
        href=href,
        class_name="flex min-h-11 min-w-0 items-center gap-2.5 rounded-lg",
    )


def log_out_form(class_name: str = "side-link") -> rx.Component:
    """Draw *Log out*: a plain form, so that it works without a connection of ours.

    Args:
        class_name: The button's classes.
    """
    return post_form(
        rx.el.button(icon("log-out"), "Log out", type="submit", class_name=class_name),
        action=LOG_OUT_PATH,
    )


def avatar_menu(viewer: Any, places: Menu = CUSTOMER_MENU) -> rx.Component:
    """Draw the signed-in person's picture and the menu behind it.

    Args:
        viewer: Has ``name``, ``email`` and ``picture_url``.
        places: Where the menu leads.
    """
    return menu(
        "account",
        avatar(viewer.name, viewer.picture_url, "sm"),
        rx.el.div(
            rx.el.p(viewer.name, class_name="truncate font-semibold"),
            rx.el.p(viewer.email, class_name="truncate text-sm text-ink-faint"),
            class_name="px-3 pt-2 pb-2.5",
        ),
        rx.el.div(
            *[
                if_offered(
                    item, menu_link(item.icon, item_label(item, viewer), item.href)
                )
                for group in places
                for item in group.items
            ],
            class_name="border-y border-line py-1.5",
        ),
        rx.el.div(log_out_form("menu-item"), class_name="pt-1.5"),
        label="Account menu",
        trigger_class="btn btn-icon rounded-full hover:ring-4 hover:ring-accent-ring",
        class_name="w-64",
    )


def portal_header(
    viewer: Any,
    business: Any,
    *,
    loaded: Any = True,
    active: str = "",
    places: Menu | None = None,
) -> rx.Component:
    """Draw the header of every page.

    Until it is known who is there, the place of the buttons is kept empty, so
    nothing moves and nobody signed in sees *Sign up* flash by.

    Args:
        viewer: Who is here.
        business: Whose portal it is.
        loaded: Whether ``viewer`` is known already; may be a Var.
        active: The key of the current place.
        places: The menu of a page that only one kind of people opens; otherwise it
            follows from ``viewer``.
    """
    known = places is not None or not is_var(loaded)
    member = menu_of(viewer, places, lambda menu: avatar_menu(viewer, menu))
    # In the first HTML a session came along; who it is is not known yet.
    waiting = rx.el.div(
        class_name="size-11" if known else "h-11 sm:w-[11.5rem]", aria_hidden="true"
    )
    at_home = when(viewer.signed_in, rx.fragment(), _services_link(active))
    return rx.el.header(
        rx.el.div(
            brand(business),
            rx.el.div(class_name="flex-1"),
            when(loaded, at_home),
            theme_menu(live=places is not None or is_var(loaded)),
            when(loaded, when(viewer.signed_in, member, _guest_buttons()), waiting),
            class_name=classes(PAGE_WIDTH, "flex h-16 items-center gap-1 sm:gap-3"),
        ),
        class_name=(
            "sticky top-0 z-30 border-b border-line bg-(--bar) pt-[env(safe-area-"
            "inset-top)] backdrop-blur-lg"
        ),
    )


def _services_link(active: str) -> rx.Component:
    return link(
        "All Services",
        href="/services",
        class_name=(
            "hidden min-h-11 items-center rounded-lg px-3 text-[0.9375rem] "
            "font-semibold text-ink-soft hover:text-ink aria-[current=page]:text-ink "
            "sm:inline-flex"
        ),
        **({"aria_current": "page"} if active == "services" else {}),
    )


def _guest_buttons() -> rx.Component:
    return rx.el.div(
        link_button(
            "Log in",
            href="/login",
            kind="ghost",
            class_name="px-2.5 whitespace-nowrap sm:px-4",
        ),
        link_button(
            "Sign up", href="/signup", class_name="px-3.5 whitespace-nowrap sm:px-5"
        ),
        class_name="flex shrink-0 items-center gap-1 sm:gap-2",
    )


def demo_strip(business: Any) -> rx.Component:
    """Draw the line that says this is a demonstration, in demo mode only.

    Args:
        business: Has ``demo`` and ``name``.

    Returns:
        A narrow strip, or nothing.
    """
    return when(
        business.demo,
        rx.el.aside(
            icon("info", "size-4"),
            rx.el.span(
                "Demo mode",
                rx.el.span(
                    ": ",
                    business.name,
                    " is not a real business.",
                    class_name="max-sm:hidden",
                ),
            ),
            class_name=(
                "flex items-center justify-center gap-2 bg-ink px-4 py-1.5 text-xs "
                "font-medium text-canvas dark:bg-raised dark:text-ink-soft"
            ),
            aria_label="Notice",
        ),
    )
