"""The tax on what is booked, and the form of the business's."""

from dataclasses import dataclass

from sqlmodel import Session

from portal_app.domain.business import service as businesses
from portal_app.domain.business import tax as business_tax
from portal_app.domain.business.tax import ADDED, INCLUDED
from portal_app.domain.catalogue import amounts, rules
from portal_app.domain.catalogue.models import Service
from portal_app.domain.catalogue.views import TaxView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.errors import InvalidInput
from portal_app.kernel.ownership import require_office


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxForm:
    """The business's tax as typed; ``included`` is empty for what is usual."""

    percent: str = ""
    included: str = ""


def tax_of(tx: Session, basis_points: int | None = None) -> rules.Tax:
    """The tax on a price, at the business's rate or at this one."""
    settings = business_tax.tax_settings(tx)
    rate = settings.basis_points if basis_points is None else basis_points
    return rules.Tax(rate, settings.included)


def tax_of_service(tx: Session, service_id: str) -> rules.Tax:
    """The tax on the price of a service."""
    return tax_of(tx, tx.get_one(Service, service_id).tax_basis_points)


def tax_view(tx: Session) -> TaxView:
    """The business's tax as the office edits it."""
    settings = business_tax.tax_settings(tx)
    tax = tax_of(tx)
    where = "included in your prices" if tax.included else "added on top"
    return TaxView(
        percent=amounts.percent_text(tax.basis_points, businesses.formats(tx)),
        included=settings.choice,
        usual="included" if settings.usually_included else "added on top",
        text=f"{tax.percent}, {where}" if tax.basis_points else "No tax",
        version=settings.version,
    )


def save_tax(tx: Session, actor: Actor, form: TaxForm, version: int) -> None:
    """Change the business's tax. What is booked keeps its price.

    Raises:
        NotAllowed: If the actor is not the office.
        InvalidInput: With a sentence for each field that is wrong.
        EditConflict: If the business was changed since ``version`` and its tax
            differs.
    """
    require_office(actor)
    wrong: dict[str, str] = {}
    rate = 0
    try:
        rate = amounts.parse_percent(form.percent or "0", businesses.formats(tx))
    except ValueError as error:
        wrong["percent"] = str(error)
    if form.included not in {"", INCLUDED, ADDED}:
        wrong["included"] = "Please choose one."
    if wrong:
        raise InvalidInput(wrong)
    business_tax.save_tax(tx, actor, rate, form.included, version)
