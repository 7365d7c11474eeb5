"""What a quote says, what can become of it, and its words for people. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal_app.domain.catalogue.rules import PriceBreakdown, PriceLine, Tax
from portal_app.kernel.clock import day_bounds

REQUESTED, SENT, CHANGES_ASKED = "requested", "sent", "changes_asked"
ACCEPTED, DECLINED, EXPIRED, TURNED_DOWN = (
    *("accepted", "declined", "expired", "turned_down"),
)
STATUS_TEXTS = {
    REQUESTED: "Waiting for our answer",
    SENT: "Waiting for you",
    CHANGES_ASKED: "Changes asked for",
    ACCEPTED: "Accepted",
    DECLINED: "Declined",
    EXPIRED: "Expired",
    TURNED_DOWN: "Not offered",
}
"""What a quote is, as customers read it."""

OFFICE_STATUS_TEXTS = STATUS_TEXTS | {
    REQUESTED: "To answer",
    SENT: "With the customer",
    CHANGES_ASKED: "Changes asked for",
}

FOR_THE_OFFICE = frozenset({REQUESTED, CHANGES_ASKED})
"""The office is expected to answer."""

ANSWERABLE = frozenset({REQUESTED, CHANGES_ASKED, SENT, DECLINED, EXPIRED})
"""The office can send a (further) version."""

OPEN, SOON, CLOSED, ALL = "open", "soon", "closed", "all"
LISTS = {OPEN: "Open", SOON: "Expires soon", CLOSED: "Closed", ALL: "All"}
"""The office's lists."""

CHANGES = "changes"
"""The decision to ask for changes; the others are called as what becomes of it."""

WARNED_BEFORE = timedelta(days=2)
"""How long before it expires the customer is warned of it."""

LINK_LIFETIME_AFTER_EXPIRY = timedelta(days=30)

MAX_LINES = 30
MAX_DESCRIPTION = 200
MAX_QUANTITY = 10_000
MAX_TOTAL_MINOR = 1_000_000_000
MAX_NOTES = 2000
MAX_REASON = 1000
MAX_PREFERRED = 500
MAX_NAME = 160
MAX_FILES = 3
MAX_TEMPLATE_NAME = 100
MAX_TEMPLATES = 50
MAX_VALID_DAYS = 365
MAX_MINUTES = 1440
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """``quantity`` × ``unit_minor`` = ``total_minor``."""

    description: str
    quantity: int
    unit_minor: int

    @property
    def total_minor(self) -> int:
        """What the line adds to the price."""
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines come to; ``tax_minor`` is a part of ``total_minor``."""

    total_minor: int
    tax_minor: int


def totals(lines: Sequence[QuotedLine], tax: Tax) -> Totals:
    """What lines come to, with tax on the sum, rounded half up.

    Where prices hold the tax, it is taken out of the sum; else it is added.
    """
    total = Decimal(sum(line.total_minor for line in lines))
    rate = Decimal(tax.basis_points) / 10_000
    part = total * rate / (1 + rate) if tax.included else total * rate
    tax_minor = int(part.quantize(Decimal(1), ROUND_HALF_UP))
    added = 0 if tax.included else tax_minor
    return Totals(int(total) + added, tax_minor)


def agreed_breakdown(
    lines: Sequence[QuotedLine], tax: Tax, minutes: int
) -> PriceBreakdown:
    """The price of a visit by these lines; the first has its whole length."""
    priced = [
        PriceLine(line.description, line.quantity, line.unit_minor, 0) for line in lines
    ]
    priced[0] = replace(priced[0], minutes=minutes)
    found = totals(lines, tax)
    if tax.basis_points and not tax.included:
        priced.append(PriceLine(f"Tax {tax.percent}", 1, found.tax_minor, 0))
    return PriceBreakdown(
        tuple(priced),
        found.total_minor,
        minutes,
        tax.note if tax.included else "",
    )


def last_day(sent_at: datetime, valid_days: int, zone: ZoneInfo) -> date:
    """The last day on which a quote can be accepted."""
    return sent_at.astimezone(zone).date() + timedelta(days=valid_days)


def expiry(sent_at: datetime, valid_days: int, zone: ZoneInfo) -> datetime:
    """The instant from which a quote cannot be accepted: the end of its last day."""
    return day_bounds(last_day(sent_at, valid_days, zone), zone)[1]


def problem_of_deciding(
    status: str,
    expires_at: datetime | None,
    sent_number: int,
    number: int,
    now: datetime,
) -> str:
    """Why a version cannot be decided on, in words; empty if it can.

    Args:
        status: Of the quote.
        expires_at: When the version that was sent last runs out.
        sent_number: Which version that is.
        number: The version that somebody looks at.
        now: The present.
    """
    if number != sent_number:
        return (
            "We have sent you a newer version of this quote in the meantime. "
            "Please look at that one."
        )
    closed = {
        ACCEPTED: "This quote was accepted already.",
        DECLINED: "This quote was declined already.",
        CHANGES_ASKED: "You asked for changes. We will send you a new version.",
        TURNED_DOWN: "This request is closed.",
        REQUESTED: "There is no quote to decide on yet.",
    }
    if status in closed:
        return closed[status]
    if status == EXPIRED or expires_at is None or expires_at <= now:
        return "This quote has expired. Please ask us for a new one."
    return ""


def expires_soon(status: str, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a quote that is waiting for the customer runs out before long."""
    return (
        status == SENT
        and expires_at is not None
        and now < expires_at <= now + WARNED_BEFORE
    )


def event_text(what: str, detail: Mapping[str, Any]) -> str:
    """One sentence for what happened to a quote.

    Args:
        what: The kind of event.
        detail: Its texts.
    """
    version = f"Version {detail['number']}" if "number" in detail else ""
    reason = detail.get("reason", "")
    sentences = {
        "requested": "A price was asked for.",
        "sent": f"{version} was sent, for {detail.get('total', '')}.",
        "accepted": f"{version} was accepted, signed by {detail.get('name', '')}.",
        "declined": f"{version} was declined.",
        "changes_asked": f"Changes to {version.lower()} were asked for.",
        "expired": f"{version} expired.",
        "turned_down": "The request was turned down.",
        "time_gone": "The time that was proposed was taken in the meantime.",
        "booked": f"Booked: {detail.get('booking', '')}.",
    }
    return f"{sentences[what]} “{reason}”" if reason else sentences[what]
