"""The first day: what a new business decides, step by step, in any order.

Each step is stored at once by the functions that packs and the office's own pages
use, so everything can be left, taken up again, and changed there later. A step is
done when somebody has been through it, or when the business has already what it
would ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from babel import UnknownLocaleError
from babel.numbers import get_currency_precision
from sqlmodel import Session, select

from portal_app.domain.business import policies
from portal_app.domain.business import service as businesses
from portal_app.domain.business.policies import CANCELLATION, PolicyText
from portal_app.domain.business.rules import clean_settings
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.amounts import amount_text, parse_amount
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
    define_category,
    define_service,
)
from portal_app.domain.office import places
from portal_app.domain.office.models import SetupStep
from portal_app.domain.packs import service as packs
from portal_app.domain.packs.format import Pack
from portal_app.domain.scheduling import roster, service_people, shop_window
from portal_app.domain.scheduling.roster import FieldworkerDefinition
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import utc_now
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.keys import key_of
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import one_line

TRADE, BUSINESS, PLACE, LOOK = "trade", "business", "place", "look"
SERVICES, TEAM, TERMS = "services", "team", "terms"
STEPS = {
    TRADE: "Your trade",
    BUSINESS: "Your business",
    PLACE: "Country and money",
    LOOK: "Logo and colour",
    SERVICES: "Services and prices",
    TEAM: "Who does the work",
    TERMS: "Paying and cancelling",
}
"""The steps in their order, in words."""

_NO_PACK = "none"
_PAYMENT = "payment"
_PAYMENT_TITLE = "How you pay"
_SAMPLE_PRICE = 1234
_DEFAULT_TERMS = {
    _PAYMENT: "You pay after the visit. We accept cash, card and bank transfer.",
    CANCELLATION: (
        "You can cancel or move an appointment free of charge until 24 hours before "
        "it starts. After that we may charge half of the price."
    ),
}


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the set-up.

    Attributes:
        key: A key of ``STEPS``.
        name: In words.
        done: Whether it is decided.
    """

    key: str = ""
    name: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class TradeView:
    """A pack that comes with the portal, previewed."""

    key: str = ""
    name: str = ""
    summary: str = ""
    services: list[str] = field(default_factory=list)
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class OfferView:
    """A service that a pack suggests.

    Attributes:
        slug: Of the service.
        name: What customers read.
        category: What it belongs to.
        price: For the field, without a sign of the currency.
        unit: Such as ``per visit``.
        ticked: Whether it is offered already, or nothing is yet.
    """

    slug: str = ""
    name: str = ""
    category: str = ""
    price: str = ""
    unit: str = ""
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class SetupView:
    """How far the first day has come, and what each step shows.

    ``is_open`` is whether customers can book something.
    """

    steps: list[StepView] = field(default_factory=list)
    is_open: bool = False
    trades: list[TradeView] = field(default_factory=list)
    offers: list[OfferView] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    currency: str = ""
    name: str = ""
    tagline: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    country: str = ""
    timezone: str = ""
    locale: str = ""
    accent_color: str = ""
    logo: str = ""
    team: list[str] = field(default_factory=list)
    payment: str = ""
    cancellation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamForm:
    """The first fieldworker: days are 0 (Monday) to 6, hours like ``08:30``."""

    name: str
    days: tuple[int, ...]
    starts: str
    ends: str


def steps(tx: Session) -> list[StepView]:
    """The steps in order, each with whether it is decided."""
    been = set(tx.exec(select(SetupStep.key)).all())
    has = _derived(tx, touched=bool(been))
    # What the day began with may be gone again: these two are as they are now.
    decided = been - {SERVICES, TEAM}
    return [
        StepView(key, name, key in decided or has[key]) for key, name in STEPS.items()
    ]


def missing(tx: Session, actor: Actor) -> list[StepView]:
    """The steps that are still to be decided, for the office's overview.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    return [step for step in steps(tx) if not step.done]


def setup_view(tx: Session, actor: Actor) -> SetupView:
    """Everything the pages of the set-up show.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    business = businesses.current_business(tx)
    chosen = _chosen_pack(tx)
    written = {one.key: one.text for one in policies.active_policies(tx)}
    named = business.name != businesses.DEFAULT_NAME
    return SetupView(
        steps=steps(tx),
        is_open=shop_window.is_open(tx),
        trades=[_trade(tx, key, chosen) for key in packs.shipped_packs()],
        offers=_offers(tx, chosen),
        offered=[row.name for row in catalogue.active_services(tx)],
        currency=business.currency,
        name=business.name if named else "",
        tagline=business.tagline,
        email=business.email,
        phone=business.phone,
        address=business.address,
        country=business.country,
        timezone=business.timezone,
        locale=business.locale,
        accent_color=business.accent_color,
        logo=business.logo_path,
        team=[name for name, _ in roster.working_people(tx)],
        payment=written.get(_PAYMENT, _DEFAULT_TERMS[_PAYMENT]),
        cancellation=written.get(CANCELLATION, _DEFAULT_TERMS[CANCELLATION]),
    )


def example(country: str, currency: str, timezone: str, locale: str) -> str:
    """A price and a date as customers would read them; empty for what cannot be."""
    try:
        formats = Formats(locale, timezone, currency)
        minor = _SAMPLE_PRICE * 10 ** get_currency_precision(currency)
        now = utc_now()
        places.place_choices(country)
        return f"{formats.money(minor)} on {formats.day(now)} at {formats.time(now)}"
    except (ValueError, LookupError, UnknownLocaleError, InvalidInput):
        return ""


def choose_trade(tx: Session, actor: Actor, pack: str) -> None:
    """Remember the pack whose services are offered in the step for services.

    Args:
        tx: The transaction.
        actor: The office.
        pack: One of ``packs.shipped_packs``, or empty to begin with nothing.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: For ``trade``.
    """
    require_office(actor)
    if pack and pack not in packs.shipped_packs():
        raise InvalidInput({"trade": "Please choose one of these."})
    _mark(tx, actor, TRADE, pack or _NO_PACK)


def save_business(
    tx: Session, actor: Actor, step: str, values: Mapping[str, str]
) -> None:
    """Store some of the business's settings; the others stay.

    Args:
        tx: The transaction.
        actor: The office.
        step: ``BUSINESS``, ``PLACE`` or ``LOOK``.
        values: Names of ``BusinessForm`` to what was typed.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each wrong field.
    """
    require_office(actor)
    businesses.lock_business(tx)
    now, _ = businesses.settings_form(tx)
    typed: dict[str, Any] = {name: text.strip() for name, text in values.items()}
    wanted = clean_settings(replace(now, **typed))
    if wanted != now:
        businesses.save_business(tx, actor, wanted)
    _mark(tx, actor, step)


def offer_services(tx: Session, actor: Actor, prices: Mapping[str, str]) -> None:
    """Offer services of the chosen pack at these prices.

    What the pack says besides (fields, types of dependents, policies) comes along.
    Whoever works here alone does what is new.

    Args:
        tx: The transaction.
        actor: The office.
        prices: Slug of each service that is ticked to what was typed.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: For ``price_SLUG``, or with no field if nothing is ticked.
    """
    require_office(actor)
    chosen = _chosen_pack(tx)
    pack = _parsed(tx, chosen)
    known = {one.definition.slug for one in pack.services} if pack else set()
    formats = businesses.formats(tx)
    wrong: dict[str, str] = {}
    only: dict[str, int] = {}
    for slug, typed in prices.items():
        if slug in known:
            try:
                only[slug] = parse_amount(typed, formats)
            except ValueError as error:
                wrong[f"price_{slug}"] = str(error)
    if wrong:
        raise InvalidInput(wrong)
    if not only:
        raise InvalidInput({}, "Please tick at least one service.")
    before = _offered(tx)
    packs.import_pack(tx, actor, packs.shipped_pack_text(chosen), only)
    service_people.give_to_only_person(tx, actor, _offered(tx) - before)
    _mark(tx, actor, SERVICES)


def add_service(tx: Session, actor: Actor, name: str, price: str, minutes: str) -> None:
    """Offer a first service, where no pack suggests any; see ``offer_services``.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: For ``service``, ``price`` and ``minutes``.
    """
    require_office(actor)
    wrong: dict[str, str] = {}
    called, minor = one_line(name), 0
    if not called or len(called) > 80:
        wrong["service"] = "Please enter a name of at most 80 characters."
    try:
        minor = parse_amount(price, businesses.formats(tx))
    except ValueError as error:
        wrong["price"] = str(error)
    lasts = minutes.strip()
    if not (lasts.isdecimal() and len(lasts) <= 4 and 5 <= int(lasts) <= 1440):
        wrong["minutes"] = "Please enter minutes, 5 to 1440."
    if wrong:
        raise InvalidInput(wrong)
    category = CategoryDefinition("services", "Services")
    define_category(tx, actor, category)
    slug = key_of(called, "-") or "service"
    before = _offered(tx)
    define_service(
        tx,
        actor,
        ServiceDefinition(slug, category.slug, called, minor, int(lasts)),
    )
    service_people.give_to_only_person(tx, actor, _offered(tx) - before)
    _mark(tx, actor, SERVICES)


def add_fieldworker(tx: Session, actor: Actor, form: TeamForm) -> None:
    """Employ the first fieldworker, who does everything on offer.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each wrong field.
    """
    require_office(actor)
    if not form.days:
        raise InvalidInput({"days": "Please tick at least one day."})
    hours = roster.weekly_hours(form.days, form.starts, form.ends)
    skills = tuple(row.slug for row in catalogue.active_services(tx))
    roster.define_fieldworker(
        tx, actor, FieldworkerDefinition(form.name, skills=skills, hours=hours)
    )
    _mark(tx, actor, TEAM)


def save_terms(tx: Session, actor: Actor, payment: str, cancellation: str) -> None:
    """Say how customers pay and cancel, in policies of their own.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: For ``payment`` and ``cancellation``.
    """
    require_office(actor)
    texts = {_PAYMENT: payment.strip(), CANCELLATION: cancellation.strip()}
    wrong = {
        name: "Please write a sentence."
        for name, text in texts.items()
        if not text or len(text) > policies.MAX_TEXT
    }
    if wrong:
        raise InvalidInput(wrong)
    titles = {one.key: one.title for one in policies.active_policies(tx)}
    policies.define_policies(
        tx,
        actor,
        [
            PolicyText(_PAYMENT, titles.get(_PAYMENT, _PAYMENT_TITLE), texts[_PAYMENT]),
            PolicyText(
                CANCELLATION,
                titles.get(CANCELLATION, policies.STANDARD_POLICIES[CANCELLATION]),
                texts[CANCELLATION],
            ),
        ],
    )
    _mark(tx, actor, TERMS)


def _mark(tx: Session, actor: Actor, step: str, detail: str = "") -> None:
    row = tx.get(SetupStep, step) or SetupStep(key=step)
    row.detail, row.account_id, row.done_at = detail, actor.account_id, utc_now()
    tx.add(row)
    tx.flush()


def _derived(tx: Session, *, touched: bool) -> dict[str, bool]:
    """What the business has already, however it came by it."""
    offered = _offered(tx)
    has_services = bool(offered)
    # Whoever does nothing of what is on offer is not who customers can book.
    has_team = not offered.isdisjoint(tx.exec(roster.services_done()).all())
    named = businesses.current_business(tx).name != businesses.DEFAULT_NAME
    written = {one.key for one in policies.active_policies(tx)}
    # Whoever never began here works already, by a pack or by hand.
    works = has_services and has_team and not touched
    return {
        TRADE: has_services,
        BUSINESS: named,
        PLACE: works,
        LOOK: works,
        SERVICES: has_services,
        TEAM: has_team,
        # A pack says something here as well; whoever sets up is asked.
        TERMS: CANCELLATION in written and not touched,
    }


def _offered(tx: Session) -> set[str]:
    """The ids of the services on offer."""
    return {row.id for row in catalogue.active_services(tx)}


def _chosen_pack(tx: Session) -> str:
    """The pack that was chosen, ``_NO_PACK``, or empty."""
    row = tx.get(SetupStep, TRADE)
    return row.detail if row else ""


def _parsed(tx: Session, name: str) -> Pack | None:
    return packs.read_shipped_pack(tx, name) if name in packs.shipped_packs() else None


def _trade(tx: Session, key: str, chosen: str) -> TradeView:
    pack = packs.read_shipped_pack(tx, key)
    return TradeView(
        key=key,
        name=pack.name,
        summary=pack.summary,
        services=[one.definition.name for one in pack.services],
        chosen=key == chosen,
    )


def _offers(tx: Session, chosen: str) -> list[OfferView]:
    pack = _parsed(tx, chosen)
    if pack is None:
        return []
    formats = businesses.formats(tx)
    categories = {one.slug: one.name for one in pack.categories}
    offered = {row.slug: row for row in catalogue.active_services(tx)}
    return [
        OfferView(
            slug=service.slug,
            name=service.name,
            category=categories.get(service.category_slug, ""),
            price=amount_text(
                offered[service.slug].base_price_minor
                if service.slug in offered
                else service.base_price_minor,
                formats,
            ),
            unit=service.price_unit,
            ticked=not offered or service.slug in offered,
        )
        for service in (one.definition for one in pack.services)
    ]
