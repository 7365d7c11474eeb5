"""What a service costs and how long it takes, decided without a database.

Amounts are whole minor units of the business's currency, durations whole minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from portal_app.kernel.errors import InvalidInput

Answers = Mapping[str, Any]
"""Option key to the answer: a choice's key (``single``), a list of choice keys
(``several``) or a whole number (``quantity``). It comes from a browser, so
nothing about it is believed."""

OptionKind = Literal["single", "several", "quantity"]


@dataclass(frozen=True, slots=True)
class PricedChoice:
    """One answer; for ``quantity``, what one unit adds."""

    key: str
    name: str
    price_minor: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class PricedOption:
    """A question whose answer changes price and duration.

    A ``quantity`` option has exactly one choice: its unit.
    """

    key: str
    name: str
    kind: OptionKind
    choices: tuple[PricedChoice, ...]
    help: str = ""
    min_quantity: int = 0
    max_quantity: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A service as far as price and duration go."""

    name: str
    base_price_minor: int
    duration_minutes: int
    options: tuple[PricedOption, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceLine:
    """``quantity`` × ``unit_minor`` = ``total_minor``; ``minutes`` is the sum too."""

    description: str
    quantity: int
    unit_minor: int
    minutes: int

    @property
    def total_minor(self) -> int:
        """What the line adds to the price."""
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class PriceBreakdown:
    """What the answers cost, line by line, and how long the visit takes."""

    lines: tuple[PriceLine, ...]
    total_minor: int
    minutes: int


def price(offer: Offer, answers: Answers) -> PriceBreakdown:
    """Price a service with these answers.

    An unanswered ``several`` chooses nothing; an unanswered ``quantity`` is its
    least quantity. Answers that add nothing to the price still get their line,
    because a booking keeps what was asked for; a quantity of nought does not.

    Raises:
        InvalidInput: If a ``single`` is unanswered, or an answer names an
            option or choice that does not exist or a quantity out of bounds.
            The fields are option keys; every fault is told at once.
    """
    known = {option.key for option in offer.options}
    faults = {
        str(key): "This option is not available." for key in answers if key not in known
    }
    lines = [PriceLine(offer.name, 1, offer.base_price_minor, offer.duration_minutes)]
    for option in offer.options:
        try:
            lines.extend(_price_lines(option, answers.get(option.key)))
        except _BadAnswer as bad:
            faults[option.key] = str(bad)
    if faults:
        raise InvalidInput(faults, "Please check the options.")
    return PriceBreakdown(
        lines=tuple(lines),
        total_minor=sum(line.total_minor for line in lines),
        minutes=sum(line.minutes for line in lines),
    )


def normalise_answers(offer: Offer, answers: Answers) -> dict[str, Any]:
    """The answers as they are kept: quantities as numbers, choices in order.

    Raises:
        InvalidInput: As ``price`` does.
    """
    price(offer, answers)
    return {
        option.key: _stored_answer(option, answers.get(option.key))
        for option in offer.options
    }


def normalise_partial_answers(offer: Offer, answers: Answers) -> dict[str, Any]:
    """As ``normalise_answers``, of answers that need not be complete yet.

    Raises:
        InvalidInput: As ``price`` does, but for what is missing.
    """
    unanswered = {
        option.key: option.choices[0].key
        for option in offer.options
        if option.kind == "single" and not answers.get(option.key)
    }
    kept = normalise_answers(offer, {**answers, **unanswered})
    return {key: kept[key] for key in kept if answers.get(key) not in (None, "")}


def cheapest_answers(offer: Offer) -> dict[str, Any]:
    """The answers of the lowest price; the first of equal choices."""
    answers: dict[str, Any] = {}
    for option in offer.options:
        if option.kind == "single":
            cheapest = min(option.choices, key=lambda choice: choice.price_minor)
            answers[option.key] = cheapest.key
    return answers


def check_offer(offer: Offer) -> None:
    """Refuse a service that could not be priced for every answer.

    Raises:
        InvalidInput: Naming what is wrong: ``options`` or the option's key.
    """
    faults: dict[str, str] = {}
    if offer.base_price_minor < 0:
        faults["base_price_minor"] = "A price cannot be negative."
    if offer.duration_minutes <= 0:
        faults["duration_minutes"] = "A visit takes at least a minute."
    keys = [option.key for option in offer.options]
    if len(set(keys)) != len(keys):
        faults["options"] = "Two options have the same key."
    for option in offer.options:
        fault = _option_error(option)
        if fault:
            faults[option.key] = fault
    if faults:
        raise InvalidInput(faults, "Please check the service.")


class _BadAnswer(Exception):
    """Words for the person, next to the option."""


def _price_lines(option: PricedOption, answer: Any) -> list[PriceLine]:
    choices = {choice.key: choice for choice in option.choices}
    if option.kind == "quantity":
        quantity = _quantity(option, answer)
        unit = option.choices[0]
        return [_price_line(option, unit, quantity)] if quantity else []
    if option.kind == "single":
        if answer is None or answer == "":
            raise _BadAnswer("Please choose one.")
        if not isinstance(answer, str) or answer not in choices:
            raise _BadAnswer("This choice is not available. Please choose another.")
        return [_price_line(option, choices[answer], 1)]
    chosen = [] if answer is None else answer
    if not isinstance(chosen, Sequence) or isinstance(chosen, str):
        raise _BadAnswer("This choice is not available. Please choose another.")
    if any(not isinstance(key, str) or key not in choices for key in chosen):
        raise _BadAnswer("This choice is not available. Please choose another.")
    return [_price_line(option, c, 1) for c in option.choices if c.key in set(chosen)]


def _price_line(option: PricedOption, choice: PricedChoice, quantity: int) -> PriceLine:
    description = (
        option.name if option.kind == "quantity" else f"{option.name}: {choice.name}"
    )
    return PriceLine(
        description, quantity, choice.price_minor, quantity * choice.minutes
    )


def _stored_answer(option: PricedOption, answer: Any) -> Any:
    if option.kind == "single":
        return answer
    if option.kind == "several":
        chosen = set(answer or ())
        return [choice.key for choice in option.choices if choice.key in chosen]
    return _quantity(option, answer)


def _quantity(option: PricedOption, answer: Any) -> int:
    if answer is None or answer == "":
        return option.min_quantity
    # A number field of a browser sends text.
    if isinstance(answer, str) and len(answer) < 10 and answer.strip().isdecimal():
        answer = int(answer)
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise _BadAnswer("Please enter a whole number.")
    if not option.min_quantity <= answer <= option.max_quantity:
        raise _BadAnswer(
            f"Please enter a number from {option.min_quantity} "
            f"to {option.max_quantity}."
        )
    return answer


def _option_error(option: PricedOption) -> str:
    keys = [choice.key for choice in option.choices]
    if not keys:
        return "An option needs a choice."
    if len(set(keys)) != len(keys):
        return "Two choices have the same key."
    if option.kind == "quantity" and len(keys) != 1:
        return "A quantity has exactly one choice: its unit."
    if not 0 <= option.min_quantity <= option.max_quantity:
        return "The least quantity is more than the most."
    if any(choice.price_minor < 0 or choice.minutes < 0 for choice in option.choices):
        return "A choice can only add to price and duration."
    return ""
