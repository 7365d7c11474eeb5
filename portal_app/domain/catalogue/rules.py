"""What a service costs and how long it takes, decided without a database.

Amounts are whole minor units of the business's currency, durations whole minutes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.formats import duration_text

Answers = Mapping[str, Any]
"""Option key to the answer: a choice's key (``single``), a list of choice keys
(``several``) or a whole number (``quantity``). It comes from a browser, so
nothing about it is believed."""

OptionKind = Literal["single", "several", "quantity"]
PriceKind = Literal["fixed", "from", "per_hour", "on_request"]
"""What the base price is: of a visit; the least that a visit costs; of an hour of
the visit; or none, because the office says it for each visit."""
FIXED: PriceKind = "fixed"
FROM: PriceKind = "from"
PER_HOUR: PriceKind = "per_hour"
ON_REQUEST: PriceKind = "on_request"


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

    A ``quantity`` option has exactly one choice: its unit. Whether one must be
    answered its least quantity says, of the others ``required``; ``None`` is what is
    usual: one of a choice is, several are not.
    """

    key: str
    name: str
    kind: OptionKind
    choices: tuple[PricedChoice, ...]
    help: str = ""
    min_quantity: int = 0
    max_quantity: int = 1
    required: bool | None = None

    @property
    def must_be_answered(self) -> bool:
        """Whether nobody can book without an answer."""
        if self.kind == "quantity":
            return self.min_quantity > 0
        return self.kind == "single" if self.required is None else self.required


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax on a price, in hundredths of a percent, and whether it is in it."""

    basis_points: int = 0
    included: bool = True

    @property
    def percent(self) -> str:
        """The rate, such as ``8.25%``."""
        return f"{percent_text(self.basis_points)}%"

    @property
    def note(self) -> str:
        """What to say beside a price; empty where there is no tax."""
        if not self.basis_points:
            return ""
        return f"incl. {self.percent} tax" if self.included else f"+ {self.percent} tax"


NO_TAX = Tax()


@dataclass(frozen=True, slots=True)
class Offer:
    """A service as far as price and duration go.

    What each dependent but the first adds is in ``dependent_…``.
    """

    name: str
    base_price_minor: int
    duration_minutes: int
    options: tuple[PricedOption, ...] = ()
    price_kind: PriceKind = "from"
    tax: Tax = NO_TAX
    dependent_price_minor: int = 0
    dependent_minutes: int = 0


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
    """What the answers cost, line by line, and how long the visit takes.

    ``tax_note`` is what to say beside the total; empty where tax is a line, or none.
    """

    lines: tuple[PriceLine, ...]
    total_minor: int
    minutes: int
    tax_note: str = ""


def price(offer: Offer, answers: Answers, dependents: int = 0) -> PriceBreakdown:
    """Price a service with these answers, for so many dependents.

    An unanswered ``several`` chooses nothing; an unanswered ``quantity`` is its
    least quantity. Answers that add nothing to the price still get their line,
    because a booking keeps what was asked for; a quantity of nought does not.

    The price of an hour is that of the whole visit, as long as the answers make it,
    rounded half up; tax that prices do not hold is a line of its own, rounded alike.

    Raises:
        InvalidInput: If what is required is unanswered, or an answer names an
            option or choice that does not exist or a quantity out of bounds.
            The fields are option keys; every fault is told at once. Of a price on
            request, for ``price``.
    """
    if offer.price_kind == ON_REQUEST:
        raise InvalidInput({"price": "The price of this service is on request."})
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
    if dependents > 1 and (offer.dependent_price_minor or offer.dependent_minutes):
        lines.append(
            PriceLine(
                "Each further one",
                dependents - 1,
                offer.dependent_price_minor,
                (dependents - 1) * offer.dependent_minutes,
            )
        )
    minutes = sum(line.minutes for line in lines)
    if offer.price_kind == PER_HOUR:
        lines[0] = replace(
            lines[0],
            description=f"{offer.name}, {duration_text(minutes)}",
            unit_minor=_rounded(Decimal(offer.base_price_minor * minutes) / 60),
        )
    if offer.tax.basis_points and not offer.tax.included:
        net = Decimal(sum(line.total_minor for line in lines))
        tax = _rounded(net * offer.tax.basis_points / 10_000)
        lines.append(PriceLine(f"Tax {offer.tax.percent}", 1, tax, 0))
    return PriceBreakdown(
        lines=tuple(lines),
        total_minor=sum(line.total_minor for line in lines),
        minutes=minutes,
        tax_note=offer.tax.note if offer.tax.included else "",
    )


def without_prices(offer: Offer) -> Offer:
    """The same visit, of which nothing costs anything: what is asked a price for."""
    return replace(
        offer,
        base_price_minor=0,
        options=tuple(
            replace(
                option,
                choices=tuple(replace(one, price_minor=0) for one in option.choices),
            )
            for option in offer.options
        ),
        price_kind=FROM,
        tax=NO_TAX,
    )


def deposit_of(total_minor: int, *, flat_minor: int, percent: int) -> int:
    """What is asked in advance of a price, and never more than it; 0 for nothing."""
    share = _rounded(Decimal(total_minor * percent) / 100)
    return min(flat_minor or share, total_minor)


def percent_text(basis_points: int) -> str:
    """Hundredths of a percent as a number, such as ``8.25``."""
    return f"{Decimal(basis_points).scaleb(-2).normalize():f}"


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def normalise_answers(offer: Offer, answers: Answers) -> dict[str, Any]:
    """The answers as they are kept: quantities as numbers, choices in order.

    Raises:
        InvalidInput: As ``price`` does.
    """
    price(offer, answers)
    kept = {
        option.key: _stored_answer(option, answers.get(option.key))
        for option in offer.options
    }
    return {key: answer for key, answer in kept.items() if answer is not None}


def normalise_partial_answers(offer: Offer, answers: Answers) -> dict[str, Any]:
    """As ``normalise_answers``, of answers that need not be complete yet.

    Raises:
        InvalidInput: As ``price`` does, but for what is missing.
    """
    unanswered = {
        option.key: _first_answer(option)
        for option in offer.options
        if option.kind != "quantity"
        and option.must_be_answered
        and not answers.get(option.key)
    }
    kept = normalise_answers(offer, {**answers, **unanswered})
    return {
        key: answer
        for key, answer in kept.items()
        if key not in unanswered and answers.get(key) not in (None, "")
    }


def _first_answer(option: PricedOption) -> str | list[str]:
    first = option.choices[0].key
    return first if option.kind == "single" else [first]


def cheapest_answers(offer: Offer) -> dict[str, Any]:
    """The answers of the lowest price; the first of equal choices."""
    answers: dict[str, Any] = {}
    for option in offer.options:
        if option.kind != "quantity" and option.must_be_answered:
            cheapest = min(option.choices, key=lambda choice: choice.price_minor)
            single = option.kind == "single"
            answers[option.key] = cheapest.key if single else [cheapest.key]
    return answers


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
            if option.must_be_answered:
                raise _BadAnswer("Please choose one.")
            return []
        if not isinstance(answer, str) or answer not in choices:
            raise _BadAnswer("This choice is not available. Please choose another.")
        return [_price_line(option, choices[answer], 1)]
    chosen = [] if answer is None else answer
    if not isinstance(chosen, Sequence) or isinstance(chosen, str):
        raise _BadAnswer("This choice is not available. Please choose another.")
    if any(not isinstance(key, str) or key not in choices for key in chosen):
        raise _BadAnswer("This choice is not available. Please choose another.")
    if not chosen and option.must_be_answered:
        raise _BadAnswer("Please choose at least one.")
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
        return answer or None
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


def option_fault(option: PricedOption) -> str:
    """Why an option could not be priced for every answer, or an empty text."""
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
