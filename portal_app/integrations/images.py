"""Pictures drawn anew by Pillow: what comes out is pixels and nothing else.

Whatever a hostile file hides (scripts, archives, places and cameras, another
format behind the picture) does not survive being drawn. How much a file may
unfold to is decided from its header, before anything is decoded.

What strangers hand in is drawn by ``isolated_images``, which runs this in
processes of their own.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import Base as ExifTag

from portal_app.domain.files import rules
from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooCostlyImage,
    TooManyPixels,
    UnreadableImage,
)

pillow_heif.register_heif_opener(thumbnails=False)

_FORMATS = {
    rules.JPEG: "JPEG",
    rules.PNG: "PNG",
    rules.WEBP: "WEBP",
    rules.HEIC: "HEIF",
}
_QUALITY = 82
_BAND_PIXELS = 2_000_000
_WHITE_LEVELS = (1, 255, 65_535)
_GREY_MODES = frozenset({"1", "L", "LA"})


class PillowImages:
    """Draws pictures with Pillow, in this process."""

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
            TooCostlyImage: If there is not enough memory to read it.
        """
        try:
            picture = _read(content, media_type, largest)
        except (TooManyPixels, Image.DecompressionBombError):
            raise TooManyPixels from None
        except MemoryError:
            raise TooCostlyImage from None
        except Exception as error:
            # A decoder may raise anything on a file made to break it.
            raise UnreadableImage(type(error).__name__) from None
        return ReencodedImage(
            media_type=rules.WEBP,
            width=picture.width,
            height=picture.height,
            content=_webp(picture),
            small={size: _webp(_thumbnail(picture, size, square)) for size in sizes},
        )


def _read(content: BinaryIO, media_type: str, largest: int) -> Image.Image:
    with Image.open(content, formats=[_FORMATS[media_type]]) as opened:
        if (
            opened.width * opened.height > rules.MAX_PIXELS
            or max(opened.size) > rules.MAX_EDGE
        ):
            raise TooManyPixels
        # Lets the JPEG decoder skip detail that is thrown away anyway.
        opened.draft("RGB", (largest, largest))
        opened.load()
        plain = plain_copy(opened, largest)
        orientation = opened.getexif().get(ExifTag.Orientation, 1)
    plain.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    plain.getexif()[ExifTag.Orientation] = orientation
    return ImageOps.exif_transpose(plain)


def plain_copy(picture: Image.Image, largest: int) -> Image.Image:
    """A picture in sRGB with 8 bits a channel, and no more than its pixels.

    It is made band by band, so that a large picture is never there twice.

    Args:
        picture: In any mode, decoded.
        largest: The longest edge that is wanted; the copy has at least that, or
            all there is.
    """
    factor = max(1, max(picture.size) // largest)
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    to_plain = _conversion(picture, mode)
    width, height = (-(-edge // factor) for edge in picture.size)
    copy = Image.new(mode, (width, height))
    rows = max(1, _BAND_PIXELS // (picture.width * factor))
    for top in range(0, height, rows):
        bottom = min(picture.height, (top + rows) * factor)
        band = to_plain(picture.crop((0, top * factor, picture.width, bottom)))
        copy.paste(band.reduce(factor) if factor > 1 else band, (0, top))
    return copy


def _conversion(
    picture: Image.Image, mode: str
) -> Callable[[Image.Image], Image.Image]:
    """What turns a part of a picture into one of mode ``RGB`` or ``RGBA``."""
    white = _white_level(picture)
    if white:
        transparent = picture.info.get("transparency")
        return lambda band: _from_deep_grey(band, white, transparent).convert(mode)
    if picture.mode in _GREY_MODES:
        colour_mode = "L"
    else:
        colour_mode = "CMYK" if picture.mode == "CMYK" else "RGB"
    transform = _to_srgb(picture.info.get("icc_profile"), colour_mode)
    if transform is None:
        return lambda band: band.convert(mode)
    to_srgb = transform

    def convert(band: Image.Image) -> Image.Image:
        colours = band if band.mode == colour_mode else band.convert(colour_mode)
        plain = to_srgb.apply(colours)
        if mode == "RGBA":
            plain.putalpha(band.convert("RGBA").getchannel("A"))
        return plain

    return convert


def _white_level(picture: Image.Image) -> float:
    """The value of white in a grey picture of more than 8 bits, else nought."""
    if picture.mode.startswith("I;16"):
        return 65_535
    if picture.mode not in {"I", "F"}:
        return 0
    brightest = float(picture.getextrema()[1])  # type: ignore[arg-type]
    levels = _WHITE_LEVELS if picture.mode == "F" else _WHITE_LEVELS[1:]
    return next((level for level in levels if brightest <= level), brightest)


def _from_deep_grey(
    band: Image.Image, white: float, transparent: float | None
) -> Image.Image:
    """A grey picture of 8 bits, with the one value that is transparent, if any."""
    values = band.convert("F")
    grey = values.point(lambda value: value * (255 / white) + 0.5).convert("L")
    if transparent is None:
        return grey
    # Above and below that value, by more than any rounding.
    above, below = (
        values.point(
            lambda value, sign=sign: value * sign * 510 - transparent * sign * 510
        )
        for sign in (1, -1)
    )
    alpha = Image.new("L", grey.size)
    for part in (above, below):
        alpha.paste(255, mask=part.convert("L"))
    grey.putalpha(alpha)
    return grey


def _to_srgb(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    if not profile:
        return None
    try:
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        # Colours a little off are better than no picture.
        return None


def _thumbnail(picture: Image.Image, size: int, square: bool) -> Image.Image:
    if square:
        return ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
    copy = picture.copy()
    copy.thumbnail((size, size), Image.Resampling.LANCZOS)
    return copy


def _webp(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "WEBP", quality=_QUALITY, method=4)
    return target.getvalue()
