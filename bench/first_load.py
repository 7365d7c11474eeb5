"""First load of ``/``: bytes over the wire and time, against the blank app.

A cold Chromium each time. *Interactive* is the moment the page's socket brought
its first state; *contentful* is the largest contentful paint.
"""

import statistics
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.results import print_rows, write_result
from bench.servers import Served, blank_app, portal
from tests.support.browser import LAUNCH_ARGUMENTS, browser_executable

_RUNS = 7
_PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
_LCP = """() => new Promise(done => new PerformanceObserver(list => {
  const entries = list.getEntries(); done(entries[entries.length - 1].startTime);
}).observe({type: 'largest-contentful-paint', buffered: true}))"""


def _visit(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context(**_PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: dict[str, int] = {"all": 0}
    kinds: dict[str, str] = {}
    session.send("Network.enable")
    session.on(
        "Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]})
    )

    def finished(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        kind = kinds.get(event["requestId"], "Other")
        sizes["all"] += size
        sizes[kind] = sizes.get(kind, 0) + size

    session.on("Network.loadingFinished", finished)
    with page.expect_websocket() as socket_info:
        page.goto(url, wait_until="commit")
    socket = socket_info.value
    socket.wait_for_event("framereceived", lambda frame: '"delta"' in str(frame))
    interactive = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    contentful = page.evaluate(_LCP)
    context.close()
    return {
        "bytes": sizes["all"],
        "script bytes": sizes.get("Script", 0),
        "style bytes": sizes.get("Stylesheet", 0),
        "contentful ms": contentful,
        "interactive ms": interactive,
    }


def _measure(browser: Browser, served: Served) -> dict[str, float]:
    _visit(browser, served.url)
    runs = [_visit(browser, served.url) for _ in range(_RUNS)]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    """Measure both, print the table, write the result."""
    path = browser_executable()
    with sync_playwright() as playwright, blank_app() as blank, portal() as ours:
        browser = playwright.chromium.launch(
            executable_path=path, args=LAUNCH_ARGUMENTS
        )
        measured = {served.name: _measure(browser, served) for served in (blank, ours)}
        browser.close()
    rows = [
        {
            "what": key,
            "blank": round(measured["blank"][key], 1),
            "portal": round(measured["portal"][key], 1),
            "ratio": round(measured["portal"][key] / max(measured["blank"][key], 1), 2),
        }
        for key in measured["blank"]
    ]
    print_rows("First load of /, against a blank app", rows)
    write_result("first_load", {"runs": _RUNS, "rows": rows})


if __name__ == "__main__":
    main()
