"""What is written about the portal: bounded, on one line, without what people typed."""

import asyncio
import gc
import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from reflex.app import EventNamespace
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.event.processor.base_state_processor import _prepare_event_payload
from sqlalchemy.exc import IntegrityError

from portal_app.kernel.errors import Conflict
from portal_app.serving import logs
from portal_app.serving.logs import (
    MOST_CHARACTERS,
    configure_logs,
    constant_words,
    describe_error,
    serving_logs,
    visible,
)
from portal_app.settings import Settings
from portal_app.state.auth.passwords import PasswordState

TYPED = "violet-otter-canoe-77"


@dataclass
class Written:
    """What this process would have written, and its clock."""

    stream: io.StringIO = field(default_factory=io.StringIO)
    now: float = 0.0

    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines()]


@pytest.fixture(params=["production"])
def written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Written]:
    found = Written()
    monkeypatch.setattr(logs._writer, "stream", found.stream)
    settings = Settings(_env_file=None).model_copy(update={"env": request.param})
    configure_logs(settings, clock=lambda: found.now)
    structlog.contextvars.clear_contextvars()
    yield found
    monkeypatch.undo()
    configure_logs(Settings(_env_file=None))


def _raised(fn: Callable[[], object]) -> Exception:
    try:
        fn()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def _namespace(tokens: dict[str, str]) -> Any:
    namespace: Any = EventNamespace.__new__(EventNamespace)
    namespace._token_manager = type("Tokens", (), {"sid_to_token": tokens})()
    return namespace


ODD_FRAMES: list[Any] = [
    {"name": "no.such.handler", "payload": {"password": TYPED}},
    {"name": 5, "payload": TYPED},
    {"payload": {"password": TYPED}},
    f'{{"password": "{TYPED}',
    [TYPED] * 1000,
    {"name": TYPED, "payload": None, "router_data": 7},
]


async def _as_a_server(frames: list[Any], tokens: dict[str, str]) -> None:
    """Take frames as python-socketio does: each in a task that nobody waits for."""
    processor = BaseStateEventProcessor()
    namespace = _namespace(tokens)
    namespace.app = type("App", (), {"event_processor": processor})()
    async with processor.configure():
        for frame in frames:
            task = asyncio.ensure_future(namespace.on_event("sid", frame))
            while not task.done():
                await asyncio.sleep(0)
            del task
        await processor.join(timeout=30)


@pytest.mark.parametrize("tokens", [{}, {"sid": "token"}])
def test_sixty_odd_frames_of_a_stranger_write_a_few_lines(
    written: Written, tokens: dict[str, str]
) -> None:
    large = {"name": "x", "payload": {"password": TYPED * 10_000}, "router_data": 1}

    async def attack() -> None:
        async with serving_logs():
            await _as_a_server([*(ODD_FRAMES * 10), *([large] * 10)], tokens)

    asyncio.run(attack())
    assert written.text()
    assert len(written.text()) < 8_000
    assert TYPED not in written.text()
    assert written.events().count("repeated") >= 1


def test_an_event_without_a_token_is_logged_without_its_data(written: Written) -> None:
    frame = {"payload": {"password": TYPED}}
    asyncio.run(_namespace({}).on_event("sid", frame))
    [line] = written.lines()
    assert line["event"] == (
        "Received event from session … with no associated token. "
        "This may indicate a bug. Event data: …"
    )
    assert line["logger"] == "reflex.app"


def test_an_event_of_the_wrong_type_is_logged_without_its_value(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(value: Any, hint: Any) -> Any:
        raise ValueError(f"odd: {value}")

    monkeypatch.setattr(
        "reflex_base.event.processor.base_state_processor._transform_event_arg", refuse
    )
    handler: Any = PasswordState.rate
    _prepare_event_payload(handler, {"password": TYPED})
    [line] = written.lines()
    assert line["event"] == "Error transforming event payload for handler …"


def _int_of_typed() -> object:
    return int(TYPED)


def _constant() -> object:
    raise RuntimeError("the words of the code")


def _formatted() -> object:
    raise LookupError(f"nothing is called {TYPED} here")


def _missing() -> object:
    return Path("/nowhere", TYPED).read_text()


def _duplicate() -> object:
    class Original(Exception):
        sqlstate = "23505"

    raise IntegrityError("INSERT", {}, Original(f"Key (email)=({TYPED}) exists."))


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (_int_of_typed, "ValueError at"),
        (_constant, "RuntimeError: the words of the code at"),
        (_formatted, "LookupError: nothing is called … here at"),
        (_duplicate, "IntegrityError: 23505 at"),
        (_missing, "FileNotFoundError: No such file or directory at"),
    ],
)
def test_an_exception_tells_where_and_what_but_no_value(
    fn: Callable[[], object], words: str
) -> None:
    told = describe_error(_raised(fn))
    assert told.startswith(words)
    assert "tests/serving/test_logs.py:" in told
    assert TYPED not in told


def test_causes_are_told_and_a_deep_one_keeps_both_ends() -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise RuntimeError("deep down")

    def outer() -> None:
        try:
            deep(200)
        except RuntimeError as error:
            raise Conflict("Somebody was quicker.") from error

    told = describe_error(_raised(outer))
    assert told.startswith("Conflict: Somebody was quicker. at tests/serving")
    assert " caused by RuntimeError: deep down at tests/serving" in told
    assert "more" in told
    assert len(told) <= 2000


@pytest.mark.parametrize("written", ["production", "demo"], indirect=True)
def test_no_value_begins_a_line_or_turns_one_around(written: Written) -> None:
    odd = "a\nERROR forged\r\u2028b\u202edc\x1b[2J\x00"
    structlog.get_logger("tests").info("said", odd=odd, **{"k\ny": 1})
    logging.getLogger("granian").warning("trusted %s", odd)
    assert written.text().count("\n") == 2
    for char in "\r\u2028\u202e\x1b\x00":
        assert char not in written.text()
    assert "\\u202e" in visible(odd, 100)
    # Not logged here: what pytest captures must be sent between its processes.
    assert visible("a\ud800b", 100) == "a\\ud800b"


@pytest.mark.parametrize("written", ["production", "demo"], indirect=True)
def test_every_line_is_bounded_and_keeps_both_ends(written: Written) -> None:
    long = f"begin{'x' * 100_000}end"
    values = {f"v{n}": long for n in range(100)}
    structlog.get_logger("tests").info("said", **values)
    logging.getLogger("granian").error(long)
    lines = written.text().splitlines()
    assert [len(line) <= MOST_CHARACTERS for line in lines] == [True, True]
    assert "begin" in lines[1]
    assert "end" in lines[1]


def test_what_repeats_is_counted_once_a_minute(written: Written) -> None:
    logger = structlog.get_logger("gate")
    for _ in range(100):
        logger.info("event refused", audience="public")
        logger.info("delivered")
    written.now = 59.9
    logger.info("event refused")
    assert written.events() == ["event refused", *["delivered"] * 100]
    written.now = 60.0
    logger.info("event refused")
    written.now = 130.0
    logs._writer.flush()
    written.now = 200.0
    logs._writer.flush()
    logger.info("event refused")
    counted = [(x["event"], x.get("what"), x.get("count")) for x in written.lines()]
    assert counted[101:] == [
        ("repeated", "gate event refused", 100),
        ("repeated", "gate event refused", 1),
        ("event refused", None, None),
    ]


def test_errors_of_different_places_are_different_kinds(written: Written) -> None:
    logger = structlog.get_logger("events")
    for _ in range(3):
        for fn in (_constant, _int_of_typed):
            logger.error("handler failed", exc_info=_raised(fn))
    assert [line["error"].split(" at ")[0] for line in written.lines()] == [
        "RuntimeError: the words of the code",
        "ValueError",
    ]


def test_a_thousand_kinds_are_not_remembered_one_by_one(written: Written) -> None:
    for number in range(2000):
        structlog.get_logger("tests").warning(f"kind {number}")
    assert len(written.lines()) == logs._MOST_KINDS + 1
    written.now = 61
    logs._writer.flush()
    assert written.lines()[-1]["count"] == 2000 - logs._MOST_KINDS - 1


def test_nothing_passes_by_the_logs_while_serving(
    written: Written,
) -> None:
    library = logging.getLogger("some.library")
    library.addHandler(logging.StreamHandler(sys.stderr))

    async def fails() -> None:
        _int_of_typed()

    async def serving() -> None:
        async with serving_logs():
            assert library.handlers == []
            library.error(f"an odd value: {TYPED}")
            print("printed by somebody")
            thread = threading.Thread(target=_constant)
            thread.start()
            thread.join()
            task = asyncio.ensure_future(fails())
            while not task.done():
                await asyncio.sleep(0)
            del task
            gc.collect()

    before = sys.stdout
    asyncio.run(serving())
    assert sys.stdout is before
    events = written.events()
    assert events[0] == "an odd value: …"
    assert events[1] == "printed"
    assert events[2:] == ["a thread failed", "Task exception was never retrieved"]
    assert TYPED not in written.text()


def test_words_that_only_look_constant_are_left_out() -> None:
    code = _formatted.__code__
    assert constant_words(f"nothing is called {TYPED} here", code) == (
        "nothing is called … here"
    )
    assert constant_words(TYPED, code) == ""
    assert constant_words(TYPED, None) == ""


def test_logs_that_are_set_up_again_reach_loggers_that_were_used_before(
    written: Written,
) -> None:
    logger = structlog.get_logger("tests")
    logger.info("before")
    configure_logs(Settings(_env_file=None))
    logger.info("after")
    assert "after" in written.text()
    handlers = [type(handler) for handler in logging.getLogger().handlers]
    assert handlers.count(logs.RecordHandler) == 1
