"""One production build and one server per run; a fresh browser context per test."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from sqlalchemy import delete

from portal_app.domain.accounts.models import AttemptWindow
from portal_app.serving import build as frontend
from tests.e2e import dependent_steps, steps
from tests.support.browser import LAUNCH_ARGUMENTS, executable
from tests.support.geocoder import Geocoder, geocoder_server
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
_KEPT = ROOT / "test-results"
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
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


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
def portal(
    tmp_path_factory: pytest.TempPathFactory,
    mailbox: Mailbox,
    providers: ProviderServers,
    geocoder: Geocoder,
) -> Iterator[RunningPortal]:
    """The running product, with the demo business in it and every way in open."""
    if not frontend.is_current():
        frontend.build()
    folder = tmp_path_factory.mktemp("portal")
    others = providers.environment | {"PORTAL_GEOCODER_URL": geocoder.url}
    with running_portal(folder, mailbox, **others) as running:
        yield running


@pytest.fixture(autouse=True)
def _unlimited(portal: RunningPortal) -> None:
    """Every test comes from the same address; what others tried does not count."""
    with portal.database.write() as tx:
        tx.execute(delete(AttemptWindow))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = executable()
    assert path, "run `python -m tests.support.browser` first"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=LAUNCH_ARGUMENTS
        )
        yield browser
        browser.close()


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
    chromium: Browser,
    portal: RunningPortal,
    context_options: dict[str, object],
    watch: Watch,
    request: pytest.FixtureRequest,
) -> Iterator[object]:
    """Open browser contexts (one person each); keep a trace if the test fails."""
    opened: list[BrowserContext] = []
    log_start = portal.log.stat().st_size

    def open_context() -> BrowserContext:
        context = chromium.new_context(
            base_url=portal.url,
            locale="en-AU",
            timezone_id="Australia/Sydney",
            **context_options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(_EXPECT_MS)
        # No film of it: that alone takes as long as the tests do.
        context.tracing.start(snapshots=True)
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", watch.on_console)
        context.on("weberror", lambda e: watch.complaints.append(str(e.error)))
        opened.append(context)
        return context

    yield open_context
    failed = getattr(request.node, "failed", False) or bool(watch.unexpected())
    name = re.sub(r"\W+", "-", request.node.name)
    for number, context in enumerate(opened):
        if failed:
            _KEPT.mkdir(exist_ok=True)
            context.tracing.stop(path=_KEPT / f"{name}-{number}.zip")
            for page_number, page in enumerate(context.pages):
                shot = _KEPT / f"{name}-{number}-{page_number}.png"
                page.screenshot(path=shot)
        context.close()
    if failed:
        with portal.log.open("rb") as log:
            log.seek(log_start)
            (_KEPT / f"{name}.log").write_bytes(log.read())
    assert watch.unexpected() == [], "the browser's console has errors"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.failed:
        item.failed = True  # type: ignore[attr-defined]
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
