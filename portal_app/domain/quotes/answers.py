"""The office answers: writes a version, sends it, or turns the request down.

At most one version of a quote is not sent yet, and only that one changes. A version
that was sent stays as the customer got it; another one takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.business import service as business
from portal_app.domain.catalogue import amounts, tax
from portal_app.domain.files import attachments
from portal_app.domain.quotes import history, notifications, rules, versions
from portal_app.domain.quotes.access import office_quote
from portal_app.domain.quotes.models import Quote, QuoteFile, QuoteLine, QuoteVersion
from portal_app.domain.quotes.requests import attach_files
from portal_app.domain.quotes.rules import QuotedLine
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.audiences import Actor
from portal_app.kernel.changes import Change, EditConflict
from portal_app.kernel.clock import instants_of_wall_time, utc_now
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import is_readable, one_line, paragraphs


@dataclass(frozen=True, slots=True)
class LineForm:
    """A line as it was typed."""

    description: str = ""
    quantity: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """A version as it was typed.

    Attributes:
        hours: The length of the visit.
        starts_day: ISO 8601, or empty for no time.
        starts_time: Such as ``09:00``.
        fieldworker_id: Who would come; empty for anyone.
        files: Ids of files: of the version, or handed in just now.
    """

    lines: Sequence[LineForm] = field(default_factory=tuple)
    hours: str = ""
    valid_days: str = ""
    notes: str = ""
    starts_day: str = ""
    starts_time: str = ""
    fieldworker_id: str = ""
    files: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Answer:
    """A version as it is stored, checked."""

    lines: tuple[QuotedLine, ...]
    minutes: int
    valid_days: int
    notes: str
    starts_at: datetime | None
    fieldworker_id: str | None


def save_answer(
    tx: Session, actor: Actor, number: str, form: AnswerForm, version: int
) -> None:
    """Keep the next version. The customer does not see it yet.

    Args:
        tx: The transaction.
        actor: The office.
        number: The quote's.
        form: As typed.
        version: Of the version that is not sent yet, as it was read; 0 for none.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such quote.
        Conflict: If nothing can be answered any more.
        InvalidInput: With a sentence for each field that is wrong; ``lines.0`` and
            so on for lines.
        EditConflict: If somebody else wrote it meanwhile.
    """
    require_office(actor)
    quote = answerable_quote(tx, actor, number)
    wanted = _checked(tx, quote, form)
    store_content(tx, actor, quote, wanted, version, file_ids=form.files)


def store_content(
    tx: Session,
    actor: Actor,
    quote: Quote,
    wanted: Answer,
    version: int,
    *,
    file_ids: Sequence[str] | None = None,
) -> None:
    """Keep a checked content in the version that is not sent yet.

    Args:
        tx: The transaction.
        actor: The office.
        quote: The caller holds it.
        wanted: Checked.
        version: As for ``save_answer``.
        file_ids: Of the files it shall have; ``None`` leaves them.

    Raises:
        EditConflict: As ``save_answer``.
        InvalidInput: For ``files``.
    """
    row = unsent_version(tx, quote.id)
    if (row.version if row else 0) != version:
        _require_same(tx, row, wanted)
        return
    if row is None:
        row = _new_version(tx, quote, wanted)
    taxed = tax.tax_of_service(tx, quote.service_id)
    sums = rules.totals(wanted.lines, taxed)
    row.currency = business.formats(tx).currency
    row.tax_basis_points, row.tax_included = taxed.basis_points, taxed.included
    row.tax_minor, row.total_minor = sums.tax_minor, sums.total_minor
    row.minutes, row.valid_days = wanted.minutes, wanted.valid_days
    row.notes = wanted.notes
    row.starts_at, row.fieldworker_id = wanted.starts_at, wanted.fieldworker_id
    row.version += 1
    tx.add(row)
    tx.flush()
    _write_lines(tx, row, wanted.lines)
    if file_ids is not None:
        _set_files(tx, actor, quote, row, file_ids)


def send_answer(tx: Session, actor: Actor, number: str, version: int) -> None:
    """Send the version that is not sent yet; the customer is told by mail.

    From now on it never changes, and takes the place of the one before.

    Args:
        tx: The transaction.
        actor: The office.
        number: The quote's.
        version: Of the version, as the preview showed it.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such quote.
        Conflict: If there is nothing to send, it was changed meanwhile, or nothing
            can be answered any more.
    """
    require_office(actor)
    quote = answerable_quote(tx, actor, number)
    row = unsent_version(tx, quote.id)
    if row is None:
        raise Conflict("There is nothing to send. It may have been sent already.")
    if row.version != version:
        raise Conflict(
            "Somebody else changed this quote in the meantime. "
            "Please look at it again before you send it."
        )
    now = utc_now()
    if row.starts_at is not None and row.starts_at <= now:
        raise Conflict("The time that you propose is over. Please choose another one.")
    formats = business.formats(tx)
    row.sent_at = now
    row.expires_at = rules.expiry(now, row.valid_days, formats.zone)
    quote.status = rules.SENT
    quote.sent_number = row.number
    quote.expires_at = row.expires_at
    tx.add(row)
    total = formats.money(row.total_minor)
    history.record(tx, actor, quote, "sent", number=row.number, total=total)
    notifications.tell_customer_of_quote(tx, quote, row)


def turn_down(tx: Session, actor: Actor, number: str, reason: str) -> None:
    """Say that there will be no quote; the customer is told why.

    Args:
        tx: The transaction.
        actor: The office.
        number: The quote's.
        reason: In words for the customer.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such quote.
        InvalidInput: For ``reason``.
        Conflict: If it is accepted, or closed already.
    """
    require_office(actor)
    quote = office_quote(tx, actor, number, lock=True)
    words = paragraphs(reason)
    if not words:
        raise InvalidInput({"reason": "Please tell the customer why."})
    if len(words) > rules.MAX_REASON or not is_readable(words, lines=True):
        most = f"Please use at most {rules.MAX_REASON} letters, numbers and signs."
        raise InvalidInput({"reason": most})
    if quote.status not in rules.ANSWERABLE:
        raise Conflict("This quote is accepted, or closed already.")
    quote.status = rules.TURNED_DOWN
    history.record(tx, actor, quote, "turned_down", reason=words)
    notifications.tell_customer_of_refusal(tx, quote, words)


def unsent_version(tx: Session, quote_id: str) -> QuoteVersion | None:
    """The version that is not sent yet, if there is one."""
    return tx.exec(
        select(QuoteVersion).where(
            QuoteVersion.quote_id == quote_id, col(QuoteVersion.sent_at).is_(None)
        )
    ).first()


def answerable_quote(tx: Session, actor: Actor, number: str) -> Quote:
    """A quote that the office can (again) answer, locked.

    Raises:
        NotAllowed: If the actor is not of the office.
        NotFound: If there is none.
        Conflict: If it was accepted or turned down.
    """
    quote = office_quote(tx, actor, number, lock=True)
    if quote.status not in rules.ANSWERABLE:
        raise Conflict(
            "This quote was accepted: what is agreed stays."
            if quote.status == rules.ACCEPTED
            else "This request is closed."
        )
    return quote


def _new_version(tx: Session, quote: Quote, wanted: Answer) -> QuoteVersion:
    """The next version; it begins with the files of the one before."""
    before = versions.versions_of(tx, quote.id)
    row = QuoteVersion(
        quote_id=quote.id,
        number=before[0].number + 1 if before else 1,
        currency=business.formats(tx).currency,
        minutes=wanted.minutes,
        valid_days=wanted.valid_days,
        version=0,
    )
    tx.add(row)
    tx.flush()
    return row


def _write_lines(tx: Session, row: QuoteVersion, lines: Sequence[QuotedLine]) -> None:
    tx.execute(delete(QuoteLine).where(col(QuoteLine.version_id) == row.id))
    tx.add_all(
        QuoteLine(
            version_id=row.id,
            position=position,
            description=line.description,
            quantity=line.quantity,
            unit_minor=line.unit_minor,
            total_minor=line.total_minor,
        )
        for position, line in enumerate(lines)
    )
    tx.flush()


def _set_files(
    tx: Session,
    actor: Actor,
    quote: Quote,
    row: QuoteVersion,
    file_ids: Sequence[str],
) -> None:
    """Give a version the files it shall have; those of earlier ones can be reused."""
    wanted = list(dict.fromkeys(one for one in file_ids if one))
    if len(wanted) > rules.MAX_FILES:
        raise InvalidInput({"files": f"Please add at most {rules.MAX_FILES} files."})
    there = tx.exec(
        select(QuoteFile.file_id, QuoteFile.version_id).where(
            QuoteFile.quote_id == quote.id, col(QuoteFile.version_id).is_not(None)
        )
    ).all()
    known = {file_id for file_id, _ in there}
    elsewhere = {file_id for file_id, version_id in there if version_id != row.id}
    tx.execute(delete(QuoteFile).where(col(QuoteFile.version_id) == row.id))
    for file_id in known - elsewhere - set(wanted):
        attachments.release(tx, file_id)
    attach_files(tx, actor, quote, [one for one in wanted if one not in known], row.id)
    tx.add_all(
        QuoteFile(
            quote_id=quote.id, version_id=row.id, file_id=file_id, position=position
        )
        for position, file_id in enumerate(wanted)
        if file_id in known
    )
    tx.flush()


def _require_same(tx: Session, row: QuoteVersion | None, wanted: Answer) -> None:
    """Go on only if somebody else has stored just this.

    Raises:
        EditConflict: If what is stored differs, or was sent meanwhile.
    """
    formats = business.formats(tx)
    if row is None:
        change = Change("lines", "This version", "Being written", "Sent already")
        raise EditConflict("This quote", [change], 0)
    stored = tuple(versions.lines_of(tx, row.id))
    yours, now = (_lines_text(formats, lines) for lines in (wanted.lines, stored))
    found = [Change("lines", "Lines", yours, now)] if yours != now else []
    if wanted.notes != row.notes:
        found.append(Change("notes", "Notes", wanted.notes, row.notes))
    if (wanted.minutes, wanted.valid_days, wanted.starts_at, wanted.fieldworker_id) != (
        row.minutes,
        row.valid_days,
        row.starts_at,
        row.fieldworker_id,
    ):
        found.append(Change("hours", "Length, validity or time", "Yours", "Others"))
    if found:
        raise EditConflict("This quote", found, row.version)


def _lines_text(formats: Formats, lines: Sequence[QuotedLine]) -> str:
    return ", ".join(
        f"{line.description} {line.quantity} × {formats.money(line.unit_minor)}"
        for line in lines
    )


def _checked(tx: Session, quote: Quote, form: AnswerForm) -> Answer:
    formats = business.formats(tx)
    wrong: dict[str, str] = {}
    lines = _checked_lines(form.lines, formats, wrong)
    minutes = _checked_minutes(form.hours, formats, wrong)
    days = amounts.whole_number(form.valid_days)
    if days is None or not 1 <= days <= rules.MAX_VALID_DAYS:
        wrong["valid_days"] = f"Please enter 1 to {rules.MAX_VALID_DAYS} days."
    notes = paragraphs(form.notes)
    if len(notes) > rules.MAX_NOTES:
        wrong["notes"] = f"Please use at most {rules.MAX_NOTES} characters."
    elif not is_readable(notes, lines=True):
        wrong["notes"] = "Please use only letters and numbers."
    starts_at = _checked_start(form, formats, wrong)
    person = form.fieldworker_id or None
    known = {one.id for one in scheduling.fieldworkers_for(tx, quote.service_id)}
    if person is not None and person not in known:
        wrong["fieldworker_id"] = "Please choose somebody who does this service."
    if wrong:
        raise InvalidInput(wrong)
    return Answer(lines, minutes, days or 1, notes, starts_at, person)


def _checked_lines(
    typed: Sequence[LineForm], formats: Formats, wrong: dict[str, str]
) -> tuple[QuotedLine, ...]:
    lines: list[QuotedLine] = []
    if not typed:
        wrong["lines"] = "Please add at least one line."
    if len(typed) > rules.MAX_LINES:
        wrong["lines"] = f"There can be at most {rules.MAX_LINES} lines."
    for at, line in enumerate(typed[: rules.MAX_LINES]):
        name = f"lines.{at}"
        description = one_line(line.description)
        quantity = amounts.whole_number(line.quantity or "1")
        if not description or not is_readable(description):
            wrong[name] = "Please say what it is."
        elif len(description) > rules.MAX_DESCRIPTION:
            wrong[name] = f"Please use at most {rules.MAX_DESCRIPTION} characters."
        elif quantity is None or not 1 <= quantity <= rules.MAX_QUANTITY:
            wrong[name] = f"Please enter a quantity from 1 to {rules.MAX_QUANTITY}."
        else:
            try:
                unit = amounts.parse_amount(line.unit, formats)
                lines.append(QuotedLine(description, quantity, unit))
            except ValueError as error:
                wrong[name] = str(error)
    if sum(line.total_minor for line in lines) > rules.MAX_TOTAL_MINOR:
        wrong["lines"] = "This is too much for one quote."
    return tuple(lines)


def _checked_minutes(hours: str, formats: Formats, wrong: dict[str, str]) -> int:
    try:
        minutes = amounts.parse_hours(hours, formats)
    except ValueError as error:
        wrong["hours"] = str(error)
        return 0
    if not 1 <= minutes <= rules.MAX_MINUTES:
        wrong["hours"] = "Please enter the length of the visit, 24 hours at most."
    return minutes


def _checked_start(
    form: AnswerForm, formats: Formats, wrong: dict[str, str]
) -> datetime | None:
    if not form.starts_day and not form.starts_time:
        return None
    try:
        day = date.fromisoformat(form.starts_day)
        wall = time.fromisoformat(form.starts_time)
    except ValueError:
        wrong["starts_day"] = "Please give day and time, or neither."
        return None
    found = instants_of_wall_time(day, wall.replace(tzinfo=None), formats.zone)
    if not found or found[0] <= utc_now():
        wrong["starts_day"] = "Please choose a time that is still to come."
        return None
    return found[0]


def content_of(tx: Session, row: QuoteVersion, **changed: Any) -> Answer:
    """What a version holds, with some of it changed."""
    held: dict[str, Any] = {
        "lines": tuple(versions.lines_of(tx, row.id)),
        "minutes": row.minutes,
        "valid_days": row.valid_days,
        "notes": row.notes,
        "starts_at": row.starts_at,
        "fieldworker_id": row.fieldworker_id,
    }
    return Answer(**(held | changed))
