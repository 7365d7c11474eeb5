"""The estimate: the same as zxcvbn's own for what people choose, at a bounded cost."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from zxcvbn import matching, zxcvbn

from portal_app.domain.accounts import password_strength

SIGNS = "0123456789!@#$%^&*()-_=+[]{}|<>/.,:;"
SUBSTITUTES = "430157@$!|{([<+9862%"
# With so many looks into the dictionaries it takes some hundredths of a second.
MOST_LOOKUPS = 150_000


@contextmanager
def _lookups() -> Iterator[list[int]]:
    """Count what the dictionaries are asked: every part of every spelling."""
    counted: list[int] = []
    real = matching.dictionary_match

    def dictionary_match(password: str, _ranked_dictionaries: Any) -> Any:
        words = _ranked_dictionaries
        counted.append(len(words) * len(password) * (len(password) + 1) // 2)
        return real(password, words)

    with patch.object(matching, "dictionary_match", dictionary_match):
        yield counted


def _long_ones() -> list[str]:
    chance = random.Random(7)
    alphabets = (SIGNS, SUBSTITUTES, "0123456789", "4a@", "ab", "1l|i!", "a")
    return [
        "".join(chance.choice(alphabet) for _ in range(length))
        for alphabet in alphabets
        for length in (24, 31, 32, 33, 72, 201)
    ]


def test_whatever_is_typed_costs_little() -> None:
    most = 0
    for password in [*_long_ones(), SUBSTITUTES + "!@$%", SUBSTITUTES * 3]:
        with _lookups() as counted:
            password_strength.estimate(password, ["maya", "maya@example.com"])
        most = max(most, sum(counted))
    assert 50_000 < most < MOST_LOOKUPS


def test_zxcvbn_itself_would_cost_a_hundred_times_as_much() -> None:
    """If this fails, zxcvbn has a limit of its own: use it instead."""
    password = "4@8({[<361!|70$5+%29zz"
    with patch.object(matching, "dictionary_match", lambda *_: []):
        table = matching.relevant_l33t_subtable(password, matching.L33T_TABLE)
        assert len(matching.enumerate_l33t_subs(table)) > 500


@pytest.mark.parametrize(
    "password",
    [
        *("p@ssw0rd", "P4$$w0rd!", "tr0ub4dor&3", "l3tm31n-now", "correct horse"),
        *("qwertyuiop", "11/03/1987", "abcabcabcabc", "maya", "mayamaya", "aaaaaaaa"),
        *("sunny-otter-42", "walking dogs", "x7!kQ9$m", "ключ-от-дома-7", "dr@g0n1987"),
        *("summer2019!", "ch3n", "zaq12wsx", "iloveyou123", "D0g$ & c@ts", "6b(8kZ|0v"),
    ],
)
def test_it_says_what_zxcvbn_says(password: str) -> None:
    known = ["maya", "chen"]
    said = zxcvbn(password, user_inputs=known)["score"]
    assert password_strength.estimate(password, known)[0] == said


def test_a_long_password_counts_by_its_better_end() -> None:
    weak, strong = "a" * 40, "Kv9$ xz-27 mQ tR w8 pL"
    assert password_strength.estimate(weak, [])[0] < 2
    assert password_strength.estimate(weak + strong, [])[0] == 4
    assert password_strength.estimate(strong + weak, [])[0] == 4


def test_a_repeated_word_that_a_guesser_knows_is_weak() -> None:
    word = "zyxwv-qponm-lkj"
    assert password_strength.estimate(word * 2, [])[0] > 2
    assert password_strength.estimate(word * 2, [word])[0] < 2
