"""Headers of what is made for one person, and kept by nobody on the way."""

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


def attachment(name: str) -> dict[str, str]:
    """The headers of a download.

    Args:
        name: How the file is called: ASCII without quotes.
    """
    return PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
