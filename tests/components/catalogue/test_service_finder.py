"""What the server finds is what the browser will find."""

import pytest

from portal_app.components.catalogue.service_finder import Search
from tests.components.layout.test_first_html import CATALOGUE

BOTH = {"deep-clean", "dog-walk"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(), BOTH),
        (Search("dog"), {"dog-walk"}),
        (Search("DÒG wálk"), {"dog-walk"}),
        (Search("park around"), {"dog-walk"}),
        (Search("pets"), {"dog-walk"}),
        (Search("of it"), {"deep-clean"}),
        (Search("dog clean"), set()),
        (Search("", "cleaning"), {"deep-clean"}),
        (Search("dog", "cleaning"), set()),
        (Search("", "no-such-category"), BOTH),
        (Search("x" * 81), set()),
        (Search("   "), BOTH),
    ],
)
def test_every_word_has_to_occur_somewhere(search: Search, found: set[str]) -> None:
    assert search.found(CATALOGUE) == found


@pytest.mark.parametrize(
    ("search", "address"),
    [
        (Search(), "/services"),
        (Search(" a&b "), "/services?q=a%26b"),
        (Search("", "pets"), "/services?category=pets"),
        (Search("dog", "pets"), "/services?q=dog&category=pets"),
    ],
)
def test_a_search_has_an_address(search: Search, address: str) -> None:
    assert search.address() == address
