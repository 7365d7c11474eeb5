"""What the suite costs in processor time, and whether each part keeps its budget.

Every test's CPU seconds are those of its process and of everything it started
(browser, server, commands), fixtures of the test and its module included. What a
process sets up once for all its tests is counted apart. PostgreSQL and Redis run
elsewhere and are not counted.

``tests/budgets.toml`` says what each folder and each browser file may cost; a run
that exceeds it fails. The number of browser journeys is compared exactly. CPU
seconds are scaled: a loop whose cost on the reference machine is known runs at the
beginning and at the end, so that a slower or busier machine gets more of them.
"""

import os
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FILE = _ROOT / "tests" / "budgets.toml"
_BROWSER = "tests/e2e"
_PROPERTY = "cpu_seconds"
_APART = "once per process"
_DEAREST = 25
_WORTH_A_LINE = 0.1
_PROC = Path("/proc")
_LOOP = 400_000


@dataclass(frozen=True)
class Limit:
    """What a file or folder may cost; ``None`` is no limit."""

    cpu_seconds: float | None = None
    journeys: int | None = None


@dataclass(frozen=True)
class Limits:
    """The limits that are written down."""

    reference_seconds: float
    headroom: float
    browser_file: Limit
    exceptions: dict[str, Limit]
    folders: dict[str, Limit]

    def of_browser_file(self, path: str) -> Limit:
        """The limit of a file in ``tests/e2e``."""
        return self.exceptions.get(path, self.browser_file)


def read_limits(path: Path = _FILE) -> Limits:
    """Read ``budgets.toml``.

    Raises:
        ValueError: If an exception has no reason.
    """
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, exception in told.get("exceptions", {}).items():
        if not exception.pop("reason", "").strip():
            raise ValueError(f"{path.name}: the exception of {name} has no reason")
    usual = Limit(**told["browser_file"])
    return Limits(
        told["machine"]["loop_seconds"],
        told["machine"]["headroom"],
        usual,
        {
            name: Limit(
                exception.get("cpu_seconds", usual.cpu_seconds),
                exception.get("journeys", usual.journeys),
            )
            for name, exception in told.get("exceptions", {}).items()
        },
        {name: Limit(seconds) for name, seconds in told["folders"].items()},
    )


@dataclass
class Costs:
    """What the tests of a run cost, by their ids."""

    seconds: dict[str, float] = field(default_factory=dict)
    once: float = 0.0

    def of_files(self) -> Counter[str]:
        """CPU seconds by file."""
        files: Counter[str] = Counter()
        for test, seconds in self.seconds.items():
            files[test.partition("::")[0]] += seconds  # type: ignore[assignment]
        return files

    def of_folders(self) -> Counter[str]:
        """CPU seconds by folder."""
        folders: Counter[str] = Counter()
        for file, seconds in self.of_files().items():
            folders[file.rpartition("/")[0]] += seconds
        return folders

    def journeys(self) -> Counter[str]:
        """Browser tests by file; each parametrisation is one."""
        files = (test.partition("::")[0] for test in self.seconds)
        return Counter(file for file in files if file.startswith(f"{_BROWSER}/"))


def exceeded(costs: Costs, limits: Limits, scale: float) -> list[str]:
    """Say in a line each what costs more than it may.

    Args:
        costs: What the tests cost.
        limits: What they may cost on the reference machine.
        scale: How much slower this machine is.
    """
    problems = []
    for file, journeys in sorted(costs.journeys().items()):
        most = limits.of_browser_file(file).journeys
        if most is not None and journeys > most:
            problems.append(f"{file}: {journeys} browser journeys, at most {most}")
    allowed = {
        file: limits.of_browser_file(file)
        for file in costs.of_files()
        if file.startswith(f"{_BROWSER}/")
    }
    for name, limit in (allowed | limits.folders).items():
        spent = costs.of_files()[name] or costs.of_folders()[name]
        if limit.cpu_seconds is not None and spent > limit.cpu_seconds * scale:
            problems.append(
                f"{name}: {spent:.0f} CPU seconds, at most {limit.cpu_seconds:g} "
                f"({limit.cpu_seconds * scale:.0f} on this machine)"
            )
    return problems


def loop_seconds() -> float:
    """The CPU seconds of a fixed loop, at its best of five."""

    def once() -> float:
        started = time.process_time()
        kept: dict[int, str] = {}
        for number in range(_LOOP):
            kept[number % 1009] = str(number)
        return time.process_time() - started

    return min(once() for _ in range(5))


def tree_seconds() -> float:
    """CPU seconds so far of this process and what it started, ended ones included."""
    if not (_PROC / "self" / "stat").exists():
        return sum(os.times()[:4])
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for entry in os.listdir(_PROC):
        if not entry.isdigit():
            continue
        try:
            stat = (_PROC / entry / "stat").read_text()
        except OSError:  # it has ended
            continue
        # The name, in parentheses, may contain anything.
        values = stat.rpartition(")")[2].split()
        children.setdefault(int(values[1]), []).append(int(entry))
        ticks[int(entry)] = sum(map(int, values[11:15]))
    waiting, total = [os.getpid()], 0
    while waiting:
        process = waiting.pop()
        total += ticks.get(process, 0)
        waiting += children.get(process, [])
    return total / os.sysconf("SC_CLK_TCK")


class Budget:
    """The plugin: measures where tests run, adds up and judges where they are told."""

    def __init__(self, config: pytest.Config) -> None:
        self._judges = not hasattr(config, "workerinput")
        self._costs = Costs()
        self._limits = read_limits()
        self._loop = loop_seconds() if self._judges else 0.0
        self._problems: list[str] = []
        self._scale = 1.0
        self._browser = False
        self._started = self._apart = 0.0
        self._now = tree_seconds

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Begin to count.

        Only browser tests have processes that outlive a test. When such a process
        ends under a later test, its seconds become those of this process; looking at
        all processes, which takes longer, counts them neither twice nor there.
        """
        self._browser = self._browser or item.nodeid.startswith(f"{_BROWSER}/")
        self._now = tree_seconds if self._browser else lambda: sum(os.times()[:4])
        self._started, self._apart = self._now(), 0.0
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Iterator[None]:
        """Count apart what is set up for more than a module."""
        if fixturedef.scope not in {"session", "package"}:
            return (yield)
        before, already = self._now(), self._apart
        try:
            return (yield)
        finally:
            # What it requires for itself was counted within.
            self._apart = already + self._now() - before

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Write what a test cost into its last report, which goes to the judge."""
        if call.when == "teardown":
            # What ended elsewhere than below this process took its seconds along.
            spent = max(0.0, self._now() - self._started - self._apart)
            cost = [round(spent, 3), round(self._apart, 3)]
            item.user_properties.append((_PROPERTY, cost))
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a test cost."""
        if self._judges and report.when == "teardown":
            for name, value in report.user_properties:
                if name == _PROPERTY:
                    own, once = value  # type: ignore[misc]
                    self._costs.seconds[report.nodeid] = float(own)
                    self._costs.once += float(once)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run that passed and cost too much."""
        if not self._judges or not self._costs.seconds:
            return
        slower = max(self._loop, loop_seconds()) / self._limits.reference_seconds
        self._scale = max(1.0, slower) * self._limits.headroom
        self._problems = exceeded(self._costs, self._limits, self._scale)
        if self._problems and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Print the sums, the dearest tests, and what exceeds its budget."""
        if not self._costs.seconds:
            return
        line = terminalreporter.write_line
        terminalreporter.section("CPU seconds")
        folders = self._costs.of_folders()
        for folder, seconds in folders.most_common():
            tests = sum(t.startswith(f"{folder}/") for t in self._costs.seconds)
            line(f"{seconds:9.1f}  {folder} ({tests} tests)")
        line(f"{self._costs.once:9.1f}  {_APART}: servers, browsers, databases")
        line(f"{sum(folders.values()) + self._costs.once:9.1f}  in all")
        line(f"The dearest tests, {_DEAREST} at most:")
        for test, seconds in Counter(self._costs.seconds).most_common(_DEAREST):
            if seconds >= _WORTH_A_LINE:
                line(f"{seconds:9.1f}  {test}")
        if self._problems:
            terminalreporter.section("over budget (tests/budgets.toml)", red=True)
            for problem in self._problems:
                line(problem, red=True)
