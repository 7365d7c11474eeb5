"""The business's own words: policies to agree to, and templates of messages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal_app.domain.business import service as businesses
from portal_app.domain.business.models import MessageTemplate, Policy
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ordering import places
from portal_app.kernel.ownership import require_office

TERMS, CANCELLATION = "terms", "cancellation"
OF_THE_BUSINESS = {
    TERMS: ("terms", "Terms and conditions", 20_000),
    CANCELLATION: ("cancellation_policy", "Cancellation policy", 4000),
}
"""Policies that are settings of the business: key to column, title, longest text."""

MAX_POLICY = 8000
MAX_TEMPLATE = 4000
PLACEHOLDERS = frozenset(
    {
        "first_name",
        "customer_name",
        "business_name",
        "booking_number",
        "service",
        "day",
        "time",
        "fieldworker",
        "dependents",
        "total",
    }
)
"""What a template may name in braces, such as ``{first_name}``."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy, known by its key."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template of a message, known by its key."""

    key: str
    name: str
    text: str
    subject: str = ""


def unknown_placeholders(text: str) -> list[str]:
    """What a template names in braces although nothing can be put there."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def policies(tx: Session) -> list[PolicyText]:
    """All policies: terms and cancellation first, as far as there are any."""
    business = businesses.current(tx)
    own = [
        PolicyText(key, title, text)
        for key, (column, title, _) in OF_THE_BUSINESS.items()
        if (text := str(getattr(business, column)))
    ]
    rows = tx.exec(select(Policy).order_by(col(Policy.position), col(Policy.key)))
    return own + [PolicyText(row.key, row.title, row.text) for row in rows]


def templates(tx: Session) -> list[TemplateText]:
    """All templates, in the business's order."""
    rows = tx.exec(
        select(MessageTemplate).order_by(
            col(MessageTemplate.position), col(MessageTemplate.key)
        )
    )
    return [TemplateText(row.key, row.name, row.text, row.subject) for row in rows]


def define_policies(tx: Session, actor: Actor, wanted: Sequence[PolicyText]) -> int:
    """Add policies, or change those with the same keys; others stay.

    Returns:
        How many were added or changed.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    business = businesses.current(tx)
    changed = 0
    for policy in wanted:
        column = OF_THE_BUSINESS.get(policy.key, ("",))[0]
        # What only differs in blanks around it is the same text.
        if column and getattr(business, column).strip() != policy.text.strip():
            setattr(business, column, policy.text)
            changed += 1
    if changed:
        business.version += 1
        tx.add(business)
    rows = {row.key: row for row in tx.exec(select(Policy))}
    others = [policy for policy in wanted if policy.key not in OF_THE_BUSINESS]
    place = places(
        {key: row.position for key, row in rows.items()}, [one.key for one in others]
    )
    for policy in others:
        row = rows.get(policy.key) or Policy(
            key=policy.key, title="", text="", version=0
        )
        values = {
            "title": policy.title,
            "text": policy.text,
            "position": place[policy.key],
        }
        changed += _put(tx, row, values)
    tx.flush()
    return changed


def define_templates(tx: Session, actor: Actor, wanted: Sequence[TemplateText]) -> int:
    """Add templates, or change those with the same keys; others stay.

    Returns:
        How many were added or changed.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = {row.key: row for row in tx.exec(select(MessageTemplate))}
    place = places(
        {key: row.position for key, row in rows.items()}, [one.key for one in wanted]
    )
    changed = 0
    for template in wanted:
        row = rows.get(template.key) or MessageTemplate(
            key=template.key, name="", text="", version=0
        )
        values = {
            "name": template.name,
            "subject": template.subject,
            "text": template.text,
            "position": place[template.key],
        }
        changed += _put(tx, row, values)
    tx.flush()
    return changed


def _put(
    tx: Session, row: Policy | MessageTemplate, values: Mapping[str, object]
) -> bool:
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    tx.add(row)
    return True
