"""What keeping and drawing files takes from outside; the integrations implement it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from portal_app.kernel.errors import DomainError


class StorageUnavailable(DomainError):
    """The storage does not answer; trying again later may help."""

    def __init__(self) -> None:
        super().__init__("Files cannot be stored or read just now. Please try again.")


class Storage(Protocol):
    """Where bytes are kept; ``integrations.storage`` implements it.

    Keys are made here: lower-case letters, digits, ``/`` and ``.``. Every
    method raises ``StorageUnavailable`` if the storage does not answer.
    """

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store bytes under a key that nothing was stored under before."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes under a key, in pieces.

        Raises:
            NotFound: If there are none, before the first piece.
        """

    def delete(self, folder: str) -> None:
        """Delete every key below a folder; nothing there is fine."""


@dataclass(frozen=True, slots=True)
class ReencodedImage:
    """A picture drawn anew: only its pixels are left, the right way up.

    ``small`` maps the edge length in pixels to the copy's bytes.
    """

    media_type: str
    width: int
    height: int
    content: bytes
    small: Mapping[int, bytes]


class UnreadableImage(Exception):
    """A picture that cannot be read: broken, cut off, or not one at all."""


class TooManyPixels(Exception):
    """A picture that would unfold to more pixels than anybody needs."""


class TooCostlyImage(Exception):
    """A picture that takes more memory or time to read than one may take."""


class ImageProcessor(Protocol):
    """What reads and draws pictures; ``integrations.images`` implements it."""

    def reencode(
        self,
        content: BinaryIO,
        media_type: str,
        *,
        largest: int,
        sizes: Sequence[int],
        square: bool,
    ) -> ReencodedImage:
        """Draw a picture anew, with small copies.

        Raises:
            UnreadableImage: If it cannot be read as this media type.
            TooManyPixels: If it has more than ``rules.MAX_PIXELS``.
            TooCostlyImage: If reading it takes too much memory or time.
        """
