"""Versions of a quote: their lines and files, and what they look like."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, col, select

from portal_app.domain.bookings.view_builders import time_range_text
from portal_app.domain.business import service as business
from portal_app.domain.catalogue import service as catalogue
from portal_app.domain.catalogue.rules import PriceLine, Tax
from portal_app.domain.catalogue.views import LineView
from portal_app.domain.files import attachments
from portal_app.domain.files.views import FileView
from portal_app.domain.quotes import rules
from portal_app.domain.quotes.models import (
    Quote,
    QuoteDecision,
    QuoteFile,
    QuoteLine,
    QuoteVersion,
)
from portal_app.domain.quotes.rules import QuotedLine
from portal_app.domain.quotes.views import QuoteVersionView
from portal_app.domain.scheduling import service as scheduling
from portal_app.kernel.formats import duration_text

_DECISIONS = {
    rules.ACCEPTED: "Accepted on {day}, signed by {name}.",
    rules.DECLINED: "Declined on {day}.",
    rules.CHANGES: "Changes asked for on {day}.",
}


def versions_of(tx: Session, quote_id: str) -> list[QuoteVersion]:
    """Every version, latest first; the first of them may not be sent yet."""
    return list(
        tx.exec(
            select(QuoteVersion)
            .where(QuoteVersion.quote_id == quote_id)
            .order_by(col(QuoteVersion.number).desc())
        )
    )


def lines_of(tx: Session, version_id: str) -> list[QuotedLine]:
    """The lines of one version, in their order."""
    return lines_by_version(tx, [version_id])[version_id]


def lines_by_version(
    tx: Session, version_ids: Collection[str]
) -> dict[str, list[QuotedLine]]:
    """As ``lines_of``, of several versions."""
    found: dict[str, list[QuotedLine]] = {one: [] for one in version_ids}
    rows = tx.exec(
        select(QuoteLine)
        .where(col(QuoteLine.version_id).in_(version_ids))
        .order_by(col(QuoteLine.version_id), col(QuoteLine.position))
    )
    for row in rows:
        found[row.version_id].append(
            QuotedLine(row.description, row.quantity, row.unit_minor)
        )
    return found


def tax_of(version: QuoteVersion) -> Tax:
    """The tax that a version was calculated with."""
    return Tax(version.tax_basis_points, version.tax_included)


def files_by_version(tx: Session, quote_id: str) -> dict[str | None, list[FileView]]:
    """The files of every version; those of the request stand under ``None``."""
    rows = tx.exec(
        select(QuoteFile)
        .where(QuoteFile.quote_id == quote_id)
        .order_by(col(QuoteFile.position), col(QuoteFile.id))
    ).all()
    views = attachments.file_views(tx, {row.file_id for row in rows})
    found: dict[str | None, list[FileView]] = {}
    for row in rows:
        if row.file_id in views:
            found.setdefault(row.version_id, []).append(views[row.file_id])
    return found


def version_views(
    tx: Session,
    quote: Quote,
    versions: Sequence[QuoteVersion],
    files: dict[str | None, list[FileView]],
    *,
    with_signature: bool,
) -> list[QuoteVersionView]:
    """Versions as their customer reads them.

    Args:
        tx: The transaction.
        quote: What they belong to.
        versions: Some of its versions.
        files: As ``files_by_version`` found them.
        with_signature: Whether a drawn signature may be seen.
    """
    formats = business.formats(tx)
    ids = [one.id for one in versions]
    lines = lines_by_version(tx, ids)
    decisions = {
        one.version_id: one
        for one in tx.exec(
            select(QuoteDecision).where(QuoteDecision.quote_id == quote.id)
        )
    }
    names = {
        one.id: one.name for one in scheduling.fieldworkers_for(tx, quote.service_id)
    }
    found = []
    for version in versions:
        money = replace(formats, currency=version.currency)
        tax = tax_of(version)
        priced = rules.agreed_breakdown(lines[version.id], tax, version.minutes)
        day = time = ""
        if version.starts_at is not None:
            day = formats.day(version.starts_at)
            time = time_range_text(
                formats,
                version.starts_at,
                version.starts_at + timedelta(minutes=version.minutes),
            )
        decision = decisions.get(version.id)
        drawn = decision.signature_id if decision and with_signature else None
        found.append(
            QuoteVersionView(
                number=version.number,
                lines=[
                    LineView(_line_text(line, money.money(line.unit_minor)), amount)
                    for line, amount in zip(
                        priced.lines,
                        (
                            one.amount
                            for one in catalogue.line_views(money, priced.lines)
                        ),
                        strict=True,
                    )
                ],
                total=money.money(version.total_minor),
                tax_note=tax.note if tax.included else "",
                tax=money.money(version.tax_minor) if version.tax_basis_points else "",
                duration=duration_text(version.minutes),
                notes=version.notes,
                # It ends with the day: a moment before is still that day.
                expires=formats.day(version.expires_at - timedelta(seconds=1))
                if version.expires_at
                else "",
                day=day,
                time=time,
                fieldworker=names.get(version.fieldworker_id or "", ""),
                files=files.get(version.id, []),
                decision=_DECISIONS[decision.kind].format(
                    day=formats.day(decision.at),
                    name=decision.signed_name or quote.contact_name,
                )
                if decision
                else "",
                signature_url=f"/api/files/{drawn}" if drawn else "",
            )
        )
    return found


def _line_text(line: PriceLine, unit: str) -> str:
    if line.quantity == 1:
        return line.description
    return f"{line.description}, {line.quantity} × {unit}"
