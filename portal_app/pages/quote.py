"""A quote: what the office offers, and the customer's decision."""

import reflex as rx

from portal_app.components.layout.first_html import current_path
from portal_app.components.layout.shell import public_shell, shell
from portal_app.components.quotes.quote import (
    quote_badge,
    quote_history,
    request_content,
    soon_badge,
    version_content,
)
from portal_app.components.ui.buttons import back_link, link_button
from portal_app.components.ui.custom_fields import custom_fields
from portal_app.components.ui.dialogs import edit_button, saving_dialog
from portal_app.components.ui.feedback import detail_skeleton, empty_state, note
from portal_app.components.ui.fields import text_field, textarea_field
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card
from portal_app.kernel.features import Feature
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.quotes.quote import QuoteDecisionState, QuoteState

_quote = QuoteState.quote
_ACCEPT, _DECLINE, _CHANGE = "accept-quote", "decline-quote", "change-quote"


def draw() -> rx.Component:
    """Draw the quote at this address."""
    back = back_link("My quotes", "/bookings?when=quotes")
    return rx.cond(
        ViewerState.viewer.role == "customer",
        shell(_at_current_path(back), _dialogs(), active="bookings"),
        public_shell(_at_current_path(rx.fragment()), _dialogs()),
    )


def _at_current_path(top: rx.Component) -> rx.Component:
    return rx.cond(
        current_path() == QuoteState.path,
        rx.cond(QuoteState.found, _overview(top), _missing()),
        detail_skeleton(),
    )


def _overview(top: rx.Component) -> rx.Component:
    has_answer = _quote.shown.number > 0
    return rx.el.div(
        top,
        rx.el.header(
            rx.el.h1(_quote.request.service_name, class_name="text-3xl", tab_index=-1),
            rx.el.div(
                quote_badge(_quote.status, _quote.status_text),
                when(_quote.expires_soon, soon_badge()),
                rx.el.span(
                    "Quote number ",
                    rx.el.span(
                        _quote.number,
                        class_name="font-semibold tabular-nums select-all",
                    ),
                    class_name="text-[0.9375rem] text-ink-soft",
                ),
                class_name="mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-2",
            ),
            class_name="mt-2 mb-7",
        ),
        rx.el.div(
            rx.el.div(
                _next_step(),
                when(
                    has_answer,
                    card(
                        rx.el.h2(
                            joined("Our quote, version ", _quote.shown.number),
                            class_name="mb-2 text-xl",
                        ),
                        version_content(_quote.shown, linked=_quote.signed_in),
                        when(_quote.can_decide, _actions()),
                    ),
                    card(
                        rx.el.h2("We are working on it", class_name="text-xl"),
                        rx.el.p(
                            "You get an email as soon as your quote is here.",
                            class_name="mt-2 text-ink-soft",
                        ),
                    ),
                ),
                when(_quote.earlier.length() > 0, _earlier()),
                class_name="flex min-w-0 flex-1 flex-col gap-5",
            ),
            rx.el.div(
                card(
                    rx.el.h2("What you asked for", class_name="mb-1 text-xl"),
                    request_content(
                        _quote.request,
                        _quote.preferred_times,
                        _quote.request_files,
                        linked=_quote.signed_in,
                    ),
                ),
                card(
                    rx.el.h2("History", class_name="mb-5 text-xl"),
                    quote_history(_quote.history),
                    class_name="pb-1! sm:pb-2!",
                ),
                class_name="flex min-w-0 flex-col gap-5 xl:w-96 xl:shrink-0",
            ),
            class_name="flex flex-col gap-5 xl:flex-row xl:items-start",
        ),
    )


def _next_step() -> rx.Component:
    """Say what there is to do or to know first."""
    to_choose = note(
        rx.el.p(
            "The price is agreed. Now choose a time that suits you.",
        ),
        link_button(
            "Choose a time",
            href=when(
                _quote.signed_in,
                _quote.draft,
                joined("/login?next=/quotes/", _quote.number),
            ),
            class_name="mt-3",
        ),
        tone="success",
        title="You accepted this quote",
    )
    booked = note(
        rx.el.p("The appointment is booked."),
        when(
            _quote.signed_in,
            link_button(
                "See the booking",
                href=joined("/bookings/", _quote.booking),
                class_name="mt-3",
            ),
        ),
        tone="success",
        title="You accepted this quote",
    )
    return rx.fragment(
        when(_quote.problem, note(_quote.problem, tone="warning")),
        when(_quote.draft, to_choose),
        when(_quote.booking, booked),
    )


def _actions() -> rx.Component:
    def action(name: str, words: str, look: str) -> rx.Component:
        return edit_button(name, words, class_name=f"btn {look} max-sm:w-full")

    return rx.el.div(
        action(_ACCEPT, "Accept quote", "btn-primary"),
        action(_CHANGE, "Ask for changes", "btn-secondary"),
        action(_DECLINE, "Decline quote", "btn-ghost"),
        class_name="mt-5 flex flex-wrap gap-2.5 border-t border-line pt-5",
    )


def _earlier() -> rx.Component:
    return card(
        rx.el.h2("Earlier versions", class_name="mb-2 text-xl"),
        each(
            _quote.earlier,
            lambda version: rx.el.details(
                rx.el.summary(
                    joined("Version ", version.number, ", ", version.total),
                    class_name=(
                        "flex min-h-11 cursor-pointer items-center font-semibold"
                    ),
                ),
                version_content(version, linked=_quote.signed_in),
                key=version.number,
                class_name="border-t border-line py-2 first-of-type:border-0",
            ),
        ),
    )


def _dialogs() -> rx.Component:
    """Draw the three decisions; each is about the version that is shown."""
    version = _quote.shown.number
    errors = QuoteDecisionState.errors
    return when(
        _quote.can_decide,
        rx.fragment(
            saving_dialog(
                QuoteDecisionState,
                _ACCEPT,
                rx.el.p(
                    joined("You accept version ", version, " for "),
                    rx.el.strong(_quote.shown.total, " ", _quote.shown.tax_note),
                    when(
                        _quote.shown.day,
                        rx.el.span(
                            joined(", on ", _quote.shown.day, ", ", _quote.shown.time)
                        ),
                    ),
                    ".",
                ),
                when(
                    _quote.signed_in,
                    custom_fields(QuoteState.signature, errors, of=_quote.number),
                    text_field(
                        "Your name, as your signature",
                        "signed_name",
                        error=errors["signature"],
                        auto_complete="name",
                    ),
                ),
                title="Accept quote",
                version=version,
                on_save=QuoteDecisionState.accept,
                action="Accept quote",
                wide=False,
            ),
            saving_dialog(
                QuoteDecisionState,
                _DECLINE,
                textarea_field(
                    "Why, if you like to tell us",
                    "reason",
                    error=errors["reason"],
                    required=False,
                    field_id="field-decline-reason",
                ),
                title="Decline quote",
                version=version,
                on_save=QuoteDecisionState.decline,
                action="Decline quote",
                kind="danger",
                wide=False,
            ),
            saving_dialog(
                QuoteDecisionState,
                _CHANGE,
                textarea_field(
                    "What should be different?",
                    "reason",
                    error=errors["reason"],
                    field_id="field-change-reason",
                ),
                title="Ask for changes",
                version=version,
                on_save=QuoteDecisionState.ask_for_changes,
                action="Send",
                wide=False,
            ),
        ),
    )


def _missing() -> rx.Component:
    return empty_state(
        "We could not find that quote",
        "The link may have run out, or the number may be mistyped. Log in to see all "
        "your quotes.",
        action=rx.cond(
            ViewerState.viewer.role == "customer",
            link_button("Go to my quotes", href="/bookings?when=quotes"),
            link_button("Log in", href="/login?next=%2Fbookings%3Fwhen%3Dquotes"),
        ),
        name="search",
        level=1,
    )


page = Page(
    route="/quotes/[number]",
    title="Quote",
    draw=draw,
    on_load=(ViewerState.load, QuoteState.load),
    feature=Feature.QUOTES,
)
