"""A shipped pack read from its file alone: which fields customers are asked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal_app.domain.packs import service as packs

_CUSTOMER = "customer"
_ALL_AUDIENCES = ("customer", "fieldworker", "office")


@dataclass(frozen=True)
class PackField:
    """One field of a pack.

    Attributes:
        choices: Key of a choice to its words.
        needs: The key of the field that shows this one, and the answers at which
            it does; nothing where it is always shown.
    """

    key: str
    name: str
    kind: str
    required: bool
    unit: str
    minimum: str
    decimals: int
    future: bool
    editable: bool
    choices: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, frozenset[str]] | None = None


@dataclass(frozen=True)
class ShippedPack:
    """What a pack asks of a customer, of what they book for, and of each service."""

    name: str
    type_key: str
    singular: str
    plural: str
    customer: list[PackField]
    dependent: list[PackField]
    services: dict[str, list[PackField]]


def read_shipped_pack(name: str) -> ShippedPack:
    """Read a shipped pack."""
    table = tomllib.loads(packs.shipped_pack_text(name), parse_float=str)
    [kind] = table["dependent_types"]
    return ShippedPack(
        name=name,
        type_key=kind["key"],
        singular=kind["singular"],
        plural=kind["plural"],
        customer=_pack_fields(table.get("customer_fields", [])),
        dependent=_pack_fields(kind.get("fields", [])),
        services={
            service["key"]: _pack_fields(service.get("fields", []))
            for service in table["services"]
        },
    )


def _pack_fields(tables: list[dict[str, Any]]) -> list[PackField]:
    return [
        PackField(
            key=table["key"],
            name=table["name"],
            kind=table.get("kind", "text"),
            required=table.get("required", False),
            unit=table.get("unit", ""),
            minimum=str(table.get("minimum", "1")),
            decimals=table.get("decimals", 0),
            future=table.get("period") == "future",
            editable=_CUSTOMER in table.get("editable_by", _ALL_AUDIENCES),
            choices=dict(_parse_choice(choice) for choice in table.get("choices", [])),
            needs=_parse_condition(table.get("shown_when", "")),
        )
        for table in tables
        if _CUSTOMER in table.get("visible_to", _ALL_AUDIENCES)
    ]


def _parse_choice(given: str | dict[str, str]) -> tuple[str, str]:
    if isinstance(given, dict):
        return given.get("key", _key(given["name"])), given["name"]
    return _key(given), given


def _key(name: str) -> str:
    plain = "".join(c if c.isalnum() else " " for c in name.lower().replace("'", ""))
    return "_".join(plain.split())


def _parse_condition(condition: str) -> tuple[str, frozenset[str]] | None:
    if not condition:
        return None
    key, _, values = condition.partition("=")
    return key.strip(), frozenset(value.strip() for value in values.split(","))
