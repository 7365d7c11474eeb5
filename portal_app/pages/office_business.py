"""What customers see of the business, and how it works."""

from typing import Any

import reflex as rx

from portal_app.components.account.addresses import pin_field
from portal_app.components.layout.navigation import OFFICE_MENU
from portal_app.components.layout.shell import shell
from portal_app.components.office.logo import logo_editor
from portal_app.components.ui.buttons import submit_button
from portal_app.components.ui.feedback import list_skeleton, note
from portal_app.components.ui.fields import (
    email_field,
    phone_field,
    select_field,
    text_field,
    textarea_field,
)
from portal_app.components.ui.forms import (
    conflict_notice,
    form,
    saved_version_button,
    sticky_actions,
    unsaved_changes_guard,
)
from portal_app.components.ui.icons import icon
from portal_app.components.ui.logic import when
from portal_app.components.ui.picture_editor import picture_editor
from portal_app.components.ui.surfaces import card, fields_card, page_header
from portal_app.pages.page import Page
from portal_app.state.account.addresses import AddressFormState
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.business import AREA_KINDS, OfficeBusinessState

_STATE = OfficeBusinessState


def draw() -> rx.Component:
    """Draw the form, and the preview beside it."""
    return shell(
        page_header("Business", text="What customers read and see, and how you work."),
        rx.cond(
            _STATE.loaded,
            rx.el.div(
                _form(),
                _preview(),
                class_name="grid gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]",
            ),
            list_skeleton(4),
        ),
        active="business",
        places=OFFICE_MENU,
    )


def _form() -> rx.Component:
    return form(
        conflict_notice(
            _STATE.changes, "The business changed", again=saved_version_button()
        ),
        fields_card(
            "Who you are",
            _text("Name", "name", on_change=_STATE.show("name").debounce(200)),
            _text(
                "Tagline",
                "tagline",
                required=False,
                on_change=_STATE.show("tagline").debounce(200),
            ),
            _area(
                "About",
                "about",
                rows=6,
                on_change=_STATE.show("about").debounce(200),
            ),
            _area("Foot of the page", "footer_text", rows=2),
            text="On the home page, in emails and at the foot of every page.",
        ),
        fields_card(
            "How to reach you",
            _pair(
                email_field(
                    error=_STATE.errors["email"],
                    default_value=_STATE.form.email,
                    required=False,
                ),
                phone_field(
                    error=_STATE.errors["phone"],
                    default_value=_STATE.form.phone,
                    required=False,
                ),
            ),
            _text("Address", "address", required=False),
            pin_field(
                "Pin of the address",
                _STATE.form.latitude,
                _STATE.form.longitude,
                help="A distance around which you work is measured from here.",
                error=rx.cond(
                    _STATE.errors["latitude"],
                    _STATE.errors["latitude"],
                    _STATE.errors["longitude"],
                ),
            ),
            _area(
                "When you can be reached",
                "opening_text",
                rows=3,
                help="In your own words, such as “Monday to Friday, 8 to 6”.",
            ),
        ),
        fields_card(
            "Look",
            logo_editor(_STATE),
            _hero(),
            when(
                _STATE.hero,
                _text(
                    "What the picture shows",
                    "hero_alt",
                    required=False,
                    help="For those who do not see it.",
                ),
                rx.el.input(
                    type="hidden",
                    name="hero_alt",
                    value=_STATE.form.hero_alt,
                    read_only=True,
                ),
            ),
            text_field(
                "Colour",
                "accent_color",
                type="color",
                error=_STATE.errors["accent_color"],
                default_value=_STATE.form.accent_color,
                on_change=_STATE.show("accent_color").throttle(150),
                class_name="w-40",
            ),
            *[
                rx.cond(words, note(words, tone="warning"))
                for words in (_STATE.preview.light, _STATE.preview.dark)
            ],
            text="A logo, a picture at the top of the home page, and one colour.",
        ),
        fields_card(
            "Where you are",
            _pair(
                _select("Country", "country", _STATE.countries),
                _select("Time zone", "timezone", _STATE.timezones),
                _select("Currency", "currency", _STATE.currencies),
                _select("Dates and numbers", "locale", _STATE.locales),
            ),
            rx.el.p(
                "As it is saved now: ",
                rx.el.span(_STATE.example, class_name="font-medium text-ink"),
                class_name="text-ink-soft",
            ),
            note(
                "Another currency changes no amount: a price of 85 stays 85. Another "
                "time zone moves working hours with it; what is booked stays at its "
                "instant. Bookings keep the currency they were made in.",
            ),
            text="Prices, dates and times are written and counted by these.",
        ),
        fields_card(
            "Where you go",
            select_field(
                "Service area",
                "area_kind",
                AREA_KINDS,
                error=_STATE.errors["area_kind"],
                default_value=_STATE.form.area_kind,
            ),
            _text(
                "Distance (km)",
                "area_kilometres",
                input_mode="numeric",
                help="As the crow flies, from the pin of the address.",
                class_name=(
                    "hidden sm:max-w-xs "
                    "group-has-[option[value=radius]:checked]/area:flex"
                ),
            ),
            _area(
                "Postcodes",
                "area_postcodes",
                rows=3,
                required=True,
                help="Single ones, ranges and beginnings: 2000-2050, 2204, SW1*",
                class_name=(
                    "hidden group-has-[option[value=postcodes]:checked]/area:flex"
                ),
            ),
            class_name="group/area",
            text="Customers elsewhere are told before they book.",
        ),
        fields_card(
            "Booking",
            _pair(
                _number("Notice (minutes)", "lead_minutes"),
                _number("How far ahead (days)", "horizon_days"),
                _number("Starts every (minutes)", "slot_step_minutes"),
                _number(
                    "Travel speed (km/h)",
                    "travel_kmh",
                    required=False,
                    help="Between visits, as the crow flies. Empty: ways take no time.",
                ),
                _number("Keep a chosen time for (minutes)", "hold_minutes"),
                _number("A quote is valid for (days)", "quote_valid_days"),
            ),
            text="Services can have a notice and a horizon of their own.",
        ),
        sticky_actions(
            submit_button("Save", pending=_STATE.pending, class_name="max-sm:flex-1")
        ),
        unsaved_changes_guard(
            _STATE.saved, "", version=_STATE.version, seen=_STATE.seen
        ),
        on_submit=_STATE.save,
        problem=_STATE.problem,
        reset_on_submit=False,
        class_name="flex min-w-0 flex-col gap-6",
    )


def _hero() -> rx.Component:
    return rx.cond(
        ViewerState.viewer.reads_only,
        rx.fragment(),
        rx.el.div(
            picture_editor(
                rx.cond(
                    _STATE.hero,
                    rx.el.img(
                        src=_STATE.hero.replace(".webp", "-small.webp"),
                        alt="Picture of the home page",
                        class_name="aspect-[3/2] w-32 rounded-2xl object-cover",
                    ),
                    rx.el.span(
                        icon("image", "size-8"),
                        class_name=(
                            "grid aspect-[3/2] w-32 place-items-center rounded-2xl "
                            "bg-sunken text-ink-faint"
                        ),
                    ),
                ),
                "Update picture of the home page",
                picture=_STATE.hero,
                on_uploaded=_STATE.use_hero,
                on_remove=_STATE.remove_hero,
                photo=True,
                seen="Everybody sees it.",
            ),
            rx.el.p(
                "Of you at work, your place or your people. Without one, the home "
                "page begins with what you offer. It is saved at once.",
                class_name="min-w-0 flex-1 basis-48 text-ink-soft",
            ),
            class_name="flex flex-wrap items-center gap-6",
        ),
    )


def _preview() -> rx.Component:
    shown = _STATE.preview
    return rx.el.aside(
        rx.el.p("Preview", class_name="field-label mb-2"),
        card(
            rx.el.div(
                rx.el.p(shown.name, class_name="font-semibold wrap-anywhere"),
                class_name="border-b border-line pb-3",
            ),
            when(
                _STATE.hero,
                rx.el.img(
                    src=_STATE.hero.replace(".webp", "-small.webp"),
                    alt="",
                    class_name="mt-4 aspect-[3/2] w-full rounded-2xl object-cover",
                ),
            ),
            rx.el.p(
                shown.tagline,
                class_name="mt-4 text-2xl leading-tight font-semibold wrap-anywhere",
            ),
            rx.el.span(
                "Schedule an appointment",
                class_name=(
                    "mt-4 inline-flex min-h-11 items-center rounded-xl px-4 "
                    "font-semibold"
                ),
                style={"background": shown.accent_color, "color": shown.ink},
            ),
            rx.el.p(
                shown.about,
                class_name=(
                    "mt-5 line-clamp-6 text-[0.9375rem] whitespace-pre-line "
                    "text-ink-soft wrap-anywhere"
                ),
            ),
            rx.el.div(
                *[
                    rx.el.div(
                        rx.el.span(
                            words,
                            class_name=(
                                "inline-flex min-h-9 items-center rounded-lg px-3 "
                                "text-sm font-semibold"
                            ),
                            style={
                                "background": shown.accent_color,
                                "color": shown.ink,
                            },
                        ),
                        class_name=f"grid place-items-center rounded-xl py-4 {look}",
                    )
                    for words, look in (
                        ("Light", "bg-[#faf8f5]"),
                        ("Dark", "bg-[#131110]"),
                    )
                ],
                class_name="mt-5 grid grid-cols-2 gap-2.5",
            ),
            aria_live="polite",
        ),
        aria_label="Preview",
        class_name="xl:sticky xl:top-24 xl:self-start",
    )


def _pair(*fields: Any) -> rx.Component:
    return rx.el.div(*fields, class_name="grid gap-5 sm:grid-cols-2 sm:gap-4")


def _text(label: str, name: str, **props: Any) -> rx.Component:
    props.setdefault("auto_complete", "off")
    return text_field(
        label,
        name,
        error=_STATE.errors[name],
        default_value=getattr(_STATE.form, name),
        **props,
    )


def _area(label: str, name: str, **props: Any) -> rx.Component:
    props.setdefault("required", False)
    return textarea_field(
        label,
        name,
        error=_STATE.errors[name],
        default_value=getattr(_STATE.form, name),
        **props,
    )


def _number(label: str, name: str, **props: Any) -> rx.Component:
    return _text(label, name, input_mode="numeric", **props)


def _select(label: str, name: str, options: Any) -> rx.Component:
    return select_field(
        label,
        name,
        options,
        error=_STATE.errors[name],
        default_value=getattr(_STATE.form, name),
    )


page = Page(
    route="/office/business",
    title="Business",
    draw=draw,
    on_load=(ViewerState.load, OfficeBusinessState.load, AddressFormState.load),
)
