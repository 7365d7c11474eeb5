"""Links that add a dependent while booking, and the way back."""

from dataclasses import replace
from urllib.parse import quote

from portal_app.domain.bookings.views import DetailsFormView
from portal_app.domain.dependents.views import TypeView

ADDED_PARAMETER = "for"
"""The parameter of the address that names who was just added."""


def add_links(kinds: list[TypeView], here: str) -> list[tuple[str, str]]:
    """Words and address of the pages where a dependent of each type is added.

    Args:
        kinds: The types to choose from.
        here: The page to come back to.
    """
    back = quote(here, safe="")
    return [
        (_add_label(kind), f"/dependents/add?type={kind.slug}&next={back}")
        for kind in kinds
    ]


def return_address(here: str, added: str) -> str:
    """The address of the page that sent there, which names who was added."""
    return f"{here}{'&' if '?' in here else '?'}{ADDED_PARAMETER}={added}"


def tick_added(asked: DetailsFormView, added: str) -> DetailsFormView:
    """What is asked, with who was just added among those who are ticked.

    Args:
        asked: As it is stored.
        added: What the address says; not to be trusted.
    """
    if added in {known.id for known in asked.dependents} - set(asked.chosen):
        return replace(asked, chosen=[*asked.chosen, added])
    return asked


def _add_label(kind: TypeView) -> str:
    article = "an" if kind.singular[:1].lower() in "aeiou" else "a"
    return f"Add {article} {kind.singular.lower()}"
