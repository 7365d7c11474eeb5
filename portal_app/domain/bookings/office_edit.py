"""The office changes what was agreed: whom to ask for, where, notes, and lines.

Each part is saved over the version it was read with; two tabs are shown what differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal_app.domain.accounts.rules import mailable_email
from portal_app.domain.bookings import history, rules, search_words, status
from portal_app.domain.bookings.models import Booking, BookingLine
from portal_app.domain.bookings.view_builders import (
    as_booked,
    stored_address,
    stored_address_lines,
)
from portal_app.domain.bookings.views import BookingLineFormView
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import amounts
from portal_app.domain.customers.addresses import (
    AddressForm,
    pin_of,
    validate_address,
)
from portal_app.domain.customers.rules import phone_number, phone_text
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import Conflict, InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_office
from portal_app.kernel.text import is_readable, one_line
from portal_app.kernel.versioned import Field, Record

MAX_LINES = 20
_MAX_DESCRIPTION = 200
_MAX_QUANTITY = 1000
_TITLE = "This booking"


@dataclass(frozen=True, slots=True)
class AgreedContactForm:
    """Whom to ask for, and the customer's notes, as typed."""

    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class LineForm:
    """A line of the price, as typed: ``unit`` is an amount."""

    description: str = ""
    quantity: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    description: str
    quantity: int
    unit_minor: int

    @property
    def total_minor(self) -> int:
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class _Lines:
    lines: tuple[_Line, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    address: AddressForm


def save_contact(
    tx: Session, actor: Actor, number: str, form: AgreedContactForm, version: int
) -> None:
    """Say anew whom to ask for, and what the notes say.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such booking.
        InvalidInput: With a sentence for each field that is wrong.
        Conflict: If it was called off.
        EditConflict: If it was changed since ``version`` to something else.
    """
    row = _held(tx, actor, number)
    record = _contact_record(business.current_business(tx).country)
    values = record.check(form)
    before = record.values(row)
    if not record.is_current(row, values, version) or before == values:
        return
    record.write(row, values)
    changed = [one.label for one in record.compare(values, before)]
    _store(tx, actor, row, "details_changed", {"fields": _quoted(changed)})
    search_words.renew_words(tx, row)


def save_address(
    tx: Session, actor: Actor, number: str, form: AddressForm, version: int
) -> None:
    """Say anew where to come; errors as ``save_contact``.

    Whether the business goes there is for the office to know.
    """
    row = _held(tx, actor, number)
    record = _address_record(business.current_business(tx).country)
    values = record.check(_Place(form))
    before = record.values(row)
    if not record.is_current(row, values, version) or before == values:
        return
    record.write(row, values)
    row.location_id = None
    _store(tx, actor, row, "details_changed", {"fields": _quoted(["Address"])})
    search_words.renew_words(tx, row)


def save_lines(
    tx: Session, actor: Actor, number: str, lines: Sequence[LineForm], version: int
) -> None:
    """Say anew what is done for which price; the total follows.

    Raises:
        InvalidInput: For ``lines.0.description`` and so on; otherwise as
            ``save_contact``.
    """
    row = _held(tx, actor, number)
    formats = as_booked(business.formats(tx), row)
    wanted = _checked_lines(lines, formats)
    stored = _stored_lines(tx, row.id)
    now = _Lines(tuple(map(_as_line, stored)))
    record = _lines_record(formats)
    values = {"lines": wanted}
    if not record.is_current(row, values, version, lines=now.lines):
        return
    if now.lines == wanted:
        return
    minutes = {line.description: line.minutes for line in stored}
    tx.execute(delete(BookingLine).where(col(BookingLine.booking_id) == row.id))
    tx.add_all(
        BookingLine(
            booking_id=row.id,
            position=position,
            description=line.description,
            quantity=line.quantity,
            unit_minor=line.unit_minor,
            total_minor=line.total_minor,
            minutes=minutes.get(line.description, 0),
        )
        for position, line in enumerate(wanted)
    )
    before = formats.money(row.total_minor)
    row.total_minor = sum(line.total_minor for line in wanted)
    after = formats.money(row.total_minor)
    _store(tx, actor, row, "lines_changed", {"before": before, "after": after})


def line_form_views(tx: Session, row: Booking) -> list[BookingLineFormView]:
    """The lines of a booking as a form shows them."""
    formats = as_booked(business.formats(tx), row)
    return [
        BookingLineFormView(
            line.description,
            str(line.quantity),
            amounts.amount_text(line.unit_minor, formats),
        )
        for line in _stored_lines(tx, row.id)
    ]


def _held(tx: Session, actor: Actor, number: str) -> Booking:
    require_office(actor)
    row = status.locked_booking(tx, actor, number)
    if row.status in rules.CALLED_OFF:
        raise Conflict("This booking was called off: there is nothing to change.")
    return row


def _store(
    tx: Session, actor: Actor, row: Booking, what: str, detail: dict[str, Any]
) -> None:
    row.version += 1
    tx.add(row)
    history.record(tx, actor, row, what, detail)
    tx.flush()


def _quoted(labels: Sequence[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels)


def _contact_record(home: str) -> Record:
    return Record(
        _TITLE,
        Field("contact_name", "Name", _worded(rules.checked_name)),
        Field("contact_email", "Email", _worded(mailable_email)),
        Field(
            "contact_phone",
            "Phone",
            _worded(partial(phone_number, country=home)),
            lambda it: phone_text(it, home),
        ),
        Field("notes", "Notes", _worded(rules.checked_notes)),
    )


def _address_record(home: str) -> Record:
    return Record(
        _TITLE,
        Field(
            "address",
            "Address",
            lambda form: stored_address(validate_address(form), pin_of(form)),
            lambda it: ", ".join(
                [*stored_address_lines(it, home), *filter(None, [it["access_notes"]])]
            ),
        ),
    )


def _lines_record(formats: Formats) -> Record:
    return Record(
        _TITLE,
        Field(
            "lines",
            "Services",
            text=lambda lines: ", ".join(
                f"{line.quantity} × {line.description} "
                f"({formats.money(line.total_minor)})"
                for line in lines
            ),
        ),
    )


def _worded(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check as ``Field`` takes it: what it refuses, it says."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except InvalidInput as refused:
            raise ValueError(next(iter(refused.fields.values()))) from None

    return checked


def _checked_lines(forms: Sequence[LineForm], formats: Formats) -> tuple[_Line, ...]:
    wrong: dict[str, str] = {}
    checked: list[_Line] = []
    for at, form in enumerate(forms[:MAX_LINES]):
        description = one_line(form.description)
        quantity = amounts.whole_number(form.quantity or "1")
        if not (description or form.unit.strip()):
            continue  # a row that was added and left empty
        if not description or len(description) > _MAX_DESCRIPTION:
            wrong[f"lines.{at}.description"] = (
                f"Please say in at most {_MAX_DESCRIPTION} characters what it is."
            )
        elif not is_readable(description):
            wrong[f"lines.{at}.description"] = "Please use only letters and numbers."
        if quantity is None or not 1 <= quantity <= _MAX_QUANTITY:
            wrong[f"lines.{at}.quantity"] = f"Please enter 1 to {_MAX_QUANTITY}."
        try:
            unit_minor = amounts.parse_amount(form.unit, formats)
        except ValueError as problem:
            wrong[f"lines.{at}.unit"] = str(problem)
        else:
            checked.append(_Line(description, quantity or 1, unit_minor))
    if not wrong and not checked:
        wrong["lines"] = "Please leave at least one line."
    if wrong:
        raise InvalidInput(wrong)
    return tuple(checked)


def _stored_lines(tx: Session, booking_id: str) -> list[BookingLine]:
    return list(
        tx.exec(
            select(BookingLine)
            .where(BookingLine.booking_id == booking_id)
            .order_by(col(BookingLine.position))
        )
    )


def _as_line(row: BookingLine) -> _Line:
    return _Line(row.description, row.quantity, row.unit_minor)
