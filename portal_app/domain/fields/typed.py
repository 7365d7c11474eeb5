"""A field as the office types it, made into a definition. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal_app.domain.fields import definitions as d
from portal_app.domain.fields.definitions import Choice, Condition, Definition
from portal_app.kernel.keys import LONGEST_KEY, free_key, keys_for

_MAX_TYPED = 24
_MOST_DIGITS = 12
_MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """A choice as typed; ``key`` is that of one that was there before."""

    name: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldForm:
    """A field as typed. Parts that its kind does not have are left aside.

    Attributes:
        choices: Those that can be chosen, in order; one that was there before and
            is not among them is no longer offered.
        shown_when: The key of the field that decides whether this one is shown;
            empty for always.
        shown_values: What that field must say.
    """

    name: str = ""
    kind: str = d.TEXT
    help: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    decimals: str = ""
    period: str = ""
    choices: tuple[ChoiceForm, ...] = ()
    required: bool = False
    shown_when: str = ""
    shown_values: tuple[str, ...] = ()
    visible_to: frozenset[str] = frozenset()
    editable_by: frozenset[str] = frozenset()


def read(
    form: FieldForm, key: str, before: Definition | None = None
) -> tuple[Definition, dict[str, str]]:
    """The definition that a form describes, as far as it can be read.

    Args:
        form: As typed.
        key: Of the field.
        before: The field as it is stored, if there is one.

    Returns:
        The definition without what cannot be read, and a sentence for each of that,
        such as a number that is none. Whether the definition makes sense is for
        ``definitions.faults_of`` to say.
    """
    wrong: dict[str, str] = {}
    number, choice = form.kind == d.NUMBER, form.kind in {d.CHOICE, d.CHOICES}
    definition = Definition(
        id=before.id if before else "",
        key=key,
        name=_line(form.name),
        kind=form.kind,
        help=_line(form.help),
        unit=_line(form.unit) if number else "",
        minimum=_number(form.minimum, "minimum", wrong) if number else None,
        maximum=_number(form.maximum, "maximum", wrong) if number else None,
        decimals=_decimals(form.decimals, wrong) if number else 0,
        period=form.period if form.kind == d.DATE else "",
        choices=_choices(form.choices, before, wrong) if choice else (),
        required=form.required,
        shown_when=Condition(form.shown_when[:LONGEST_KEY], form.shown_values)
        if form.shown_when
        else None,
        visible_to=form.visible_to,
        editable_by=form.editable_by,
    )
    for part in ("name", "help", "unit"):
        if not getattr(definition, part).isprintable():
            wrong[part] = "Please use only letters, numbers and signs."
    return definition, wrong


def field_key(name: str, taken: Sequence[str]) -> str:
    """A key for a field of this name among those of its scope."""
    return free_key(name, {*taken, *d.TAKEN}, otherwise="field")


def _line(text: str) -> str:
    return " ".join(text.split())


def _number(text: str, part: str, wrong: dict[str, str]) -> Decimal | None:
    typed = text.strip()
    if not typed:
        return None
    try:
        number = Decimal(typed) if len(typed) <= _MAX_TYPED else None
    except InvalidOperation:
        number = None
    usable = number is not None and number.is_finite() and typed.isascii()
    # The exponent: a short text can mean a number of a million digits.
    if number is None or not usable or abs(number.adjusted()) > _MOST_DIGITS:
        wrong[part] = "Please enter a number such as 12 or 12.5."
        return None
    return number


def _decimals(text: str, wrong: dict[str, str]) -> int:
    typed = text.strip() or "0"
    if len(typed) == 1 and typed.isascii() and typed.isdecimal():
        return int(typed)
    wrong["decimals"] = f"Please enter a number from 0 to {d.MAX_DECIMALS}."
    return 0


def _choices(
    typed: Sequence[ChoiceForm], before: Definition | None, wrong: dict[str, str]
) -> tuple[Choice, ...]:
    named: list[tuple[str, str]] = []
    for at, one in enumerate(typed):
        name = _line(one.name)
        if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
            words = f"Please give a name of 1 to {_MAX_NAME} characters."
            wrong[f"choices.{at}"] = words
        elif name.casefold() in {other.casefold() for _, other in named}:
            wrong[f"choices.{at}"] = f"There are two choices called “{name}”."
        else:
            named.append((one.key, name))
    known = {one.key: one.name for one in before.choices} if before else {}
    keys = keys_for(named, known, otherwise="choice")
    return tuple(Choice(key, name) for key, (_, name) in zip(keys, named, strict=True))
