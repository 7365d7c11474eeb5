"""The business as customers see it, and how it works, in one form."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache

import reflex as rx
from babel import Locale, localedata
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import rules, service_area
from portal_app.domain.business import service as businesses
from portal_app.domain.business.rules import BusinessForm
from portal_app.domain.business.views import BusinessView
from portal_app.domain.office import brand_pictures
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.formats import Formats
from portal_app.kernel.text import decimal
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm
from portal_app.state.core.viewer import ViewerState
from portal_app.state.office.logo import LogoForm

_TEXTS = (
    *("name", "tagline", "about", "email", "phone", "address", "opening_text"),
    *(
        "footer_text",
        "hero_alt",
        "accent_color",
        "country",
        "currency",
        "timezone",
        "locale",
    ),
    *("area_kind", "area_postcodes"),
)
_NUMBERS = (
    *("area_kilometres", "quote_valid_days", "lead_minutes", "horizon_days"),
    *("slot_step_minutes", "hold_minutes", "travel_kmh"),
)
_NOTHING_FOR_0 = ("area_kilometres", "travel_kmh")
_PIN = ("latitude", "longitude")
_SHOWN = frozenset({"name", "tagline", "about", "accent_color"})
_MOST = 4000
# Backgrounds of the two themes, as theme.css has them.
_LIGHT, _DARK = "#faf8f5", "#131110"
_READABLE = 3.0
AREA_KINDS = tuple(service_area.KIND_LABELS.items())


@dataclass(frozen=True)
class BusinessFormView:
    """The form as it is typed: every field a text."""

    name: str = ""
    tagline: str = ""
    about: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    opening_text: str = ""
    footer_text: str = ""
    hero_alt: str = ""
    accent_color: str = ""
    country: str = ""
    currency: str = ""
    timezone: str = ""
    locale: str = ""
    area_kind: str = ""
    area_postcodes: str = ""
    area_kilometres: str = ""
    quote_valid_days: str = ""
    lead_minutes: str = ""
    horizon_days: str = ""
    slot_step_minutes: str = ""
    hold_minutes: str = ""
    travel_kmh: str = ""
    latitude: str = ""
    longitude: str = ""


@dataclass(frozen=True)
class PreviewView:
    """What customers will see of what is typed.

    Attributes:
        ink: The colour of text on the accent colour.
        light: What is wrong with the colour on a light page, in words, or empty.
        dark: The same, on a dark page.
    """

    name: str = ""
    tagline: str = ""
    about: str = ""
    accent_color: str = "#0f766e"
    ink: str = "#ffffff"
    light: str = ""
    dark: str = ""


class OfficeBusinessState(LogoForm, VersionedForm, rx.State):
    """The form of the business, and beside it how it looks."""

    loaded: bool = False
    form: BusinessFormView = BusinessFormView()
    preview: PreviewView = PreviewView()
    example: str = ""
    hero: str = ""
    countries: list[list[str]] = []
    currencies: list[list[str]] = []
    timezones: list[list[str]] = []
    locales: list[list[str]] = []

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the settings as they are now."""
        self._clear_messages()
        await self._read()
        self.loaded = True

    @event_for(OFFICE)
    async def show(self, field: str, value: str) -> None:
        """Show at once how something would look; nothing is saved."""
        if field in _SHOWN:
            self.preview = _preview(replace(self.preview, **{field: value[:_MOST]}))

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store them, unless somebody else did meanwhile."""
        done = [ViewerState.load, toast("success", "The business is saved.")]
        async for step in self._save_page(form_data, done, _save, form_data):
            yield step

    @event_for(OFFICE)
    async def use_hero(self, file_id: str) -> list[EventSpec]:
        """Show the photo that was just handed in at the top of the home page."""
        setter = brand_pictures.set_hero
        return await self._set_picture(setter, file_id, "The picture is saved.")

    @event_for(OFFICE)
    async def remove_hero(self) -> list[EventSpec]:
        """Show the categories there again."""
        setter = brand_pictures.set_hero
        return await self._set_picture(setter, "", "The picture is removed.")

    def _show_pictures(self, business: BusinessView) -> None:
        self.logo, self.hero = business.logo_url, business.hero_url
        # What is typed meanwhile is saved over this.
        self.seen = self.version

    async def _read(self) -> None:
        stored, self.version, business = await worker.query(_stored)
        self.form = _as_typed(stored)
        self.logo, self.hero = business.logo_url, business.hero_url
        self.preview = _preview(
            PreviewView(
                name=stored.name,
                tagline=stored.tagline,
                about=stored.about,
                accent_color=stored.accent_color,
            )
        )
        self.example = _example(stored)
        locale = Locale("en")
        self.countries = _sorted(
            (code, locale.territories[code]) for code in rules.countries()
        )
        self.currencies = _sorted(
            (code, f"{code} – {locale.currencies.get(code, code)}")
            for code in rules.currencies()
        )
        self.timezones = _sorted(
            (name, name.replace("_", " ")) for name in rules.timezones()
        )
        self.locales = _locales(stored.locale)


def _stored(tx: Session) -> tuple[BusinessForm, int, BusinessView]:
    return *businesses.settings_form(tx), businesses.business_view(tx)


def _save(tx: Session, who: Actor, data: form_parsing.Form, version: int) -> None:
    """Save what the form says over what is stored, with the rest as it is."""
    stored, _ = businesses.settings_form(tx)
    form = replace(
        stored,
        **form_parsing.texts(data, *_TEXTS),
        **{name: _whole_number(data, name) for name in _NUMBERS},
        **{name: _coordinate(data, name) for name in _PIN},
    )
    businesses.save_business(tx, who, form, version)


def _whole_number(data: form_parsing.Form, name: str) -> int:
    """A number as typed; what is none is out of every range."""
    digits = decimal(form_parsing.field(data, name)[:20])
    usable = digits.isascii() and digits.isdecimal() and len(digits) <= 9
    return int(digits) if usable else (0 if not digits else -1)


def _coordinate(data: form_parsing.Form, name: str) -> float | None:
    """A number as typed, nothing for nothing; what is none is out of range."""
    typed = decimal(form_parsing.field(data, name)[:30])
    if not typed:
        return None
    try:
        return float(typed) if typed.isascii() else 999.0
    except ValueError:
        return 999.0


def _as_typed(stored: BusinessForm) -> BusinessFormView:
    values = asdict(stored)
    return BusinessFormView(
        **{name: values[name] for name in _TEXTS},
        **{
            name: ""
            if name in _NOTHING_FOR_0 and not values[name]
            else str(values[name])
            for name in _NUMBERS
        },
        **{name: rules.coordinate_text(values[name]) for name in _PIN},
    )


def _number_text(name: str, number: int) -> str:
    return "" if name in _NOTHING_FOR_0 and not number else str(number)


def _preview(shown: PreviewView) -> PreviewView:
    """With what follows from the colour, if it is one."""
    color = shown.accent_color.strip().lower()
    if not rules.is_color(color):
        return shown
    return replace(
        shown,
        accent_color=color,
        ink=rules.ink_for(color),
        light=_contrast_words(color, _LIGHT, "light"),
        dark=_contrast_words(color, _DARK, "dark"),
    )


def _contrast_words(color: str, background: str, theme: str) -> str:
    ratio = rules.contrast(color, background)
    if ratio >= _READABLE:
        return ""
    return (
        f"Buttons hardly stand out from a {theme} page ({ratio:.1f} : 1; "
        f"{_READABLE:.0f} : 1 is enough)."
    )


def _example(stored: BusinessForm) -> str:
    formats = Formats(stored.locale, stored.timezone, stored.currency)
    now = utc_now()
    return f"{formats.day(now)}, {formats.time(now)} – {formats.money(123456)}"


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    found = [[key, words] for key, words in pairs]
    return sorted(found, key=lambda pair: pair[1].casefold())


def _locales(now: str) -> list[list[str]]:
    """Languages with the country whose way of writing dates and money it is."""
    names = sorted({*_locale_names(), now})
    return _sorted((name, _locale_words(name)) for name in names)


@cache
def _locale_names() -> frozenset[str]:
    known = [name for name in localedata.locale_identifiers() if name.count("_") == 1]
    return frozenset(name for name in known if len(name.split("_")[1]) == 2)


@cache
def _locale_words(name: str) -> str:
    return str(Locale.parse(name).get_display_name("en") or name)
