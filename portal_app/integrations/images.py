"""Pictures drawn anew by Pillow: what comes out is pixels and nothing else.

Whatever a hostile file hides (scripts, archives, places and cameras, another
format behind the picture) does not survive being drawn. How much a file may
unfold to is decided from its header, before anything is decoded.
"""

from collections.abc import Sequence
from io import BytesIO
from threading import BoundedSemaphore
from typing import BinaryIO

import pillow_heif
import structlog
from PIL import Image, ImageCms, ImageOps

from portal_app.domain.files import rules
from portal_app.domain.files.protocols import (
    ReencodedImage,
    TooManyPixels,
    UnreadableImage,
)

log = structlog.get_logger("images")

pillow_heif.register_heif_opener(thumbnails=False)

_FORMATS = {
    rules.JPEG: "JPEG",
    rules.PNG: "PNG",
    rules.WEBP: "WEBP",
    rules.HEIC: "HEIF",
}
_QUALITY = 82
# A decoded picture takes up to 200 MB.
_concurrent_redraws = BoundedSemaphore(2)


class PillowImages:
    """Draws pictures with Pillow, at most two at a time."""

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
            Unreadable: If it cannot be read as this media type.
            TooManyPixels: If it has more than ``rules.MAX_PIXELS``.
        """
        with _concurrent_redraws:
            try:
                picture = _read(content, media_type, largest)
            except (TooManyPixels, Image.DecompressionBombError):
                raise TooManyPixels from None
            except Exception as error:
                # A decoder may raise anything on a file made to break it.
                log.info("unreadable picture", error=type(error).__name__)
                raise UnreadableImage from None
            picture.thumbnail((largest, largest), Image.Resampling.LANCZOS)
            return ReencodedImage(
                media_type=rules.WEBP,
                width=picture.width,
                height=picture.height,
                content=_webp(picture),
                small={
                    size: _webp(_thumbnail(picture, size, square)) for size in sizes
                },
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
        upright = ImageOps.exif_transpose(opened)
        return _plain(upright)


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in sRGB, with no more than its pixels."""
    transparent = picture.has_transparency_data
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK", "L"}:
        picture = _in_srgb(picture, profile)
    picture = picture.convert("RGBA" if transparent else "RGB")
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    return bare


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        # Colours a little off are better than no picture.
        return picture
    return converted or picture


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
