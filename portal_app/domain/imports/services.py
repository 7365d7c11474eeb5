"""Services as rows of a table, told from each other by their names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import amounts, bulk, checks, rules
from portal_app.domain.catalogue.checks import ServiceDefinition
from portal_app.domain.catalogue.services import MAX_SERVICES
from portal_app.domain.imports.cells import choice_of, yes_no, yes_no_text
from portal_app.domain.imports.kinds import (
    Cells,
    Checked,
    Column,
    Existing,
    Kind,
    Planned,
)
from portal_app.domain.imports.names import ByName, name_key
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.text import one_line, paragraphs

N = TypeVar("N")
T = TypeVar("T")

_COLUMN_OF = {
    "category_slug": "category",
    "what_is_needed": "needed",
    "base_price_minor": "price",
    "tax_basis_points": "tax",
    "duration_minutes": "duration",
    "buffer_before_minutes": "buffer_before",
    "buffer_after_minutes": "buffer_after",
    "lead_minutes": "notice",
    "horizon_days": "horizon",
    "dependent_price_minor": "dependent_price",
    "active": "published",
}
_FIELDS = (
    *("slug", "category_slug", "name", "summary", "description", "included"),
    *("what_is_needed", "price_kind", "base_price_minor", "price_unit"),
    *("tax_basis_points", "duration_minutes", "buffer_before_minutes"),
    *("buffer_after_minutes", "lead_minutes", "horizon_days", "giftable"),
    *("deposit_minor", "deposit_percent", "confirmation", "active"),
    *("people_needed", "seats", "visits_per_day"),
    *("dependent_minutes", "dependent_price_minor"),
)
_price_kind = choice_of({words: key for key, words in checks.PRICE_KINDS.items()})
_confirmation = choice_of({words: key for key, words in checks.CONFIRMATIONS.items()})
_WHOLE = "Please enter a whole number."
_AMOUNT = "Please enter an amount."


@dataclass(frozen=True, slots=True)
class _Context:
    formats: Formats
    categories: Mapping[str, str]
    owners: Mapping[str, str]
    services: ByName[bulk.StoredService]


def _load(tx: Session) -> _Context:
    return _Context(
        formats=businesses.formats(tx),
        categories=bulk.category_names(tx),
        owners=bulk.slug_owners(tx),
        services=ByName.of(bulk.all_services(tx), lambda one: one.definition.name),
    )


def _find(
    _tx: Session, context: _Context, keys: Sequence[str]
) -> Mapping[str, Existing]:
    found = context.services.among(keys)
    return {key: _existing(context, one) for key, one in found.items()}


def _refusals(
    _tx: Session, context: _Context, keys: Sequence[str]
) -> Mapping[str, InvalidInput]:
    words = "There is an archived service of this name. Please restore it first."
    return context.services.refusals(keys, words)


def _existing(context: _Context, stored: bulk.StoredService) -> Existing:
    return Existing(stored.id, _texts(context, stored.definition))


def _texts(context: _Context, one: ServiceDefinition) -> dict[str, str]:
    formats = context.formats
    names = {slug: name for name, slug in context.categories.items()}
    deposit = f"{one.deposit_percent}%" if one.deposit_percent else ""
    if one.deposit_minor:
        deposit = amounts.amount_text(one.deposit_minor, formats)
    tax, notice = one.tax_basis_points, one.lead_minutes
    return {
        "name": one.name,
        "category": names.get(one.category_slug, one.category_slug),
        "slug": one.slug,
        "summary": one.summary,
        "description": one.description,
        "included": one.included,
        "needed": one.what_is_needed,
        "price_kind": checks.PRICE_KINDS[one.price_kind],
        "price": amounts.amount_text(one.base_price_minor, formats),
        "price_unit": one.price_unit,
        "tax": "" if tax is None else amounts.percent_text(tax, formats),
        "duration": str(one.duration_minutes),
        "buffer_before": str(one.buffer_before_minutes),
        "buffer_after": str(one.buffer_after_minutes),
        "notice": "" if notice is None else amounts.hours_text(notice, formats),
        "horizon": "" if one.horizon_days is None else str(one.horizon_days),
        "giftable": yes_no_text(one.giftable),
        "deposit": deposit,
        "confirmation": checks.CONFIRMATIONS[one.confirmation],
        "people_needed": str(one.people_needed),
        "seats": str(one.seats),
        "visits_per_day": "" if one.visits_per_day is None else str(one.visits_per_day),
        "dependent_minutes": str(one.dependent_minutes),
        "dependent_price": amounts.amount_text(one.dependent_price_minor, formats),
        "published": yes_no_text(one.active),
    }


class _Reading:
    """The cells of a row as parts of a definition, and what is wrong with them."""

    def __init__(
        self, context: _Context, cells: Cells, now: ServiceDefinition, *, new: bool
    ) -> None:
        self._formats, self._cells = context.formats, cells
        self._said_now = {} if new else _texts(context, now)
        self.wrong: dict[str, str] = {}

    def value(self, key: str, now: N, read: Callable[[str], T]) -> N | T:
        """What a cell means; as it is now if it says the same or nothing."""
        text = self._cells.get(key, "").strip()
        if not text or text == self._said_now.get(key):
            return now
        try:
            return read(text)
        except ValueError as error:
            self.wrong[key] = str(error)
            return now

    def whole(self, text: str) -> int:
        """A whole number."""
        number = amounts.whole_number(text)
        if number is None:
            raise ValueError(_WHOLE)
        return number

    def amount(self, text: str) -> int:
        """Minor units of an amount."""
        return amounts.parse_amount(text, self._formats)

    def percent(self, text: str) -> int:
        """Hundredths of a percent."""
        return amounts.parse_percent(text, self._formats)

    def hours(self, text: str) -> int:
        """Minutes of hours."""
        return amounts.parse_hours(text, self._formats)

    def deposit(self, text: str) -> tuple[int, int]:
        """Minor units or percent of what is paid in advance."""
        if text.endswith("%"):
            return 0, self.whole(text.removesuffix("%").strip())
        return self.amount(text), 0


def _check(context: _Context, cells: Cells) -> Checked:
    stored = context.services.get(cells.get("name", ""))
    now = stored.definition if stored else bulk.NEW
    read = _Reading(context, cells, now, new=stored is None)
    deposit_minor, deposit_percent = read.value(
        "deposit", (now.deposit_minor, now.deposit_percent), read.deposit
    )
    category = one_line(cells.get("category", ""))
    wanted = replace(
        now,
        slug=read.value("slug", now.slug, str.lower),
        category_slug=_category(context, category, now),
        name=read.value("name", now.name, one_line),
        summary=read.value("summary", now.summary, one_line),
        description=read.value("description", now.description, paragraphs),
        included=read.value("included", now.included, paragraphs),
        what_is_needed=read.value("needed", now.what_is_needed, paragraphs),
        price_kind=read.value("price_kind", now.price_kind, _price_kind),
        base_price_minor=read.value("price", now.base_price_minor, read.amount),
        price_unit=read.value("price_unit", now.price_unit, one_line),
        tax_basis_points=read.value("tax", now.tax_basis_points, read.percent),
        duration_minutes=read.value("duration", now.duration_minutes, read.whole),
        buffer_before_minutes=read.value(
            "buffer_before", now.buffer_before_minutes, read.whole
        ),
        buffer_after_minutes=read.value(
            "buffer_after", now.buffer_after_minutes, read.whole
        ),
        lead_minutes=read.value("notice", now.lead_minutes, read.hours),
        horizon_days=read.value("horizon", now.horizon_days, read.whole),
        giftable=read.value("giftable", now.giftable, yes_no),
        repeats=now.repeats,
        deposit_minor=deposit_minor,
        deposit_percent=deposit_percent,
        confirmation=read.value("confirmation", now.confirmation, _confirmation),
        people_needed=read.value("people_needed", now.people_needed, read.whole),
        seats=read.value("seats", now.seats, read.whole),
        visits_per_day=read.value("visits_per_day", now.visits_per_day, read.whole),
        dependent_minutes=read.value(
            "dependent_minutes", now.dependent_minutes, read.whole
        ),
        dependent_price_minor=read.value(
            "dependent_price", now.dependent_price_minor, read.amount
        ),
        active=read.value("published", now.active, yes_no),
    )
    wrong = read.wrong
    if not wanted.category_slug:
        wrong["category"] = (
            f"There is no category “{category}”. Please add it under Services first."
            if category
            else "Please enter a category."
        )
    priced = wanted.price_kind != rules.ON_REQUEST
    if stored is None and priced and not cells.get("price", "").strip():
        wrong["price"] = _AMOUNT
    if stored is None and not cells.get("duration", "").strip():
        wrong["duration"] = _WHOLE
    owner = context.owners.get(wanted.slug)
    if wanted.slug and owner is not None and owner != (stored.id if stored else ""):
        wrong["slug"] = "Another service has this address, or had it."
    faults = checks.service_faults(
        wanted if wanted.slug else replace(wanted, slug="not-known-yet")
    )
    for field, sentence in faults.items():
        wrong.setdefault(_COLUMN_OF.get(field, field), sentence)
    if wrong:
        raise InvalidInput(wrong)
    return Checked(
        name=wanted.name,
        cells=_texts(context, wanted),
        record={field: getattr(wanted, field) for field in _FIELDS},
    )


def _category(context: _Context, name: str, now: ServiceDefinition) -> str:
    for known, slug in context.categories.items():
        if known.casefold() == name.casefold():
            return slug
    # The category of a service that is there may be archived.
    return now.category_slug if name == now.category_slug else ""


def _apply(tx: Session, actor: Actor, rows: Sequence[Planned]) -> None:
    bulk.store_services(tx, actor, [(row.existing, row.record) for row in rows])


def _export(_tx: Session, context: _Context) -> Iterator[Existing]:
    for stored in context.services.in_use.values():
        yield _existing(context, stored)


SERVICES = Kind(
    key="services",
    title="Services",
    noun="service",
    plural="services",
    columns=(
        Column(
            "name",
            "Name",
            required=True,
            hint="Tells one service from another",
            also=("Service", "Title"),
        ),
        Column("category", "Category", hint="The name of one that is there"),
        Column(
            "slug",
            "Address",
            hint="Such as deep-clean; made of the name if it is empty",
            also=("Slug", "URL"),
        ),
        Column("summary", "Summary"),
        Column("description", "Description", hint="Paragraphs, with an empty line"),
        Column("included", "What is included", hint="A line each", also=("Included",)),
        Column("needed", "What is needed", hint="A line each", also=("Needed",)),
        Column("price_kind", "Price kind", hint=", ".join(checks.PRICE_KINDS.values())),
        Column("price", "Price", hint="Such as 85.00", also=("Amount",)),
        Column(
            "price_unit",
            "Words after the price",
            hint="Such as per visit",
            also=("Unit",),
        ),
        Column("tax", "Tax (%)", hint="Yours if it is empty", also=("Tax",)),
        Column(
            "duration",
            "Duration (minutes)",
            hint="A whole number",
            also=("Duration",),
        ),
        Column(
            "buffer_before",
            "Buffer before (minutes)",
            hint="A whole number",
            also=("Buffer before",),
        ),
        Column(
            "buffer_after",
            "Buffer after (minutes)",
            hint="A whole number",
            also=("Buffer after",),
        ),
        Column(
            "notice",
            "Notice (hours)",
            hint="Yours if it is empty",
            also=("Notice",),
        ),
        Column(
            "horizon",
            "How far ahead (days)",
            hint="Yours if it is empty",
            also=("Horizon",),
        ),
        Column(
            "giftable",
            "May be given as a voucher",
            hint="Yes or No",
            also=("Voucher",),
        ),
        Column("deposit", "Deposit", hint="An amount such as 20.00, or 25%"),
        Column(
            "confirmation",
            "Confirmation",
            hint=", ".join(checks.CONFIRMATIONS.values()),
        ),
        Column("people_needed", "People needed", hint="A whole number"),
        Column("seats", "Places in a class", hint="0 for what is no class"),
        Column(
            "visits_per_day", "Visits a day at most", hint="Any number if it is empty"
        ),
        Column(
            "dependent_minutes",
            "Each further one takes (minutes)",
            hint="Of several dependents",
        ),
        Column(
            "dependent_price",
            "Each further one costs",
            hint="Of several dependents, such as 12.00",
        ),
        Column("published", "Published", hint="Yes or No"),
    ),
    identity="name",
    load=_load,
    key_of=name_key,
    find=_find,
    refusals=_refusals,
    check=_check,
    apply=_apply,
    export=_export,
    logs_itself=True,
    most=MAX_SERVICES,
    note=(
        "A new service needs a category that is there, a price and a duration, and is "
        "a draft until it is published. Photos and options stay as they are."
    ),
)
