"""One production build and one server per run; a fresh browser context per test.

A test that fails runs a second time with a trace, and still counts as failed.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)
from sqlalchemy import delete

from portal_app.domain.rate_limits.models import AttemptWindow
from portal_app.serving import build as frontend
from tests.e2e import dependent_steps, steps
from tests.support.browser import Browsers
from tests.support.demo import LoadedDemo, loaded_demo
from tests.support.geocoder_server import TILES, Geocoder, geocoder_server
from tests.support.mailbox import Mailbox, smtp_server
from tests.support.people import Person, new_customer
from tests.support.providers import ProviderServers, provider_servers
from tests.support.server import ROOT, RunningPortal, running_portal

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
_HERE = Path(__file__).parent
_KEPT = ROOT / "test-results"
_FAILED = pytest.StashKey[bool]()
_TRACED = pytest.StashKey[bool]()
_EXPECT_MS = 15_000
# A machine that is busy with something else is no reason to fail.
expect.set_options(timeout=_EXPECT_MS)
# What the content security policy refuses, also where the browser is silent.
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `policy violation: ${event.effectiveDirective} ${event.blockedURI}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    # The longest first, so that no worker is left alone with them at the end.
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run a browser test; if it fails, once more with a trace, and report the first.

    A trace of every test would take as long as the tests do.
    """
    if item.get_closest_marker("e2e") is None:
        return None
    where = {"nodeid": item.nodeid, "location": item.location}
    item.ihook.pytest_runtest_logstart(**where)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failed = [report for report in reports if report.failed]
    # The time limit is one for both; nothing would end a second that hangs.
    if failed and not any("Timeout" in report.longreprtext for report in failed):
        item.stash[_TRACED] = True
        item._initrequest()  # type: ignore[attr-defined]
        again = runtestprotocol(item, nextitem=nextitem, log=False)
        outcome = "failed" if any(report.failed for report in again) else "passed"
        failed[0].sections.append(
            ("second run", f"{outcome}; its trace is in {_KEPT.name}/")
        )
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(**where)
    return True


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="session")
def providers() -> Iterator[ProviderServers]:
    """Google, Apple and Facebook, as far as the portal can tell."""
    with provider_servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def geocoder() -> Iterator[Geocoder]:
    """Whoever knows streets."""
    with geocoder_server() as server:
        yield server


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> LoadedDemo:
    """The demo business as of today, for servers to start with a copy of."""
    return loaded_demo(tmp_path_factory)


@pytest.fixture(scope="session")
def portal(
    tmp_path_factory: pytest.TempPathFactory,
    demo: LoadedDemo,
    mailbox: Mailbox,
    providers: ProviderServers,
    geocoder: Geocoder,
) -> Iterator[RunningPortal]:
    """The running product, with the demo business in it and every way in open."""
    if not frontend.is_current():
        frontend.build()
    folder = tmp_path_factory.mktemp("portal")
    others = providers.environment | {
        "PORTAL_GEOCODER_URL": geocoder.url,
        "PORTAL_MAP_TILES_URL": f"{geocoder.url}{TILES}{{z}}/{{x}}/{{y}}.png",
    }
    with running_portal(folder, mailbox, demo, **others) as running:
        yield running


@pytest.fixture(scope="session")
def patient_portal(
    tmp_path_factory: pytest.TempPathFactory,
    demo: LoadedDemo,
    mailbox: Mailbox,
    providers: ProviderServers,
) -> Iterator[RunningPortal]:
    """As ``portal``, for tests that fire thousands of events as one browser."""
    if not frontend.is_current():
        frontend.build()
    folder = tmp_path_factory.mktemp("patient-portal")
    others = providers.environment | {"PORTAL_EVENT_ALLOWANCE": "1000"}
    with running_portal(folder, mailbox, demo, **others) as running:
        yield running


@pytest.fixture(autouse=True)
def _unlimited(portal: RunningPortal) -> None:
    """Every test comes from the same address; what others tried does not count."""
    with portal.database.write() as tx:
        tx.execute(delete(AttemptWindow))


# Not for the whole session: while Playwright runs, nothing else may run a loop.
@pytest.fixture(scope="package")
def _browsers() -> Iterator[Browsers]:
    with Browsers() as browsers:
        yield browsers


@pytest.fixture
def chromium(_browsers: Browsers) -> Browser:
    """The browser, which tests share."""
    return _browsers.current()


class Watch:
    """Everything that a page complained about."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]


@pytest.fixture
def watch() -> Watch:
    """Lets a test name the console errors it provokes on purpose."""
    return Watch()


@pytest.fixture(params=["desktop", "phone"])
def device(request: pytest.FixtureRequest) -> str:
    """Runs a journey on both; a test for one size uses ``context_options``."""
    return str(request.param)


@pytest.fixture
def context_options(request: pytest.FixtureRequest) -> dict[str, object]:
    on = request.getfixturevalue("device") if "device" in request.fixturenames else ""
    return dict(PHONE if on == "phone" else DESKTOP)


@pytest.fixture
def new_context(
    _browsers: Browsers,
    chromium: Browser,
    portal: RunningPortal,
    context_options: dict[str, object],
    watch: Watch,
    request: pytest.FixtureRequest,
) -> Iterator[object]:
    """Open browser contexts (one person each); keep what they show if the test fails.

    Nothing moves unless ``context_options`` say so (``reduced_motion``).
    """
    traced = request.node.stash.get(_TRACED, False)
    opened: list[BrowserContext] = []
    log_start = portal.log.stat().st_size

    def open_context() -> BrowserContext:
        context = chromium.new_context(
            base_url=portal.url,
            locale="en-AU",
            timezone_id="Australia/Sydney",
            **({"reduced_motion": "reduce"} | context_options),  # type: ignore[arg-type]
        )
        context.set_default_timeout(_EXPECT_MS)
        if traced:
            context.tracing.start(snapshots=True, screenshots=True, sources=True)
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", watch.on_console)
        context.on("weberror", lambda e: watch.complaints.append(str(e.error)))
        opened.append(context)
        return context

    yield open_context
    failed = request.node.stash.get(_FAILED, False) or bool(watch.unexpected())
    name = re.sub(r"\W+", "-", request.node.name) + ("-again" if traced else "")
    if failed:
        _KEPT.mkdir(exist_ok=True)
        with portal.log.open("rb") as log:
            log.seek(log_start)
            (_KEPT / f"{name}.log").write_bytes(log.read())
    for number, context in enumerate(opened):
        if traced:
            context.tracing.stop(path=_KEPT / f"{name}-{number}.zip")
        if failed:
            for page_number, page in enumerate(context.pages):
                page.screenshot(path=_KEPT / f"{name}-{number}-{page_number}.png")
        _browsers.close(context)
    assert watch.unexpected() == [], "the browser's console has errors"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def page(new_context) -> Page:  # type: ignore[no-untyped-def]
    """A stranger's tab."""
    opened: Page = new_context().new_page()
    return opened


@pytest.fixture
def customer(portal: RunningPortal) -> Person:
    """A customer of this test alone, activated and with nothing yet."""
    return new_customer(portal.database)


@pytest.fixture
def tab(new_context, portal: RunningPortal, customer: Person) -> Page:  # type: ignore[no-untyped-def]
    """The customer's tab."""
    return steps.arrive_signed_in(new_context(), portal, customer)


@pytest.fixture
def biscuit(portal: RunningPortal, customer: Person) -> str:
    """The id of the customer's dog."""
    return dependent_steps.keep(
        portal, customer, "pet", "Biscuit", species="dog", food="Kibble"
    )
