"""Amounts and percentages as the office types them, in the business's writing."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from portal_app.domain.catalogue.checks import MAX_PRICE_MINOR, MAX_TAX_BASIS_POINTS
from portal_app.kernel.formats import Formats
from portal_app.kernel.text import code, decimal

_MAX_DIGITS = 20


def amount_text(minor: int, formats: Formats) -> str:
    """Minor units as a number to edit, such as ``85.00``."""
    number = Decimal(minor).scaleb(-_decimals(formats))
    return _written(number, formats)


def parse_amount(text: str, formats: Formats) -> int:
    """The minor units of a typed amount.

    Raises:
        ValueError: With a sentence, if it is none, negative, too high or too exact.
    """
    number = _number(text, formats)
    if number < 0:
        raise ValueError("A price cannot be negative.")
    minor = number.scaleb(_decimals(formats))
    if minor > MAX_PRICE_MINOR:
        raise ValueError("This price is too high.")
    if minor != int(minor):
        places = _decimals(formats)
        words = f"{places} digits after the mark" if places else "whole numbers"
        raise ValueError(f"Please use {words}, as {formats.currency} has them.")
    return int(minor)


def percent_text(basis_points: int, formats: Formats) -> str:
    """Hundredths of a percent as a number to edit, such as ``8.25``."""
    return _written(Decimal(basis_points).scaleb(-2).normalize(), formats)


def parse_percent(text: str, formats: Formats) -> int:
    """The hundredths of a percent that were typed.

    Raises:
        ValueError: With a sentence.
    """
    number = _number(text.replace("%", ""), formats)
    hundredths = number.scaleb(2)
    if not 0 <= hundredths <= MAX_TAX_BASIS_POINTS:
        raise ValueError("Please enter 0 to 100 percent.")
    if hundredths != int(hundredths):
        raise ValueError("Please use at most two digits after the mark.")
    return int(hundredths)


def hours_text(minutes: int, formats: Formats) -> str:
    """Minutes as hours to edit, such as ``1.5``, with at most two decimal places."""
    hours = round(Decimal(minutes) / 60, 2).normalize()
    return _written(hours, formats)


def parse_hours(text: str, formats: Formats) -> int:
    """The minutes of typed hours, to the nearest one.

    Raises:
        ValueError: With a sentence, if it is no number or negative.
    """
    hours = _number(text, formats)
    if hours < 0:
        raise ValueError("Please enter 0 or more hours.")
    return int((hours * 60).quantize(Decimal(1)))


def whole_number(text: str) -> int | None:
    """A whole number, digits of any script; ``None`` for anything else."""
    digits = code(text)
    sign, plain = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
    if not (plain.isascii() and plain.isdecimal()):
        return None
    return sign * int(plain[:_MAX_DIGITS])


def _number(text: str, formats: Formats) -> Decimal:
    plain = decimal(text, formats.decimal_mark)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(plain) > _MAX_DIGITS:
        raise ValueError("Please enter a number.")
    return number


def _written(number: Decimal, formats: Formats) -> str:
    return f"{number:f}".replace(".", formats.decimal_mark)


def _decimals(formats: Formats) -> int:
    places: int = get_currency_precision(formats.currency)
    return places
