import re

import pytest

from portal_app.kernel.ids import (
    hash_secret,
    new_id,
    new_number,
    new_secret,
    normalise_number,
)


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1_000_000_000_000_000_000, 1_000_000_000_001_000_000])
    monkeypatch.setattr("time.time_ns", lambda: next(moments))
    earlier, later = new_id(), new_id()
    assert earlier < later
    assert len(earlier) == len(later) == 26


def test_ids_of_one_moment_sort_by_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_000_000_000_000_000_000)
    made = [new_id() for _ in range(100)]
    assert made == sorted(set(made))


def test_a_number_is_easy_to_read_aloud() -> None:
    assert re.fullmatch(
        r"B-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", new_number("B")
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" b-7k3m-9qxt ", "B-7K3M-9QXT"),
        ("B-OIL0-9QXT", "B-0110-9QXT"),
        ("B–7K3M–9QXT", "B-7K3M-9QXT"),
        ("b7k3m9qxt", "B-7K3M-9QXT"),
        ("b 7k3m 9qxt", "B-7K3M-9QXT"),
        ("B-7K3M-9QXT\u200b", "B-7K3M-9QXT"),
        ("B-7K3M", "-B7K3-M"),
        ("", "--"),
    ],
)
def test_a_typed_number_is_understood(typed: str, meant: str) -> None:
    assert normalise_number(typed) == meant


def test_secrets_are_long_and_never_repeat() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}


def test_a_stored_secret_is_its_sha256() -> None:
    assert hash_secret("abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
