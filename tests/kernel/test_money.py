import pytest

from portal_app.kernel.money import Money


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(8500, "AUD") + Money(150, "AUD") == Money(8650, "AUD")


def test_amounts_of_two_currencies_do_not() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to AUD"):
        Money(1, "AUD") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(8500, "AUD"), "en_AU", "$85"),
        (Money(12900, "AUD"), "en_AU", "$129"),
        (Money(12950, "AUD"), "en_AU", "$129.50"),
        (Money(123400, "AUD"), "en_AU", "$1,234"),
        (Money(-8500, "AUD"), "en_AU", "-$85"),
        (Money(0, "AUD"), "en_AU", "$0"),
        (Money(-5, "AUD"), "en_AU", "-$0.05"),
        (Money(850000, "JPY"), "en", "¥850,000"),
        (Money(123456, "EUR"), "de_DE", "1.234,56\xa0€"),
        (Money(123400, "EUR"), "de_DE", "1.234\xa0€"),
        (Money(5000, "BHD"), "en", "BHD5"),
        (Money(5500, "BHD"), "en", "BHD5.500"),
    ],
)
def test_money_is_written_as_people_write_it(
    money: Money, locale: str, text: str
) -> None:
    assert money.format(locale) == text
