"""The portal as an app: installable, calm without a network, clean after a deploy."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Watch
from tests.support.people import Person
from tests.support.server import ROOT, RunningPortal

NewContext = Callable[[], BrowserContext]
LOST = "The connection is lost, trying again…"
BACK = "You are connected again."
_CONTROLLED = """async () => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) await new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", done));
  return navigator.serviceWorker.controller.scriptURL;
}"""
_KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) {
      const answer = await caches.match(request);
      kept[request.url] = answer.headers.get("content-type");
    }
  return kept;
}"""


def test_the_manifest_and_the_service_worker(portal: RunningPortal) -> None:
    page = httpx.get(f"{portal.url}/login").text
    assert 'rel="manifest"' in page
    answer = httpx.get(f"{portal.url}/api/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "Brightside Home & Pet Care"
    assert (manifest["display"], manifest["scope"]) == ("standalone", "/")
    assert httpx.get(portal.url + manifest["start_url"]).status_code == 200
    purposes = []
    for icon in manifest["icons"]:
        image = Image.open(BytesIO(httpx.get(portal.url + icon["src"]).content))
        assert "x".join(map(str, image.size)) == icon["sizes"]
        purposes.append(icon.get("purpose", "any"))
    assert sorted(purposes) == ["any", "any", "maskable"]
    worker = httpx.get(f"{portal.url}/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "immutable" not in worker.headers.get("cache-control", "")


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_without_a_network_a_page_says_so_and_nothing_personal_is_kept(
    device: str,
    portal: RunningPortal,
    new_context: NewContext,
    customer: Person,
    watch: Watch,
) -> None:
    watch.expected = ["net::ERR_", "WebSocket connection to"]
    context = new_context()
    _said_at_once(context)
    page = steps.arrive_signed_in(context, portal, customer)
    steps.visit(page, "/bookings")
    assert page.evaluate(_CONTROLLED) == f"{portal.url}/sw.js"
    for path in ("/", "/account", "/book/dog-walking", "/bookings"):
        steps.visit(page, path)
    kept = page.evaluate(_KEPT)
    assert kept.pop(f"{portal.url}/offline.html").startswith("text/html")
    assert kept
    folders = {urlsplit(url).path.split("/")[1] for url in kept}
    assert folders <= {"assets", "fonts"}
    assert [url for url, kind in kept.items() if "html" in (kind or "")] == []
    context.set_offline(True)
    page.goto("/account")
    expect(steps.heading(page, "You are offline")).to_be_visible()
    expect(page.get_by_text(customer.last_name)).to_have_count(0)
    context.set_offline(False)
    steps.link(page, "Try again").click()
    expect(steps.heading(page, "My Account")).to_be_visible()


def _said_at_once(context: BrowserContext) -> None:
    """A network that goes is told while a form is filled in, and so is its return."""
    page = context.new_page()
    steps.visit(page, "/login")
    steps.field(page, "Email").fill("maya@example.com")
    context.set_offline(True)
    expect(_banner(page, LOST)).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value("maya@example.com")
    context.set_offline(False)
    expect(_banner(page, BACK)).to_be_visible()
    expect(steps.field(page, "Email")).to_have_value("maya@example.com")
    page.close()


def _banner(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """Serve files as they are now, as a plain web server does."""
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_new_service_worker_takes_over_and_drops_what_was_kept(
    new_context: NewContext, tmp_path: Path
) -> None:
    for name in ("sw.js", "register-sw.js", "offline.html"):
        (tmp_path / name).write_text((ROOT / "assets" / name).read_text())
    (tmp_path / "index.html").write_text(
        '<title>A</title><link rel="icon" href="data:,">'
        '<script src="/register-sw.js"></script>'
    )
    with _site(tmp_path) as url:
        page = new_context().new_page()
        page.goto(url)
        page.evaluate(_CONTROLLED)
        assert page.evaluate("caches.keys()") == ["portal-offline-1"]
        worker = tmp_path / "sw.js"
        first = worker.read_text()
        assert first.count('const VERSION = "1"') == 1
        worker.write_text(first.replace('VERSION = "1"', 'VERSION = "2"'))
        # The site answers by the second: a change within one is none to it.
        later = worker.stat().st_mtime + 60
        os.utime(worker, (later, later))
        page.evaluate(
            """() => navigator.serviceWorker.addEventListener(
            "controllerchange", () => { window.changed = true })"""
        )
        page.evaluate("navigator.serviceWorker.ready.then((r) => r.update())")
        page.wait_for_function("window.changed")
        page.wait_for_function(
            """async () => JSON.stringify(await caches.keys())
            === '["portal-offline-2"]'"""
        )
