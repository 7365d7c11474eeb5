"""Pictures of strangers, drawn in processes with bounds."""

import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from portal_app.domain.files import rules
from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooCostlyImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.integrations import image_worker, isolated_images
from portal_app.integrations.images import PillowImages
from portal_app.integrations.isolated_images import ImageLimits, IsolatedImages
from tests.support.pictures import HTML, decompression_bomb, picture, rotated_photo

Make = Callable[..., IsolatedImages]


@pytest.fixture
def make_images() -> Iterator[Make]:
    made: list[IsolatedImages] = []

    def make(**limits: Any) -> IsolatedImages:
        made.append(IsolatedImages(ImageLimits(**limits)))
        return made[-1]

    yield make
    for images in made:
        images.close()
        assert images._idle == []


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that were started."""
    processes: list[Any] = []
    start = isolated_images.subprocess.Popen

    def popen(*arguments: Any, **options: Any) -> Any:
        processes.append(start(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(isolated_images.subprocess, "Popen", popen)
    return processes


def reencode(
    images: IsolatedImages | PillowImages, content: bytes, media_type: str = rules.JPEG
) -> ReencodedImage:
    return images.reencode(
        BytesIO(content), media_type, largest=200, sizes=(64, 128), square=True
    )


def large_png() -> bytes:
    """Two hundred kilobytes that unfold to 49 million pixels."""
    target = BytesIO()
    Image.new("RGB", (7000, 7000), (20, 180, 20)).save(target, "PNG", compress_level=1)
    return target.getvalue()


def test_it_draws_what_is_drawn_in_this_process(
    make_images: Make, started: list[Any]
) -> None:
    images = make_images()
    for content, media_type in (
        (rotated_photo(), rules.JPEG),
        (picture("HEIF"), rules.HEIC),
        (picture("PNG", transparency=(220, 20, 20)), rules.PNG),
    ):
        expected = reencode(PillowImages(), content, media_type)
        assert reencode(images, content, media_type) == expected
    # A process that took little draws the next picture as well.
    assert len(started) == 1
    images.close()
    assert started[0].returncode == 0


def test_errors_have_their_names_and_do_not_end_the_process(
    make_images: Make, started: list[Any]
) -> None:
    images = make_images()
    with pytest.raises(UnreadableImage):
        reencode(images, picture("JPEG")[:3] + HTML)
    with pytest.raises(TooManyPixels):
        reencode(images, decompression_bomb(), rules.PNG)
    assert reencode(images, picture()).width == 200
    assert len(started) == 1


def test_memory_comes_back_after_a_large_picture(
    make_images: Make, started: list[Any]
) -> None:
    images = make_images()
    assert reencode(images, large_png(), rules.PNG).width == 200
    [process] = started
    # Its process ended, and all of its memory with it.
    assert process.returncode == 0
    assert images._idle == []
    assert reencode(images, picture()).width == 200
    assert len(started) == 2


def test_a_picture_beyond_the_memory_is_refused(make_images: Make) -> None:
    with pytest.raises(TooCostlyImage):
        reencode(make_images(memory_bytes=200_000_000), large_png(), rules.PNG)


@pytest.mark.parametrize(
    "limits", [{"cpu_seconds": -1}, {"wall_seconds": 0}], ids=["processor", "clock"]
)
def test_a_picture_beyond_the_time_ends_its_process(
    make_images: Make, started: list[Any], limits: dict[str, Any]
) -> None:
    images = make_images(**limits)
    with pytest.raises(TooCostlyImage):
        reencode(images, large_png(), rules.PNG)
    assert started[0].returncode < 0
    assert images._idle == []


def test_a_process_that_breaks_is_replaced(
    make_images: Make, started: list[Any]
) -> None:
    images = make_images()
    reencode(images, picture())
    started[0].kill()
    started[0].wait()
    assert reencode(images, picture()).width == 200
    assert len(started) == 2


def test_an_idle_process_ends(make_images: Make, started: list[Any]) -> None:
    images = make_images(idle_seconds=0)
    reencode(images, picture())
    assert started[0].wait(10) == 0
    assert images._idle == []


def test_no_more_processes_than_allowed_at_once(
    make_images: Make, started: list[Any]
) -> None:
    images = make_images(at_once=2)
    content = picture()
    threads = [
        threading.Thread(target=reencode, args=[images, content]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) <= 2
    assert len(images._idle) == len(started)


def test_the_process_knows_no_secrets(
    make_images: Make, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "hidden")
    reencode(make_images(), picture())
    with open(f"/proc/{started[0].pid}/environ", "rb") as environment:
        names = {one.partition(b"=")[0] for one in environment.read().split(b"\0")}
    assert not [name for name in names if name.startswith(b"PORTAL_")]


def test_half_a_message_is_none() -> None:
    whole = BytesIO()
    image_worker.write_message(whole, {"a": 1}, b"one", b"two")
    sent = whole.getvalue()
    read = image_worker.read_message(BytesIO(sent))
    assert read == ({"a": 1, "blobs": [3, 3]}, [b"one", b"two"])
    assert [
        image_worker.read_message(BytesIO(sent[:length])) for length in range(len(sent))
    ] == [None] * len(sent)
