"""The database and Redis go away under a running portal, and come back.

No browser: what one does with a closed socket is in ``test_connection``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import socketio.exceptions

from portal_app.serving import build as frontend
from tests.support.databases import postgresql_available, postgresql_database
from tests.support.mailbox import Mailbox
from tests.support.redis_server import redis_available, redis_database
from tests.support.server import RunningPortal, running_portal, wait_until_healthy
from tests.support.sockets import raw_tab
from tests.support.tcp_proxy import TcpProxy, tcp_proxy

pytestmark = pytest.mark.skipif(
    not (postgresql_available() and redis_available()),
    reason="PostgreSQL and Redis do not answer on this machine",
)
LOAD = "reflex___state____state.portal_app___state___core___viewer____viewer_state.load"
NO_DATABASE = "We cannot reach our database just now. Please try again in a moment."
NO_REDIS = "We cannot reach our server just now. Please try again in a moment."


@dataclass(frozen=True)
class Parts:
    """What the portal is connected to, each through a proxy."""

    database: TcpProxy
    redis: TcpProxy


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with tcp_proxy(5432) as database, tcp_proxy(6379) as redis:
        yield Parts(database, redis)


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, parts: Parts
) -> Iterator[RunningPortal]:
    """The running product, with nothing it needs on its own machine."""
    if not frontend.is_current():
        frontend.build()
    with (
        postgresql_database() as database,
        redis_database() as redis_url,
        running_portal(
            tmp_path_factory.mktemp("outages"),
            mailbox,
            PORTAL_DATABASE_URL=database.url.replace(
                ":5432", f":{parts.database.port}"
            ),
            PORTAL_REDIS_URL=redis_url.replace(":6379", f":{parts.redis.port}"),
        ) as running,
    ):
        yield running


def _refuses_sockets(portal: RunningPortal) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError), raw_tab(portal.url):
        pass


def _works(portal: RunningPortal) -> None:
    wait_until_healthy(portal.process, portal.url, portal.log)
    assert httpx.get(f"{portal.url}/services").status_code == 200
    with raw_tab(portal.url) as tab:
        tab.fire(LOAD)
        tab.wait_for("Brightside")


def test_while_the_database_is_away_everybody_is_told(
    portal: RunningPortal, parts: Parts
) -> None:
    with raw_tab(portal.url) as tab:
        tab.round_trip()
        parts.database.close()
        tab.fire(LOAD)
        tab.wait_for(NO_DATABASE)
        tab.wait_for_end()
    _refuses_sockets(portal)
    page = httpx.get(f"{portal.url}/services", headers={"accept": "text/html"})
    style = httpx.get(f"{portal.url}/api/brand.css")
    health = httpx.get(f"{portal.url}/api/health")
    live = httpx.get(f"{portal.url}/api/health/live")
    assert [a.status_code for a in (page, style, health, live)] == [503, 503, 503, 200]
    assert f"<p>{NO_DATABASE}</p>" in page.text
    assert page.headers["retry-after"] == "5"
    assert style.json() == {"message": NO_DATABASE}
    assert health.json() == {"status": "unavailable", "away": ["database"]}
    parts.database.open()
    _works(portal)


def test_while_redis_is_away_pages_are_there_and_clicks_are_told(
    portal: RunningPortal, parts: Parts
) -> None:
    with raw_tab(portal.url) as tab:
        tab.round_trip()
        parts.redis.close()
        tab.fire(LOAD)
        tab.wait_for(NO_REDIS)
        tab.wait_for_end()
    _refuses_sockets(portal)
    assert httpx.get(f"{portal.url}/services").status_code == 200
    health = httpx.get(f"{portal.url}/api/health")
    assert health.json() == {"status": "unavailable", "away": ["redis"]}
    parts.redis.open()
    _works(portal)


def test_the_log_of_it_all_is_short(portal: RunningPortal) -> None:
    """After the two above or alone: a line for each kind, and none of them long."""
    with raw_tab(portal.url) as tab:
        for number in range(60):
            tab.fire(f"odd.{number}", {"password": f"violet-otter-{'x' * 9000}"})
            tab.client.emit("event", [f"violet-otter-{number}"], namespace="/_event")
        tab.round_trip()
    log = portal.log.read_text()
    assert "violet-otter" not in log
    assert max(len(line) for line in log.splitlines()) <= 4100
    assert len(log) < 60_000
