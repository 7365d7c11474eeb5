from io import BytesIO

import pytest

from portal_app.domain.files import rules
from portal_app.domain.files.service import Drawing, TooManyPixels, Unreadable
from portal_app.integrations.images import PillowImages
from tests.support.pictures import (
    BLUE,
    HTML,
    RED,
    near,
    opened,
    photo_on_its_side,
    picture,
    png_bomb,
)


def redraw(
    content: bytes,
    media_type: str = rules.JPEG,
    *,
    largest: int = 1600,
    sizes: tuple[int, ...] = (64, 128),
    square: bool = True,
) -> Drawing:
    return PillowImages().redraw(
        BytesIO(content), media_type, largest=largest, sizes=sizes, square=square
    )


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", rules.JPEG),
        ("PNG", rules.PNG),
        ("WEBP", rules.WEBP),
        ("HEIF", rules.HEIC),
    ],
)
def test_every_kind_becomes_webp_with_small_copies(kind: str, media_type: str) -> None:
    drawn = redraw(picture(kind), media_type)
    assert (drawn.media_type, drawn.width, drawn.height) == ("image/webp", 300, 200)
    full = opened(drawn.content)
    assert (full.format, full.size) == ("WEBP", (300, 200))
    assert near(full.getpixel((20, 100)), RED)
    assert near(full.getpixel((280, 100)), BLUE)
    sizes = {edge: opened(small).size for edge, small in drawn.small.items()}
    assert sizes == {64: (64, 64), 128: (128, 128)}


def test_a_photo_on_its_side_stands_up_and_forgets_its_camera() -> None:
    content = photo_on_its_side()
    assert b"SecretCamera" in content
    drawn = redraw(content)
    assert (drawn.width, drawn.height) == (200, 300)
    full = opened(drawn.content)
    assert near(full.getpixel((100, 20)), RED)
    assert near(full.getpixel((100, 280)), BLUE)
    assert dict(full.getexif()) == {}
    for copy in (drawn.content, *drawn.small.values()):
        for trace in (b"Secret", b"EXIF", b"Exif", b"XMP ", b"ICCP"):
            assert trace not in copy


def test_what_hides_behind_a_picture_does_not_survive() -> None:
    drawn = redraw(picture("JPEG") + HTML + b"PK\x03\x04archive")
    assert b"script" not in drawn.content
    assert b"archive" not in drawn.content


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    drawn = redraw(picture("JPEG", (3000, 1500)), largest=1200)
    assert (drawn.width, drawn.height) == (1200, 600)
    # The square is cut from the middle.
    square = opened(drawn.small[64])
    assert near(square.getpixel((5, 32)), RED)
    assert near(square.getpixel((58, 32)), BLUE)


def test_a_document_keeps_its_shape_in_small() -> None:
    drawn = redraw(picture(), sizes=(128,), square=False)
    assert opened(drawn.small[128]).size == (128, 85)


def test_transparency_is_kept() -> None:
    drawn = redraw(picture("PNG", transparency=(220, 20, 20)), rules.PNG)
    full = opened(drawn.content)
    assert full.mode == "RGBA"
    assert full.getpixel((20, 100))[3] == 0
    assert full.getpixel((280, 100))[3] == 255


def test_a_decompression_bomb_is_refused_from_its_header() -> None:
    bomb = png_bomb()
    assert len(bomb) < 100_000
    with pytest.raises(TooManyPixels):
        redraw(bomb, rules.PNG)


def test_a_long_thin_bomb_is_refused() -> None:
    with pytest.raises(TooManyPixels):
        redraw(picture("PNG", (20_001, 1)), rules.PNG)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("JPEG", (900, 900))[:4000], rules.JPEG),
        (picture("JPEG")[:3] + HTML, rules.JPEG),
        (picture("PNG")[:60], rules.PNG),
        (picture("HEIF")[:200], rules.HEIC),
        # Only the decoder of the sniffed kind is asked.
        (picture("PNG"), rules.JPEG),
    ],
)
def test_a_broken_picture_is_unreadable(content: bytes, media_type: str) -> None:
    with pytest.raises(Unreadable):
        redraw(content, media_type)
