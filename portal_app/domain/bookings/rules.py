"""What a booking needs before it can be confirmed, and its words for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal_app.domain.catalogue.booked_for import Misfit
from portal_app.domain.catalogue.rules import PriceBreakdown, PriceLine
from portal_app.domain.customers.rules import is_name_character
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.features import BookingState
from portal_app.kernel.text import is_readable, one_line, paragraphs

OPTIONS, WHO, ADDRESS, TIME = "options", "who", "address", "time"
CONTACT, QUESTIONS, OVERVIEW = "contact", "questions", "overview"
STEP_NAMES = {
    OPTIONS: "Options",
    WHO: "Who it is for",
    ADDRESS: "Address",
    TIME: "Day and time",
    CONTACT: "Contact details",
    QUESTIONS: "Details",
    OVERVIEW: "Overview",
}
"""The steps of the wizard in their order, with their names."""
STEPS = tuple(step for step in STEP_NAMES if step != OVERVIEW)
"""What a draft can be asked for, in that order."""

PENDING, CONFIRMED, IN_PROGRESS = "pending", "confirmed", "in_progress"
COMPLETED, NO_SHOW = "completed", "no_show"
CANCELLED, DECLINED, EXPIRED = "cancelled", "declined", "expired"
STATUS_TEXTS = {
    PENDING: "Waiting for confirmation",
    CONFIRMED: "Confirmed",
    IN_PROGRESS: "In progress",
    COMPLETED: "Completed",
    NO_SHOW: "Nobody was there",
    CANCELLED: "Cancelled",
    DECLINED: "Declined",
    EXPIRED: "Not answered in time",
}
TRANSITIONS: Mapping[str, frozenset[str]] = {
    PENDING: frozenset({CONFIRMED, DECLINED, EXPIRED, CANCELLED}),
    CONFIRMED: frozenset({IN_PROGRESS, COMPLETED, NO_SHOW, CANCELLED}),
    IN_PROGRESS: frozenset({COMPLETED, NO_SHOW, CANCELLED}),
    COMPLETED: frozenset(),
    NO_SHOW: frozenset(),
    CANCELLED: frozenset(),
    DECLINED: frozenset(),
    EXPIRED: frozenset(),
}
"""What can become of a booking; see ``transition_problem``."""

OPEN = frozenset({PENDING, CONFIRMED, IN_PROGRESS})
"""Something is still to be done."""

NOT_EXTENDED = "not_extended"
SERIES_CANCELLED, SERIES_MOVED = "series_cancelled", "series_moved"
"""What the mails about a series call their news."""

CALLED_OFF = frozenset({CANCELLED, DECLINED, EXPIRED})
"""Nobody comes: their time is free again."""

_AFTER_START = frozenset({COMPLETED, NO_SHOW})
ENDED_TEXTS = {
    COMPLETED: "This booking was completed.",
    NO_SHOW: "This booking is over: nobody was there.",
    CANCELLED: "This booking was cancelled.",
    DECLINED: "This booking was declined.",
    EXPIRED: "This booking was not answered in time.",
}
"""Why nothing becomes of a booking any more."""

MISSING_TEXTS = {
    OPTIONS: "Please choose the options.",
    WHO: "Please say who it is for.",
    ADDRESS: "Please tell us where to come.",
    TIME: "Please choose a day and a time.",
    CONTACT: "Please tell us how to reach you.",
    QUESTIONS: "Please look at the details of the visit.",
}

DRAFT_SUBJECT, BOOKING_SUBJECT = "draft", "booking"
"""What drafts and bookings are called where values of fields are stored."""

ANSWER_PREFIX = "details."
ABOUT_YOU_PREFIX = "about_you."
"""Before a field's key, where a form is told that an answer is wrong."""

PAGE_SIZE = 20
MAX_DEPENDENTS = 20
MAX_NAME = 160
MAX_NOTES = 2000

UPCOMING = "upcoming"
PAST = "past"
QUOTES = "quotes"
"""The list beside those of bookings; ``domain.quotes`` has it."""

SOONEST, LATEST = "soonest", "latest"
BY_SERVICE, BY_PRICE, BY_STATUS = "service", "price", "status"
SORTS = {
    SOONEST: "Soonest first",
    LATEST: "Latest first",
    BY_SERVICE: "Service",
    BY_PRICE: "Price, highest first",
    BY_STATUS: "Status",
}
"""The orders of a list of bookings, with their words."""

WAIT, TO_CALENDAR, BOOK_AGAIN = "wait", "calendar", "again"
"""What there is to do next about a booking."""


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """What a visit costs by a quote that was accepted, whatever the catalogue says.

    Attributes:
        quote: The quote's number.
        currency: ISO 4217 code.
        breakdown: Its lines, tax among them where it is added, and the length.
    """

    quote: str
    currency: str
    breakdown: PriceBreakdown

    def as_stored(self) -> dict[str, Any]:
        """As drafts keep it; ``agreed_price`` reads it."""
        price = self.breakdown
        return {
            "quote": self.quote,
            "currency": self.currency,
            "minutes": price.minutes,
            "tax_note": price.tax_note,
            "lines": [
                [line.description, line.quantity, line.unit_minor, line.minutes]
                for line in price.lines
            ],
        }


def checked_name(typed: str) -> str:
    """The name of whom to ask for, as typed; refused as ``name``."""
    name = one_line(typed)
    if not name:
        raise InvalidInput({"name": "Please enter a name."})
    if len(name) > MAX_NAME:
        most = f"Please use at most {MAX_NAME} characters."
        raise InvalidInput({"name": most})
    if not all(is_name_character(character) for character in name):
        raise InvalidInput({"name": "Please use only letters in the name."})
    return name


def checked_notes(typed: str) -> str:
    """Notes for the visit, as typed; refused as ``notes``."""
    notes = paragraphs(typed)
    if len(notes) > MAX_NOTES:
        most = f"Please use at most {MAX_NOTES} characters."
        raise InvalidInput({"notes": most})
    if not is_readable(notes, lines=True):
        raise InvalidInput({"notes": "Please use only letters and numbers."})
    return notes


def agreed_price(stored: Mapping[str, Any]) -> AgreedPrice:
    """The price that a draft keeps."""
    lines = tuple(PriceLine(*line) for line in stored["lines"])
    breakdown = PriceBreakdown(
        lines=lines,
        total_minor=sum(line.total_minor for line in lines),
        minutes=stored["minutes"],
        tax_note=stored["tax_note"],
    )
    return AgreedPrice(stored["quote"], stored["currency"], breakdown)


@dataclass(frozen=True, slots=True)
class DetailsForm:
    """What a booking asks, as it was filled in.

    Attributes:
        dependents: Ids of those it is for.
        answers: Field key to what its input holds, see ``fields.views.FieldView``.
        about_you: The same for what the business asks of every customer, as far as
            it was asked here.
    """

    dependents: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    about_you: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookingContactForm:
    """Whom to ask for, as it was typed; ``company`` is a business profile's id.

    ``details`` and ``notes`` are what the steps around it ask, where one form asks it
    all; without ``details`` they stay as they are.
    """

    name: str
    email: str
    phone: str = ""
    notes: str = ""
    company: str = ""
    details: DetailsForm | None = DetailsForm()


@dataclass(frozen=True, slots=True)
class OverviewSnapshot:
    """What the overview showed when it was confirmed.

    Attributes:
        version: The draft's version.
        total_minor: The total in minor units of the business's currency.
        minutes: How long the visit takes.
    """

    version: int
    total_minor: int
    minutes: int


def unavailable_dependent_text(name: str) -> str:
    """Why a draft cannot be for somebody; the name may not be known."""
    gone = f"{name or 'One of those it is for'} cannot be chosen any more."
    return look_again_text(gone, WHO)


def misfit_text(service: str, kinds: str, misfit: Misfit, name: str = "") -> str:
    """Why a service cannot be for a dependent, or without a name whom it is for.

    Args:
        service: What it is called.
        kinds: What several dependents of the type are called.
        misfit: Of the dependent.
        name: Of the dependent.
    """
    only = (
        f"{service} is only for {kinds[:1].lower()}{kinds[1:]} whose "
        f"“{misfit.field}” is {misfit.wanted}."
    )
    return f"{only} For {name} it says {misfit.given}." if name else only


def not_served_text(town: str) -> str:
    """Why an address cannot be booked for: the business does not go there."""
    return (
        f"Sorry, we do not come to this address{f' in {town}' if town else ''}. "
        "Please choose another one, or ask us."
    )


def deposit_text(amount: str, percent: int = 0) -> str:
    """What is asked in advance, in words; nothing is paid in the wizard.

    Args:
        amount: Such as ``$50``.
        percent: How much of the price that is; 0 where it is a fixed amount.
    """
    asked = f"{percent}% ({amount})" if percent else amount
    return (
        f"A deposit of {asked} is asked for this service. Nothing is paid here: we "
        "ask you for it."
    )


def look_again_text(reason: str, step: str) -> str:
    """Why a step needs another look: something in it does not count any more."""
    return f"{reason} Please look at “{STEP_NAMES[step]}” again."


def missing_answer_text(field_name: str) -> str:
    """What a draft lacks of what the service asks."""
    return f"Please fill in “{field_name}” under “{STEP_NAMES[QUESTIONS]}”."


def answer_errors(
    faults: Mapping[str, str], prefix: str = ANSWER_PREFIX
) -> dict[str, str]:
    """What is wrong with answers, under names that no other field has."""
    return {f"{prefix}{key}": sentence for key, sentence in faults.items()}


def is_open(status: str, ends_at: datetime, now: datetime) -> bool:
    """Whether a booking is still to come."""
    return status in OPEN and ends_at > now


def transition_problem(status: str, to: str, starts_at: datetime, now: datetime) -> str:
    """Why a booking cannot become something, in words; empty if it can.

    Args:
        status: What it is.
        to: What it shall be; being it already is no problem of this function.
        starts_at: When the visit starts.
        now: The present.
    """
    if status in ENDED_TEXTS:
        return ENDED_TEXTS[status]
    if to not in TRANSITIONS[status]:
        return (
            "This booking is not confirmed yet."
            if status == PENDING
            else "This booking was confirmed already."
        )
    # Who began early may be done early.
    if to in _AFTER_START and status == CONFIRMED and now < starts_at:
        return "This appointment has not started yet."
    return ""


def booking_state(
    status: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> BookingState:
    """Where a booking stands, as far as permissions go."""
    if status in CALLED_OFF:
        return BookingState.CANCELLED
    if status == IN_PROGRESS:
        return BookingState.IN_PROGRESS
    if status in {COMPLETED, NO_SHOW} or ends_at <= now:
        return BookingState.DONE
    if status == PENDING:
        return BookingState.REQUESTED
    return BookingState.CONFIRMED if now < starts_at else BookingState.IN_PROGRESS


def usual_sort(when: str) -> str:
    """The order of a list where none is asked for."""
    return SOONEST if when == UPCOMING else LATEST


def next_action(status: str, ends_at: datetime, now: datetime, offered: bool) -> str:
    """What there is to do next about a booking; empty for nothing.

    Args:
        status: Of the booking.
        ends_at: When its visit ends.
        now: The present.
        offered: Whether its service can still be booked.
    """
    if is_open(status, ends_at, now):
        return WAIT if status == PENDING else TO_CALENDAR
    return BOOK_AGAIN if offered else ""


APPROVED = "approved"
"""What the history calls it when a request is confirmed."""
MOVED, ASSIGNED = "moved", "assigned"
"""… when a booking has another time, and when somebody else comes at the same."""

_EVENT_TEXTS = {
    IN_PROGRESS: "Started.",
    NO_SHOW: "Nobody was there.",
    "attendance_confirmed": "Somebody will be there.",
    DECLINED: "The request was declined.",
    EXPIRED: "The request was not answered in time.",
    APPROVED: "The request was confirmed.",
}


def event_text(what: str, detail: Mapping[str, Any]) -> str:
    """One sentence for what happened to a booking.

    Args:
        what: The kind of event, such as ``booked``.
        detail: Its formatted texts.
    """
    if what in {"booked", "requested"}:
        return (
            f"{what.capitalize()} for {detail['day']}, {detail['time']}, "
            f"with {detail['fieldworker']}, for {detail['total']}."
        )
    if what == "lines_changed":
        return f"Services changed: {detail['before']} became {detail['after']}."
    if what == "details_changed":
        return f"Changed: {detail['fields']}."
    if what == "dependents_named":
        return (
            f"For {detail['names']}."
            if detail["names"]
            else "For no one in particular."
        )
    if what == ASSIGNED:
        sentence = f"Given to {detail['fieldworker']}."
    elif what == MOVED:
        sentence = (
            f"Moved from {detail['before']} to {detail['after']}, "
            f"with {detail['fieldworker']}."
        )
    else:
        sentence = _EVENT_TEXTS.get(what) or what.replace("_", " ").capitalize() + "."
    parts = [sentence]
    if fee := detail.get("fee"):
        parts.append(f"Fee: {fee}.")
    if reason := detail.get("reason"):
        parts.append(f"Reason: {reason}")
    return " ".join(parts)


def notified_text(names: Sequence[str]) -> str:
    """Who was told of what happened, in one sentence; empty for nobody."""
    if not names:
        return ""
    verb = "was" if len(names) == 1 else "were"
    return f"{joined_names(names)} {verb} told by email."


def joined_names(names: Sequence[str]) -> str:
    """Names as one speaks them: ``Ana, Ben and Cleo``; empty for nobody."""
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
