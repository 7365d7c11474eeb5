"""The first day: a new business is made somebody's own, step by step."""

from typing import Any

import reflex as rx

from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.logo import logo_editor
from portal_app.components.office.team import DAY_NAMES
from portal_app.components.ui.buttons import link, link_button, submit_button
from portal_app.components.ui.choices import choice_group, radio_card
from portal_app.components.ui.feedback import list_skeleton, note
from portal_app.components.ui.fields import (
    checkbox_field,
    email_field,
    phone_field,
    select_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.forms import form
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import each, joined, when
from portal_app.components.ui.surfaces import card, page_header
from portal_app.domain.office.setup import (
    BUSINESS,
    LOOK,
    PLACE,
    SERVICES,
    STEPS,
    TEAM,
    TERMS,
    TRADE,
)
from portal_app.pages.page import Page
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.setup import OfficeSetupState

_STATE = OfficeSetupState
_SETUP = OfficeSetupState.setup
_WORKDAYS = 5


def draw() -> rx.Component:
    """Draw the list of steps, and the one that is asked for."""
    return shell(
        page_header(
            "Set up your business",
            text="About a quarter of an hour. Every step is saved by itself: stop and "
            "go on whenever you like, and change anything later.",
        ),
        rx.cond(
            _STATE.loaded,
            rx.el.div(
                _steps(),
                rx.el.div(
                    rx.match(
                        _STATE.step,
                        (TRADE, _trade()),
                        (BUSINESS, _business()),
                        (PLACE, _place()),
                        (LOOK, _look()),
                        (SERVICES, _services()),
                        (TEAM, _team()),
                        (TERMS, _terms()),
                        _done(),
                    ),
                    class_name="min-w-0 max-w-3xl flex-1",
                ),
                class_name=(
                    "flex flex-col-reverse gap-x-10 gap-y-8 xl:flex-row xl:items-start"
                ),
            ),
            list_skeleton(4),
        ),
        active="office",
        places=OFFICE_MENU,
    )


def _steps() -> rx.Component:
    return rx.el.nav(
        rx.el.ol(each(_SETUP.steps, _step_link), class_name="flex flex-col gap-0.5"),
        aria_label="Steps",
        class_name="w-full shrink-0 xl:w-60",
    )


def _step_link(step: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.cond(
                step.done,
                icon("circle-check", "text-success"),
                icon("circle-dot", "text-ink-faint"),
            ),
            rx.el.span(step.name, class_name="min-w-0 flex-1"),
            rx.cond(step.done, rx.el.span("done", class_name="sr-only")),
            href=joined("/office/setup?step=", step.key),
            class_name="side-link",
            aria_current=rx.cond(step.key == _STATE.step, "page", "false"),
        )
    )


def _step(
    key: str, text: Any, *fields: Any, action: Any = "Save and go on"
) -> rx.Component:
    return card(
        rx.el.p(
            joined("Step ", _STATE.number, f" of {len(STEPS)}"),
            class_name="text-sm font-semibold text-accent-ink",
        ),
        rx.el.h2(STEPS[key], class_name="mt-1 text-2xl"),
        rx.el.p(text, class_name="mt-2 mb-6 text-ink-soft"),
        form(
            *fields,
            rx.el.input(type="hidden", name="step", value=key, read_only=True),
            rx.el.div(
                when(
                    _STATE.before,
                    link_button(
                        "Back",
                        href=joined("/office/setup?step=", _STATE.before),
                        kind="ghost",
                    ),
                ),
                link_button(
                    "Skip for now",
                    href=joined("/office/setup?step=", _STATE.after),
                    kind="ghost",
                ),
                submit_button(action, pending=_STATE.pending, class_name="sm:ml-auto"),
                class_name=(
                    "flex flex-col-reverse gap-2.5 border-t border-line pt-5 "
                    "sm:flex-row"
                ),
            ),
            on_submit=_STATE.save,
            problem=_STATE.problem,
            reset_on_submit=False,
            key=key,
        ),
    )


def _trade() -> rx.Component:
    return _step(
        TRADE,
        "What you choose suggests services, prices and questions. Nothing is fixed.",
        choice_group(
            "What does your business do?",
            each(_SETUP.trades, _trade_card),
            radio_card(
                "Something else",
                name="trade",
                value="none",
                text="Begin with nothing, and define everything yourself.",
                checked=_STATE.trade == "none",
                on_change=_STATE.pick_trade("none"),
            ),
            columns="sm:grid-cols-2",
        ),
        _error("trade"),
        each(_SETUP.trades, _preview),
    )


def _trade_card(trade: Any) -> rx.Component:
    return radio_card(
        trade.name,
        name="trade",
        value=trade.key,
        text=trade.summary,
        checked=_STATE.trade == trade.key,
        on_change=_STATE.pick_trade(trade.key),
    )


def _preview(trade: Any) -> rx.Component:
    return when(
        trade.key == _STATE.trade,
        note(
            rx.el.ul(
                each(trade.services, _line),
                class_name="mt-1 list-disc pl-5 sm:columns-2",
            ),
            title="Services it suggests",
        ),
    )


def _business() -> rx.Component:
    return _step(
        BUSINESS,
        "Customers see this on every page and in every email.",
        _text("Name", "name", _SETUP.name, auto_complete="organization"),
        _text(
            "In one sentence",
            "tagline",
            _SETUP.tagline,
            required=False,
            help="Such as: Homes and offices, cleaned with care.",
        ),
        email_field(
            error=_STATE.errors["email"],
            default_value=_SETUP.email,
            help="Where customers write to you, and new bookings are announced.",
            required=False,
        ),
        phone_field(
            error=_STATE.errors["phone"],
            default_value=_SETUP.phone,
            required=False,
        ),
        _text(
            "Address",
            "address",
            _SETUP.address,
            required=False,
            auto_complete="street-address",
        ),
    )


def _place() -> rx.Component:
    return _step(
        PLACE,
        "The country suggests the rest; change what does not fit.",
        _select("Country", "country", _STATE.countries, _STATE.pick_country),
        _select("Currency", "currency", _STATE.currencies, _picking("currency")),
        _select("Clock", "timezone", _STATE.timezones, _picking("timezone")),
        _select(
            "Dates and numbers as in", "locale", _STATE.locales, _picking("locale")
        ),
        rx.el.div(
            rx.cond(
                _STATE.example,
                note(
                    rx.el.span(_STATE.example, class_name="font-semibold"),
                    title="This is how customers read a price and a date",
                ),
            ),
            role="status",
        ),
    )


def _picking(name: str) -> Any:
    return lambda value: _STATE.pick(name, value)


def _select(label: str, name: str, options: Any, on_change: Any) -> rx.Component:
    return select_field(
        label,
        name,
        options,
        error=_STATE.errors[name],
        value=getattr(_STATE, name),
        on_change=on_change,
    )


def _look() -> rx.Component:
    return _step(
        LOOK,
        "One colour for buttons and links. Words on it are dark or light by "
        "themselves, so that everybody can read them. A logo can wait.",
        logo_editor(_STATE),
        rx.el.div(
            rx.el.label(
                "Colour",
                class_name="field-label",
                custom_attrs={"htmlFor": "field-accent"},
            ),
            rx.el.input(
                type="color",
                name="accent_color",
                default_value=_SETUP.accent_color,
                class_name="h-12 w-24 cursor-pointer rounded-xl border border-line",
                custom_attrs={"id": "field-accent"},
            ),
            class_name="field",
        ),
        _error("accent_color"),
    )


def _services() -> rx.Component:
    return rx.cond(
        _SETUP.offers.length() > 0,
        _step(
            SERVICES,
            joined(
                "Tick what you do, and say what it costs (",
                _SETUP.currency,
                "). Texts, photos and options can wait.",
            ),
            rx.el.fieldset(
                rx.el.legend("Services", class_name="sr-only"),
                rx.el.ul(
                    each(_SETUP.offers, _offer), class_name="divide-y divide-line"
                ),
            ),
        ),
        _step(
            SERVICES,
            "Begin with one service. You can add others any time.",
            when(
                _SETUP.offered.length() > 0,
                note(
                    rx.el.ul(
                        each(_SETUP.offered, _line),
                        class_name="mt-1 list-disc pl-5",
                    ),
                    title="You offer already",
                ),
            ),
            rx.el.input(type="hidden", name="by_hand", value="1", read_only=True),
            _text("What is it called?", "service", ""),
            _text(
                joined("Price (", _SETUP.currency, ")"),
                "price",
                "",
                input_mode="decimal",
                class_name="sm:max-w-xs",
            ),
            _text(
                "How long it takes (minutes)",
                "minutes",
                "60",
                input_mode="numeric",
                class_name="sm:max-w-xs",
            ),
        ),
    )


def _offer(offer: Any) -> rx.Component:
    tick, price = joined("offer-", offer.slug), joined("price-", offer.slug)
    error = _STATE.errors[joined("price_", offer.slug)]
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name=joined("offer.", offer.slug),
                default_checked=offer.ticked,
                class_name="tick shrink-0",
                custom_attrs={"id": tick},
            ),
            rx.el.span(
                rx.el.span(offer.name, class_name="block font-semibold"),
                rx.el.span(offer.category, class_name="block text-sm text-ink-faint"),
                class_name="min-w-0",
            ),
            class_name="flex min-h-11 flex-1 basis-56 items-center gap-3.5",
        ),
        rx.el.div(
            rx.el.label(
                "Price",
                rx.el.span(" of ", offer.name, class_name="sr-only"),
                rx.el.span(" ", offer.unit, class_name="font-normal text-ink-faint"),
                class_name="field-label",
                custom_attrs={"htmlFor": price},
            ),
            rx.el.input(
                name=joined("price_", offer.slug),
                default_value=offer.price,
                input_mode="decimal",
                auto_complete="off",
                class_name="field-input",
                custom_attrs={
                    "id": price,
                    "aria-invalid": rx.cond(error, "true", "false"),
                },
            ),
            when(error, rx.el.p(error, class_name="field-error", role="alert")),
            class_name="field w-44",
        ),
        class_name="flex flex-wrap items-center gap-x-5 gap-y-2 py-3.5",
        key=offer.slug,
    )


def _team() -> rx.Component:
    return _step(
        TEAM,
        "The first person whose time customers can book: often yourself. Others, "
        "breaks and holidays come later, under Team.",
        when(
            _SETUP.team.length() > 0,
            note(
                rx.el.ul(each(_SETUP.team, _line)),
                title="In your team already",
            ),
        ),
        _text("Name", "name", "", auto_complete="off"),
        rx.el.fieldset(
            rx.el.legend("Works on", class_name="field-label mb-2.5"),
            rx.el.div(
                *[
                    checkbox_field(day, f"day{at}", default_checked=at < _WORKDAYS)
                    for at, day in enumerate(DAY_NAMES)
                ],
                class_name="grid gap-x-4 sm:grid-cols-2",
            ),
            _error("days"),
        ),
        rx.el.div(
            _text("From", "starts", "09:00", type="time", error=_STATE.errors["hours"]),
            _text("Until", "ends", "17:00", type="time", error=None),
            class_name="grid grid-cols-2 gap-4 sm:max-w-sm",
        ),
    )


def _terms() -> rx.Component:
    return _step(
        TERMS,
        "Plain words that customers read before they book. Online payment can be "
        "switched on later.",
        _area("How customers pay", "payment", _SETUP.payment),
        _area("How they cancel or move a booking", "cancellation", _SETUP.cancellation),
    )


def _done() -> rx.Component:
    return card(
        rx.cond(
            _SETUP.is_open,
            rx.el.div(
                icon("party-popper", "size-9 text-accent-ink"),
                rx.el.h2("You are open for booking", class_name="mt-4 text-2xl"),
                rx.el.p(
                    "Customers can book by themselves from now on.",
                    class_name="mt-2 text-ink-soft",
                ),
            ),
            rx.el.div(
                icon("hourglass", "size-9 text-accent-ink"),
                rx.el.h2("Not open for booking yet", class_name="mt-4 text-2xl"),
                rx.el.p(
                    "It takes at least one service and somebody who does it. "
                    "Meanwhile customers read that you open soon.",
                    class_name="mt-2 text-ink-soft",
                ),
            ),
        ),
        rx.el.div(
            link_button("See it as customers do", href="/", before="eye"),
            link_button("Go to the overview", href="/office", kind="secondary"),
            class_name="mt-6 flex flex-wrap gap-3",
        ),
    )


def _text(label: Any, name: str, value: Any, **props: Any) -> rx.Component:
    props.setdefault("error", _STATE.errors[name])
    return text_field(label, name, default_value=value, **props)


def _line(text: Any) -> rx.Component:
    return rx.el.li(text)


def _area(label: str, name: str, value: Any) -> rx.Component:
    return textarea_field(
        label, name, error=_STATE.errors[name], default_value=value, rows=4
    )


def _error(name: str) -> rx.Component:
    return when(
        _STATE.errors[name],
        rx.el.p(_STATE.errors[name], class_name="field-error mt-2", role="alert"),
    )


page = Page(
    route="/office/setup",
    title="Set up your business",
    draw=draw,
    on_load=(ViewerState.load, OfficeSetupState.load),
)
