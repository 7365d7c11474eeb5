"""Templates of answers: what the office quotes often, under a name."""

from typing import Any

from sqlmodel import Session, col, func, select

from portal_app.domain.business import service as business
from portal_app.domain.quotes import answers, rules, versions
from portal_app.domain.quotes.access import office_quote
from portal_app.domain.quotes.models import QuoteTemplate
from portal_app.domain.quotes.rules import QuotedLine
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput, NotFound
from portal_app.kernel.ownership import require_office, require_staff
from portal_app.kernel.text import is_readable, one_line

_MISSING = "We could not find that template."


def template_choices(tx: Session, actor: Actor) -> list[tuple[str, str]]:
    """Pairs of id and name, by name.

    Raises:
        NotAllowed: If the actor is not of the office.
    """
    require_staff(actor)
    rows = tx.exec(
        select(QuoteTemplate.id, QuoteTemplate.name).order_by(
            func.lower(col(QuoteTemplate.name))
        )
    )
    return [(template_id, name) for template_id, name in rows]


def save_template(tx: Session, actor: Actor, number: str, name: str) -> None:
    """Keep the latest version of a quote as a template; one of that name is replaced.

    Args:
        tx: The transaction.
        actor: The office.
        number: The quote's.
        name: As typed.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such quote.
        InvalidInput: For ``name``.
        Conflict: If no version was written yet, or there are too many templates.
    """
    require_office(actor)
    called = one_line(name)
    if not called or not is_readable(called):
        raise InvalidInput({"name": "Please give it a name."})
    if len(called) > rules.MAX_TEMPLATE_NAME:
        most = f"Please use at most {rules.MAX_TEMPLATE_NAME} characters."
        raise InvalidInput({"name": most})
    quote = office_quote(tx, actor, number)
    business.lock_business(tx)
    rows = versions.versions_of(tx, quote.id)
    if not rows:
        raise Conflict("Please save the quote first.")
    row = tx.exec(select(QuoteTemplate).where(QuoteTemplate.name == called)).first()
    if row is None:
        count = tx.exec(select(func.count()).select_from(QuoteTemplate)).one()
        if count >= rules.MAX_TEMPLATES:
            raise Conflict(f"There can be at most {rules.MAX_TEMPLATES} templates.")
        row = QuoteTemplate(name=called, minutes=rows[0].minutes)
    row.minutes, row.notes = rows[0].minutes, rows[0].notes
    row.lines = [
        {
            "description": line.description,
            "quantity": line.quantity,
            "unit_minor": line.unit_minor,
        }
        for line in versions.lines_of(tx, rows[0].id)
    ]
    tx.add(row)
    tx.flush()


def use_template(
    tx: Session, actor: Actor, number: str, template_id: str, version: int
) -> None:
    """Fill the version that is not sent yet from a template.

    Validity, the time that is proposed and files stay as they are.

    Args:
        tx: The transaction.
        actor: The office.
        number: The quote's.
        template_id: Which one.
        version: As for ``answers.save_answer``.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If quote or template are missing.
        Conflict: If nothing can be answered any more.
        EditConflict: If somebody else wrote the version meanwhile.
    """
    require_office(actor)
    quote = answers.answerable_quote(tx, actor, number)
    row = tx.get(QuoteTemplate, template_id)
    if row is None:
        raise NotFound(_MISSING)
    lines = tuple(QuotedLine(**line) for line in row.lines)
    filled: dict[str, Any] = {
        "lines": lines,
        "minutes": row.minutes,
        "notes": row.notes,
    }
    before = versions.versions_of(tx, quote.id)
    wanted = (
        answers.content_of(tx, before[0], **filled)
        if before
        else answers.Answer(
            valid_days=business.current_business(tx).quote_valid_days,
            starts_at=None,
            fieldworker_id=None,
            **filled,
        )
    )
    answers.store_content(tx, actor, quote, wanted, version)


def delete_template(tx: Session, actor: Actor, template_id: str) -> None:
    """Delete a template; one that is gone already stays so.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_office(actor)
    row = tx.get(QuoteTemplate, template_id)
    if row is not None:
        tx.delete(row)
        tx.flush()
