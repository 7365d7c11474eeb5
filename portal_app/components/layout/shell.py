"""The frames around pages, with their toasts: signed in, public, signing in."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portal_app.components.layout.customer_preview_bar import customer_preview_bar
from portal_app.components.layout.header import (
    brand,
    demo_strip,
    log_out_form,
    portal_header,
    theme_menu,
)
from portal_app.components.layout.navigation import (
    CUSTOMER_MENU,
    OFFICE_MENU,
    PAGE_WIDTH,
    Menu,
    NavigationGroup,
    NavigationItem,
    bottom_bar_items,
    if_offered,
    item_label,
    menu_of,
)
from portal_app.components.ui.buttons import link, text_link
from portal_app.components.ui.feedback import bone
from portal_app.components.ui.icons import avatar, icon
from portal_app.components.ui.logic import classes, each, equal, is_var, when
from portal_app.components.ui.surfaces import page_header
from portal_app.state.core.toasts import ToastState
from portal_app.state.core.viewer import ViewerState


def _toast(notice: Any) -> rx.Component:
    failed = equal(notice.kind, "error")
    dismiss: dict[str, Any] = (
        {"on_click": ToastState.dismiss(notice.id)} if is_var(notice) else {}
    )
    return rx.el.div(
        when(
            failed,
            icon("circle-alert", "mt-0.5 text-danger"),
            icon("circle-check", "mt-0.5 text-success"),
        ),
        rx.el.p(notice.text, class_name="min-w-0 flex-1 font-medium"),
        rx.el.button(
            icon("x", "size-4"),
            type="button",
            aria_label="Dismiss",
            class_name=(
                "pointer-events-auto -my-2.5 -mr-2 grid size-11 shrink-0 "
                "place-items-center rounded-lg text-ink-faint hover:text-ink"
            ),
            custom_attrs={"data-dismiss": "toast"},
            **dismiss,
        ),
        key=notice.id,
        class_name=classes(
            "toast flex w-full max-w-md items-start gap-3 rounded-2xl bg-raised px-4 "
            "py-3.5 text-[0.9375rem] shadow-float",
            when(failed, "toast-error", ""),
        ),
        custom_attrs={"data-toast": ""},
    )


def toast_region(toasts: Any = None) -> rx.Component:
    """Draw the corner where toasts appear, a polite live region.

    A toast leaves by itself after seven seconds unless it is an error, or its
    button is pointed at or holds the focus; the style sheet does that. The button
    takes it away at once, even while the connection is lost. Everything else of it
    lets clicks through: what it covers for a while can be pressed.

    Args:
        toasts: What to show; ``ToastState.toasts`` by default.

    Returns:
        A ``div`` with ``role="status"`` that exists before its first message.
    """
    return rx.el.div(
        each(ToastState.toasts if toasts is None else toasts, _toast),
        role="status",
        class_name=(
            "pointer-events-none fixed inset-x-4 bottom-24 z-40 flex flex-col "
            "items-center gap-2.5 lg:inset-x-auto lg:bottom-6 lg:right-6 lg:w-96"
        ),
    )


def skip_link() -> rx.Component:
    """Draw the first stop of the Tab key, which jumps over the header."""
    # The plain element: the router's link would be built with the address of the
    # page's folder, and leave the page.
    return A.create(
        "Skip to content",
        href="#main",
        class_name=(
            "btn btn-primary fixed left-4 top-3 z-50 -translate-y-24 "
            "focus:translate-y-0"
        ),
    )


def main_region(
    *children: Any, class_name: str = "", loaded: Any = None
) -> rx.Component:
    """Draw the page's main landmark, the target of the skip link.

    Args:
        *children: The page.
        class_name: Extra classes.
        loaded: A Var that says whether all that the page shows was read; until then
            it is marked as busy. A page that is complete from the start needs none.
    """
    busy = {} if loaded is None else {"aria-busy": rx.cond(loaded, "false", "true")}
    return rx.el.main(
        *children,
        tab_index=-1,
        class_name=classes("w-full min-w-0", class_name),
        custom_attrs={"id": "main", **busy},
    )


def _current(item: NavigationItem, active: str) -> dict[str, Any]:
    return {"aria_current": "page"} if item.key == active else {}


def _side_group(group: NavigationGroup, active: str, viewer: Any) -> rx.Component:
    return rx.el.div(
        *(
            [
                rx.el.h2(
                    group.heading,
                    class_name=(
                        "px-3.5 pb-1.5 pt-5 text-xs font-semibold tracking-normal "
                        "text-ink-faint"
                    ),
                )
            ]
            if group.heading
            else []
        ),
        rx.el.ul(
            *[
                if_offered(
                    item,
                    rx.el.li(
                        link(
                            icon(item.icon),
                            item_label(item, viewer),
                            href=item.href,
                            class_name="side-link",
                            **_current(item, active),
                        )
                    ),
                )
                for item in group.items
            ],
            class_name="flex flex-col gap-0.5",
        ),
    )


_SIDE = (
    "sticky top-16 hidden max-h-[calc(100dvh-4rem)] w-64 shrink-0 self-start "
    "overflow-y-auto py-8 lg:block"
)
_PERSON = "flex items-center gap-3.5 px-2 pb-6 pt-1"
_BAR = (
    "fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-(--bar) px-2 "
    "pb-[env(safe-area-inset-bottom)] backdrop-blur-lg lg:hidden"
)


def side_menu(
    viewer: Any, active: str = "", places: Menu = CUSTOMER_MENU
) -> rx.Component:
    """Draw the desktop's side menu under the person's name and picture.

    Args:
        viewer: Who is signed in.
        active: The key of the current place.
        places: The menu.
    """
    return rx.el.aside(
        rx.el.div(
            avatar(viewer.name, viewer.picture_url, "lg"),
            rx.el.div(
                rx.el.p(
                    viewer.name,
                    class_name="truncate text-[1.0625rem] font-semibold leading-6",
                ),
                rx.el.p(viewer.email, class_name="truncate text-sm text-ink-faint"),
                class_name="min-w-0 min-h-11",
            ),
            class_name=_PERSON,
        ),
        rx.el.nav(
            *[_side_group(group, active, viewer) for group in places],
            aria_label="Main menu",
        ),
        rx.el.div(log_out_form(), class_name="mt-4 border-t border-line pt-4"),
        class_name=_SIDE,
    )


def _waiting_side_menu() -> rx.Component:
    """The outline of a side menu, until it is known who is here."""
    return rx.el.div(
        rx.el.div(
            bone("size-14 rounded-full!"),
            rx.el.div(bone("h-4 w-28"), bone("mt-2.5 h-3.5 w-36")),
            class_name=_PERSON,
        ),
        *[bone(f"mx-3.5 my-4.5 h-4 {width}") for width in ("w-36", "w-24", "w-16")],
        aria_hidden="true",
        class_name=_SIDE,
    )


def _look_only(viewer: Any) -> rx.Component:
    """Say to somebody who may change nothing that it is so.

    The buttons that open forms and send them are hidden by the style sheet.
    """
    return when(
        viewer.reads_only,
        rx.el.p(
            icon("eye", "size-5 shrink-0"),
            "You can look at everything here, and change nothing.",
            class_name=(
                "look-only mb-6 flex items-center gap-3 rounded-xl bg-sunken px-4 py-3 "
                "text-ink-soft"
            ),
        ),
    )


def bottom_bar(
    active: str = "", places: Menu = CUSTOMER_MENU, viewer: Any = None
) -> rx.Component:
    """Draw the phone's bar with the main places.

    Args:
        active: The key of the current place.
        places: The menu.
        viewer: As for ``item_label``.
    """
    return rx.el.nav(
        *[
            if_offered(
                item,
                link(
                    rx.el.span(icon(item.icon)),
                    rx.el.span(
                        item_label(item, viewer) if item.bar == item.label else item.bar
                    ),
                    href=item.href,
                    class_name="bar-link",
                    aria_label=item_label(item, viewer),
                    **_current(item, active),
                ),
            )
            for item in bottom_bar_items(places)
        ],
        aria_label="Main menu",
        class_name=_BAR,
    )


def shell(
    *children: Any,
    title: Any = None,
    active: str = "",
    viewer: Any = None,
    business: Any = None,
    strip: Any = None,
    toasts: Any = None,
    places: Menu = CUSTOMER_MENU,
) -> rx.Component:
    """Frame a page of somebody who is signed in.

    Args:
        *children: The page.
        title: Its heading; without one the page draws its own ``page_header``.
        active: The key of its place in the menus, see ``places``.
        viewer: Who is signed in; ``ViewerState.viewer`` by default.
        business: Whose portal it is; ``ViewerState.business`` by default.
        strip: A line above the header; the demo strip by default.
        toasts: The messages to show; ``ToastState.toasts`` by default.
        places: The menu; the customer's by default.
    """
    viewer = ViewerState.viewer if viewer is None else viewer
    business = ViewerState.business if business is None else business
    return rx.el.div(
        skip_link(),
        customer_preview_bar(viewer),
        demo_strip(business) if strip is None else strip,
        portal_header(viewer, business, places=places),
        rx.el.div(
            side_menu(viewer, active, places),
            main_region(
                *([_look_only(viewer)] if places is OFFICE_MENU else []),
                *([page_header(title)] if title is not None else []),
                *children,
                class_name=f"{_MAIN} pb-32 lg:pb-20",
                loaded=rx.State.is_hydrated,
            ),
            class_name=classes(PAGE_WIDTH, _BESIDE),
        ),
        bottom_bar(active, places, viewer),
        toast_region(toasts),
        class_name="has-bar min-h-dvh",
    )


_BESIDE = "flex flex-1 gap-14"
_MAIN = "flex-1 pt-6 sm:pt-9"


def _footer(business: Any, member: Any) -> rx.Component:
    ways_in = (
        link("Log in", href="/login", class_name=_FOOTER_LINK),
        link("Sign up", href="/signup", class_name=_FOOTER_LINK),
    )
    contact = [
        when(
            business.phone,
            rx.el.a(
                icon("phone", "size-4"),
                business.phone,
                href="tel:" + business.phone,
                class_name="inline-flex min-h-11 items-center gap-2 hover:text-ink",
            ),
        ),
        when(
            business.email,
            rx.el.a(
                icon("mail", "size-4"),
                business.email,
                href="mailto:" + business.email,
                class_name="inline-flex min-h-11 items-center gap-2 hover:text-ink",
            ),
        ),
    ]
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                rx.el.p(business.name, class_name="font-semibold text-ink"),
                rx.el.p(business.tagline, class_name="mt-1 max-w-sm"),
                when(
                    business.footer_text,
                    rx.el.p(
                        business.footer_text,
                        class_name="mt-3 max-w-sm whitespace-pre-line",
                    ),
                ),
            ),
            rx.el.div(
                *contact,
                when(
                    business.opening_text,
                    rx.el.p(
                        business.opening_text,
                        class_name="mt-1 max-w-xs whitespace-pre-line",
                    ),
                ),
                class_name="flex flex-col items-start",
            ),
            rx.el.nav(
                link("All Services", href="/services", class_name=_FOOTER_LINK),
                link("Policies", href="/policies", class_name=_FOOTER_LINK),
                *[when(member, rx.fragment(), way) for way in ways_in],
                aria_label="Footer",
                class_name="flex flex-col items-start",
            ),
            class_name=classes(
                PAGE_WIDTH,
                "flex flex-wrap justify-between gap-x-16 gap-y-6 py-10 text-sm "
                "text-ink-soft",
            ),
        ),
        class_name="border-t border-line bg-sunken pb-(--bottom-bar)",
    )


_FOOTER_LINK = "inline-flex min-h-11 items-center hover:text-ink hover:underline"


def public_shell(
    *children: Any,
    active: str = "",
    viewer: Any = None,
    business: Any = None,
    loaded: Any = None,
    strip: Any = None,
    toasts: Any = None,
    wide: bool = False,
) -> rx.Component:
    """Frame a page that anyone may see; who is signed in keeps their menus.

    Args:
        *children: The page.
        active: The key of its place in the menus.
        viewer: Who is here; ``ViewerState.viewer`` by default.
        business: Whose portal it is; ``ViewerState.business`` by default.
        loaded: Whether ``viewer`` is known; ``ViewerState.loaded`` by default. In
            the first HTML, ``False`` says that a session came along.
        strip: A line above the header; the demo strip by default.
        toasts: The messages to show; ``ToastState.toasts`` by default.
        wide: Let the page draw to the edges of the window by itself, where nobody
            is signed in.
    """
    viewer = ViewerState.viewer if viewer is None else viewer
    business = ViewerState.business if business is None else business
    loaded = ViewerState.loaded if loaded is None else loaded
    waiting = not is_var(loaded) and not loaded
    member = True if waiting else viewer.signed_in
    beside = classes(PAGE_WIDTH, _BESIDE)
    return rx.el.div(
        skip_link(),
        customer_preview_bar(viewer),
        demo_strip(business) if strip is None else strip,
        portal_header(viewer, business, loaded=loaded, active=active),
        rx.el.div(
            _waiting_side_menu()
            if waiting
            else when(
                member,
                menu_of(viewer, None, lambda menu: side_menu(viewer, active, menu)),
            ),
            main_region(
                *children,
                class_name=when(member, _MAIN_PUBLIC, "") if wide else _MAIN_PUBLIC,
            ),
            class_name=when(member, beside, "flex-1") if wide else beside,
        ),
        _footer(business, member),
        rx.el.div(class_name=classes(_BAR, "h-16"), aria_hidden="true")
        if waiting
        else when(
            member, menu_of(viewer, None, lambda menu: bottom_bar(active, menu, viewer))
        ),
        toast_region(toasts),
        class_name=classes("flex min-h-dvh flex-col", when(member, "has-bar", "")),
    )


_MAIN_PUBLIC = f"{_MAIN} pb-20"


def auth_shell(
    *children: Any,
    title: Any,
    text: Any = None,
    business: Any = None,
    footer: Any = None,
    strip: Any = None,
    toasts: Any = None,
) -> rx.Component:
    """Frame the forms for signing up, logging in and resetting a password.

    On a desktop the form stands beside a calm picture; a phone shows the form.

    Args:
        *children: The form.
        title: The page's heading.
        text: A sentence under it.
        business: Whose portal it is; ``ViewerState.business`` by default.
        footer: Under the form: the way to the other form.
        strip: A line above the page; the demo strip by default.
        toasts: The messages to show; ``ToastState.toasts`` by default.
    """
    business = ViewerState.business if business is None else business
    return rx.el.div(
        skip_link(),
        demo_strip(business) if strip is None else strip,
        rx.el.div(
            rx.el.div(
                rx.el.header(
                    brand(business),
                    theme_menu(),
                    class_name="flex items-center justify-between gap-3",
                ),
                main_region(
                    rx.el.h1(title, class_name="text-3xl", tab_index=-1),
                    *(
                        [rx.el.p(text, class_name="mt-2 wrap-anywhere text-ink-soft")]
                        if text is not None
                        else []
                    ),
                    rx.el.div(*children, class_name="mt-8"),
                    *(
                        [
                            rx.el.div(
                                footer,
                                class_name="mt-8 text-center text-ink-soft",
                            )
                        ]
                        if footer is not None
                        else []
                    ),
                    class_name="mx-auto max-w-[26.5rem] pt-8 pb-12 sm:my-auto",
                ),
                class_name="flex min-h-full w-full flex-col px-5 py-4 sm:px-10",
            ),
            rx.el.div(
                rx.el.img(
                    src="/art/welcome.webp",
                    alt="",
                    width="960",
                    height="1200",
                    # Hidden on a phone, and then not loaded either.
                    loading="lazy",
                    class_name="absolute inset-0 size-full object-cover",
                ),
                aria_hidden="true",
                class_name=(
                    "relative m-3 hidden overflow-hidden rounded-[1.75rem] "
                    "bg-accent-soft lg:block"
                ),
            ),
            class_name=(
                "grid flex-1 grid-cols-1 lg:grid-cols-[minmax(0,1fr)_minmax(0,0.92fr)]"
            ),
        ),
        toast_region(toasts),
        class_name="flex min-h-dvh flex-col bg-surface",
    )


def auth_switch(question: str, label: str, href: str) -> rx.Component:
    """Draw the line that leads from one form to the other.

    Args:
        question: For example "New here?".
        label: The link, for example "Sign up".
        href: Where it leads.
    """
    return rx.el.p(question, " ", text_link(label, href=href))
