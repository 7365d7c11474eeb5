"""A process that draws the pictures of strangers: ``python -m`` this module.

Requests come by standard input and answers go by standard output, as lengths and
bytes: what a broken decoder might make of this process is nothing that the portal
would run. It has little memory, little time for each picture, no environment worth
reading, and ends when its input does.
"""

import json
import os
import resource
import struct
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from portal_app.domain.files.protocols import (
    TooCostlyImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.integrations.images import PillowImages

UNREADABLE, TOO_MANY_PIXELS, TOO_COSTLY = "unreadable", "pixels", "costly"
_LENGTH = struct.Struct(">I")
# The portal's own work goes first.
_NICENESS = 10

Message = tuple[dict[str, Any], list[bytes]]


def write_message(stream: BinaryIO, header: dict[str, Any], *blobs: bytes) -> None:
    """Send plain values and blobs of bytes."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    stream.write(_LENGTH.pack(len(text)) + text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_message(stream: BinaryIO) -> Message | None:
    """What ``write_message`` sent, or ``None`` if the stream ended before."""
    prefix = stream.read(_LENGTH.size)
    if len(prefix) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(prefix)
    text = stream.read(length)
    if len(text) < length:
        return None
    header = json.loads(text)
    blobs = [stream.read(size) for size in header["blobs"]]
    if [len(blob) for blob in blobs] != header["blobs"]:
        return None
    return header, blobs


def peak_memory() -> int:
    """The most bytes that this process ever had in memory; nought if unknown.

    ``getrusage`` would count those of the process that started this one.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    kilobytes = next(
        line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")
    )
    return int(kilobytes) * 1024


def _limit_cpu_seconds(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _redraw(header: dict[str, Any], content: bytes) -> Message:
    try:
        drawn = PillowImages().reencode(
            BytesIO(content),
            header["media_type"],
            largest=header["largest"],
            sizes=header["sizes"],
            square=header["square"],
        )
    except UnreadableImage as error:
        return {"error": UNREADABLE, "reason": str(error)}, []
    except TooManyPixels:
        return {"error": TOO_MANY_PIXELS}, []
    except (TooCostlyImage, MemoryError):
        return {"error": TOO_COSTLY}, []
    described = {
        "media_type": drawn.media_type,
        "width": drawn.width,
        "height": drawn.height,
        "sizes": list(drawn.small),
    }
    return described, [drawn.content, *drawn.small.values()]


def main(memory_bytes: int, cpu_seconds: int) -> None:
    """Draw what is asked for until the input ends.

    Args:
        memory_bytes: The address space that this process may have.
        cpu_seconds: For each picture.
    """
    # What a decoder prints must not be taken for an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.nice(_NICENESS)
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    while request := read_message(sys.stdin.buffer):
        _limit_cpu_seconds(cpu_seconds)
        answer, blobs = _redraw(request[0], request[1][0])
        write_message(answers, {**answer, "peak_memory": peak_memory()}, *blobs)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
