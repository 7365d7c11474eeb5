"""What customers see and may do: one table of features and booking states. Pure.

Everything else asks here: the gate, pages, menus, mails, files, and the domain
before it changes a booking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal_app.kernel.errors import NotAllowed
from portal_app.kernel.features import BookingState, Feature

REQUESTED, CONFIRMED, IN_PROGRESS, DONE, CANCELLED = BookingState

STATE_NAMES = {
    REQUESTED: "Requested",
    CONFIRMED: "Confirmed",
    IN_PROGRESS: "In progress",
    DONE: "Done",
    CANCELLED: "Cancelled",
}
"""What the office calls the states of a booking, in their order."""

_OPEN = (REQUESTED, CONFIRMED, IN_PROGRESS)
_BEFORE = (REQUESTED, CONFIRMED)
_OVER = (DONE, CANCELLED)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    Attributes:
        name: What people call the feature; it can begin a sentence.
        text: What customers can do with it, in a sentence.
        may: What they may do to a booking where they may change something, such as
            ``Change for whom it is``.
        see: What they see where they may not; empty for nothing.
        changes: The states of a booking in which they may.
        plural: Whether the name takes a plural verb.
    """

    name: str
    text: str
    may: str
    see: str
    changes: tuple[BookingState, ...]
    plural: bool = True

    @property
    def closed_words(self) -> str:
        """Why something is refused while the feature is off."""
        return (
            f"{self.name} {'are' if self.plural else 'is'} not offered at the moment."
        )


TABLE: Mapping[Feature, Rule] = {
    Feature.DEPENDENTS: Rule(
        "Dependents",
        "Keep pets, children or what else you define, and book for them.",
        "Say for whom it is",
        "See for whom it is",
        _OPEN,
    ),
    Feature.CUSTOM_FIELDS: Rule(
        "Your own questions",
        "Answer what you ask under Fields, about themselves and with a booking.",
        "Change the answers",
        "See the answers",
        _OPEN,
    ),
    Feature.BUSINESS_PROFILES: Rule(
        "Business profiles",
        "Book for a company, with its name and tax number.",
        "",
        "See the company",
        (),
    ),
    Feature.ATTACHMENTS: Rule(
        "Attachments",
        "Add images and files to a booking.",
        "Add images and files",
        "See images and files",
        (*_OPEN, DONE),
    ),
    Feature.INSTRUCTIONS: Rule(
        "Instructions",
        "Tell who comes what to look after.",
        "Add instructions",
        "See instructions",
        _OPEN,
    ),
    Feature.RESCHEDULING: Rule(
        "Rescheduling", "Move a booking.", "Move it", "", _BEFORE, plural=False
    ),
    Feature.CANCELLATION: Rule(
        "Cancelling", "Cancel a booking.", "Cancel it", "", _BEFORE, plural=False
    ),
    Feature.REPEATING_BOOKINGS: Rule(
        "Repeating bookings",
        "Book the same again every week or month.",
        "Change the series",
        "See the series",
        _BEFORE,
    ),
    Feature.WAITING_LIST: Rule(
        "The waiting list",
        "Be told when a time becomes free.",
        "",
        "",
        (),
        plural=False,
    ),
    Feature.QUOTES: Rule(
        "Quotes",
        "Ask for a price, and accept or decline it.",
        "Accept or decline",
        "See the quote",
        (REQUESTED,),
    ),
    Feature.INVOICES: Rule(
        "Invoices", "See and download invoices.", "", "See the invoice", ()
    ),
    Feature.PAYMENTS: Rule(
        "Payments",
        "Pay in the portal.",
        "Pay",
        "See what was paid",
        (*_OPEN, DONE),
    ),
    Feature.SAVED_CARDS: Rule(
        "Saved cards", "Keep cards for the next payment.", "", "", ()
    ),
    Feature.GIFT_VOUCHERS: Rule(
        "Gift vouchers", "Buy and redeem gift vouchers.", "Redeem", "", _BEFORE
    ),
    Feature.MESSAGES: Rule("Messages", "Write to you.", "Write", "", (*_OPEN, *_OVER)),
    Feature.REVIEWS: Rule(
        "Reviews", "Rate a visit and who came.", "Rate", "See the rating", (DONE,)
    ),
    Feature.COMPLAINTS: Rule(
        "Complaints", "Complain, and follow what becomes of it.", "Complain", "", _OVER
    ),
}
"""Every feature there is or will be."""

OFFERED = (
    Feature.DEPENDENTS,
    Feature.CUSTOM_FIELDS,
    Feature.BUSINESS_PROFILES,
    Feature.RESCHEDULING,
    Feature.CANCELLATION,
    Feature.REPEATING_BOOKINGS,
    Feature.QUOTES,
)
"""Those that the portal has; the office is offered no others."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the office switched; the default is everything that the table allows.

    Attributes:
        off: Gone for customers, and refused.
        closed: Features and booking states in which customers may only look,
            though the table would let them change something.
        version: Goes back with a change.
    """

    off: frozenset[Feature] = frozenset()
    closed: frozenset[tuple[Feature, BookingState]] = frozenset()
    version: int = 0

    def is_on(self, feature: Feature) -> bool:
        """Whether customers have it."""
        return feature not in self.off


def may(feature: Feature, state: BookingState, features: Features) -> bool:
    """Whether a customer may change something about a booking in this state."""
    return (
        features.is_on(feature)
        and state in TABLE[feature].changes
        and (feature, state) not in features.closed
    )


def words(feature: Feature, state: BookingState, features: Features) -> str:
    """What a customer may do in this state, in words; a dash for nothing."""
    rule = TABLE[feature]
    if not features.is_on(feature):
        return "–"
    return (rule.may if may(feature, state, features) else rule.see) or "–"


def require_on(feature: Feature, features: Features) -> None:
    """Refuse what belongs to a feature that is off.

    Raises:
        NotAllowed: With words for the customer.
    """
    if not features.is_on(feature):
        raise NotAllowed(TABLE[feature].closed_words)


def from_stored(stored: Mapping[str, Any], version: int) -> Features:
    """What is stored, as a value; what this version does not know is left aside."""
    known = {feature.value for feature in Feature}
    states = {state.value for state in BookingState}
    pairs = (one.partition(":") for one in stored.get("closed", ()))
    return Features(
        off=frozenset(Feature(one) for one in stored.get("off", ()) if one in known),
        closed=frozenset(
            (Feature(name), BookingState(state))
            for name, _, state in pairs
            if name in known and state in states
        ),
        version=version,
    )


def as_stored(features: Features) -> dict[str, list[str]]:
    """What is stored of a value."""
    return {
        "off": sorted(features.off),
        "closed": sorted(f"{feature}:{state}" for feature, state in features.closed),
    }
