"""What ``brightside.toml`` says, in the words of the domain."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from portal_app.domain.business.rules import BusinessForm
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
)
from portal_app.domain.catalogue.rules import PricedChoice, PricedOption
from portal_app.domain.customers.addresses import AddressForm
from portal_app.domain.customers.business_profiles import (
    BusinessProfileForm,
    CompanyContactForm,
)
from portal_app.domain.customers.rules import ContactForm, EmailEntry, PhoneEntry
from portal_app.domain.fields.rules import Definition
from portal_app.domain.packs.parser import parse_fields
from portal_app.domain.quotes.answers import AnswerForm, LineForm
from portal_app.domain.scheduling.holiday_calendar import HolidaysForm
from portal_app.domain.scheduling.roster import FieldworkerDefinition, day_hours
from portal_app.domain.scheduling.rules import EVERY_WEEK, WEEK_A, WEEK_B
from portal_app.kernel.text_files import read_text

SOURCE = Path(__file__).with_name("brightside.toml")
FIELDS_PACK = Path(__file__).with_name("brightside-fields.toml")
"""The types of dependents and the fields, as a pack."""
_WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_WEEKS = {"hours": EVERY_WEEK, "week_a": WEEK_A, "week_b": WEEK_B}


@dataclass(frozen=True, slots=True)
class DemoFieldworker:
    """A fieldworker, and the email of the account they sign in with, if any."""

    definition: FieldworkerDefinition
    email: str = ""

    def with_account(self, account_id: str | None) -> FieldworkerDefinition:
        """The definition, signing in with this account."""
        return replace(self.definition, account_id=account_id)


@dataclass(frozen=True, slots=True)
class DemoTimeOff:
    """Whole days away, on the calendar of the business.

    Either ``in_days`` after the day of loading, or every year on
    ``month``/``day``; of ``fieldworker``, or with none of everybody.
    """

    days: int
    reason: str
    fieldworker: str = ""
    in_days: int | None = None
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """A document of a dependent; it ends ``in_days`` after the day of loading."""

    kind: str
    title: str
    in_days: int


@dataclass(frozen=True, slots=True)
class DemoDependent:
    """Whom or what a customer books for.

    Attributes:
        kind: The key of its type.
        photo: The service whose picture it has, or empty.
        answers: Field key to what the form would send.
    """

    kind: str
    name: str
    answers: Mapping[str, Any]
    photo: str = ""
    documents: tuple[DemoDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer of the demo business with the places they book for.

    Attributes:
        weeks: How many weeks before the day of loading they signed up.
        answers: Field key to what the form would send.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    weeks: int
    locations: tuple[AddressForm, ...]
    answers: Mapping[str, Any] = field(default_factory=dict)
    contacts: tuple[ContactForm, ...] = ()
    companies: tuple[BusinessProfileForm, ...] = ()
    dependents: tuple[DemoDependent, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoAppointment:
    """An appointment, ``weeks`` before (below zero) or after the week of loading.

    ``for_whom`` names dependents of the customer; ``answers`` maps a field's key to
    what the form would send. With ``visits`` it is so many, every second week.
    """

    customer: str
    service: str
    weeks: int
    weekday: int
    at: time
    fieldworker: str
    location: str
    notes: str
    options: Mapping[str, Any]
    for_whom: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    visits: int = 1


@dataclass(frozen=True, slots=True)
class DemoQuote:
    """A quote; ``asked`` and so on are days before the day of loading.

    ``accepted`` is ``None`` for one that nobody decided on.
    """

    customer: str
    service: str
    location: str
    asked: int
    answered: int
    accepted: int | None
    notes: str
    preferred: str
    options: Mapping[str, Any]
    answer: AnswerForm


@dataclass(frozen=True, slots=True)
class DemoContent:
    """The whole demo business."""

    business: BusinessForm
    categories: tuple[CategoryDefinition, ...]
    services: tuple[ServiceDefinition, ...]
    fieldworkers: tuple[DemoFieldworker, ...]
    holidays: HolidaysForm
    time_off: tuple[DemoTimeOff, ...]
    customers: tuple[DemoCustomer, ...]
    appointments: tuple[DemoAppointment, ...]
    quotes: tuple[DemoQuote, ...] = ()
    staff: Mapping[str, str] = field(default_factory=dict)
    """Email to role."""
    fields: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)
    """A service's slug to what it asks."""


@cache
def read_content() -> DemoContent:
    """Read the demo business from its file."""
    # Prices are written in dollars; as Decimal they stay what is written.
    raw = tomllib.loads(read_text(SOURCE), parse_float=Decimal)
    business = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in raw["business"].items()
    }
    return DemoContent(
        business=BusinessForm(**business, demo=True),
        categories=tuple(
            CategoryDefinition(**category, position=position)
            for position, category in enumerate(raw["categories"])
        ),
        services=tuple(
            _service(service, position)
            for position, service in enumerate(raw["services"])
        ),
        fieldworkers=tuple(
            _fieldworker(fieldworker, position)
            for position, fieldworker in enumerate(raw["fieldworkers"])
        ),
        holidays=_holidays(raw["holidays"]),
        time_off=tuple(_time_off(absence) for absence in raw["time_off"]),
        customers=tuple(_customer(customer) for customer in raw["customers"]),
        appointments=tuple(_appointment(booking) for booking in raw["bookings"]),
        quotes=tuple(_quote(quote) for quote in raw["quotes"]),
        staff={person["email"]: person["role"] for person in raw["staff"]},
        fields={
            service["slug"]: parse_fields(service.get("fields", []))
            for service in raw["services"]
        },
    )


def _cents(dollars: Decimal | int) -> int:
    minor = Decimal(dollars) * 100
    if minor != int(minor):
        raise ValueError(f"{dollars} is not a whole number of cents")
    return int(minor)


def _service(raw: Mapping[str, Any], position: int) -> ServiceDefinition:
    slug = raw["slug"]
    hours = raw.get("lead_hours")
    return ServiceDefinition(
        slug=slug,
        category_slug=raw["category"],
        name=raw["name"],
        base_price_minor=_cents(raw["price"]),
        duration_minutes=raw["minutes"],
        summary=raw["summary"],
        description=raw["description"].strip(),
        included="\n".join(raw["included"]),
        what_is_needed="\n".join(raw["needed"]),
        price_kind=raw.get("price_kind", "from"),
        image=f"/services/{slug}.webp",
        image_alt=raw["image_alt"],
        price_unit=raw.get("price_unit", "per visit"),
        buffer_before_minutes=raw.get("buffer_before", 0),
        buffer_after_minutes=raw.get("buffer_after", 0),
        lead_minutes=None if hours is None else hours * 60,
        position=position,
        options=tuple(_option(option) for option in raw["options"]),
        dependent_types=tuple(raw.get("dependent_types", ())),
        people_needed=raw.get("people_needed", 1),
        seats=raw.get("seats", 0),
        visits_per_day=raw.get("visits_per_day"),
        dependent_minutes=raw.get("dependent_minutes", 0),
        dependent_price_minor=_cents(raw.get("dependent_price", 0)),
    )


def _option(raw: Mapping[str, Any]) -> PricedOption:
    return PricedOption(
        key=raw["key"],
        name=raw["name"],
        kind=raw["kind"],
        help=raw.get("help", ""),
        min_quantity=raw.get("min", 0),
        max_quantity=raw.get("max", 1),
        choices=tuple(
            PricedChoice(
                choice["key"],
                choice["name"],
                _cents(choice.get("price", 0)),
                choice.get("minutes", 0),
            )
            for choice in raw["choices"]
        ),
    )


def _fieldworker(raw: Mapping[str, Any], position: int) -> DemoFieldworker:
    definition = FieldworkerDefinition(
        name=raw["name"],
        bio=raw["bio"],
        skills=tuple(raw["skills"]),
        hours=tuple(
            stretch
            for key, week in _WEEKS.items()
            for day, text in raw.get(key, {}).items()
            for stretch in day_hours([_WEEKDAYS.index(day)], text, week)
        ),
        position=position,
        base=AddressForm(**raw.get("base", {})),
        radius_km=raw.get("radius_km", ""),
        visits_per_day=raw.get("visits_per_day", ""),
    )
    return DemoFieldworker(definition, raw.get("account", ""))


def _holidays(raw: Mapping[str, Any]) -> HolidaysForm:
    return HolidaysForm(
        country=raw["country"],
        subdivision=raw["subdivision"],
        worked=frozenset(raw["worked"]),
    )


def _time_off(raw: Mapping[str, Any]) -> DemoTimeOff:
    month, day = map(int, raw.get("date", "0-0").split("-"))
    return DemoTimeOff(
        days=raw["days"],
        reason=raw["reason"],
        fieldworker=raw.get("fieldworker", ""),
        in_days=raw.get("in_days"),
        month=month,
        day=day,
    )


def _customer(raw: Mapping[str, Any]) -> DemoCustomer:
    return DemoCustomer(
        first_name=raw["first_name"],
        last_name=raw["last_name"],
        email=raw["email"],
        phone=raw.get("phone", ""),
        weeks=raw.get("weeks", 0),
        locations=tuple(
            AddressForm(**location, is_default=position == 0)
            for position, location in enumerate(raw.get("locations", ()))
        ),
        answers=raw.get("answers", {}),
        contacts=tuple(_contact(contact) for contact in raw.get("contacts", ())),
        companies=tuple(
            _business_profile(company) for company in raw.get("companies", ())
        ),
        dependents=tuple(
            _dependent(dependent) for dependent in raw.get("dependents", ())
        ),
    )


def _contact(raw: Mapping[str, Any]) -> ContactForm:
    return ContactForm(
        role=raw["role"],
        first_name=raw["first_name"],
        last_name=raw["last_name"],
        emails=(EmailEntry(raw["email"]),),
        phones=(PhoneEntry(raw["phone"]),),
        told_about=tuple(raw["told_about"]),
        may=tuple(raw["may"]),
    )


def _business_profile(raw: Mapping[str, Any]) -> BusinessProfileForm:
    place = {part: raw[part] for part in ("street", "town", "state", "postcode")}
    return BusinessProfileForm(
        name=raw["name"],
        tax_number=raw["tax_number"],
        billing_email=raw["billing_email"],
        address=AddressForm(**place, country="AU"),
        contacts=(CompanyContactForm(name=raw["contact"], email=raw["billing_email"]),),
        is_default=raw.get("is_default", False),
    )


def _dependent(raw: Mapping[str, Any]) -> DemoDependent:
    return DemoDependent(
        kind=raw["kind"],
        name=raw["name"],
        answers=raw["answers"],
        photo=raw.get("photo", ""),
        documents=tuple(DemoDocument(**paper) for paper in raw.get("documents", ())),
    )


def _appointment(raw: Mapping[str, Any]) -> DemoAppointment:
    return DemoAppointment(
        customer=raw["customer"],
        service=raw["service"],
        weeks=raw["weeks"],
        weekday=_WEEKDAYS.index(raw["weekday"]),
        at=time.fromisoformat(raw["time"]),
        fieldworker=raw["fieldworker"],
        location=raw["location"],
        notes=raw["notes"],
        options=raw["options"],
        for_whom=tuple(raw.get("for", ())),
        answers=raw.get("answers", {}),
        visits=raw.get("visits", 1),
    )


def _quote(raw: Mapping[str, Any]) -> DemoQuote:
    return DemoQuote(
        customer=raw["customer"],
        service=raw["service"],
        location=raw["location"],
        asked=raw["asked"],
        answered=raw["answered"],
        accepted=raw.get("accepted"),
        notes=raw["notes"],
        preferred=raw["preferred"],
        options=raw["options"],
        answer=AnswerForm(
            lines=tuple(
                LineForm(line["what"], line.get("quantity", "1"), line["price"])
                for line in raw["lines"]
            ),
            hours=raw["hours"],
            valid_days=str(raw["valid"]),
            notes=raw["answer"],
        ),
    )
