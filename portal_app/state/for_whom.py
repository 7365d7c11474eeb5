"""Adding a dependent on the way to saying whom a booking is for, and coming back."""

from dataclasses import replace
from urllib.parse import quote

from portal_app.domain.bookings.views import AskedView
from portal_app.domain.dependents.views import TypeView
from portal_app.state.typed import text

ADDED = "for"
"""The parameter of the address that names who was just added."""


def ways_to_add(kinds: list[TypeView], here: str) -> list[tuple[str, str]]:
    """Words and address of the pages where a dependent of each type is added.

    Args:
        kinds: The types to choose from.
        here: The page to come back to.
    """
    back = quote(here, safe="")
    return [
        (_words(kind), f"/dependents/add?type={kind.slug}&next={back}")
        for kind in kinds
    ]


def back_with(here: str, added: str) -> str:
    """The address of the page that sent there, which names who was added."""
    return f"{here}{'&' if '?' in here else '?'}{ADDED}={added}"


def with_added(asked: AskedView, added: object) -> AskedView:
    """What is asked, with who was just added among those who are ticked.

    Args:
        asked: As it is stored.
        added: What the address says; not to be trusted.
    """
    one = text(added)
    if one in {known.id for known in asked.dependents} - set(asked.chosen):
        return replace(asked, chosen=[*asked.chosen, one])
    return asked


def _words(kind: TypeView) -> str:
    article = "an" if kind.singular[:1].lower() in "aeiou" else "a"
    return f"Add {article} {kind.singular.lower()}"
