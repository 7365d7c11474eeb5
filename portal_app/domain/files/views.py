"""What a browser may know of a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileView:
    """A file, with the addresses it is read from.

    Attributes:
        url: Of the full copy.
        thumbnail_url: Of a small copy (128 pixels), empty if it is no picture.
        size: Such as ``1.2 MB``.
    """

    id: str = ""
    name: str = ""
    media_type: str = ""
    size: str = ""
    url: str = ""
    thumbnail_url: str = ""
    is_picture: bool = False
