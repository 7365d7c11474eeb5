"""Templates of messages, in the business's own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal_app.domain.business.models import MessageTemplate
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ordering import assign_positions
from portal_app.kernel.ownership import require_office
from portal_app.kernel.versioned import Field, Record

MAX_TEMPLATE_LENGTH = 4000
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

_RECORD = Record(
    "This template",
    Field("name", "Name"),
    Field("subject", "Subject"),
    Field("text", "Text"),
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


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


def message_templates(tx: Session) -> list[TemplateText]:
    """All templates, in the business's order."""
    rows = tx.exec(
        select(MessageTemplate).order_by(
            col(MessageTemplate.position), col(MessageTemplate.key)
        )
    )
    return [TemplateText(row.key, row.name, row.text, row.subject) for row in rows]


def define_templates(tx: Session, actor: Actor, wanted: Sequence[TemplateText]) -> int:
    """Add templates, or change those with the same keys; others stay.

    Returns:
        How many were added or changed.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    rows = {row.key: row for row in tx.exec(select(MessageTemplate))}
    place = assign_positions(
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
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        before = _RECORD.values(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        tx.add(row)
        changed += 1
        change_log.record(
            tx,
            actor,
            "added" if row.version == 1 else "changed",
            Thing("Message template", row.id, row.name),
            change_log.differences(_RECORD, before, _RECORD.values(row)),
        )
    tx.flush()
    return changed
