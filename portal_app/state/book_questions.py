"""The options of a service as the wizard asks them."""

from dataclasses import dataclass, field
from typing import Any

from portal_app.domain.bookings.views import DraftView
from portal_app.domain.catalogue.views import OptionView, ServiceView


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """One answer; ``adds`` says what it adds to price and duration."""

    key: str
    name: str
    adds: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """An option of the service, with what the draft answers.

    ``unit`` says what one more of a quantity adds.
    """

    key: str
    name: str
    help: str
    kind: str
    unit: str = ""
    quantity: int = 0
    least: int = 0
    most: int = 0
    choices: list[ChoiceCard] = field(default_factory=list)


def questions_of(service: ServiceView, draft: DraftView) -> list[Question]:
    """The options of a service as questions, with the answers of a draft."""
    return [
        _question(option, draft.answers.get(option.key)) for option in service.options
    ]


def _question(option: OptionView, answer: Any) -> Question:
    if option.kind == "quantity":
        unit = option.choices[0]
        return Question(
            key=option.key,
            name=option.name,
            help=option.help,
            kind=option.kind,
            unit=" · ".join(part for part in (unit.price, unit.minutes) if part),
            quantity=answer if isinstance(answer, int) else option.min_quantity,
            least=option.min_quantity,
            most=option.max_quantity,
        )
    chosen = set(answer) if isinstance(answer, list) else {answer}
    return Question(
        key=option.key,
        name=option.name,
        help=option.help,
        kind=option.kind,
        choices=[
            ChoiceCard(
                key=choice.key,
                name=choice.name,
                adds=" · ".join(
                    part for part in (choice.price, choice.minutes) if part
                ),
                chosen=choice.key in chosen,
            )
            for choice in option.choices
        ],
    )
