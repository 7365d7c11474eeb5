"""What a business's settings may be, and colours that can be read."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from portal_app.domain import wiring
from portal_app.domain.business import service_area
from portal_app.kernel import email_addresses
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.text import is_readable, one_line, paragraphs
from portal_app.kernel.versioned import Field, Record

DARK_INK = "#111827"
LIGHT_INK = "#ffffff"
_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")
_MAX_LENGTHS = {
    "name": 120,
    "tagline": 200,
    "about": 4000,
    "email": 254,
    "phone": 20,
    "address": 300,
    "opening_text": 500,
    "footer_text": 500,
    "hero_alt": 200,
}
_SINGLE_LINE_FIELDS = ("name", "tagline", "email", "phone", "address", "hero_alt")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessForm:
    """The settings of a business as the office gives them, without its pictures.

    Attributes:
        hero_alt: What the picture of the home page shows.
        opening_text: When the business can be reached, in its own words.
        footer_text: What stands at the foot of every public page.
        latitude: Where the address is, with ``longitude``; ``None`` without a pin.
        area_kind: Where the business goes, see ``service_area``; so the other
            ``area_…``.
        quote_valid_days: For how long a quote can be accepted.
        lead_minutes: How long before its start an appointment must be booked.
        horizon_days: How far ahead one may be.
        slot_step_minutes: The grid on which appointments start.
        travel_kmh: How fast fieldworkers travel, as the crow flies; 0 to leave their
            ways aside.
        hold_minutes: For how long a time that was chosen is kept until it is booked.
    """

    name: str
    tagline: str = ""
    about: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    timezone: str
    currency: str
    country: str
    locale: str
    accent_color: str = "#0f766e"
    hero_alt: str = ""
    opening_text: str = ""
    footer_text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    area_kind: str = ""
    area_kilometres: int = 0
    area_postcodes: str = ""
    quote_valid_days: int = 14
    lead_minutes: int = 120
    horizon_days: int = 60
    slot_step_minutes: int = 30
    travel_kmh: int = 0
    hold_minutes: int = 10
    demo: bool = False


def clean_settings(form: BusinessForm) -> BusinessForm:
    """The settings as they are kept: without what nobody sees in them."""
    lines: dict[str, Any] = {
        name: one_line(text)
        for name in _SINGLE_LINE_FIELDS
        # A line break is no slip: it is refused by ``check_settings``.
        if "\n" not in (text := getattr(form, name))
    }
    return replace(
        form,
        **lines,
        about=paragraphs(form.about),
        opening_text=paragraphs(form.opening_text),
        footer_text=paragraphs(form.footer_text),
        accent_color=form.accent_color.strip().lower(),
        area_postcodes=paragraphs(form.area_postcodes),
    )


def check_settings(form: BusinessForm) -> None:
    """Refuse settings that the portal could not work with.

    Raises:
        InvalidInput: With a sentence for each wrong field.
    """
    wrong = {
        field: f"Please use at most {limit} characters."
        for field, limit in _MAX_LENGTHS.items()
        if len(getattr(form, field)) > limit
    }
    for field in _SINGLE_LINE_FIELDS:
        # They stand in mail headers, where a line break would begin another.
        if not is_readable(getattr(form, field)):
            wrong[field] = "Please use one line of text."
    for field in ("about", "opening_text", "footer_text"):
        if not is_readable(getattr(form, field), lines=True):
            wrong[field] = "Please use only letters, numbers and signs."
    if form.email and (fault := _email_fault(form.email)):
        wrong["email"] = fault
    if not form.name.strip():
        wrong["name"] = "Please enter the name of the business."
    wrong |= _choice_faults(form) | _number_faults(form)
    wrong |= _pin_faults(form) | _area_faults(form)
    if wrong:
        raise InvalidInput(wrong)


def _choice_faults(form: BusinessForm) -> dict[str, str]:
    wrong = {}
    if form.timezone not in timezones():
        wrong["timezone"] = "Please choose a time zone such as Australia/Sydney."
    if form.currency not in currencies():
        wrong["currency"] = "Please choose a currency such as AUD."
    if not _is_locale(form.locale):
        wrong["locale"] = "Please choose a language such as en_AU."
    if form.country not in countries():
        wrong["country"] = "Please choose a country."
    if not _HEX_COLOR.fullmatch(form.accent_color):
        wrong["accent_color"] = "Please choose a colour such as #0f766e."
    return wrong


def _number_faults(form: BusinessForm) -> dict[str, str]:
    wrong = {}
    for field, low, high in (
        ("lead_minutes", 0, 60 * 24 * 30),
        ("horizon_days", 1, 730),
        ("slot_step_minutes", 5, 240),
        ("travel_kmh", 0, 300),
        ("hold_minutes", 2, 60),
        ("quote_valid_days", 1, 365),
    ):
        if not low <= getattr(form, field) <= high:
            wrong[field] = f"Please enter a number from {low} to {high}."
    return wrong


def _pin_faults(form: BusinessForm) -> dict[str, str]:
    wrong = {
        field: f"Please enter a number from {-most} to {most}."
        for field, most in (("latitude", 90), ("longitude", 180))
        if (value := getattr(form, field)) is not None and not -most <= value <= most
    }
    if (form.latitude is None) != (form.longitude is None):
        lacking = "latitude" if form.latitude is None else "longitude"
        wrong.setdefault(lacking, "A pin needs both numbers.")
    return wrong


def _area_faults(form: BusinessForm) -> dict[str, str]:
    if form.area_kind not in service_area.KIND_LABELS:
        return {"area_kind": "Please choose where you go."}
    if form.area_kind == service_area.POSTCODES:
        fault = service_area.postcodes_fault(form.area_postcodes)
        return {"area_postcodes": fault} if fault else {}
    if form.area_kind == service_area.RADIUS:
        most = service_area.MAX_KILOMETRES
        if not 1 <= form.area_kilometres <= most:
            return {"area_kilometres": f"Please enter a number from 1 to {most}."}
        if form.latitude is None:
            return {"latitude": "A distance is measured from the pin of the address."}
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchesForm:
    """What the office switches: ways in, how strict they are, what is asked.

    Attributes:
        google: Whether people may sign in with Google; so the others.
        booking_number: Whether email and booking number open a booking.
        guests_may_book: Whether people may book without an account.
        guest_session_minutes: How long a guest sees the booking.
        session_hours: How long a session lasts that is not used.
        remembered_days: The same, where the person wished to be remembered.
        password_min_length: Characters a new password has at least.
        password_min_score: How hard it must be to guess: 1 to 4.
        asks_birthday: Whether *Edit Info* asks for it; so the language.
    """

    google: bool = True
    apple: bool = True
    facebook: bool = True
    booking_number: bool = True
    guests_may_book: bool = False
    guest_session_minutes: int = 120
    session_hours: int = 12
    remembered_days: int = 30
    password_min_length: int = 10
    password_min_score: int = 2
    asks_birthday: bool = False
    asks_language: bool = False


PASSWORD_STRENGTH_LABELS = {
    1: "Weak or better",
    2: "Fair or better",
    3: "Good or better",
    4: "Strong",
}
"""What each ``password_min_score`` means."""

SWITCH_COLUMNS = {
    "google": "google_sign_in",
    "apple": "apple_sign_in",
    "facebook": "facebook_sign_in",
    "booking_number": "booking_number_sign_in",
}
"""Where a switch is stored under a name other than its own."""


def check_switches(form: SwitchesForm) -> None:
    """Refuse switches that would lock people out or leave the door open.

    Raises:
        InvalidInput: With a sentence for each wrong field.
    """
    wrong = {
        name: f"Please enter a number from {low} to {high}."
        for name, low, high in (
            ("guest_session_minutes", 5, 24 * 60),
            ("session_hours", 1, 24 * 7),
            ("remembered_days", 1, 365),
            ("password_min_length", 8, 64),
            ("password_min_score", 1, 4),
        )
        if not low <= getattr(form, name) <= high
    }
    if wrong:
        raise InvalidInput(wrong)


def coordinate_text(value: float | None) -> str:
    """Degrees as people read and type them; empty for none."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _switch_text(value: bool | int) -> str:
    if isinstance(value, bool):
        return "On" if value else "Off"
    return str(value)


SWITCHES = Record(
    "The settings",
    Field("google", "Google", text=_switch_text),
    Field("facebook", "Facebook", text=_switch_text),
    Field("apple", "Apple", text=_switch_text),
    Field("booking_number", "Booking number", text=_switch_text),
    Field(
        "guest_session_minutes",
        "A guest stays logged in for (minutes)",
        text=_switch_text,
    ),
    Field("session_hours", "Without “Remember me” (hours)", text=_switch_text),
    Field("remembered_days", "With “Remember me” (days)", text=_switch_text),
    Field("password_min_length", "Minimum length (characters)", text=_switch_text),
    Field(
        "password_min_score",
        "Minimum strength",
        text=lambda it: PASSWORD_STRENGTH_LABELS.get(it, str(it)),
    ),
    Field("asks_birthday", "Ask for the birthday", text=_switch_text),
    Field("asks_language", "Ask for the language", text=_switch_text),
    Field("guests_may_book", "Guests may book", text=_switch_text),
)
"""What the office calls each switch, in the order of the page."""


SETTINGS = Record(
    "The business",
    Field("name", "Name"),
    Field("tagline", "Tagline"),
    Field("about", "About"),
    Field("email", "Email"),
    Field("phone", "Phone"),
    Field("address", "Address"),
    Field("latitude", "Latitude", text=coordinate_text),
    Field("longitude", "Longitude", text=coordinate_text),
    Field("opening_text", "When you can be reached"),
    Field("footer_text", "Foot of the page"),
    Field("country", "Country"),
    Field("timezone", "Time zone"),
    Field("currency", "Currency"),
    Field("locale", "Language"),
    Field("accent_color", "Colour"),
    Field("hero_alt", "What the picture shows"),
    Field(
        "area_kind",
        "Where you go",
        text=lambda kind: service_area.KIND_LABELS.get(kind, kind),
    ),
    Field("area_kilometres", "Distance (km)"),
    Field("area_postcodes", "Postcodes"),
    Field("quote_valid_days", "A quote is valid for (days)"),
    Field("lead_minutes", "Notice (minutes)"),
    Field("horizon_days", "How far ahead (days)"),
    Field("slot_step_minutes", "Starts every (minutes)"),
    Field("travel_kmh", "Travel speed (km/h)", text=lambda kmh: str(kmh or "")),
    Field("hold_minutes", "Keep a chosen time for (minutes)"),
)
"""What the office calls each setting, in the order of the page."""


def ink_for(color: str) -> str:
    """The ink, dark or white, that is easier to read on a colour.

    Args:
        color: Such as ``#0f766e``.
    """
    background = _luminance(color)
    on_light = (_luminance(LIGHT_INK) + 0.05) / (background + 0.05)
    on_dark = (background + 0.05) / (_luminance(DARK_INK) + 0.05)
    return LIGHT_INK if on_light >= on_dark else DARK_INK


def contrast(one: str, other: str) -> float:
    """How well one colour can be read on another, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_color(text: str) -> bool:
    """Whether a text is a colour such as ``#0f766e``."""
    return _HEX_COLOR.fullmatch(text) is not None


def _luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def timezones() -> frozenset[str]:
    """Every IANA zone."""
    return frozenset(available_timezones())


@cache
def currencies() -> frozenset[str]:
    """Every ISO 4217 code."""
    return frozenset(list_currencies())


@cache
def countries() -> frozenset[str]:
    """Every country by its ISO 3166 code."""
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha())


def _email_fault(text: str) -> str:
    try:
        email_addresses.normal_form(text)
    except ValueError:
        return "Please enter an email address such as hello@example.com."
    if email_addresses.needs_smtputf8(text) and not wiring.current().smtputf8:
        return email_addresses.undeliverable_words(text)
    return ""


def _is_locale(text: str) -> bool:
    try:
        Locale.parse(text)
    except (UnknownLocaleError, ValueError):
        return False
    return True
