"""Handing files in, using them, reading them, and forgetting them.

The one door to this package. Bytes never travel inside a transaction: a file is
written down, its bytes are stored, and only then is it marked as stored. What a
crash leaves half-way, ``sweep`` removes.

A file is private: its customer, the office, and whoever handed it in may read
it; for everybody else it does not exist.
"""

from portal_app.domain.files.accepting import Upload, accept
from portal_app.domain.files.keeping import (
    Readable,
    attach,
    full_key,
    owned_files,
    picture_url,
    readable,
    release,
    sweep,
    view_of,
    views_of,
)
from portal_app.domain.files.protocols import (
    Drawing,
    Images,
    Storage,
    StorageUnavailable,
    TooManyPixels,
    Unreadable,
)

__all__ = [
    "Drawing",
    "Images",
    "Readable",
    "Storage",
    "StorageUnavailable",
    "TooManyPixels",
    "Unreadable",
    "Upload",
    "accept",
    "attach",
    "full_key",
    "owned_files",
    "picture_url",
    "readable",
    "release",
    "sweep",
    "view_of",
    "views_of",
]
