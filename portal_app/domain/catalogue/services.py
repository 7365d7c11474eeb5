"""Services, as the office keeps them by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.catalogue import amounts, checks, rows, rules
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.booked_for import booked_for_by_type
from portal_app.domain.catalogue.checks import Photo, ServiceDefinition
from portal_app.domain.catalogue.models import Category, FormerSlug, Service
from portal_app.domain.catalogue.rules import PricedChoice, PricedOption
from portal_app.domain.catalogue.views import (
    ChoiceEntryView,
    OptionEntryView,
    PhotoEntryView,
    ServiceEntryView,
    ServiceFormView,
    ServicePageView,
)
from portal_app.domain.change_log import service as change_log
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.formats import Formats, duration_text
from portal_app.kernel.keys import keys_for, required_request_key, unique_key
from portal_app.kernel.ordering import next_position
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import one_line, paragraphs
from portal_app.kernel.versioned import is_current

MAX_SERVICES = 300
DEPOSIT_KINDS = {"none": "None", "amount": "An amount", "percent": "A percentage"}
_NOT_FOUND = "There is no such service."
_WHOLE = "Please enter a whole number."


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoForm:
    """A photo as typed: ``key`` of one that was there before, or a new ``file_id``."""

    key: str = ""
    file_id: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceForm:
    """A choice as typed; ``key`` is that of one that was there before."""

    key: str = ""
    name: str = ""
    price: str = ""
    minutes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionForm:
    """An option as typed; ``key`` is that of one that was there before."""

    key: str = ""
    name: str = ""
    kind: str = "single"
    help: str = ""
    required: bool = False
    minimum: str = ""
    maximum: str = ""
    choices: tuple[ChoiceForm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServiceForm:
    """What a service needs to begin with; ``category`` is an id."""

    name: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceForm:
    """A service as typed; amounts are as the business writes them.

    ``category`` is an id, ``notice`` hours, ``horizon`` days, ``tax`` percent; what
    is empty of these three is the business's. ``duration`` and buffers are minutes.
    ``dependent_types`` are the ticked ones of the ``offered_types``: what a service
    says of others stays. Without it there are no others.
    """

    name: str = ""
    slug: str = ""
    category: str = ""
    summary: str = ""
    description: str = ""
    included: str = ""
    needed: str = ""
    photos: tuple[PhotoForm, ...] = ()
    price_kind: str = rules.FIXED
    price: str = ""
    price_unit: str = ""
    tax: str = ""
    duration: str = ""
    buffer_before: str = ""
    buffer_after: str = ""
    notice: str = ""
    horizon: str = ""
    options: tuple[OptionForm, ...] = ()
    dependent_types: tuple[str, ...] = ()
    offered_types: tuple[str, ...] | None = None
    giftable: bool = False
    repeats: bool = False
    deposit_kind: str = "none"
    deposit: str = ""
    confirmation: str = "instant"
    people_needed: str = "1"
    seats: str = ""
    visits_per_day: str = ""
    dependent_minutes: str = ""
    dependent_price: str = ""
    published: bool = False


_FORM_NAMES = {
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
"""What the form calls the parts of a definition that have another name there."""


def service_entries(tx: Session, actor: Actor) -> list[ServiceEntryView]:
    """Every service in order, archived ones last; few queries.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    formats = businesses.formats(tx)
    found = tx.exec(
        select(Service, Category)
        .join(Category, col(Service.category_id) == col(Category.id))
        .order_by(*rows.IN_ORDER)
    ).all()
    entries = [_entry_view(formats, row, category) for row, category in found]
    return sorted(entries, key=lambda entry: entry.archived)


def service_form(tx: Session, actor: Actor, service_id: str) -> ServiceFormView:
    """The form of a service, filled in.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
    """
    return _form_view(tx, _shown_row(tx, actor, service_id))


def stored_page(tx: Session, actor: Actor, service_id: str) -> ServicePageView:
    """The page of a service as it is stored, whether or not it is published.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is no such service.
    """
    row = _shown_row(tx, actor, service_id)
    category = tx.get_one(Category, row.category_id)
    return catalogue.preview_page(
        tx, rows.definition_of(tx, row), category, rows.photos_of(tx, row.id)
    )


def preview(
    tx: Session, actor: Actor, service_id: str, form: ServiceForm
) -> ServicePageView:
    """The page of a service as customers would see what is typed just now.

    What is wrong in the form is left out; nothing is stored.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
    """
    row = _shown_row(tx, actor, service_id)
    parsed = _ParsedForm(tx, form, row)
    category = tx.get(Category, form.category) or tx.get_one(Category, row.category_id)
    return catalogue.preview_page(tx, parsed.definition, category, parsed.photos)


def add_service(tx: Session, actor: Actor, form: NewServiceForm, request: str) -> str:
    """Add a draft after the others, once per request; returns its id.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If there are as many as fit.
    """
    require_office(actor)
    businesses.lock_business(tx)
    key = required_request_key(request)
    known = list(tx.exec(select(Service)))
    for row in known:
        if row.request_key == key:
            return row.id
    category = tx.get(Category, form.category)
    name = one_line(form.name)
    wanted = ServiceDefinition(
        slug=_unused_slug(tx, name),
        category_slug=category.slug if category else "",
        name=name,
        base_price_minor=0,
        duration_minutes=60,
        active=False,
        position=next_position(row.position for row in known),
        price_kind="fixed",
    )
    faults = checks.service_faults(wanted)
    wrong = {"name": faults["name"]} if "name" in faults else {}
    if not wrong and _is_name_taken(known, name):
        wrong["name"] = f"There is a service called “{name}” already."
    if category is None or category.archived_at is not None:
        wrong["category"] = "Please choose a category."
    if wrong:
        raise InvalidInput(wrong)
    _require_room(known)
    return rows.store_service(tx, actor, None, wanted, (), request_key=key).id


def change_service(
    tx: Session, actor: Actor, service_id: str, form: ServiceForm, version: int
) -> None:
    """Change a service. What is booked keeps its price; former addresses lead here.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = _locked_row(tx, actor, service_id)
    parsed = _ParsedForm(tx, form, row)
    if parsed.faults:
        raise InvalidInput(parsed.faults)
    record = checks.service_record(businesses.formats(tx).money)
    wanted = record.values(parsed.definition, photos=parsed.photos)

    def changes() -> list[Any]:
        return record.compare(
            wanted,
            record.values(
                rows.definition_of(tx, row), photos=rows.photos_of(tx, row.id)
            ),
        )

    if is_current(record.title, row, version, changes):
        try:
            rows.store_service(tx, actor, row, parsed.definition, parsed.photos)
        except InvalidInput as error:
            raise InvalidInput(_form_faults(error.fields)) from None


def duplicate_service(tx: Session, actor: Actor, service_id: str, request: str) -> str:
    """Add a draft that is like a service, once per request; returns its id.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        Conflict: If there are as many as fit.
    """
    row = _locked_row(tx, actor, service_id)
    key = required_request_key(request)
    known = list(tx.exec(select(Service)))
    for one in known:
        if one.request_key == key:
            return one.id
    _require_room(known)
    name = _copied_name(known, row.name)
    like = replace(
        rows.definition_of(tx, row),
        name=name,
        slug=_unused_slug(tx, name),
        active=False,
        position=next_position(one.position for one in known),
    )
    photos = tuple(replace(photo, id="") for photo in rows.photos_of(tx, row.id))
    return rows.store_service(tx, actor, None, like, photos, request_key=key).id


def archive_service(tx: Session, actor: Actor, service_id: str) -> None:
    """Offer a service no more; what is booked stays. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
    """
    row = _locked_row(tx, actor, service_id)
    change_log.archive(tx, actor, row, rows.thing_of(row))


def restore_service(tx: Session, actor: Actor, service_id: str) -> None:
    """Take an archived service into use again, as it was. Safe to repeat.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such service.
        Conflict: If its category is archived.
    """
    row = _locked_row(tx, actor, service_id)
    category = tx.get_one(Category, row.category_id)
    if category.archived_at is not None:
        raise Conflict(f"Please restore the category “{category.name}” first.")
    change_log.restore(tx, actor, row, rows.thing_of(row))


def reorder_services(tx: Session, actor: Actor, ids: Sequence[str]) -> None:
    """Put services into this order; those that are not named stay where they are.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    businesses.lock_business(tx)
    in_order = (col(Service.position), col(Service.name), col(Service.id))
    known = tx.exec(select(Service).order_by(*in_order)).all()
    change_log.store_order(tx, actor, known, ids, rows.thing_of)


class _ParsedForm:
    """What a form says, and what is wrong with it, beside the form's own names.

    What cannot be read is as if it were empty, so that a preview can be drawn.
    """

    def __init__(self, tx: Session, form: ServiceForm, row: Service) -> None:
        self._formats = businesses.formats(tx)
        self._form = form
        self.faults: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self.photos = self._read_photos(rows.photos_of(tx, row.id))
        before = rows.options_by_service(tx, [row.id])[row.id]
        category = tx.get(Category, form.category)
        self.definition = self._read(row, category, before)
        self._check(tx, row, category)

    def _read(
        self,
        row: Service,
        category: Category | None,
        options: tuple[PricedOption, ...],
    ) -> ServiceDefinition:
        form = self._form
        kind = form.price_kind
        priced = kind != rules.ON_REQUEST
        name = one_line(form.name)
        people = self._whole("people_needed", form.people_needed)
        deposit_minor = deposit_percent = 0
        if form.deposit_kind == "amount":
            deposit_minor = self._amount("deposit", form.deposit)
        elif form.deposit_kind == "percent":
            deposit_percent = self._whole("deposit", form.deposit, required=True) or 0
        if form.deposit_kind not in DEPOSIT_KINDS:
            self.faults["deposit_kind"] = "Please choose one."
        elif form.deposit_kind != "none" and not deposit_minor and not deposit_percent:
            self.faults.setdefault("deposit", "Please say how much.")
        return ServiceDefinition(
            slug=form.slug.strip().lower(),
            category_slug=category.slug if category else "",
            name=name,
            base_price_minor=self._amount("price", form.price)
            if priced
            else row.base_price_minor,
            duration_minutes=self._whole("duration", form.duration, required=True) or 0,
            summary=one_line(form.summary),
            description=paragraphs(form.description),
            included=paragraphs(form.included),
            what_is_needed=paragraphs(form.needed),
            price_unit=one_line(form.price_unit),
            buffer_before_minutes=self._whole("buffer_before", form.buffer_before) or 0,
            buffer_after_minutes=self._whole("buffer_after", form.buffer_after) or 0,
            lead_minutes=self._notice(row.lead_minutes),
            active=form.published,
            position=row.position,
            options=self._read_options(options),
            dependent_types=_ordered_types(row.dependent_types, form),
            price_kind=cast("rules.PriceKind", kind),
            tax_basis_points=self._percent("tax", form.tax),
            horizon_days=self._whole("horizon", form.horizon),
            giftable=form.giftable,
            repeats=form.repeats,
            deposit_minor=deposit_minor,
            deposit_percent=deposit_percent,
            confirmation=form.confirmation,
            people_needed=1 if people is None else people,
            seats=self._whole("seats", form.seats) or 0,
            visits_per_day=self._whole("visits_per_day", form.visits_per_day),
            dependent_minutes=self._whole("dependent_minutes", form.dependent_minutes)
            or 0,
            dependent_price_minor=self._amount(
                "dependent_price", form.dependent_price or "0"
            ),
        )

    def _check(self, tx: Session, row: Service, category: Category | None) -> None:
        wanted = self.definition
        found = checks.service_faults(wanted) | rows.photo_faults(self.photos)
        for part, sentence in found.items():
            place = self._places.get(part, _FORM_NAMES.get(part, part))
            self.faults.setdefault(place, sentence)
        if category is None or (
            category.archived_at is not None and category.id != row.category_id
        ):
            self.faults["category"] = "Please choose a category."
        others = [one for one in tx.exec(select(Service)) if one.id != row.id]
        if "name" not in self.faults and _is_name_taken(others, wanted.name):
            words = f"There is a service called “{wanted.name}” already."
            self.faults["name"] = words
        if "slug" not in self.faults and (fault := _slug_fault(tx, row, wanted.slug)):
            self.faults["slug"] = fault

    def _read_photos(self, before: Sequence[Photo]) -> tuple[Photo, ...]:
        known = {photo.id: photo for photo in before}
        found: list[Photo] = []
        for typed in self._form.photos:
            alt = one_line(typed.alt)
            if typed.key in known:
                found.append(replace(known.pop(typed.key), alt=alt))
            elif typed.file_id:
                found.append(Photo(file_id=typed.file_id, alt=alt))
        return tuple(found)

    def _read_options(
        self, before: tuple[PricedOption, ...]
    ) -> tuple[PricedOption, ...]:
        typed = self._form.options
        known = {option.key: option for option in before}
        names = [one_line(option.name) for option in typed]
        keys = keys_for(
            [(option.key, name) for option, name in zip(typed, names, strict=True)],
            {key: option.name for key, option in known.items()},
            otherwise="option",
        )
        found = []
        seen: set[str] = set()
        for at, (option, name, key) in enumerate(zip(typed, names, keys, strict=True)):
            place = f"options.{at}"
            self._places[f"options.{key}"] = place
            if name and name.casefold() in seen:
                self.faults[place] = f"There are two options called “{name}”."
            seen.add(name.casefold())
            found.append(self._read_option(place, key, option, known.get(key)))
        return tuple(found)

    def _read_option(
        self, place: str, key: str, option: OptionForm, before: PricedOption | None
    ) -> PricedOption:
        kind = option.kind if option.kind in {"single", "several", "quantity"} else ""
        if not kind:
            self.faults[place] = "Please choose what kind of option it is."
        counted = kind == "quantity"
        typed = option.choices[:1] if counted else option.choices
        names = [one_line(choice.name) for choice in typed]
        if counted and names and not names[0]:
            names = [one_line(option.name)]
        choice_keys = keys_for(
            [(choice.key, name) for choice, name in zip(typed, names, strict=True)],
            {choice.key: choice.name for choice in before.choices} if before else {},
            otherwise="choice",
        )
        choices = []
        for at, choice in enumerate(typed):
            spot = f"{place}.choices.{at}"
            self._places[f"options.{key}.{choice_keys[at]}"] = spot
            choices.append(
                PricedChoice(
                    key=choice_keys[at],
                    name=names[at],
                    price_minor=self._amount(spot, choice.price or "0"),
                    minutes=self._whole(spot, choice.minutes) or 0,
                )
            )
        usual = kind == "single"
        return PricedOption(
            key=key,
            name=one_line(option.name),
            kind=cast("rules.OptionKind", kind or "single"),
            choices=tuple(choices),
            help=one_line(option.help),
            min_quantity=(self._whole(place, option.minimum) or 0) if counted else 0,
            max_quantity=(self._whole(place, option.maximum) or 1) if counted else 1,
            required=None if counted or option.required == usual else option.required,
        )

    def _amount(self, place: str, text: str) -> int:
        if not text.strip():
            self.faults.setdefault(place, "Please enter an amount.")
            return 0
        try:
            return amounts.parse_amount(text, self._formats)
        except ValueError as error:
            self.faults.setdefault(place, str(error))
            return 0

    def _percent(self, place: str, text: str) -> int | None:
        if not text.strip():
            return None
        try:
            return amounts.parse_percent(text, self._formats)
        except ValueError as error:
            self.faults.setdefault(place, str(error))
            return None

    def _notice(self, stored: int | None) -> int | None:
        text = self._form.notice.strip()
        if text == _hours_text(stored, self._formats):
            return stored
        try:
            return amounts.parse_hours(text, self._formats)
        except ValueError as error:
            self.faults["notice"] = str(error)
            return None

    def _whole(self, place: str, text: str, *, required: bool = False) -> int | None:
        digits = amounts.whole_number(text)
        if digits is None and (required or text.strip()):
            self.faults.setdefault(place, _WHOLE)
        return digits


def _hours_text(minutes: int | None, formats: Formats) -> str:
    return "" if minutes is None else amounts.hours_text(minutes, formats)


def _form_faults(faults: dict[str, str]) -> dict[str, str]:
    return {_FORM_NAMES.get(part, part): words for part, words in faults.items()}


def _ordered_types(before: Sequence[str], form: ServiceForm) -> tuple[str, ...]:
    """The ticked types; those that were there keep their order."""
    there = booked_for_by_type(before)
    wanted = booked_for_by_type(form.dependent_types)
    if form.offered_types is not None:
        hidden = {slug: there[slug] for slug in there.keys() - form.offered_types}
        wanted = hidden | wanted
    slugs = [slug for slug in there if slug in wanted]
    slugs += [slug for slug in wanted if slug not in slugs]
    return tuple(str(wanted[slug]) for slug in slugs)


def _is_name_taken(others: Sequence[Service], name: str) -> bool:
    used = (one.name for one in others if one.archived_at is None)
    return name.casefold() in {one.casefold() for one in used}


def _copied_name(known: Sequence[Service], name: str) -> str:
    number = 1
    while True:
        ending = " (copy)" if number == 1 else f" (copy {number})"
        copied = name[: 100 - len(ending)].rstrip() + ending
        if not _is_name_taken(known, copied):
            return copied
        number += 1


def _unused_slug(tx: Session, name: str) -> str:
    taken = {*tx.exec(select(Service.slug)), *tx.exec(select(FormerSlug.slug))}
    return unique_key(name, taken, otherwise="service", separator="-")


def _slug_fault(tx: Session, row: Service, slug: str) -> str:
    if slug == row.slug:
        return ""
    if tx.exec(select(Service.id).where(Service.slug == slug)).first():
        return "Another service has this address."
    former = tx.get(FormerSlug, slug)
    if former is not None and former.service_id != row.id:
        owner = tx.get_one(Service, former.service_id)
        return f"This was an address of “{owner.name}” and leads there."
    return ""


def _require_room(known: Sequence[Service]) -> None:
    if len(known) >= MAX_SERVICES:
        raise Conflict(f"There can be at most {MAX_SERVICES} services.")


def _shown_row(tx: Session, actor: Actor, service_id: str) -> Service:
    require_staff(actor)
    row = tx.get(Service, service_id)
    if row is None:
        raise NotFound(_NOT_FOUND)
    return row


def _locked_row(tx: Session, actor: Actor, service_id: str) -> Service:
    require_office(actor)
    businesses.lock_business(tx)
    return _shown_row(tx, actor, service_id)


def _entry_view(formats: Formats, row: Service, category: Category) -> ServiceEntryView:
    on_request = row.price_kind == rules.ON_REQUEST
    money = formats.money(row.base_price_minor)
    unit = "per hour" if row.price_kind == rules.PER_HOUR else row.price_unit
    before = "From " if row.price_kind == rules.FROM else ""
    archived = row.archived_at is not None
    return ServiceEntryView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        category=category.id,
        category_name=category.name,
        price=catalogue.ON_REQUEST_TEXT
        if on_request
        else f"{before}{money} {unit}".strip(),
        duration=duration_text(row.duration_minutes),
        image=row.image,
        state="archived" if archived else "published" if row.active else "draft",
        archived=archived,
    )


def _form_view(tx: Session, row: Service) -> ServiceFormView:
    formats = businesses.formats(tx)

    def amount(minor: int) -> str:
        return amounts.amount_text(minor, formats)

    deposit_kind, deposit = "none", ""
    if row.deposit_minor:
        deposit_kind, deposit = "amount", amount(row.deposit_minor)
    elif row.deposit_percent:
        deposit_kind, deposit = "percent", str(row.deposit_percent)
    tax = row.tax_basis_points
    return ServiceFormView(
        id=row.id,
        version=row.version,
        currency=formats.currency,
        name=row.name,
        slug=row.slug,
        category=row.category_id,
        summary=row.summary,
        description=row.description,
        included=row.included,
        needed=row.what_is_needed,
        photos=[
            PhotoEntryView(photo.id, photo.address, photo.alt)
            for photo in rows.photos_of(tx, row.id)
        ],
        price_kind=row.price_kind,
        price=amount(row.base_price_minor),
        price_unit=row.price_unit,
        tax="" if tax is None else amounts.percent_text(tax, formats),
        duration=str(row.duration_minutes),
        buffer_before=str(row.buffer_before_minutes),
        buffer_after=str(row.buffer_after_minutes),
        notice=_hours_text(row.lead_minutes, formats),
        horizon="" if row.horizon_days is None else str(row.horizon_days),
        options=[
            OptionEntryView(
                key=option.key,
                name=option.name,
                kind=option.kind,
                help=option.help,
                required=option.must_be_answered,
                minimum=str(option.min_quantity),
                maximum=str(option.max_quantity),
                choices=[
                    ChoiceEntryView(
                        key=choice.key,
                        name=choice.name,
                        price=amount(choice.price_minor) if choice.price_minor else "",
                        minutes=str(choice.minutes) if choice.minutes else "",
                    )
                    for choice in option.choices
                ],
            )
            for option in rows.options_by_service(tx, [row.id])[row.id]
        ],
        dependent_types=list(row.dependent_types),
        giftable=row.giftable,
        repeats=row.repeats,
        deposit_kind=deposit_kind,
        deposit=deposit,
        confirmation=row.confirmation,
        people_needed=str(row.people_needed),
        seats=str(row.seats or ""),
        visits_per_day="" if row.visits_per_day is None else str(row.visits_per_day),
        dependent_minutes=str(row.dependent_minutes or ""),
        dependent_price=amount(row.dependent_price_minor)
        if row.dependent_price_minor
        else "",
        published=row.active,
        archived=row.archived_at is not None,
    )
