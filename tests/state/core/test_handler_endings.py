"""Whatever happens in a handler, the page ends in a usable state."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from structlog.testing import capture_logs

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.domain.accounts import credentials
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from portal_app.state.auth.passwords import ForgotPasswordState
from portal_app.state.core import outages
from portal_app.state.core.error_handlers import answer_failed_event
from portal_app.state.core.handler_endings import always_answered
from portal_app.state.core.toasts import ToastState
from tests.support.redis_server import redis_available, redis_database
from tests.support.tcp_proxy import TcpProxy, tcp_proxy

TOKEN = "tab"
SUBMIT = f"{ForgotPasswordState.get_full_name()}.submit"
APOLOGY = "Something went wrong on our side. Please try again."
AWAY = "We cannot reach our server just now. Please try again in a moment."
TYPED = "violet-otter@example.com"


@dataclass
class Browser:
    """What a tab was sent, as its reducers would hold it."""

    shown: dict[str, Any] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    token_to_socket: dict[str, Any] = field(default_factory=dict)

    async def emit_update(self, update: Any, token: str) -> None:
        assert token == TOKEN
        for name, values in (update.delta or {}).items():
            self.shown.setdefault(name, {}).update(values)
            self.steps.append({name: values})

    def var(self, state: Any, name: str) -> Any:
        return self.shown[state.get_full_name()][f"{name}{FIELD_MARKER}"]

    def toasts(self) -> list[str]:
        shown = self.shown.get(ToastState.get_full_name(), {})
        return [toast.text for toast in shown.get(f"toasts{FIELD_MARKER}", [])]


@asynccontextmanager
async def _processing(
    manager: StateManager, browser: Browser
) -> AsyncIterator[BaseStateEventProcessor]:
    """Reflex's own processing of events, without a server around it."""
    processor = BaseStateEventProcessor(backend_exception_handler=answer_failed_event)
    namespace: Any = browser
    async with processor.configure(state_manager=manager, event_namespace=namespace):
        yield processor
        # A message may still be on its way.
        await processor.join(timeout=30)
        while processor._tasks:
            await asyncio.wait(tuple(processor._tasks.values()))
            await asyncio.sleep(0)


def _redis_manager(url: str) -> StateManagerRedis:
    client = redis.asyncio.Redis.from_url(url, retry=Retry(NoBackoff(), 0))
    return StateManagerRedis(redis=client)


@pytest.fixture(
    params=[
        "memory",
        pytest.param(
            "redis",
            marks=pytest.mark.skipif(
                not redis_available(), reason="Redis does not answer"
            ),
        ),
    ]
)
def manager_of(request: pytest.FixtureRequest) -> Iterator[Callable[[], StateManager]]:
    """What makes a state manager, within the loop that uses it."""
    if request.param == "memory":
        yield StateManagerMemory
        return
    with redis_database() as url:
        yield lambda: _redis_manager(url)


async def _submitted(manager: StateManager) -> tuple[Browser, ForgotPasswordState]:
    """Submit a form; what the browser holds then, and what the server stored."""
    browser = Browser()
    async with _processing(manager, browser) as processor:
        event = Event(name=SUBMIT, payload={"form_data": {"email": TYPED}})
        future = await processor.enqueue(TOKEN, event)
        await future.wait_all()
    root = await manager.get_state(BaseStateToken(ident=TOKEN, cls=ForgotPasswordState))
    stored = await root.get_state(ForgotPasswordState)
    await manager.close()
    return browser, stored


@pytest.mark.parametrize("raised", [RuntimeError("boom"), KeyError(TYPED)])
def test_a_form_is_usable_after_an_unexpected_error(
    database: Database,
    manager_of: Callable[[], StateManager],
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
) -> None:
    def fail(*_: Any) -> None:
        raise raised

    monkeypatch.setattr(credentials, "request_reset", fail)
    with capture_logs() as lines:
        browser, stored = asyncio.run(_submitted(manager_of()))
    busy = f"pending{FIELD_MARKER}"
    form = ForgotPasswordState.get_full_name()
    assert [s[form][busy] for s in browser.steps if busy in s.get(form, {})][-2:] == [
        True,
        False,
    ]
    assert browser.toasts() == [APOLOGY]
    assert (stored.pending, stored.sent) == (False, False)
    assert [line["event"] for line in lines] == ["handler failed"]


@pytest.mark.skipif(not redis_available(), reason="Redis does not answer")
def test_a_form_is_usable_after_redis_went_away_under_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def submitted(proxy: TcpProxy, url: str) -> Browser:
        browser = Browser()
        manager = _redis_manager(url)
        async with _processing(manager, browser) as processor:
            event = Event(name=SUBMIT, payload={"form_data": {"email": TYPED}})
            for _ in range(2):  # under the handler, and before the next one
                await processor.enqueue(TOKEN, event)
            await processor.join(timeout=30)
        proxy.open()
        async with _processing(manager, browser) as processor:
            await processor.enqueue(TOKEN, event)
        await manager.close()
        return browser

    with redis_database() as url, tcp_proxy(6379) as proxy:
        asked: list[None] = []

        def away(*_: Any) -> None:
            if not asked:
                proxy.close()
            asked.append(None)

        monkeypatch.setattr(credentials, "request_reset", away)
        distant = url.replace(":6379", f":{proxy.port}")
        with capture_logs() as lines:
            browser = asyncio.run(submitted(proxy, distant))
    assert browser.var(ForgotPasswordState, "pending") is False
    assert browser.toasts() == [AWAY]
    # The second never reached its handler, the third did.
    assert len(asked) == 2
    assert browser.var(ForgotPasswordState, "sent") is True
    # Reflex's own lines about Redis are among them.
    told = [line["event"] for line in lines]
    assert told.count("something does not answer") == 2
    assert "handler failed" not in told


@pytest.mark.parametrize("ready", [True, False])
def test_a_tab_reconnects_only_while_something_is_away(
    monkeypatch: pytest.MonkeyPatch, ready: bool
) -> None:
    closed: list[str] = []

    async def is_ready() -> bool:
        return ready

    async def close(token: str) -> None:
        closed.append(token)

    class Broken(StateManagerMemory):
        def modify_state_with_links(self, *_: Any, **__: Any) -> Any:
            raise redis.exceptions.ConnectionError("refused")

    app: Any = None
    monkeypatch.setattr(outages, "_watched", outages._Watched(app, is_ready))
    monkeypatch.setattr(outages, "_close_socket", close)

    async def run() -> Browser:
        browser = Browser()
        async with _processing(Broken(), browser) as processor:
            await processor.enqueue(TOKEN, Event(name=SUBMIT))
        return browser

    assert asyncio.run(run()).toasts() == [AWAY]
    assert closed == ([] if ready else [TOKEN])


def _refusal() -> None:
    raise Conflict("Somebody was quicker.")


def test_every_kind_of_handler_answers_instead_of_raising() -> None:
    def function() -> None:
        _refusal()

    def steps() -> Iterator[str]:
        yield "first"
        _refusal()

    async def coroutine() -> None:
        _refusal()

    async def async_steps() -> AsyncIterator[str]:
        yield "first"
        _refusal()

    async def collected() -> list[Any]:
        return [step async for step in always_answered(async_steps)()]

    def returned() -> Any:
        generator = always_answered(steps)()
        assert next(generator) == "first"
        with pytest.raises(StopIteration) as ended:
            next(generator)
        return ended.value.value

    first, later = asyncio.run(collected())
    answers = [
        always_answered(function)(),
        returned(),
        asyncio.run(always_answered(coroutine)()),
        later,
    ]
    assert first == "first"
    assert [
        [event.payload for event in Event.from_event_type(answer)] for answer in answers
    ] == [[{"kind": "error", "text": "Somebody was quicker."}]] * 4
