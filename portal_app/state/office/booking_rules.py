"""How the business deals with bookings: changes, requests, reminders."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import Session

from portal_app.domain.business import booking_rules as rules
from portal_app.domain.business import service as businesses
from portal_app.domain.business.booking_rules import BookingRules
from portal_app.domain.catalogue.amounts import amount_text, parse_amount
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.state.core import form_parsing, worker
from portal_app.state.core.access import OFFICE, STAFF, event_for
from portal_app.state.core.toasts import toast
from portal_app.state.core.versioned_form import VersionedForm

FEES = tuple(rules.FEE_LABELS.items())
REMINDERS = tuple(
    (f"reminder.{minutes}", f"{rules.reminder_text(minutes)} before", minutes)
    for minutes in rules.REMINDER_CHOICES
)
"""Name of the tick, its label, and the minutes."""

_NUMBERS = (
    *("move_hours", "move_percent", "free_moves"),
    *("cancel_hours", "cancel_percent", "answer_hours"),
)
_AMOUNTS = ("move_amount", "cancel_amount")


@dataclass(frozen=True, slots=True)
class BookingRulesView:
    """The form as it is typed; ``reminders`` are the names of the ticks."""

    move_hours: str = ""
    move_fee: str = ""
    move_percent: str = ""
    move_amount: str = ""
    free_moves: str = ""
    cancel_hours: str = ""
    cancel_fee: str = ""
    cancel_percent: str = ""
    cancel_amount: str = ""
    answer_hours: str = ""
    reminders: list[str] = field(default_factory=list)


class OfficeBookingRulesState(VersionedForm, rx.State):
    """The form of the rules."""

    loaded: bool = False
    form: BookingRulesView = BookingRulesView()
    currency: str = ""
    version: int = 0

    @event_for(*STAFF)
    async def load(self) -> None:
        """Show the rules as they are now."""
        await self._read()
        self._clear_messages()
        self.loaded = True

    @event_for(OFFICE)
    async def save(
        self, form_data: dict[str, str]
    ) -> AsyncIterator[list[EventSpec] | None]:
        """Store them, unless somebody else did meanwhile."""
        done = [toast("success", "The booking rules are saved.")]
        async for step in self._save_page(form_data, done, _save, form_data):
            yield step

    async def _read(self) -> None:
        self.form, self.version, self.currency = await worker.query(_stored)


def _stored(tx: Session) -> tuple[BookingRulesView, int, str]:
    found, formats = rules.current_rules(tx), businesses.formats(tx)
    view = BookingRulesView(
        move_fee=found.move_fee,
        cancel_fee=found.cancel_fee,
        **{name: str(getattr(found, name) or "") for name in _NUMBERS},
        **{
            name: amount_text(minor, formats) if (minor := getattr(found, name)) else ""
            for name in _AMOUNTS
        },
        reminders=[name for name, _, one in REMINDERS if one in found.reminders],
    )
    return view, found.version, formats.currency


def _save(tx: Session, who: Actor, data: form_parsing.Form, version: int) -> None:
    """Save what was typed; an amount that is not asked for is not looked at."""
    formats = businesses.formats(tx)
    amounts, wrong = {}, {}
    for name in _AMOUNTS:
        typed = form_parsing.field(data, name)
        is_asked = form_parsing.field(data, name.replace("amount", "fee")) == rules.FLAT
        try:
            amounts[name] = parse_amount(typed, formats) if is_asked else 0
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise InvalidInput(wrong)
    wanted = BookingRules(
        **form_parsing.texts(data, "move_fee", "cancel_fee"),
        **{name: form_parsing.number(data, name) for name in _NUMBERS},
        **amounts,
        reminders=tuple(
            minutes for name, _, minutes in REMINDERS if form_parsing.ticked(data, name)
        ),
    )
    rules.save_rules(tx, who, wanted, version)
