"""Money: integer minor units with an ISO 4217 currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of one currency.

    Attributes:
        minor: Whole minor units; may be negative (a refund).
        currency: ISO 4217 code, such as ``AUD``.
    """

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency.

        Raises:
            ValueError: If the currencies differ.
        """
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def times(self, quantity: int) -> "Money":
        """The amount for a whole number of units."""
        return Money(self.minor * quantity, self.currency)

    def format(self, locale: str) -> str:
        """The amount as people in ``locale`` write it: ``$85``, or ``$85.50``.

        Whole amounts have no cents.
        """
        precision: int = get_currency_precision(self.currency)
        amount = Decimal(self.minor).scaleb(-precision)
        if self.minor % 10**precision:
            text: str = format_currency(amount, self.currency, locale=locale)
        else:
            pattern = Locale.parse(locale).currency_formats["standard"].pattern
            text = format_currency(
                amount,
                self.currency,
                pattern.replace(".00", ""),
                locale=locale,
                currency_digits=False,
            )
        return text
