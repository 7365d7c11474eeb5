from io import BytesIO

import pytest

from portal_app.domain.files import rules
from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.integrations.images import PillowImages
from tests.support.pictures import (
    BLUE,
    HTML,
    RED,
    decode_picture,
    decompression_bomb,
    is_near_colour,
    picture,
    rotated_photo,
)


def reencode(
    content: bytes,
    media_type: str = rules.JPEG,
    *,
    largest: int = 1600,
    sizes: tuple[int, ...] = (64, 128),
    square: bool = True,
) -> ReencodedImage:
    return PillowImages().reencode(
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
    drawn = reencode(picture(kind), media_type)
    assert (drawn.media_type, drawn.width, drawn.height) == ("image/webp", 300, 200)
    full = decode_picture(drawn.content)
    assert (full.format, full.size) == ("WEBP", (300, 200))
    assert is_near_colour(full.getpixel((20, 100)), RED)
    assert is_near_colour(full.getpixel((280, 100)), BLUE)
    sizes = {edge: decode_picture(small).size for edge, small in drawn.small.items()}
    assert sizes == {64: (64, 64), 128: (128, 128)}


def test_a_rotated_photo_is_upright_and_without_metadata() -> None:
    content = rotated_photo()
    assert b"SecretCamera" in content
    drawn = reencode(content)
    assert (drawn.width, drawn.height) == (200, 300)
    full = decode_picture(drawn.content)
    assert is_near_colour(full.getpixel((100, 20)), RED)
    assert is_near_colour(full.getpixel((100, 280)), BLUE)
    assert dict(full.getexif()) == {}
    for copy in (drawn.content, *drawn.small.values()):
        for trace in (b"Secret", b"EXIF", b"Exif", b"XMP ", b"ICCP"):
            assert trace not in copy


def test_trailing_data_is_removed() -> None:
    drawn = reencode(picture("JPEG") + HTML + b"PK\x03\x04archive")
    assert b"script" not in drawn.content
    assert b"archive" not in drawn.content


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    drawn = reencode(picture("JPEG", (3000, 1500)), largest=1200)
    assert (drawn.width, drawn.height) == (1200, 600)
    # The square is cut from the middle.
    square = decode_picture(drawn.small[64])
    assert is_near_colour(square.getpixel((5, 32)), RED)
    assert is_near_colour(square.getpixel((58, 32)), BLUE)


def test_a_document_keeps_its_shape_in_small() -> None:
    drawn = reencode(picture(), sizes=(128,), square=False)
    assert decode_picture(drawn.small[128]).size == (128, 85)


def test_transparency_is_kept() -> None:
    drawn = reencode(picture("PNG", transparency=(220, 20, 20)), rules.PNG)
    full = decode_picture(drawn.content)
    assert full.mode == "RGBA"
    assert full.getpixel((20, 100))[3] == 0
    assert full.getpixel((280, 100))[3] == 255


def test_a_decompression_bomb_is_refused_from_its_header() -> None:
    bomb = decompression_bomb()
    assert len(bomb) < 100_000
    with pytest.raises(TooManyPixels):
        reencode(bomb, rules.PNG)


def test_a_long_thin_bomb_is_refused() -> None:
    with pytest.raises(TooManyPixels):
        reencode(picture("PNG", (20_001, 1)), rules.PNG)


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
    with pytest.raises(UnreadableImage):
        reencode(content, media_type)
