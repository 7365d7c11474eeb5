"""The text of a pack, written as an office would write it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import tomli_w

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyText
from portal_app.domain.catalogue.definitions import (
    CategoryDefinition,
    ServiceDefinition,
)
from portal_app.domain.catalogue.rules import FROM, ON_REQUEST, PricedOption
from portal_app.domain.dependents.rules import DocumentKind
from portal_app.domain.fields import rules as fields
from portal_app.domain.fields.rules import Definition, FieldChoice
from portal_app.domain.packs.format import FORMAT, Pack, ServicePack, TypePack
from portal_app.kernel.keys import key_of

_HEADER = """\
# An industry pack: what a business of this kind starts with.
# It may be changed by hand and imported again: `pack import FILE`.
# Keys stay as they are once they are in use; everything else may change.

"""


def format_pack(pack: Pack, *, decimals: int = 2) -> str:
    """The text of a pack; reading it gives the same pack.

    Args:
        pack: What to write.
        decimals: Decimal places of the business's currency.
    """
    document = {
        "pack": _without_defaults(
            {"name": pack.name, "summary": pack.summary, "format": FORMAT}
        ),
        "dependent_types": [_type_table(one) for one in pack.types],
        "customer_fields": _field_tables(pack.customer_fields),
        "categories": [_category_table(one) for one in pack.categories],
        "services": [_service_table(one, decimals) for one in pack.services],
        "policies": [_policy_table(one) for one in pack.policies],
        "templates": [
            _without_defaults(
                {
                    "key": one.key,
                    "name": one.name,
                    "subject": one.subject,
                    "text": one.text,
                }
            )
            for one in pack.templates
        ],
    }
    return _HEADER + tomli_w.dumps(
        _without_defaults(document), multiline_strings=True, indent=2
    )


def _without_defaults(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without what goes without saying."""
    return {
        key: value
        for key, value in table.items()
        if value is not None and value is not False and value not in ("", [])
    }


def _type_table(pack: TypePack) -> dict[str, Any]:
    definition = pack.definition
    return _without_defaults(
        {
            "key": definition.slug,
            "singular": definition.singular,
            "plural": definition.plural,
            "icon": definition.icon,
            "documents": [
                _document_kind_table(kind)
                for kind in definition.documents
                if not kind.retired
            ],
            "fields": _field_tables(pack.fields),
        }
    )


def _document_kind_table(kind: DocumentKind) -> dict[str, Any]:
    return _without_defaults(
        {
            "key": kind.key,
            "name": kind.name,
            "help": kind.help,
            "expires": kind.expires,
            "required": kind.required,
        }
    )


def _field_tables(definitions: Iterable[Definition]) -> list[dict[str, Any]]:
    return [_field_table(definition) for definition in definitions]


def _field_table(definition: Definition) -> dict[str, Any]:
    condition = definition.shown_when
    return _without_defaults(
        {
            "key": definition.key,
            "name": definition.name,
            "kind": definition.kind,
            "help": definition.help,
            "unit": definition.unit,
            "minimum": _number_value(definition.minimum),
            "maximum": _number_value(definition.maximum),
            "decimals": definition.decimals or None,
            "period": definition.period,
            "choices": [_choice_value(choice) for choice in definition.offered],
            "required": definition.required,
            "shown_when": str(condition or ""),
            "visible_to": _audience_list(
                definition.visible_to, fields.DEFAULT_VISIBLE_TO
            ),
            "editable_by": _audience_list(
                definition.editable_by, fields.DEFAULT_EDITABLE_BY
            ),
        }
    )


def _choice_value(choice: FieldChoice) -> str | dict[str, str]:
    if choice.key == key_of(choice.name):
        return choice.name
    return {"key": choice.key, "name": choice.name}


def _audience_list(who: frozenset[str], usual: frozenset[str]) -> list[str] | None:
    # An empty list is said: it is not the usual.
    return None if who == usual else [one for one in fields.AUDIENCES if one in who]


def _category_table(definition: CategoryDefinition) -> dict[str, Any]:
    return _without_defaults(
        {
            "key": definition.slug,
            "name": definition.name,
            "description": definition.description,
        }
    )


def _service_table(pack: ServicePack, decimals: int) -> dict[str, Any]:
    service: ServiceDefinition = pack.definition
    usual_unit = service.price_unit == "per visit"
    on_request = service.price_kind == ON_REQUEST
    table = _without_defaults(
        {
            "key": service.slug,
            "category": service.category_slug,
            "name": service.name,
            "summary": service.summary,
            "price": _price_value(service.base_price_minor, decimals)
            if service.base_price_minor or not on_request
            else None,
            "price_kind": "" if service.price_kind == FROM else service.price_kind,
            "price_unit": "" if usual_unit else service.price_unit,
            "tax_percent": None
            if service.tax_basis_points is None
            else _number_value(Decimal(service.tax_basis_points).scaleb(-2)),
            "minutes": service.duration_minutes,
            "buffer_before": service.buffer_before_minutes or None,
            "buffer_after": service.buffer_after_minutes or None,
            "lead_minutes": service.lead_minutes,
            "horizon_days": service.horizon_days,
            "deposit": _price_value(service.deposit_minor, decimals)
            if service.deposit_minor
            else None,
            "deposit_percent": service.deposit_percent or None,
            "confirmation": ""
            if service.confirmation == "instant"
            else service.confirmation,
            "people_needed": None
            if service.people_needed == 1
            else service.people_needed,
            "seats": service.seats or None,
            "visits_per_day": service.visits_per_day,
            "dependent_minutes": service.dependent_minutes or None,
            "dependent_price": _price_value(service.dependent_price_minor, decimals)
            if service.dependent_price_minor
            else None,
            "description": service.description,
            "included": service.included.splitlines(),
            "needed": service.what_is_needed.splitlines(),
            "image": service.image,
            "image_alt": service.image_alt,
            "dependent_types": list(service.dependent_types),
            "options": [_option_table(option, decimals) for option in service.options],
            "fields": _field_tables(pack.fields),
        }
    )
    if not service.giftable:
        table["voucher"] = False
    if not service.repeats:
        table["repeats"] = False
    return table if service.active else table | {"active": False}


def _option_table(option: PricedOption, decimals: int) -> dict[str, Any]:
    table = _without_defaults(
        {
            "key": option.key,
            "name": option.name,
            "kind": option.kind,
            "help": option.help,
            "min": option.min_quantity or None,
            "max": option.max_quantity if option.max_quantity != 1 else None,
            "choices": [
                _without_defaults(
                    {
                        "key": "" if one.key == key_of(one.name) else one.key,
                        "name": one.name,
                        "price": _price_value(one.price_minor, decimals)
                        if one.price_minor
                        else None,
                        "minutes": one.minutes or None,
                    }
                )
                for one in option.choices
            ],
        }
    )
    # "No" is said: it is not what is usual.
    return table if option.required is None else table | {"required": option.required}


def _policy_table(policy: PolicyText) -> dict[str, Any]:
    usual = policies.STANDARD_POLICIES.get(policy.key) == policy.title
    title = "" if usual else policy.title
    return _without_defaults({"key": policy.key, "title": title, "text": policy.text})


def _number_value(number: Decimal | None) -> int | Decimal | None:
    if number is None:
        return None
    return int(number) if number == int(number) else number.normalize()


def _price_value(minor: int, decimals: int) -> int | Decimal:
    return Decimal(minor).scaleb(-decimals) if decimals else minor
