"""What a booking needs before it can be confirmed, and its words for people."""

from collections.abc import Mapping
from dataclasses import dataclass

STEPS = ("options", "time", "address", "contact")
"""What a draft is asked for, in the wizard's order."""

STATUS_TEXTS = {
    "pending": "Waiting for confirmation",
    "confirmed": "Confirmed",
    "completed": "Completed",
    "cancelled": "Cancelled",
}

MISSING = {
    "options": "Please choose the options.",
    "time": "Please choose a day and a time.",
    "address": "Please tell us where to come.",
    "contact": "Please tell us how to reach you.",
}

PAGE_SIZE = 20
MAX_NAME = 160
MAX_NOTES = 2000

UPCOMING = "upcoming"
PAST = "past"


@dataclass(frozen=True, slots=True)
class ContactForm:
    """Whom to ask for, as it was typed; ``company`` is a business profile's id."""

    name: str
    email: str
    phone: str = ""
    notes: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the overview showed when it was confirmed.

    Attributes:
        version: The draft's version.
        total_minor: The total in minor units of the business's currency.
        minutes: How long the visit takes.
    """

    version: int
    total_minor: int
    minutes: int


def event_text(what: str, detail: Mapping[str, str]) -> str:
    """One sentence for what happened to a booking.

    Args:
        what: The kind of event, such as ``booked``.
        detail: Its formatted texts.
    """
    if what == "booked":
        return (
            f"Booked for {detail['day']}, {detail['time']}, "
            f"with {detail['fieldworker']}, for {detail['total']}."
        )
    if what == "dependents_named":
        return f"For {detail['names']}." if detail["names"] else "For nobody by name."
    return what.replace("_", " ").capitalize() + "."
