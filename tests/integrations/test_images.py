from io import BytesIO

import pytest
from PIL import Image, ImageCms

from portal_app.domain.files import rules
from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooManyPixels,
    UnreadableImage,
)
from portal_app.integrations.images import PillowImages, plain_copy
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


def as_opened(drawn: Image.Image, kind: str, **options: object) -> Image.Image:
    """A picture as it is after its file was opened."""
    target = BytesIO()
    drawn.save(target, kind, **options)
    return decode_picture(target.getvalue())


def row_of(mode: str, *values: object) -> Image.Image:
    drawn = Image.new(mode, (len(values), 1))
    for x, value in enumerate(values):
        drawn.putpixel((x, 0), value)  # type: ignore[arg-type]
    return drawn


def pixels(drawn: Image.Image) -> list[object]:
    return [drawn.getpixel((x, 0)) for x in range(drawn.width)]


def grey(*values: int) -> list[tuple[int, int, int]]:
    return [(value,) * 3 for value in values]


def test_grey_of_16_bits_keeps_its_tones() -> None:
    deep = as_opened(row_of("I;16", *(257 * tone for tone in range(256))), "PNG")
    assert deep.mode == "I;16"
    assert pixels(plain_copy(deep, 300)) == grey(*range(256))
    full = decode_picture(reencode(picture_of_deep_grey(), rules.PNG).content)
    assert is_near_colour(full.getpixel((10, 50)), (64, 64, 64))
    assert is_near_colour(full.getpixel((90, 50)), (192, 192, 192))


def picture_of_deep_grey() -> bytes:
    drawn = Image.new("I;16", (100, 100), 64 * 257)
    drawn.paste(192 * 257, (50, 0, 100, 100))
    target = BytesIO()
    drawn.save(target, "PNG")
    return target.getvalue()


def test_one_tone_of_16_bits_is_transparent_and_no_other() -> None:
    deep = row_of("I;16", 0, 2569, 2570, 2571, 65_535)
    copy = plain_copy(as_opened(deep, "PNG", transparency=2570), 300)
    assert pixels(copy) == [
        (0, 0, 0, 255),
        (10, 10, 10, 255),
        (10, 10, 10, 0),
        (10, 10, 10, 255),
        (255, 255, 255, 255),
    ]


@pytest.mark.parametrize(
    ("mode", "values", "tones"),
    [
        ("I", (0, 1, 128, 255), (0, 1, 128, 255)),
        ("I", (0, 257, 32_896, 65_535), (0, 1, 128, 255)),
        ("I", (0, 100_000, 200_000), (0, 128, 255)),
        ("F", (0.0, 0.25, 0.5, 1.0), (0, 64, 128, 255)),
        ("F", (0.0, 1.0, 128.0, 255.0), (0, 1, 128, 255)),
        ("1", (0, 255), (0, 255)),
        ("L", (0, 1, 254, 255), (0, 1, 254, 255)),
    ],
)
def test_grey_of_any_depth_is_black_to_white(
    mode: str, values: tuple[object, ...], tones: tuple[int, ...]
) -> None:
    assert pixels(plain_copy(row_of(mode, *values), 300)) == grey(*tones)


def test_transparency_of_every_kind_is_kept() -> None:
    with_alpha = row_of("LA", (200, 0), (100, 128), (50, 255))
    assert pixels(plain_copy(as_opened(with_alpha, "PNG"), 300)) == [
        (200, 200, 200, 0),
        (100, 100, 100, 128),
        (50, 50, 50, 255),
    ]
    palette = row_of("RGB", RED, BLUE).convert("P", palette=Image.Palette.ADAPTIVE)
    see_through = palette.getpixel((1, 0))
    opened = as_opened(palette, "PNG", transparency=see_through)
    assert opened.mode == "P"
    assert pixels(plain_copy(opened, 300)) == [(*RED, 255), (*BLUE, 0)]
    opaque = as_opened(palette, "PNG")
    assert pixels(plain_copy(opaque, 300)) == [RED, BLUE]
    palette_alpha = row_of("RGB", RED, BLUE).convert("RGBA").convert("PA")
    assert plain_copy(palette_alpha, 300).mode == "RGBA"
    one_bit = as_opened(row_of("1", 0, 255), "PNG", transparency=0)
    assert pixels(plain_copy(one_bit, 300)) == [(0, 0, 0, 0), (255, 255, 255, 255)]


def test_printers_colours_become_those_of_screens() -> None:
    inks = row_of("CMYK", (0, 0, 0, 0), (0, 0, 0, 255), (0, 255, 255, 0))
    assert pixels(plain_copy(inks, 300)) == [(255,) * 3, (0,) * 3, (255, 0, 0)]
    opened = as_opened(inks.resize((48, 16), Image.Resampling.NEAREST), "JPEG")
    assert opened.mode == "CMYK"
    copy = plain_copy(opened, 300)
    assert [is_near_colour(copy.getpixel((8, 8)), (255, 255, 255))] == [True]
    assert is_near_colour(copy.getpixel((24, 8)), (0, 0, 0))


def test_a_colour_profile_is_applied_and_transparency_stays() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colours = as_opened(
        row_of("RGBA", (*RED, 0), (*BLUE, 90)), "PNG", icc_profile=profile
    )
    assert pixels(plain_copy(colours, 300)) == [(*RED, 0), (*BLUE, 90)]
    # A profile of another kind of colours is no reason to refuse a picture.
    wrong = as_opened(row_of("L", 7, 200), "PNG", icc_profile=profile)
    assert pixels(plain_copy(wrong, 300)) == grey(7, 200)
    broken = as_opened(row_of("RGB", RED), "PNG", icc_profile=b"no profile")
    assert pixels(plain_copy(broken, 300)) == [RED]


def test_a_copy_made_in_bands_has_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Image.linear_gradient("L").resize((640, 400))
    whole = plain_copy(drawn, 200)
    assert whole.size == (214, 134)
    monkeypatch.setattr("portal_app.integrations.images._BAND_PIXELS", 1)
    assert plain_copy(drawn, 200).tobytes() == whole.tobytes()


def test_a_phone_of_50_megapixels_is_taken() -> None:
    target = BytesIO()
    Image.new("L", (8160, 6144), 90).save(target, "JPEG")
    drawn = reencode(target.getvalue())
    assert (drawn.width, drawn.height) == (1600, 1205)
