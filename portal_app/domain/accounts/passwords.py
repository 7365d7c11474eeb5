"""Passwords: what may be one, how strong it is, how it is kept.

Argon2id with the parameters of RFC 9106 (64 MiB, 3 passes), above the OWASP
minimum. Hashing takes tens of milliseconds and 64 MiB, so it never happens
inside a transaction, and only a few run at once.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from portal_app.domain.accounts import password_strength
from portal_app.domain.business import service as businesses
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ids import new_secret

MAX_PASSWORD_LENGTH = 200
_MAX_CONCURRENT_HASHES = 4

_hasher = PasswordHasher()
_slots = BoundedSemaphore(_MAX_CONCURRENT_HASHES)


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a new password must be; those that are kept already stay good.

    Attributes:
        min_length: Characters it has at least.
        min_score: How hard to guess it is at least, 1 to 4.
    """

    min_length: int = 10
    min_score: int = 2


DEFAULT_PASSWORD_POLICY = PasswordPolicy()


@dataclass(frozen=True, slots=True)
class PasswordStrength:
    """How hard a password is to guess.

    Attributes:
        score: 0 (at once) to 4 (not in years); 0 for an empty password.
        advice: One sentence on how to do better, or empty.
        accepted: Whether the policy takes it.
    """

    score: int
    advice: str
    accepted: bool


def current_policy(tx: Session) -> PasswordPolicy:
    """What the business asks of a new password."""
    switches = businesses.switches(tx)
    return PasswordPolicy(switches.password_min_length, switches.password_min_score)


def estimate_strength(
    password: str,
    inputs: tuple[str, ...] = (),
    policy: PasswordPolicy = DEFAULT_PASSWORD_POLICY,
) -> PasswordStrength:
    """Estimate a password, for the meter.

    Args:
        password: What was typed so far.
        inputs: What a guesser knows: the email, names.
        policy: What the business asks.
    """
    if not password:
        return PasswordStrength(0, "", accepted=False)
    password = password[: MAX_PASSWORD_LENGTH + 1]
    score, advice = _estimate(_normalise(password), inputs)
    problem = _problem(password, inputs, score, policy)
    return PasswordStrength(score, problem or advice, accepted=not problem)


def check_password(
    password: str,
    inputs: tuple[str, ...] = (),
    policy: PasswordPolicy = DEFAULT_PASSWORD_POLICY,
) -> None:
    """Refuse a password that the policy does not take.

    Raises:
        InvalidInput: For the field ``password``.
    """
    problem = (
        _problem(password, inputs, _estimate(_normalise(password), inputs)[0], policy)
        if len(password) <= MAX_PASSWORD_LENGTH
        else f"Please use at most {MAX_PASSWORD_LENGTH} characters."
    )
    if problem:
        raise InvalidInput({"password": problem})


def hash_password(password: str) -> str:
    """What is stored of a password. Never call it inside a transaction."""
    with _slots:
        return _hasher.hash(_normalise(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed.

    Takes the same time when there is no hash. Never call it inside a
    transaction.

    Args:
        password_hash: What was stored, or ``None`` if there is nothing.
        password: What was typed.
    """
    nobody = _dummy_hash()
    # Longer ones cannot have been set; they are compared as something else.
    typed = _normalise(password) if len(password) <= MAX_PASSWORD_LENGTH else ""
    with _slots:
        try:
            right = _hasher.verify(password_hash or nobody, typed)
        except (VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash(new_secret())


def _normalise(password: str) -> str:
    """One spelling for what looks the same on different keyboards."""
    return unicodedata.normalize("NFKC", password)


def _problem(
    password: str, inputs: tuple[str, ...], score: int, policy: PasswordPolicy
) -> str:
    typed = _normalise(password)
    if len(typed) < policy.min_length:
        return f"Please use at least {policy.min_length} characters."
    if len(password) > MAX_PASSWORD_LENGTH or len(typed) > MAX_PASSWORD_LENGTH:
        return f"Please use at most {MAX_PASSWORD_LENGTH} characters."
    if _letters_only(typed) in _personal_words(inputs):
        return "Please choose something other than your name or email."
    if score < policy.min_score:
        why = (
            "This password is easy to guess."
            if score < DEFAULT_PASSWORD_POLICY.min_score
            else "Please make it harder to guess."
        )
        return f"{why} Add another word or two."
    return ""


def _estimate(password: str, inputs: tuple[str, ...]) -> tuple[int, str]:
    if not password:
        return 0, ""
    known = [word for word in inputs if word]
    known += [word.partition("@")[0] for word in known if "@" in word]
    return password_strength.estimate(password, known)


def _letters_only(text: str) -> str:
    return "".join(part for part in text.casefold() if part.isalnum())


def _personal_words(inputs: tuple[str, ...]) -> set[str]:
    words = [_letters_only(word) for word in inputs]
    words += [_letters_only(word.partition("@")[0]) for word in inputs]
    names = [_letters_only(word) for word in inputs if "@" not in word]
    return {*words, "".join(names), "".join(reversed(names))} - {""}
