"""The budgets of the tests: what exceeds one, and that none is for a file gone."""

from pathlib import Path

import pytest

from tests.support.budget import Costs, Limit, Limits, exceeded, read_limits

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(
    reference_seconds=0.04,
    headroom=1.25,
    browser_file=Limit(cpu_seconds=40, journeys=2),
    exceptions={"tests/e2e/test_big.py": Limit(cpu_seconds=90, journeys=3)},
    folders={"tests/state": Limit(cpu_seconds=10)},
)


def test_a_suite_within_its_budgets_has_no_problem() -> None:
    spent = {f"tests/e2e/test_small.py::test_a[{n}]": 20.0 for n in range(2)}
    spent |= {f"tests/e2e/test_big.py::test_{n}": 30.0 for n in range(3)}
    spent |= {"tests/state/test_a.py::test_a": 10.0, "tests/api/test_a.py::t": 900.0}
    assert exceeded(Costs(spent), LIMITS, scale=1) == []


def test_each_thing_over_budget_is_told_in_a_line() -> None:
    spent = {f"tests/e2e/test_small.py::test_a[{n}]": 21.0 for n in range(3)}
    spent |= {f"tests/e2e/test_big.py::test_{n}": 1.0 for n in range(4)}
    spent |= {"tests/state/test_a.py::test_a": 6.0, "tests/state/test_b.py::t": 7.0}
    assert exceeded(Costs(spent), LIMITS, scale=1.25) == [
        "tests/e2e/test_big.py: 4 browser journeys, at most 3",
        "tests/e2e/test_small.py: 3 browser journeys, at most 2",
        "tests/e2e/test_small.py: 63 CPU seconds, at most 40 (50 on this machine)",
        "tests/state: 13 CPU seconds, at most 10 (12 on this machine)",
    ]


def test_a_slower_machine_may_take_longer_and_have_no_more_journeys() -> None:
    spent = {f"tests/e2e/test_small.py::test_{n}": 21.0 for n in range(3)}
    assert exceeded(Costs(spent), LIMITS, scale=2) == [
        "tests/e2e/test_small.py: 3 browser journeys, at most 2"
    ]


def test_an_exception_takes_a_reason(tmp_path: Path) -> None:
    written = tmp_path / "budgets.toml"
    written.write_text(
        "[machine]\nloop_seconds = 1\nheadroom = 1\n"
        "[browser_file]\njourneys = 6\ncpu_seconds = 40\n[folders]\n"
        '[exceptions."tests/e2e/test_a.py"]\njourneys = 9\nreason = " "\n'
    )
    with pytest.raises(ValueError, match=r"exception of .* has no reason"):
        read_limits(written)


def test_what_has_a_budget_is_there() -> None:
    limits = read_limits()
    named = [*limits.exceptions, *limits.folders]
    assert [name for name in named if not (ROOT / name).exists()] == []
