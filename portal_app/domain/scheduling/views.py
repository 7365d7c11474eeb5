"""What a browser may see of fieldworkers and their time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldworkerView:
    """Somebody a customer may choose. ``id`` is what the choice is sent back as."""

    id: str
    name: str
    bio: str
