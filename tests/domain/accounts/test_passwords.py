import sys
from functools import partial

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from portal_app.domain.accounts import passwords
from portal_app.domain.accounts.passwords import PasswordPolicy, PasswordStrength
from portal_app.kernel.errors import InvalidInput
from tests.support.accounts import HashingCalls, run_concurrently

MAYA = ("maya.chen@example.com", "Maya", "Chen")
EASY = "This password is easy to guess. Add another word or two."
HARDER = "Please make it harder to guess. Add another word or two."
OWN = "Please choose something other than your name or email."


@pytest.mark.parametrize(
    "password",
    ["demo-portal-1", "correct horse battery", "sunny-otter-42", "ключ-от-дома-7"],
)
def test_passwords_the_policy_takes(password: str) -> None:
    passwords.check_password(password, MAYA)
    assert passwords.estimate_strength(password, MAYA).accepted is True


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Please use at least 10 characters."),
        ("short-9ch", "Please use at least 10 characters."),
        ("x7" * 101, "Please use at most 200 characters."),
        ("ﷺ" * 100, "Please use at most 200 characters."),
        ("password123", EASY),
        ("aaaaaaaaaaaaaaa", EASY),
        ("Maya.Chen@example.com", OWN),
        ("maya.chen@EXAMPLE.com", OWN),
        ("chen-maya!", OWN),
    ],
)
def test_passwords_the_policy_refuses(password: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        passwords.check_password(password, MAYA)
    assert refused.value.fields == {"password": sentence}
    assert passwords.estimate_strength(password, MAYA).accepted is False


def test_the_meter_names_what_is_missing() -> None:
    assert passwords.estimate_strength("") == PasswordStrength(0, "", accepted=False)
    assert passwords.estimate_strength("password") == PasswordStrength(
        0, "Please use at least 10 characters.", accepted=False
    )
    assert passwords.estimate_strength(
        "correct horse battery staple"
    ) == PasswordStrength(4, "", accepted=True)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (PasswordPolicy(min_length=30), "Please use at least 30 characters."),
        (PasswordPolicy(min_score=4), HARDER),
        (PasswordPolicy(min_length=8, min_score=3), ""),
    ],
)
def test_the_meter_follows_the_policy(policy: PasswordPolicy, sentence: str) -> None:
    found = passwords.estimate_strength("walking dogs", policy=policy)
    assert (found.score, found.accepted) == (3, not sentence)
    if sentence:
        assert found.advice == sentence
        with pytest.raises(InvalidInput) as refused:
            passwords.check_password("walking dogs", policy=policy)
        assert refused.value.fields == {"password": sentence}


def test_a_very_long_password_is_estimated_quickly() -> None:
    assert passwords.estimate_strength("aZ4!" * 500_000).advice == (
        "Please use at most 200 characters."
    )


@pytest.mark.usefixtures("product_hashes")
def test_the_parameters_are_above_the_owasp_minimum() -> None:
    made = extract_parameters(passwords.hash_password("demo-portal-1"))
    assert (made.type, made.memory_cost, made.time_cost, made.hash_len) == (
        Type.ID,
        65536,
        3,
        32,
    )


def test_only_the_right_password_matches(hashing: HashingCalls) -> None:
    kept = passwords.hash_password("demo-portal-1")
    assert passwords.matches(kept, "demo-portal-1") is True
    assert passwords.matches(kept, "demo-portal-2") is False
    assert passwords.matches(kept, "Demo-portal-1") is False
    assert passwords.matches(kept, "") is False
    assert passwords.matches("no hash at all", "demo-portal-1") is False
    assert passwords.matches(None, "demo-portal-1") is False


def test_a_missing_password_hash_costs_the_same(hashing: HashingCalls) -> None:
    kept = passwords.hash_password("demo-portal-1")
    for password_hash, typed in [
        (kept, "demo-portal-1"),
        (kept, "wrong"),
        (kept, "x" * 1000),
        (None, "demo-portal-1"),
    ]:
        hashing.reset()
        passwords.matches(password_hash, typed)
        assert (hashing.hashed, hashing.compared) == (0, 1)


def test_passwords_are_normalised_before_hashing(hashing: HashingCalls) -> None:
    kept = passwords.hash_password("Caf\u00e9 au lait 9")
    assert passwords.matches(kept, "Cafe\u0301 au lait 9") is True


@pytest.mark.usefixtures("product_hashes")
def test_a_hash_with_other_parameters_is_outdated() -> None:
    old = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    assert passwords.is_outdated(old.hash("demo-portal-1")) is True
    assert passwords.is_outdated(passwords.hash_password("demo-portal-1")) is False


def test_concurrent_estimates_are_independent() -> None:
    own = "zyxwv-qponm-lkj"

    def score(inputs: tuple[str, ...]) -> int:
        return min(passwords.estimate_strength(own, inputs).score for _ in range(20))

    alone = {inputs: score(inputs) for inputs in [(), (own,)]}
    assert alone[()] > alone[(own,)]
    several = [(), (own,)] * 4
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        together = run_concurrently(*[partial(score, inputs) for inputs in several])
    finally:
        sys.setswitchinterval(usual)
    assert together == [alone[inputs] for inputs in several]
