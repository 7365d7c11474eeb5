"""From the text of a pack to its definitions, or to everything that is wrong."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from portal_app.domain.business import message_templates, policies
from portal_app.domain.business.message_templates import TemplateText
from portal_app.domain.business.policies import PolicyText
from portal_app.domain.catalogue import rules as catalogue
from portal_app.domain.catalogue.booked_for import (
    MAX_LENGTH,
    BookedFor,
    parse_booked_for,
)
from portal_app.domain.catalogue.checks import (
    MAX_HORIZON_DAYS,
    MAX_MINUTES,
    MAX_PEOPLE_NEEDED,
    MAX_SEATS,
    MAX_VISITS_PER_DAY,
    CategoryDefinition,
    ServiceDefinition,
    service_faults,
)
from portal_app.domain.dependents import rules as dependents
from portal_app.domain.dependents.rules import DocumentKind, TypeDefinition
from portal_app.domain.fields import rules as fields
from portal_app.domain.fields.rules import Definition, FieldChoice, FieldCondition
from portal_app.domain.packs.format import (
    FORMAT,
    Pack,
    PackError,
    Problem,
    ServicePack,
    TypePack,
)
from portal_app.domain.packs.toml_reader import (
    LineNumbers,
    ProblemCollector,
    TableReader,
)
from portal_app.kernel.keys import key_of
from portal_app.kernel.text_files import plain_text

MAX_CHARACTERS = 1_000_000
_TOML_ERROR_POSITION = re.compile(
    r" \(at (?:line (\d+), column \d+|end of document)\)$"
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MINUTES_PER_DAY = 24 * 60
_KEYS_CHECKED_BY_CATALOGUE = {
    "price_kind": "price_kind",
    "confirmation": "confirmation",
    "deposit": "deposit",
    "tax_basis_points": "tax_percent",
}


def parse_pack(
    text: str,
    *,
    decimals: int = 2,
    categories: Collection[str] = (),
    types: Collection[str] = (),
) -> Pack:
    """Read a pack.

    Args:
        text: The file.
        decimals: Decimal places of the business's currency.
        categories: Slugs of categories that exist besides those of the pack.
        types: Slugs of dependent types that exist besides those of the pack.

    Raises:
        PackError: With everything that is wrong, line by line.
    """
    text = plain_text(text)
    if len(text) > MAX_CHARACTERS:
        raise PackError([Problem(1, "", "A pack has at most a million characters.")])
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PackError([_syntax_error(text, str(error))]) from None
    except RecursionError:
        too_deep = Problem(1, "", "This file is nested too deeply.")
        raise PackError([too_deep]) from None
    notes = ProblemCollector(LineNumbers(text))
    reader = _PackParser(TableReader(raw, (), "", notes), decimals, categories, types)
    pack = reader.read()
    if notes.problems:
        raise PackError(notes.problems)
    return pack


def parse_fields(tables: list[dict[str, Any]]) -> tuple[Definition, ...]:
    """The fields that these tables of a file say, as in a pack.

    Raises:
        PackError: With everything that is wrong.
    """
    notes = ProblemCollector(LineNumbers(""))
    root = TableReader({"fields": tables}, (), "", notes)
    found = _PackParser(root, 0, (), ()).fields(root, "fields")
    if notes.problems:
        raise PackError(notes.problems)
    return found


def _syntax_error(text: str, message: str) -> Problem:
    found = _TOML_ERROR_POSITION.search(message)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    return Problem(
        line, "", f"This is not valid TOML: {_TOML_ERROR_POSITION.sub('', message)}."
    )


class _PackParser:
    def __init__(
        self,
        root: TableReader,
        decimals: int,
        categories: Collection[str],
        types: Collection[str],
    ) -> None:
        self._root = root
        self._decimals = decimals
        self._categories = set(categories)
        self._types = set(types)
        self._type_fields: dict[str, tuple[Definition, ...]] = {}

    def read(self) -> Pack:
        head = self._root.inner("pack")
        name = head.text("name", 80, required=True)
        summary = head.text("summary", 300)
        if head.whole("format", 1, 1_000, FORMAT) != FORMAT:
            head.fault("format", f"This portal reads packs of format {FORMAT}.")
        head.done()
        root = self._root
        types = root.keyed("dependent_types", "dependent types", self._type)
        self._types |= set(types)
        self._type_fields = {key: one.fields for key, (one, _) in types.items()}
        customer_fields = self.fields(root, "customer_fields")
        categories = root.keyed("categories", "categories", self._category)
        self._categories |= set(categories)
        services = root.keyed("services", "services", self._service)
        rules = root.keyed("policies", "policies", self._policy)
        templates = root.keyed("templates", "templates", self._template)
        root.done()
        return Pack(
            name=name,
            summary=summary,
            types=tuple(one for one, _ in types.values()),
            customer_fields=customer_fields,
            categories=tuple(one for one, _ in categories.values()),
            services=tuple(one for one, _ in services.values()),
            policies=tuple(one for one, _ in rules.values()),
            templates=tuple(one for one, _ in templates.values()),
        )

    def _type(self, table: TableReader) -> TypePack:
        definition = TypeDefinition(
            slug=table.text("key", 40, required=True),
            singular=table.text("singular", 40, required=True),
            plural=table.text("plural", 40, required=True),
            icon=table.text("icon", 40),
        )
        for part, sentence in dependents.type_faults(definition).items():
            table.fault("key" if part == "slug" else part, sentence)
        papers = table.keyed("documents", "documents", self._paper)
        pack = TypePack(
            replace(definition, documents=tuple(one for one, _ in papers.values())),
            self.fields(table, "fields"),
        )
        table.done()
        return pack

    def _paper(self, table: TableReader) -> DocumentKind:
        kind = DocumentKind(
            key=table.text("key", 40, required=True),
            name=table.text("name", 80, required=True),
            help=table.text("help", 300),
            expires=table.text("expires", 10, default=dependents.SOMETIMES),
            required=table.yes("required"),
        )
        table.done()
        if kind.expires not in dependents.EXPIRIES:
            table.fault("expires", "A document expires always, sometimes or never.")
        if not _SLUG.fullmatch(kind.key.replace("_", "-")):
            table.fault(
                "key", "A key is made of lower-case letters, digits and hyphens."
            )
        return kind

    def fields(self, table: TableReader, name: str) -> tuple[Definition, ...]:
        """The fields under a key of a table."""
        found = table.keyed(name, "fields", self._field)
        definitions = tuple(definition for definition, _ in found.values())
        for fault in fields.definition_faults(definitions):
            if fault.key in found:
                found[fault.key][1].fault(fault.part, fault.sentence)
            else:
                table.fault(name, fault.sentence)
        return definitions

    def _field(self, table: TableReader) -> Definition:
        definition = Definition(
            key=table.text("key", 40, required=True),
            name=table.text("name", 80, required=True),
            kind=table.text("kind", 10, default=fields.TEXT),
            help=table.text("help", 300),
            unit=table.text("unit", 20),
            minimum=table.number("minimum"),
            maximum=table.number("maximum"),
            decimals=table.whole("decimals", 0, 4, 0),
            period=table.text("period", 6),
            choices=self._choices(table),
            required=table.yes("required"),
            shown_when=self._condition(table),
            visible_to=self._people(table, "visible_to", fields.AUDIENCES),
            editable_by=self._people(
                table, "editable_by", (fields.CUSTOMER, fields.OFFICE)
            ),
        )
        table.done()
        return definition

    def _choices(self, table: TableReader) -> tuple[FieldChoice, ...]:
        found = []
        for one in table.mixed("choices"):
            if isinstance(one, str):
                found.append(FieldChoice(key_of(one), one))
                continue
            name = one.text("name", 80, required=True)
            found.append(FieldChoice(one.text("key", 40) or key_of(name), name))
            one.done()
        return tuple(found)

    @staticmethod
    def _condition(table: TableReader) -> FieldCondition | None:
        text = table.text("shown_when", 300)
        if not text:
            return None
        condition = fields.parse_condition(text)
        if condition is None:
            table.fault(
                "shown_when",
                'Please write it as "FIELD = VALUE", such as "has_allergies = yes".',
            )
        return condition

    @staticmethod
    def _people(
        table: TableReader, key: str, default: Collection[str]
    ) -> frozenset[str]:
        if not table.has(key):
            table.texts(key, 20)
            return frozenset(default)
        return frozenset(table.texts(key, 20))

    def _category(self, table: TableReader) -> CategoryDefinition:
        definition = CategoryDefinition(
            slug=self._slug(table),
            name=table.text("name", 80, required=True),
            description=table.text("description", 300),
        )
        table.done()
        return definition

    def _service(self, table: TableReader) -> ServicePack:
        category = table.text("category", 60, required=True)
        if category and category not in self._categories:
            table.fault("category", f"There is no category with the key “{category}”.")
        price_kind = table.text("price_kind", 10, default=catalogue.FROM)
        tax = table.number("tax_percent")
        if tax is not None and (not tax.is_finite() or tax * 100 != int(tax * 100)):
            table.fault("tax_percent", "A tax has at most two decimal places.")
            tax = None
        definition = ServiceDefinition(
            slug=self._slug(table),
            category_slug=category,
            name=table.text("name", 100, required=True),
            base_price_minor=self._price(
                table, required=price_kind != catalogue.ON_REQUEST
            ),
            duration_minutes=self._minutes(table),
            summary=table.text("summary", 200),
            description=table.text("description", 6000),
            included="\n".join(table.texts("included", 300)),
            what_is_needed="\n".join(table.texts("needed", 300)),
            image=table.text("image", 200),
            image_alt=table.text("image_alt", 200),
            price_unit=table.text("price_unit", 40, default="per visit"),
            buffer_before_minutes=table.whole("buffer_before", 0, _MINUTES_PER_DAY, 0),
            buffer_after_minutes=table.whole("buffer_after", 0, _MINUTES_PER_DAY, 0),
            lead_minutes=table.optional_whole(
                "lead_minutes", 0, 365 * _MINUTES_PER_DAY
            ),
            active=table.yes("active", default=True),
            dependent_types=self._booked_for(table),
            price_kind=cast("catalogue.PriceKind", price_kind),
            tax_basis_points=None if tax is None else int(tax * 100),
            horizon_days=table.optional_whole("horizon_days", 1, MAX_HORIZON_DAYS),
            giftable=table.yes("voucher", default=True),
            repeats=table.yes("repeats", default=True),
            deposit_minor=self._price(table, "deposit"),
            deposit_percent=table.whole("deposit_percent", 0, 100, 0),
            confirmation=table.text("confirmation", 10, default="instant"),
            people_needed=table.whole("people_needed", 1, MAX_PEOPLE_NEEDED, 1),
            seats=table.whole("seats", 0, MAX_SEATS, 0),
            visits_per_day=table.optional_whole(
                "visits_per_day", 1, MAX_VISITS_PER_DAY
            ),
            dependent_minutes=table.whole("dependent_minutes", 0, MAX_MINUTES, 0),
            dependent_price_minor=self._price(table, "dependent_price"),
        )
        options = table.keyed("options", "options", self._option)
        pack = ServicePack(
            replace(definition, options=tuple(one for one, _ in options.values())),
            self.fields(table, "fields"),
        )
        table.done()
        self._note_faults(
            table,
            pack.definition,
            {key: place for key, (_, place) in options.items()},
        )
        return pack

    def _booked_for(self, table: TableReader) -> tuple[str, ...]:
        """Whom a service is for; what a condition names must be in this pack's type.

        The fields of a type that exists already are not known here.
        """
        entries: list[BookedFor] = []

        def read(text: str) -> str:
            entry = parse_booked_for(text)
            if entry is None:
                return 'Please write it as "TYPE: FIELD = VALUE".'
            if entry.type_slug not in self._types:
                return f"There is no dependent type with the key “{entry.type_slug}”."
            if entry.type_slug in {one.type_slug for one in entries}:
                return "This dependent type is named twice."
            asked = self._type_fields.get(entry.type_slug)
            if entry.condition and asked is not None:
                fault = fields.condition_fault(entry.condition, asked)
                if fault or not entry.condition.values:
                    return fault or "Please say at which value."
            entries.append(entry)
            return ""

        table.checked_texts("dependent_types", MAX_LENGTH, read)
        return tuple(str(one) for one in entries)

    @staticmethod
    def _note_faults(
        table: TableReader,
        definition: ServiceDefinition,
        places: dict[str, TableReader],
    ) -> None:
        """Note what the catalogue would refuse, where the reader did not see it."""
        for option in definition.options:
            if option.key in places and (fault := catalogue.option_fault(option)):
                places[option.key].fault("", fault)
        faults = service_faults(definition)
        for part, key in _KEYS_CHECKED_BY_CATALOGUE.items():
            if part in faults:
                table.fault(key, faults[part])

    def _option(self, table: TableReader) -> catalogue.PricedOption:
        kind = table.text("kind", 10, default="single")
        if kind not in {"single", "several", "quantity"}:
            table.fault("kind", "An option is single, several or quantity.")
        choices = []
        for choice in table.tables("choices", "name"):
            name = choice.text("name", 80, required=True)
            choices.append(
                catalogue.PricedChoice(
                    key=choice.text("key", 40) or key_of(name),
                    name=name,
                    price_minor=self._price(choice),
                    minutes=choice.whole("minutes", 0, 7 * _MINUTES_PER_DAY, 0),
                )
            )
            choice.done()
        option = catalogue.PricedOption(
            key=table.text("key", 40, required=True),
            name=table.text("name", 80, required=True),
            kind=cast("catalogue.OptionKind", kind),
            choices=tuple(choices),
            help=table.text("help", 200),
            min_quantity=table.whole("min", 0, 10_000, 0),
            max_quantity=table.whole("max", 0, 10_000, 1),
            required=table.yes("required") if table.has("required") else None,
        )
        table.done()
        return option

    @staticmethod
    def _policy(table: TableReader) -> PolicyText:
        key = table.text("key", 40, required=True)
        usual = policies.STANDARD_POLICIES.get(key, "")
        policy = PolicyText(
            key,
            table.text("title", policies.MAX_TITLE, required=True, default=usual),
            table.text("text", policies.MAX_TEXT, required=True),
        )
        table.done()
        return policy

    @staticmethod
    def _template(table: TableReader) -> TemplateText:
        template = TemplateText(
            key=table.text("key", 40, required=True),
            name=table.text("name", 80, required=True),
            text=table.text(
                "text", message_templates.MAX_TEMPLATE_LENGTH, required=True
            ),
            subject=table.text("subject", 150),
        )
        table.done()
        for part in ("subject", "text"):
            unknown = message_templates.unknown_placeholders(getattr(template, part))
            if unknown:
                known = ", ".join(sorted(message_templates.PLACEHOLDERS))
                table.fault(
                    part, f"Nothing can be put for {{{unknown[0]}}}; there is: {known}."
                )
        return template

    @staticmethod
    def _slug(table: TableReader) -> str:
        slug = table.text("key", 60, required=True)
        if slug and not _SLUG.fullmatch(slug):
            table.fault(
                "key", "A key is made of lower-case letters, digits and hyphens."
            )
        return slug

    @staticmethod
    def _minutes(table: TableReader) -> int:
        if not table.has("minutes"):
            table.fault("minutes", "Please give the minutes it takes.")
        return table.whole("minutes", 1, 30 * _MINUTES_PER_DAY, 1)

    def _price(
        self, table: TableReader, key: str = "price", *, required: bool = False
    ) -> int:
        price = table.number(key)
        if price is None:
            if required and not table.has(key):
                table.fault(key, "Please give the price.")
            return 0
        minor = price.scaleb(self._decimals)
        if not price.is_finite() or not 0 <= price <= 1_000_000:
            table.fault(key, "Please give a price from 0 to 1000000.")
        elif minor != int(minor):
            places = f"{self._decimals} decimal places" if self._decimals else "none"
            table.fault(key, f"Too many decimal places: the currency has {places}.")
        else:
            return int(minor)
        return 0
