"""Pictures drawn in processes of their own, with bounds on memory and time.

A small file may unfold to gigabytes, and a decoder may break on what was made to
break it. Neither reaches the portal: a process draws a picture (``image_worker``),
its memory goes back with it, and what goes wrong is a sentence for whoever handed
the picture in.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import structlog

from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooCostlyImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.integrations.image_worker import (
    TOO_COSTLY,
    TOO_MANY_PIXELS,
    Message,
    read_message,
    write_message,
)

log = structlog.get_logger("images")

_ROOT = Path(__file__).resolve().parents[2]
_MODULE = "portal_app.integrations.image_worker"
_PASSED_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_CLOSE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What drawing one picture may take.

    Attributes:
        at_once: How many are drawn at the same time.
        memory_bytes: The address space of a process.
        cpu_seconds: Of a process, for one picture.
        wall_seconds: From asking to having the answer.
        idle_seconds: How long a process waits for another picture.
        kept_memory_bytes: One that ever took more than this draws no other.
    """

    at_once: int = 2
    memory_bytes: int = 1_000_000_000
    cpu_seconds: int = 20
    wall_seconds: float = 60
    idle_seconds: float = 20
    kept_memory_bytes: int = 150_000_000


class IsolatedImages:
    """Draws pictures like ``PillowImages``, at most two at a time, elsewhere."""

    def __init__(self, limits: ImageLimits | None = None) -> None:
        self._limits = limits or ImageLimits()
        self._places = threading.BoundedSemaphore(self._limits.at_once)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []

    def reencode(
        self,
        content: BinaryIO,
        media_type: str,
        *,
        largest: int,
        sizes: Sequence[int],
        square: bool,
    ) -> ReencodedImage:
        """Draw a picture anew as WebP, with small copies.

        Raises:
            UnreadableImage: If it cannot be read as this media type.
            TooManyPixels: If it has more than ``rules.MAX_PIXELS``.
            TooCostlyImage: If reading it takes too much memory or time.
        """
        request = {
            "media_type": media_type,
            "largest": largest,
            "sizes": list(sizes),
            "square": square,
        }
        with self._places:
            process = self._idle_or_new()
            try:
                header, blobs = process.ask((request, [content.read()]))
            except BaseException:
                process.kill()
                raise
            if header["peak_memory"] > self._limits.kept_memory_bytes:
                process.close()
            else:
                self._keep(process)
        error = header.get("error")
        if error == TOO_MANY_PIXELS:
            raise TooManyPixels
        if error == TOO_COSTLY:
            raise TooCostlyImage
        if error:
            log.info("unreadable picture", error=header.get("reason"))
            raise UnreadableImage
        return ReencodedImage(
            media_type=header["media_type"],
            width=header["width"],
            height=header["height"],
            content=blobs[0],
            small=dict(zip(header["sizes"], blobs[1:], strict=True)),
        )

    def close(self) -> None:
        """End the processes that wait for a picture."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()

    def _idle_or_new(self) -> "_Process":
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_alive():
                    process.retirement.cancel()
                    return process
                process.kill()
        return _Process(self._limits)

    def _keep(self, process: "_Process") -> None:
        with self._lock:
            process.retirement = threading.Timer(
                self._limits.idle_seconds, self._retire, [process]
            )
            process.retirement.daemon = True
            process.retirement.start()
            self._idle.append(process)

    def _retire(self, process: "_Process") -> None:
        with self._lock:
            if process not in self._idle:
                return  # it was taken at the last moment
            self._idle.remove(process)
        process.close()


class _Process:
    """One process, which draws one picture after another."""

    def __init__(self, limits: ImageLimits) -> None:
        self._limits = limits
        self.retirement = threading.Timer(0, lambda: None)
        passed = {
            name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [
                sys.executable,
                "-m",
                _MODULE,
                str(limits.memory_bytes),
                str(limits.cpu_seconds),
            ],
            cwd=_ROOT,
            # Without the portal's secrets, and with memory that goes back.
            env={**passed, "MALLOC_ARENA_MAX": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the portal, which ends its processes itself.
            start_new_session=True,
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Message) -> Message:
        """Have a picture drawn.

        Raises:
            TooCostlyImage: If the process was stopped for its time.
            UnreadableImage: If it broke.
        """
        header, blobs = request
        late = threading.Timer(self._limits.wall_seconds, self._process.kill)
        late.daemon = True
        late.start()
        try:
            write_message(self._input, header, *blobs)
            answer = read_message(self._output)
        except OSError:
            answer = None
        finally:
            late.cancel()
        if answer is not None:
            return answer
        self.kill()
        status = self._process.returncode
        log.warning("drawing a picture ended its process", status=status)
        if status in {-signal.SIGKILL, -signal.SIGXCPU}:
            raise TooCostlyImage
        raise UnreadableImage

    def close(self) -> None:
        """End it, now that it has nothing to do."""
        self.retirement.cancel()
        self._close_pipes()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.retirement.cancel()
        self._process.kill()
        self._close_pipes()
        self._process.wait()

    def _close_pipes(self) -> None:
        for pipe in (self._input, self._output):
            with suppress(OSError):  # what was not sent any more
                pipe.close()
