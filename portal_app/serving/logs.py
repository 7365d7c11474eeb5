"""Everything this process writes about itself: short lines that nobody else can write.

What is logged are ids, kinds and counts; never an address, a name, a token or what
somebody typed. Our own code keeps to that by what it hands over. Libraries do not
know it, so of their messages, and of the messages of all exceptions, only those words
are written that stand in the code that made them.

Every line has at most ``MOST_CHARACTERS``, whoever writes it, and no value can begin
a line or change how one looks. What repeats is counted: the first is written at once,
then one line a minute says how many more there were.

JSON lines in production, readable lines in demo mode.
"""

import asyncio
import io
import logging
import re
import sys
import threading
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from structlog.typing import EventDict

from portal_app.kernel.db import DatabaseUnavailable, database_error_code
from portal_app.settings import ROOT, Settings

MOST_CHARACTERS = 4000
_MOST_OF_VALUE = 500
_MOST_OF_ERROR = 2000
_MOST_VALUES = 20
_MOST_FRAMES = 12
_MOST_CAUSES = 4
_MOST_KINDS = 500
_WINDOW_SECONDS = 60.0
_FLUSH_SECONDS = 20.0
_SHORTEST_WORDS = 4
# They tell of the server and its jobs, and never see what a browser sent.
_TRUSTED_LOGGERS = ("_granian", "granian", "apscheduler", "alembic", "py.warnings")
# They log the addresses they ask for, with what is looked for in them.
_HTTP_CLIENT_LOGGERS = ("httpx2", "httpcore2")
# Refusals are no warnings, and there may be as many as somebody likes.
_REFUSAL = "refused"
_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.*]*[a-zA-Z]|\{[^{}]*\}")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ELISION = " … "
_PRINTED = "printed"

log = structlog.get_logger("process")


def configure_logs(
    settings: Settings, clock: Callable[[], float] = time.monotonic
) -> None:
    """Set up the logs of this process; doing it again holds for every logger.

    Args:
        settings: Whether lines are for a person or for a program.
        clock: Seconds that only grow; for what is counted.
    """
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.env == "production"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    _writer.repeats = Repeats(clock)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _add_logger,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _describe_error,
            _bound_values,
            _writer.drop_repeated,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_Lines,
    )
    for name in _HTTP_CLIENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    _take_over_loggers()


@asynccontextmanager
async def serving_logs() -> AsyncIterator[None]:
    """Let nothing pass by the logs while this process serves.

    What the libraries set up meanwhile is taken over again; what is printed, what
    ends a thread or a task, and warnings are logged.
    """
    _take_over_loggers()
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(_log_loop_error)
    flushing = asyncio.create_task(_flush_repeats())
    with _hooks(), _printing_as_logging():
        try:
            yield
        finally:
            flushing.cancel()
            with suppress(asyncio.CancelledError):
                await flushing
            loop.set_exception_handler(before)
            _writer.flush(everything=True)


def server_log_config() -> dict[str, Any]:
    """For granian: its loggers without handlers of their own."""
    bare = {"handlers": [], "level": "INFO", "propagate": True}
    return {"handlers": {}, "loggers": {"_granian": bare, "granian.access": bare}}


def visible(text: str, most: int) -> str:
    """A text on one line, as it looks, of at most so many characters.

    Line breaks, controls, and what turns the direction of writing are written as
    escapes; of a longer text both ends are kept.
    """
    text = _both_ends(text, most)
    shown = "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in _INVISIBLE else char
        for char in text
    )
    return _both_ends(shown, most)


def constant_words(message: str, code: CodeType | None) -> str:
    """The words of a message that stand in the code that made it.

    Args:
        message: May hold values that somebody typed.
        code: The function that raised or logged it.

    Returns:
        Those words, with an ellipsis for what is left out.
    """
    if code is None:
        return ""
    constants = sorted(_words_of(code), key=len, reverse=True)
    if not constants:
        return ""
    pattern = re.compile("|".join(re.escape(words) for words in constants))
    shown, end = "", 0
    for found in pattern.finditer(message[:MOST_CHARACTERS]):
        shown += ("…" if found.start() > end else "") + found[0]
        end = found.end()
    return shown + ("…" if shown and end < len(message) else "")


@dataclass
class _Kind:
    """What repeats: since when it is counted, and how often it was not written."""

    since: float
    level: str
    left_out: int = 0


@dataclass
class Repeats:
    """Counts what would be written again and again.

    Args:
        clock: Seconds that only grow.
    """

    clock: Callable[[], float] = time.monotonic
    _kinds: dict[tuple[str, ...], _Kind] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_first(self, kind: tuple[str, ...], level: str) -> bool:
        """Whether this is to be written; if not, it is counted."""
        with self._lock:
            if kind not in self._kinds and len(self._kinds) >= _MOST_KINDS:
                kind = ("other",)
            known = self._kinds.get(kind)
            if known is None:
                self._kinds[kind] = _Kind(self.clock(), level)
                return True
            known.left_out += 1
            return False

    def ended(self, everything: bool = False) -> list[tuple[str, str, int]]:
        """What was counted in the minutes that ended: kind, level, how many more.

        Args:
            everything: Whether to end those that have not ended as well.
        """
        now, told = self.clock(), []
        with self._lock:
            for kind, known in list(self._kinds.items()):
                if not everything and now - known.since < _WINDOW_SECONDS:
                    continue
                if known.left_out:
                    told.append((" ".join(kind), known.level, known.left_out))
                    known.since, known.left_out = now, 0
                else:
                    del self._kinds[kind]
        return told


class _Writer:
    """Where lines go in the end; one per process."""

    def __init__(self) -> None:
        self.repeats = Repeats()
        self.stream: Any = None
        self._telling = threading.local()

    def write(self, line: str) -> None:
        """Write one line, whatever is in it."""
        stream = self.stream or sys.stdout
        line = _both_ends(line.replace("\n", "\\n").replace("\r", "\\r"))
        with suppress(ValueError, OSError):  # closed, or nobody reads it any more
            stream.write(
                f"{line}\n".encode("utf-8", "backslashreplace").decode("utf-8")
            )
            stream.flush()

    def drop_repeated(self, _logger: Any, _name: str, event: EventDict) -> EventDict:
        """Let only the first of a kind through, and what must never be counted."""
        if getattr(self._telling, "now", False):
            return event
        self.flush()
        level, what = str(event.get("level")), str(event.get("event"))
        if level in {"debug", "info"} and _REFUSAL not in what:
            return event
        error = str(event.get("error", "")).partition(" <- ")[0]
        printed = str(event.get("text", ""))[:80] if what == _PRINTED else ""
        kind = tuple(filter(None, (str(event.get("logger")), what, error, printed)))
        if self.repeats.is_first(kind, level):
            return event
        raise structlog.DropEvent

    def flush(self, everything: bool = False) -> None:
        """Write how often what was counted happened."""
        for kind, level, count in self.repeats.ended(everything):
            self._telling.now = True
            try:
                getattr(log, level)("repeated", what=kind, count=count)
            finally:
                self._telling.now = False


_writer = _Writer()


class _Lines:
    """The end of structlog's chain: a line becomes text of this process."""

    def __init__(self, name: str = "", *_: Any) -> None:
        self.name = name

    def msg(self, line: str) -> None:
        _writer.write(line)

    debug = info = warning = error = critical = msg


class RecordHandler(logging.Handler):
    """Writes what libraries log the way we log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            structlog.get_logger(record.name).log(
                max(level for level in _LEVELS if level <= max(record.levelno, 10)),
                _record_words(record) or f"line {record.lineno}",
                **({"exc_info": record.exc_info[1]} if record.exc_info else {}),
            )
        except Exception:
            self.handleError(record)


def _take_over_loggers() -> None:
    """Send what every logger writes to the root, and the root's to us."""
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(n) for n in list(root.manager.loggerDict))]
    for logger in loggers:
        for handler in list(logger.handlers):
            # Only what prints: a test's handler keeps what it is given.
            if type(handler) in {logging.StreamHandler, RecordHandler}:
                logger.removeHandler(handler)
    root.addHandler(RecordHandler())
    logging.captureWarnings(True)


def _record_words(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] in _TRUSTED_LOGGERS:
        return record.getMessage()
    if record.args:
        return _PLACEHOLDER.sub("…", str(record.msg))
    return constant_words(str(record.msg), _code_of(record))


def _code_of(record: logging.LogRecord) -> CodeType | None:
    """The function that logs this very record; it is still on the stack."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        code = frame.f_code
        if (code.co_filename, code.co_name) == (record.pathname, record.funcName):
            return code
        frame = frame.f_back
    return None


def _words_of(code: CodeType) -> set[str]:
    return {
        piece
        for constant in code.co_consts
        if isinstance(constant, str)
        for piece in _PLACEHOLDER.split(constant)
        if len(piece) >= _SHORTEST_WORDS
    }


def _add_logger(logger: Any, _name: str, event: EventDict) -> EventDict:
    event["logger"] = getattr(logger, "name", "")
    return event


def _describe_error(_logger: Any, _name: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = describe_error(error)
    return event


def describe_error(error: BaseException) -> str:
    """An exception, where it was raised, and what caused it, on one line.

    Returns:
        ``KIND: WORDS at FILE:LINE FUNCTION <- FILE:LINE FUNCTION … caused by …``,
        innermost first.
    """
    told, seen = [], [error]
    while (cause := seen[-1].__cause__ or seen[-1].__context__) is not None:
        if cause in seen or len(seen) == _MOST_CAUSES:
            break
        seen.append(cause)
    for one in seen:
        frames = _frames(one.__traceback__)
        words = _error_words(one)
        told.append(
            type(one).__name__
            + (f": {visible(words, _MOST_OF_VALUE)}" if words else "")
            + (f" at {' <- '.join(frames)}" if frames else "")
        )
    return _both_ends(" caused by ".join(told), _MOST_OF_ERROR)


def _frames(traceback: TracebackType | None) -> list[str]:
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = code.co_filename.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")
        found.append(f"{file}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    found.reverse()
    if len(found) > _MOST_FRAMES:
        half = _MOST_FRAMES // 2
        more = f"{len(found) - _MOST_FRAMES} more"
        found = [*found[:half], more, *found[-half:]]
    return found


def _error_words(error: BaseException) -> str:
    """What may be told of an exception's message."""
    if isinstance(error, DatabaseUnavailable):
        return error.reason
    if isinstance(error, DBAPIError) or database_error_code(error):
        return database_error_code(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    raised_by = traceback.tb_frame.f_code if traceback is not None else None
    return constant_words(str(error), raised_by)


def _bound_values(_logger: Any, _name: str, event: EventDict) -> EventDict:
    bounded: EventDict = {}
    for name, value in list(event.items())[-_MOST_VALUES:]:
        most = _MOST_OF_ERROR if name == "error" else _MOST_OF_VALUE
        plain = isinstance(value, int | float | None)
        text = value if isinstance(value, str) else repr(value)
        bounded[visible(str(name), 60)] = value if plain else visible(text, most)
    return bounded


def _both_ends(text: str, most: int = MOST_CHARACTERS) -> str:
    if len(text) <= most:
        return text
    half = (most - len(_ELISION)) // 2
    return text[:half] + _ELISION + text[-half:]


def _log_loop_error(
    _loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]
) -> None:
    # Its message is asyncio's own; the rest of the context are values.
    words = str(context.get("message") or "a task failed")
    log.error(words, exc_info=context.get("exception"))


async def _flush_repeats() -> None:
    while True:
        await asyncio.sleep(_FLUSH_SECONDS)
        _writer.flush()


@contextmanager
def _hooks() -> Iterator[None]:
    """Log what Python itself would print."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook = lambda _kind, error, _where: log.error(
        "the process failed", exc_info=error
    )
    threading.excepthook = lambda failed: log.error(
        "a thread failed", exc_info=failed.exc_value
    )
    sys.unraisablehook = lambda failed: log.error(
        "an error could not be raised", exc_info=failed.exc_value
    )
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before


class _Printed(io.TextIOBase):
    """What is printed becomes a line of the log, and repeats are counted."""

    def writable(self) -> bool:
        """It takes text."""
        return True

    def write(self, text: str) -> int:
        """Log it; the ends of lines, which come alone, say nothing."""
        if text.strip():
            log.warning(_PRINTED, text=text.strip())
        return len(text)


@contextmanager
def _printing_as_logging() -> Iterator[None]:
    before = sys.stdout, sys.stderr
    written_to = _writer.stream
    _writer.stream = written_to or sys.stdout
    sys.stdout = sys.stderr = _Printed()  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        _writer.stream = written_to
