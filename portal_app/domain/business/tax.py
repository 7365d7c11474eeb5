"""The tax of the business: its rate, and whether prices hold it."""

from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import service as change_log
from portal_app.domain.change_log.service import Thing
from portal_app.kernel.audiences import Actor
from portal_app.kernel.ownership import require_office
from portal_app.kernel.versioned import Field, Record

INCLUDED, ADDED = "included", "added"
_ADDED_IN = frozenset({"CA", "US"})
"""Where people expect tax to come on top of the price they read."""
_CHOICE_WORDS = {"": "As usual in the country", INCLUDED: "Included", ADDED: "Added"}


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """The tax on prices.

    Attributes:
        basis_points: Hundredths of a percent.
        choice: ``included`` in prices or ``added`` to them, or an empty text for what
            is usual in the country.
        usually_included: What that is.
        version: Of the business.
    """

    basis_points: int
    choice: str
    usually_included: bool
    version: int

    @property
    def included(self) -> bool:
        """Whether prices hold it."""
        return self.choice == INCLUDED if self.choice else self.usually_included


def tax_settings(tx: Session) -> TaxSettings:
    """The tax of the business as it is now."""
    business = businesses.current_business(tx)
    return TaxSettings(
        basis_points=business.tax_basis_points,
        choice=_choice_of(business.tax_included),
        usually_included=business.country not in _ADDED_IN,
        version=business.version,
    )


def save_tax(
    tx: Session, actor: Actor, basis_points: int, choice: str, version: int
) -> None:
    """Change the tax. What is booked keeps its price.

    Args:
        tx: The transaction.
        actor: The office.
        basis_points: Hundredths of a percent, checked.
        choice: As in ``TaxSettings``, checked.
        version: Of the business, as it was read.

    Raises:
        NotAllowed: If the actor is not the office.
        EditConflict: If the business was changed since ``version`` and its tax
            differs.
    """
    require_office(actor)
    businesses.lock_business(tx)
    row = businesses.current_business(tx)
    wanted = {
        "tax_basis_points": basis_points,
        "tax_included": None if not choice else choice == INCLUDED,
    }
    before = _RECORD.values(row)
    if before != wanted and _RECORD.save(tx, row, wanted, version):
        found = change_log.differences(_RECORD, before, wanted)
        thing = Thing("Business", str(row.id), row.name)
        change_log.record(tx, actor, "changed", thing, found)


def _choice_of(included: bool | None) -> str:
    return "" if included is None else INCLUDED if included else ADDED


_RECORD = Record(
    "The tax",
    Field("tax_basis_points", "Tax", text=lambda rate: f"{rate / 100:g}%"),
    Field(
        "tax_included",
        "Prices and tax",
        text=lambda included: _CHOICE_WORDS[_choice_of(included)],
    ),
)
