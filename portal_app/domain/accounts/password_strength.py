"""How hard a password is to guess, by zxcvbn, at a bounded cost.

zxcvbn's own entry reads 72 characters with every combination of substitutes for
letters (``@`` or ``4`` for ``a`` and so on), of which there are over a thousand
in 24 characters of punctuation: seconds for one password. Its matchers are called
here instead, with at most ``_MOST_COMBINATIONS`` of them, on at most
``_WINDOW`` characters at each end. They get the words a guesser knows as an
argument, where ``zxcvbn()`` keeps them in a global that two threads would share.
"""

from collections.abc import Sequence
from math import prod
from typing import Any

from zxcvbn import feedback, matching, scoring, time_estimates

_WINDOW = 32
_BEST_SCORE = 4
_MOST_COMBINATIONS = 16
# Punctuation that may stand for a letter, and what stands for the punctuation
# where there is too much of it: private characters that are no sequence.
_SUBSTITUTES = sorted(
    {
        sign
        for signs in matching.L33T_TABLE.values()
        for sign in signs
        if not sign.isdigit()
    }
)
_OTHERWISE = {ord(sign): 0xE000 + 100 * at for at, sign in enumerate(_SUBSTITUTES)}
_Match = dict[str, Any]
_Words = dict[str, dict[str, int]]


def estimate(password: str, known: Sequence[str]) -> tuple[int, str]:
    """The score, 0 (at once) to 4 (not in years), and a sentence of advice.

    A long password is at least as hard to guess as its beginning and its end.

    Args:
        password: Not empty.
        known: Words that a guesser tries first.
    """
    words = matching.RANKED_DICTIONARIES | {
        "user_inputs": matching.build_ranked_dict([word.lower() for word in known])
    }
    found = _estimate_part(password[:_WINDOW], words)
    if len(password) > _WINDOW and found[0] < _BEST_SCORE:
        found = max(found, _estimate_part(password[-_WINDOW:], words))
    return found


def _estimate_part(part: str, words: _Words) -> tuple[int, str]:
    found = scoring.most_guessable_match_sequence(part, _matches(part, words))
    score = int(time_estimates.estimate_attack_times(found["guesses"])["score"])
    told = feedback.get_feedback(score, found["sequence"])
    hints = [told["warning"], *told["suggestions"]]
    advice = next((hint for hint in hints if hint), "")
    return score, f"{advice.rstrip('.')}." if advice else ""


def _matches(part: str, words: _Words) -> list[_Match]:
    """As ``zxcvbn.matching.omnimatch``."""
    used = matching.relevant_l33t_subtable(part, matching.L33T_TABLE)
    combinations = prod(len(signs) for signs in used.values())
    # Who uses that many different signs has no word spelt with them.
    readable = (
        part if combinations <= _MOST_COMBINATIONS else part.translate(_OTHERWISE)
    )
    found = [
        *matching.dictionary_match(part, words),
        *matching.reverse_dictionary_match(part, words),
        *matching.l33t_match(readable, words),
        *matching.spatial_match(part),
        *_repeats(part, readable, words),
        *matching.sequence_match(part),
        *matching.regex_match(part),
        *matching.date_match(part),
    ]
    return sorted(found, key=lambda match: (match["i"], match["j"]))


def _repeats(part: str, readable: str, words: _Words) -> list[_Match]:
    """What is repeated, judged by the words that a guesser knows as well."""
    found: list[_Match] = matching.repeat_match(readable)
    for match in found:
        start = match["i"]
        repeated = part[start : start + len(match["base_token"])]
        judged = scoring.most_guessable_match_sequence(
            repeated, _matches(repeated, words)
        )
        match["base_guesses"] = judged["guesses"]
        match["base_matches"] = judged["sequence"]
    return found
