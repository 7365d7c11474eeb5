"""The policies of the business: what everybody agrees to, or can look up."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portal_app.api.rendered_pages import PageContent
from portal_app.components.layout.first_html import (
    after_first_html,
    live_title,
    to_html,
)
from portal_app.components.layout.shell import public_shell
from portal_app.components.ui.buttons import text_link
from portal_app.components.ui.feedback import empty_state, text_skeleton
from portal_app.components.ui.logic import each, is_var, joined, when
from portal_app.domain.business.views import BusinessView, PolicyView
from portal_app.domain.sign_in.views import ViewerView
from portal_app.pages.page import Page
from portal_app.state.catalogue.public_pages import PoliciesState
from portal_app.state.core.viewer import ViewerState

_TITLE = "Policies"
_DESCRIPTION = "The terms of {name}, until when a change is free, and how we work."


def _heading() -> rx.Component:
    return rx.el.h1(
        _TITLE, tab_index=-1, class_name="text-4xl font-[680] tracking-[-0.03em]"
    )


def content(policies: Any, business: Any) -> rx.Component:
    """Draw the page within its frame.

    Args:
        policies: A Var, or the views.
        business: Whose they are.
    """
    count = policies.length() if is_var(policies) else len(policies)
    return rx.el.div(
        _heading(),
        when(
            count > 0,
            rx.el.div(
                when(count > 1, _contents(policies)),
                rx.el.div(each(policies, _policy), class_name="min-w-0 max-w-2xl"),
                class_name=(
                    "mt-8 flex flex-col gap-x-16 gap-y-8 lg:flex-row-reverse "
                    "lg:justify-end"
                ),
            ),
            empty_state(
                "Nothing written down yet",
                rx.fragment(
                    "The law applies. For anything else, ask ", business.name, "."
                ),
                name="file-text",
                action=text_link("See all services", href="/services"),
            ),
        ),
    )


def _contents(policies: Any) -> rx.Component:
    return rx.el.nav(
        rx.el.ul(each(policies, _entry), class_name="flex flex-col"),
        aria_label="On this page",
        class_name=(
            "shrink-0 border-line max-lg:border-y max-lg:py-2 lg:sticky lg:top-24 "
            "lg:w-64 lg:self-start lg:border-l lg:pl-6"
        ),
    )


def _entry(policy: Any) -> rx.Component:
    # The plain element: the router's link would leave the page.
    return rx.el.li(
        A.create(
            policy.title,
            href=joined("#", policy.key),
            class_name=(
                "inline-flex min-h-11 items-center text-[0.9375rem] text-ink-soft "
                "hover:text-ink hover:underline"
            ),
        )
    )


def _policy(policy: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(policy.title, class_name="text-2xl"),
        rx.el.div(
            each(
                policy.paragraphs,
                lambda text: rx.el.p(text, class_name="whitespace-pre-line"),
            ),
            class_name="mt-3.5 flex flex-col gap-4 leading-7 text-ink-soft",
        ),
        class_name="border-line py-9 first:pt-0 not-first:border-t",
        custom_attrs={"id": policy.key},
    )


def draw() -> rx.Component:
    """Draw the live page."""
    return after_first_html(
        ViewerState.loaded & PoliciesState.loaded,
        public_shell(
            when(
                PoliciesState.loaded,
                content(PoliciesState.policies, ViewerState.business),
                rx.fragment(
                    _heading(), rx.el.div(text_skeleton(), class_name="mt-8 max-w-2xl")
                ),
            ),
        ),
    )


def first_html(
    business: BusinessView, policies: list[PolicyView], guest: bool
) -> PageContent:
    """Draw the page for its first HTML.

    Args:
        business: Whose policies these are.
        policies: All of them.
        guest: Whether the visitor is surely not signed in.
    """
    drawn = public_shell(
        content(policies, business),
        business=business,
        viewer=ViewerView(),
        loaded=guest,
        toasts=(),
    )
    description = _DESCRIPTION.format(name=business.name)
    return PageContent(to_html(drawn), str(_title(business)), description)


def _title(business: Any) -> Any:
    return joined(_TITLE, " – ", business.name)


page = Page(
    route="/policies",
    title=live_title(ViewerState.loaded, _title(ViewerState.business), _TITLE),
    draw=draw,
    on_load=(ViewerState.load, PoliciesState.load),
)
