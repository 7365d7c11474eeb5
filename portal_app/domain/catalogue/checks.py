"""What a service is, checked in one place, however it comes: form, pack or demo."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal_app.domain.catalogue import rules
from portal_app.domain.catalogue.booked_for import (
    MAX_LENGTH,
    booked_for_by_type,
    parse_booked_for,
)
from portal_app.domain.catalogue.rules import PricedOption, PriceKind
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import duration_text
from portal_app.kernel.text import is_readable
from portal_app.kernel.versioned import Field, Record

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 60
MAX_PRICE_MINOR = 1_000_000_00
MAX_MINUTES = 30 * 24 * 60
MAX_BUFFER = 24 * 60
MAX_LEAD_MINUTES = 365 * 24 * 60
MAX_HORIZON_DAYS = 3 * 365
MAX_TAX_BASIS_POINTS = 100_00
MAX_OPTIONS = 30
MAX_CHOICES = 50
MAX_QUANTITY = 10_000
MAX_PHOTOS = 12
MAX_PEOPLE_NEEDED = 10
MAX_SEATS = 500
MAX_VISITS_PER_DAY = 1000
MAX_ALT = 200
CONFIRMATIONS = {"instant": "At once", "office": "The office approves"}
PRICE_KINDS: dict[PriceKind, str] = {
    rules.FIXED: "Fixed",
    rules.FROM: "From",
    rules.PER_HOUR: "Per hour",
    rules.ON_REQUEST: "On request",
}
_MAX_LENGTHS = {
    "name": 100,
    "summary": 200,
    "description": 6000,
    "included": 3000,
    "what_is_needed": 3000,
    "image": 200,
    "image_alt": MAX_ALT,
    "price_unit": 40,
}
_SEVERAL_LINES = frozenset({"description", "included", "what_is_needed"})
_UNREADABLE = "Please use only letters, numbers and signs."


@dataclass(frozen=True, slots=True)
class CategoryDefinition:
    """A category, known by its slug."""

    slug: str
    name: str
    description: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A service, known by its slug, with its options.

    Amounts are minor units, durations and buffers minutes. ``included`` and
    ``what_is_needed`` are one item a line; ``description`` parts its paragraphs
    by an empty line. ``lead_minutes``, ``horizon_days`` and ``tax_basis_points``
    override the business's. ``dependent_types`` are as ``BookedFor`` is written; a type
    that nobody has is offered to nobody. ``image`` is the path of a picture that comes
    with the portal; photos that were handed in are beside it. What is not ``active`` is
    a draft.
    """

    slug: str
    category_slug: str
    name: str
    base_price_minor: int
    duration_minutes: int
    summary: str = ""
    description: str = ""
    included: str = ""
    what_is_needed: str = ""
    image: str = ""
    image_alt: str = ""
    price_unit: str = "per visit"
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    lead_minutes: int | None = None
    active: bool = True
    position: int = 0
    options: tuple[PricedOption, ...] = ()
    dependent_types: tuple[str, ...] = ()
    price_kind: PriceKind = "from"
    tax_basis_points: int | None = None
    horizon_days: int | None = None
    giftable: bool = True
    repeats: bool = True
    deposit_minor: int = 0
    deposit_percent: int = 0
    confirmation: str = "instant"
    people_needed: int = 1
    seats: int = 0
    visits_per_day: int | None = None
    dependent_minutes: int = 0
    dependent_price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a service.

    Attributes:
        id: Of its row; empty for one that is new.
        path: Of a picture that comes with the portal, or empty.
        file_id: Of a file that was handed in, or empty.
        alt: What it shows.
    """

    id: str = ""
    path: str = ""
    file_id: str = ""
    alt: str = ""

    @property
    def address(self) -> str:
        """Where a browser gets it, once it is stored."""
        return self.path or f"/api/photos/{self.id}.webp"


def category_faults(definition: CategoryDefinition) -> dict[str, str]:
    """What is wrong with a category: a sentence for each part."""
    faults = {
        "slug": _slug_fault(definition.slug),
        "name": _text_fault(definition.name, 80) or _missing(definition.name),
        "description": _text_fault(definition.description, 300, lines=True),
    }
    return {part: fault for part, fault in faults.items() if fault}


def service_faults(definition: ServiceDefinition) -> dict[str, str]:
    """What is wrong with a service: a sentence for each part.

    Options are ``options.KEY`` and ``options.KEY.CHOICE_KEY``.
    """
    faults = {"slug": _slug_fault(definition.slug)}
    for part, limit in _MAX_LENGTHS.items():
        text = getattr(definition, part)
        faults[part] = _text_fault(text, limit, lines=part in _SEVERAL_LINES)
    faults["name"] = faults["name"] or _missing(definition.name)
    faults |= _number_faults(definition)
    if definition.price_kind not in PRICE_KINDS:
        faults["price_kind"] = "Please choose how the price is meant."
    if definition.confirmation not in CONFIRMATIONS:
        faults["confirmation"] = "Please choose who confirms a booking."
    if definition.deposit_minor and definition.deposit_percent:
        faults["deposit"] = "A deposit is an amount or a percentage, not both."
    faults["dependent_types"] = _booked_for_fault(definition.dependent_types)
    faults |= _option_faults(definition.options)
    return {part: fault for part, fault in faults.items() if fault}


def _booked_for_fault(entries: Sequence[str]) -> str:
    found = [parse_booked_for(text) for text in entries]
    if None in found or any(len(text) > MAX_LENGTH for text in entries):
        return "Please choose again whom it is booked for."
    if any(one and one.condition and not one.condition.values for one in found):
        return "Please tick the answers it is for."
    if len(booked_for_by_type(entries)) != len(entries):
        return "A type is named twice."
    return ""


def check_service(definition: ServiceDefinition) -> None:
    """Refuse what ``service_faults`` finds.

    Raises:
        InvalidInput: With a sentence for each part that is wrong.
    """
    if faults := service_faults(definition):
        raise InvalidInput(faults, "Please check the service.")


def _number_faults(definition: ServiceDefinition) -> dict[str, str]:
    def outside(number: int | None, least: int, most: int, words: str) -> str:
        if number is None or least <= number <= most:
            return ""
        return f"Please enter {words}."

    faults = {
        "base_price_minor": "A price cannot be negative."
        if definition.base_price_minor < 0
        else "This price is too high."
        if definition.base_price_minor > MAX_PRICE_MINOR
        else "",
        "duration_minutes": outside(
            definition.duration_minutes, 1, MAX_MINUTES, f"1 to {MAX_MINUTES} minutes"
        ),
        "lead_minutes": outside(
            definition.lead_minutes, 0, MAX_LEAD_MINUTES, "at most 365 days"
        ),
        "horizon_days": outside(
            definition.horizon_days,
            1,
            MAX_HORIZON_DAYS,
            f"1 to {MAX_HORIZON_DAYS} days",
        ),
        "tax_basis_points": outside(
            definition.tax_basis_points, 0, MAX_TAX_BASIS_POINTS, "0 to 100 percent"
        ),
        "deposit": outside(definition.deposit_percent, 0, 100, "1 to 100 percent")
        or outside(definition.deposit_minor, 0, MAX_PRICE_MINOR, "a smaller amount"),
        "people_needed": outside(
            definition.people_needed, 1, MAX_PEOPLE_NEEDED, f"1 to {MAX_PEOPLE_NEEDED}"
        ),
        "seats": outside(definition.seats, 0, MAX_SEATS, f"at most {MAX_SEATS}"),
        "visits_per_day": outside(
            definition.visits_per_day,
            1,
            MAX_VISITS_PER_DAY,
            f"1 to {MAX_VISITS_PER_DAY}",
        ),
        "dependent_minutes": outside(
            definition.dependent_minutes,
            0,
            MAX_MINUTES,
            f"at most {MAX_MINUTES} minutes",
        ),
        "dependent_price_minor": outside(
            definition.dependent_price_minor, 0, MAX_PRICE_MINOR, "a smaller amount"
        ),
    }
    for part in ("buffer_before_minutes", "buffer_after_minutes"):
        minutes = getattr(definition, part)
        faults[part] = (
            "A buffer cannot be negative."
            if minutes < 0
            else outside(minutes, 0, MAX_BUFFER, f"at most {MAX_BUFFER} minutes")
        )
    return faults


def _option_faults(options: tuple[PricedOption, ...]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if len(options) > MAX_OPTIONS:
        faults["options"] = f"There can be at most {MAX_OPTIONS} options."
    keys = [option.key for option in options]
    if len(set(keys)) != len(keys):
        faults["options"] = "Two options have the same key."
    for option in options:
        place = f"options.{option.key}"
        faults[place] = (
            _missing(option.name)
            or _text_fault(option.name, 80)
            or _text_fault(option.help, 200)
            or rules.option_fault(option)
        )
        if len(option.choices) > MAX_CHOICES:
            faults[place] = f"There can be at most {MAX_CHOICES} choices."
        if option.max_quantity > MAX_QUANTITY:
            faults[place] = f"Please enter at most {MAX_QUANTITY}."
        for choice in option.choices:
            faults[f"{place}.{choice.key}"] = (
                _missing(choice.name)
                or _text_fault(choice.name, 80)
                or (
                    "This price is too high."
                    if choice.price_minor > MAX_PRICE_MINOR
                    else ""
                )
                or (
                    f"Please enter at most {MAX_MINUTES} minutes."
                    if choice.minutes > MAX_MINUTES
                    else ""
                )
            )
    return faults


def _slug_fault(slug: str) -> str:
    if len(slug) > MAX_SLUG:
        return f"Please use at most {MAX_SLUG} characters."
    if not SLUG.fullmatch(slug):
        return "Please use small letters, digits and hyphens, such as deep-clean."
    return ""


def _missing(name: str) -> str:
    return "" if name.strip() else "Please enter a name."


def _text_fault(text: str, limit: int, *, lines: bool = False) -> str:
    if len(text) > limit:
        return f"Please use at most {limit} characters."
    return "" if is_readable(text, lines=lines) else _UNREADABLE


def _minutes_text(minutes: int | None) -> str:
    return "" if minutes is None else duration_text(minutes)


def _added_text(minutes: int) -> str:
    return duration_text(minutes) if minutes else ""


def _percent_text(basis_points: int | None) -> str:
    return "" if basis_points is None else f"{rules.percent_text(basis_points)}%"


def service_record(money: Any) -> Record:
    """The fields of a service as the change log and two editors compare them.

    Args:
        money: Writes minor units for people.
    """

    def option_text(option: PricedOption) -> str:
        answers = ", ".join(
            " ".join(
                filter(
                    None,
                    (
                        choice.name,
                        f"+{money(choice.price_minor)}" if choice.price_minor else "",
                        f"+{duration_text(choice.minutes)}" if choice.minutes else "",
                    ),
                )
            )
            for choice in option.choices
        )
        kind = {"single": "one", "several": "any", "quantity": "number"}[option.kind]
        bounds = (
            f" {option.min_quantity} to {option.max_quantity}"
            if option.kind == "quantity"
            else ""
        )
        required = ", required" if option.must_be_answered else ""
        hint = f" “{option.help}”" if option.help else ""
        return f"{option.name}{hint} ({kind}{bounds}{required}): {answers}"

    def amount_text(minor: int) -> str:
        return str(money(minor)) if minor else ""

    return Record(
        "This service",
        Field("name", "Name"),
        Field("slug", "Address"),
        Field("category_slug", "Category"),
        Field("summary", "Summary"),
        Field("description", "Description"),
        Field("included", "What is included"),
        Field("what_is_needed", "What is needed"),
        Field(
            "photos",
            "Photos",
            text=lambda photos: "; ".join(
                f"{at}. {photo.alt or 'without words'}{'' if photo.id else ' (new)'}"
                for at, photo in enumerate(photos, 1)
            ),
        ),
        Field("price_kind", "Price", text=lambda kind: PRICE_KINDS.get(kind, "")),
        Field("base_price_minor", "Amount", text=money),
        Field("price_unit", "Words after the price"),
        Field("tax_basis_points", "Tax", text=_percent_text),
        Field("duration_minutes", "Duration", text=_minutes_text),
        Field("buffer_before_minutes", "Buffer before", text=_minutes_text),
        Field("buffer_after_minutes", "Buffer after", text=_minutes_text),
        Field("lead_minutes", "Notice", text=_minutes_text),
        Field("horizon_days", "How far ahead (days)"),
        Field(
            "options",
            "Options",
            text=lambda options: "; ".join(option_text(one) for one in options),
        ),
        Field("dependent_types", "Booked for", text="; ".join),
        Field("giftable", "May be given as a voucher"),
        Field("repeats", "May be booked to repeat"),
        Field("deposit_minor", "Deposit", text=amount_text),
        Field(
            "deposit_percent",
            "Deposit in percent",
            text=lambda percent: f"{percent}%" if percent else "",
        ),
        Field(
            "confirmation",
            "Confirmation",
            text=lambda how: CONFIRMATIONS.get(how, ""),
        ),
        Field("people_needed", "People needed"),
        Field("seats", "Places in a class", text=lambda seats: str(seats or "")),
        Field("visits_per_day", "Visits a day at most"),
        Field("dependent_minutes", "Each further one takes", text=_added_text),
        Field("dependent_price_minor", "Each further one costs", text=amount_text),
        Field("active", "Published"),
    )


CATEGORY_RECORD = Record(
    "This category",
    Field("name", "Name"),
    Field("slug", "Address"),
    Field("description", "Description"),
)
