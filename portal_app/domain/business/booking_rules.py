"""How the business deals with bookings: changes, requests, reminders.

What a change costs and until when it is free are pure functions of these terms, the
visit and the moment; the pages, the mails and the domain all ask here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from portal_app.domain.business import service as businesses
from portal_app.domain.business.models import Business
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import get_cached
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_office
from portal_app.kernel.versioned import Field, Record

MOVING, CANCELLING = "move", "cancel"
FREE, PERCENT, FLAT, REFUSED = "free", "percent", "flat", "refused"
FEE_LABELS = {
    FREE: "Free until the visit starts",
    PERCENT: "A part of the price (percent)",
    FLAT: "A fixed amount",
    REFUSED: "Not possible any more",
}
"""What a change costs once its notice has passed."""

REMINDER_CHOICES = tuple(
    60 * hours for hours in (7 * 24, 3 * 24, 2 * 24, 24, 12, 4, 2, 1)
)
"""How long before a visit a reminder may be, in minutes."""

MAX_HOURS = 24 * 60
_MAX_AMOUNT = 100_000_000


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """What a change of one kind costs a customer.

    Attributes:
        hours: It is free until so long before the visit.
        fee: What it costs from then on, see ``FEE_LABELS``.
        percent: Of the price, for ``PERCENT``.
        amount_minor: In minor units, for ``FLAT``; never more than the price.
    """

    hours: int = 24
    fee: str = FREE
    percent: int = 0
    amount_minor: int = 0

    def free_until(self, starts_at: datetime) -> datetime:
        """The instant from which the fee is due; at which the visit starts if none."""
        if self.is_free:
            return starts_at
        return starts_at - timedelta(hours=self.hours)

    def fee_minor(
        self, total_minor: int, starts_at: datetime, now: datetime, *, due: bool = False
    ) -> int | None:
        """What it costs at a moment; ``None`` where it is not possible any more.

        Args:
            total_minor: The price of the booking.
            starts_at: When the visit starts.
            now: The moment.
            due: Whether the fee is due though there is notice enough.
        """
        if now >= starts_at:
            return None
        if now < self.free_until(starts_at) and not due:
            return 0
        if self.fee == REFUSED:
            return None
        if self.fee == PERCENT:
            # Half a cent is the customer's.
            return total_minor * self.percent // 100
        return min(self.amount_minor, total_minor) if self.fee == FLAT else 0

    def fee_text(self, formats: Formats) -> str:
        """What the fee is called, such as ``50 %``."""
        if self.fee == PERCENT:
            return f"{self.percent} %"
        return formats.money(self.amount_minor)

    def due_words(self, formats: Formats) -> str:
        """The terms where the fee is due in any case, such as ``Costs 50 %``."""
        if self.fee == REFUSED:
            return "Not possible any more"
        return (
            "Free until the visit starts"
            if self.is_free
            else f"Costs {self.fee_text(formats)}"
        )

    @property
    def is_free(self) -> bool:
        """Whether it never costs anything."""
        return self.fee == FREE

    def words_before_booking(self, formats: Formats) -> str:
        """The terms without a visit: ``free until 24 hours before, then 50 %``."""
        if self.is_free:
            return "free until the visit starts"
        then = "not possible" if self.fee == REFUSED else self.fee_text(formats)
        return f"free until {reminder_text(60 * self.hours)} before, then {then}"

    def words(self, formats: Formats, starts_at: datetime) -> str:
        """The terms for a visit: ``Free until Tue, 3 Nov, 10:00, then 50 %``."""
        until = self.free_until(starts_at)
        when = f"{formats.short_day(until)}, {formats.time(until)}"
        if self.fee == REFUSED:
            return f"Free until {when}, then not possible"
        if self.is_free:
            return "Free until the visit starts"
        return f"Free until {when}, then {self.fee_text(formats)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRules:
    """All of it, as it is stored and as the office types it.

    Attributes:
        move_hours: ``ChangeTerms`` of moving; so the others, and those of cancelling.
        free_moves: How often a booking is moved for free; 0 for without limit.
        answer_hours: Within which the office answers a request.
        reminders: How long before a visit its customer is reminded, in minutes.
        version: Goes back with a change.
    """

    move_hours: int = 24
    move_fee: str = FREE
    move_percent: int = 0
    move_amount: int = 0
    free_moves: int = 0
    cancel_hours: int = 24
    cancel_fee: str = FREE
    cancel_percent: int = 0
    cancel_amount: int = 0
    answer_hours: int = 24
    reminders: tuple[int, ...] = ()
    version: int = 0

    def terms(self, kind: str) -> ChangeTerms:
        """The terms of ``MOVING`` or ``CANCELLING``."""
        if kind == MOVING:
            return ChangeTerms(
                self.move_hours, self.move_fee, self.move_percent, self.move_amount
            )
        return ChangeTerms(
            self.cancel_hours, self.cancel_fee, self.cancel_percent, self.cancel_amount
        )


def current_rules(tx: Session) -> BookingRules:
    """The rules as they are; the default where no business is set up."""
    business = get_cached(tx, Business, 1)
    if business is None:
        return BookingRules()
    return _from_stored(business.booking_rules, business.booking_rules_version)


def terms_paragraphs(tx: Session) -> list[str]:
    """What changes cost, for who is about to book; nothing where they never do."""
    rules, formats = current_rules(tx), businesses.formats(tx)
    if rules.terms(MOVING).is_free and rules.terms(CANCELLING).is_free:
        return []
    cancelling, moving = (
        rules.terms(kind).words_before_booking(formats) for kind in (CANCELLING, MOVING)
    )
    return [f"Cancelling is {cancelling}. Moving is {moving}."]


def save_rules(tx: Session, actor: Actor, form: BookingRules, version: int) -> None:
    """Change the rules. Previews of a change that were shown keep what they said.

    Args:
        tx: The transaction.
        actor: The office.
        form: Everything, as it shall be.
        version: ``BookingRules.version`` as it was read.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each wrong field.
        EditConflict: If they were changed since ``version`` and differ.
    """
    require_office(actor)
    _check(form)
    form = replace(form, reminders=tuple(sorted({*form.reminders}, reverse=True)))
    businesses.lock_business(tx)
    now = current_rules(tx)
    before, wanted = _RECORD.values(now), _RECORD.values(form)
    if not _RECORD.is_current(now, wanted, version) or before == wanted:
        return
    tx.execute(
        update(Business)
        .where(col(Business.id) == 1)
        .values(booking_rules=wanted, booking_rules_version=now.version + 1)
    )
    differences = change_log.differences(_RECORD, before, wanted)
    thing = Thing("Booking rules", "", "Booking rules")
    change_log.record(tx, actor, "changed", thing, differences)


def reminder_text(minutes: int) -> str:
    """How long before a visit, in whole hours, such as ``2 days`` or ``1 hour``."""
    count, unit = minutes // 60, "hour"
    if count >= 24 and count % 24 == 0:
        count, unit = count // 24, "day"
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _check(form: BookingRules) -> None:
    wrong = {
        name: f"Please enter a number from {low} to {high:,}."
        for name, low, high in (
            ("move_hours", 0, MAX_HOURS),
            ("cancel_hours", 0, MAX_HOURS),
            ("free_moves", 0, 100),
            ("answer_hours", 1, 14 * 24),
        )
        if not low <= getattr(form, name) <= high
    }
    for kind in (MOVING, CANCELLING):
        fee = getattr(form, f"{kind}_fee")
        if fee not in FEE_LABELS:
            wrong[f"{kind}_fee"] = "Please choose what it costs."
        if fee == PERCENT and not 1 <= getattr(form, f"{kind}_percent") <= 100:
            wrong[f"{kind}_percent"] = "Please enter a number from 1 to 100."
        if fee == FLAT and not 1 <= getattr(form, f"{kind}_amount") <= _MAX_AMOUNT:
            wrong[f"{kind}_amount"] = "Please enter an amount such as 25.00."
    if not {*form.reminders} <= {*REMINDER_CHOICES}:
        wrong["reminders"] = "Please choose from the list."
    if wrong:
        raise InvalidInput(wrong)


def _from_stored(stored: Mapping[str, Any], version: int) -> BookingRules:
    """What is stored, as a value; what this version does not know is left aside."""
    known = {
        field.name: stored[field.name]
        for field in _RECORD.fields
        if field.name in stored
    }
    known |= {"reminders": tuple(known.get("reminders", ()))}
    return BookingRules(**known, version=version)


def _fee_label(fee: str) -> str:
    return FEE_LABELS.get(fee, fee)


def _reminders_text(reminders: tuple[int, ...]) -> str:
    return ", ".join(map(reminder_text, reminders))


_RECORD = Record(
    "The booking rules",
    Field("move_hours", "Free to move until (hours before)"),
    Field("move_fee", "Moving later costs", text=_fee_label),
    Field("move_percent", "Fee for moving (percent)"),
    Field("move_amount", "Fee for moving (minor units)"),
    Field("free_moves", "Free moves per booking"),
    Field("cancel_hours", "Free to cancel until (hours before)"),
    Field("cancel_fee", "Cancelling later costs", text=_fee_label),
    Field("cancel_percent", "Fee for cancelling (percent)"),
    Field("cancel_amount", "Fee for cancelling (minor units)"),
    Field("answer_hours", "Requests are answered within (hours)"),
    Field("reminders", "Reminders", text=_reminders_text),
)
