"""Pictures and other files for tests, honest and otherwise."""

import struct
import zlib
from io import BytesIO

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE = (220, 20, 20), (20, 180, 20), (20, 20, 220)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (300, 200), **options: object
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    drawn = Image.new("RGB", size, RED)
    drawn.paste(BLUE, (size[0] // 2, 0, *size))
    target = BytesIO()
    drawn.save(target, kind, **options)
    return target.getvalue()


def rotated_photo() -> bytes:
    """A phone's JPEG: the camera was turned, and wrote down where and with what.

    Upright, its top half is red and its bottom half blue.
    """
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "S"
    exif.get_ifd(0x8825)[2] = (33.0, 51.0, 31.0)
    return picture("JPEG", exif=exif.tobytes(), comment=b"SecretComment", quality=95)


def decompression_bomb(edge: int = 19_000) -> bytes:
    """A small PNG that unfolds to ``edge`` x ``edge`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((edge // 8 + 2) * edge), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def decode_picture(content: bytes) -> Image.Image:
    """A picture, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def is_near_colour(pixel: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    """Whether a pixel is of a colour, but for what compressing does to it."""
    return all(abs(a - b) < 25 for a, b in zip(pixel[:3], colour, strict=True))
