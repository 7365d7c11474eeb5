"""Paths of this portal, as opposed to addresses somebody smuggled in."""

MOST_PATH = 500
"""Characters of a path that is kept to go on to."""


def local_path(path: str | None, default: str = "/") -> str:
    """A path of this portal to go on to.

    Args:
        path: What a form or an address asked for; not to be trusted.
        default: What to use for anything else.

    Returns:
        ``path`` if a browser stays on this origin with it, else ``default``.
    """
    if (
        not path
        or not path.startswith("/")
        or path.startswith("//")
        # Browsers read a backslash as a slash, and drop tabs and line ends.
        or "\\" in path
        or any(ord(character) <= 32 or ord(character) == 127 for character in path)
    ):
        return default
    return path
