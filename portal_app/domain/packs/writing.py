"""From what a pack says to its text, such as an office would write it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import tomli_w

from portal_app.domain.business import policies
from portal_app.domain.business.policies import PolicyText
from portal_app.domain.catalogue.offering import CategoryDefinition, ServiceDefinition
from portal_app.domain.catalogue.rules import Option
from portal_app.domain.dependents.rules import DocumentKind
from portal_app.domain.fields import definitions as fields
from portal_app.domain.fields.definitions import Choice, Definition
from portal_app.domain.packs.format import FORMAT, Pack, ServicePack, TypePack
from portal_app.kernel.keys import key_of

_HEAD = """\
# An industry pack: what a business of this kind starts with.
# It may be changed by hand and imported again: `pack import FILE`.
# Keys stay as they are once they are in use; everything else may change.

"""


def write(pack: Pack, *, decimals: int = 2) -> str:
    """The text of a pack; reading it gives the same pack.

    Args:
        pack: What to write.
        decimals: Decimal places of the business's currency.
    """
    document = {
        "pack": _short({"name": pack.name, "summary": pack.summary, "format": FORMAT}),
        "dependent_types": [_type(one) for one in pack.types],
        "customer_fields": _fields(pack.customer_fields),
        "categories": [_category(one) for one in pack.categories],
        "services": [_service(one, decimals) for one in pack.services],
        "policies": [_policy(one) for one in pack.policies],
        "templates": [
            _short(
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
    return _HEAD + tomli_w.dumps(_short(document), multiline_strings=True, indent=2)


def _short(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without what goes without saying."""
    return {
        key: value
        for key, value in table.items()
        if value is not None and value is not False and value not in ("", [])
    }


def _type(pack: TypePack) -> dict[str, Any]:
    definition = pack.definition
    return _short(
        {
            "key": definition.slug,
            "singular": definition.singular,
            "plural": definition.plural,
            "icon": definition.icon,
            "documents": [
                _paper(kind) for kind in definition.documents if not kind.retired
            ],
            "fields": _fields(pack.fields),
        }
    )


def _paper(kind: DocumentKind) -> dict[str, Any]:
    return _short(
        {
            "key": kind.key,
            "name": kind.name,
            "help": kind.help,
            "expires": kind.expires,
            "required": kind.required,
        }
    )


def _fields(definitions: Iterable[Definition]) -> list[dict[str, Any]]:
    return [_field(definition) for definition in definitions]


def _field(definition: Definition) -> dict[str, Any]:
    condition = definition.shown_when
    return _short(
        {
            "key": definition.key,
            "name": definition.name,
            "kind": definition.kind,
            "help": definition.help,
            "unit": definition.unit,
            "minimum": _number(definition.minimum),
            "maximum": _number(definition.maximum),
            "decimals": definition.decimals or None,
            "period": definition.period,
            "choices": [_choice(choice) for choice in definition.offered],
            "required": definition.required,
            "shown_when": f"{condition.key} = {', '.join(condition.values)}"
            if condition
            else "",
            "visible_to": _people(definition.visible_to, fields.USUAL_VISIBLE),
            "editable_by": _people(definition.editable_by, fields.USUAL_EDITABLE),
        }
    )


def _choice(choice: Choice) -> str | dict[str, str]:
    if choice.key == key_of(choice.name):
        return choice.name
    return {"key": choice.key, "name": choice.name}


def _people(who: frozenset[str], usual: frozenset[str]) -> list[str] | None:
    # An empty list is said: it is not the usual.
    return None if who == usual else [one for one in fields.PEOPLE if one in who]


def _category(definition: CategoryDefinition) -> dict[str, Any]:
    return _short(
        {
            "key": definition.slug,
            "name": definition.name,
            "description": definition.description,
        }
    )


def _service(pack: ServicePack, decimals: int) -> dict[str, Any]:
    service: ServiceDefinition = pack.definition
    usual_unit = service.price_unit == "per visit"
    table = _short(
        {
            "key": service.slug,
            "category": service.category_slug,
            "name": service.name,
            "summary": service.summary,
            "price": _price(service.base_price_minor, decimals),
            "price_unit": "" if usual_unit else service.price_unit,
            "minutes": service.duration_minutes,
            "buffer_before": service.buffer_before_minutes or None,
            "buffer_after": service.buffer_after_minutes or None,
            "lead_minutes": service.lead_minutes,
            "description": service.description,
            "included": service.included.splitlines(),
            "needed": service.what_is_needed.splitlines(),
            "image": service.image,
            "image_alt": service.image_alt,
            "dependent_types": list(service.dependent_types),
            "options": [_option(option, decimals) for option in service.options],
            "fields": _fields(pack.fields),
        }
    )
    return table if service.active else table | {"active": False}


def _option(option: Option, decimals: int) -> dict[str, Any]:
    return _short(
        {
            "key": option.key,
            "name": option.name,
            "kind": option.kind,
            "help": option.help,
            "min": option.min_quantity or None,
            "max": option.max_quantity if option.max_quantity != 1 else None,
            "choices": [
                _short(
                    {
                        "key": "" if one.key == key_of(one.name) else one.key,
                        "name": one.name,
                        "price": _price(one.price_minor, decimals)
                        if one.price_minor
                        else None,
                        "minutes": one.minutes or None,
                    }
                )
                for one in option.choices
            ],
        }
    )


def _policy(policy: PolicyText) -> dict[str, Any]:
    usual = policies.WELL_KNOWN.get(policy.key) == policy.title
    title = "" if usual else policy.title
    return _short({"key": policy.key, "title": title, "text": policy.text})


def _number(number: Decimal | None) -> int | Decimal | None:
    if number is None:
        return None
    return int(number) if number == int(number) else number.normalize()


def _price(minor: int, decimals: int) -> int | Decimal:
    return Decimal(minor).scaleb(-decimals) if decimals else minor
