"""Who changed what: a page of it, and all of it as a file for spreadsheets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from sqlmodel import Session

from portal_app.domain.accounts import names
from portal_app.domain.business import service as businesses
from portal_app.domain.change_log import history
from portal_app.domain.change_log.history import Entry, Filter
from portal_app.domain.change_log.service import Difference
from portal_app.domain.office.views import ChangesPage, ChangeView, DifferenceView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import day_bounds
from portal_app.kernel.db import Database
from portal_app.kernel.formats import Formats
from portal_app.kernel.ownership import require_staff
from portal_app.kernel.spreadsheets import BYTE_ORDER_MARK, csv_line

PAGE_SIZE = 20
THE_PORTAL = "portal"
"""As a person: jobs and the command line."""

_PORTAL_NAME = "The portal"
_GONE = "An account that is gone"
_MAX_SHOWN = 400
_COLUMNS = (
    *("Time (UTC)", "Day", "Time", "Who", "From", "What was done"),
    *("Kind", "Name", "Field", "Before", "After"),
)


@dataclass(frozen=True, slots=True)
class ChangesFilter:
    """Which changes are asked for; what is empty asks for all.

    Attributes:
        person: The id of an account, or ``THE_PORTAL``.
        kind: Of things, such as ``Policy``.
        thing: The id of one of that kind.
        first: The first day, on the business's clock.
        last: The last day.
    """

    person: str = ""
    kind: str = ""
    thing: str = ""
    first: date | None = None
    last: date | None = None


def read_page(
    tx: Session, actor: Actor, asked: ChangesFilter, page: int = 1
) -> ChangesPage:
    """One page of changes, latest first.

    Args:
        tx: The transaction.
        actor: The office.
        asked: Which changes.
        page: Counted from 1.

    Raises:
        NotAllowed: If the actor is not the office.
    """
    require_staff(actor)
    page = max(1, page)
    formats = businesses.formats(tx)
    wanted = _filter(asked, formats)
    skip = (page - 1) * PAGE_SIZE
    found = history.find_entries(tx, wanted, skip, PAGE_SIZE + 1)
    people = history.people(tx)
    emails = names.emails_of(tx, [one for one in people if one is not None])
    thing = history.latest_name(tx, asked.kind, asked.thing) if asked.thing else ""
    return ChangesPage(
        rows=[_view(entry, emails, formats) for entry in found[:PAGE_SIZE]],
        page=page,
        has_more=len(found) > PAGE_SIZE,
        people=sorted(
            ([one or THE_PORTAL, _who(one, emails)] for one in people),
            key=lambda pair: pair[1].casefold(),
        ),
        kinds=[[kind, kind] for kind in history.kinds(tx)],
        thing=thing,
    )


def csv_pieces(db: Database, actor: Actor, asked: ChangesFilter) -> Iterator[bytes]:
    """All the changes asked for, latest first, as the pieces of a CSV file.

    A line for each field that was changed, or one where no field was.

    Raises:
        NotAllowed: If the actor is not the office; before the first piece.
    """
    require_staff(actor)
    formats = db.query(businesses.formats)
    return _pieces(db, _filter(asked, formats), formats)


def _pieces(db: Database, wanted: Filter, formats: Formats) -> Iterator[bytes]:
    yield BYTE_ORDER_MARK + csv_line(_COLUMNS)
    emails: dict[str, str] = {}
    for batch in history.all_entries(db, wanted):
        accounts = {entry.account_id for entry in batch if entry.account_id}
        if unknown := accounts - set(emails):
            emails |= db.query(names.emails_of, unknown)
        yield b"".join(
            csv_line(cells)
            for entry in batch
            for cells in _lines(entry, emails, formats)
        )


def _lines(
    entry: Entry, emails: dict[str, str], formats: Formats
) -> Iterator[Sequence[str]]:
    told = (
        f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        f"{entry.at.astimezone(formats.zone):%Y-%m-%d}",
        f"{entry.at.astimezone(formats.zone):%H:%M}",
        _who(entry.account_id, emails),
        entry.address,
        entry.action,
        entry.thing.kind,
        entry.thing.name,
    )
    for one in entry.differences or (Difference("", "", ""),):
        yield (*told, one.label, one.before, one.after)


def _filter(asked: ChangesFilter, formats: Formats) -> Filter:
    wanted = Filter(kind=asked.kind, thing_id=asked.thing if asked.kind else "")
    if asked.person:
        account_id = None if asked.person == THE_PORTAL else asked.person
        wanted = replace(wanted, by_anybody=False, account_id=account_id)
    if asked.first is not None:
        wanted = replace(wanted, since=day_bounds(asked.first, formats.zone)[0])
    if asked.last is not None:
        wanted = replace(wanted, until=day_bounds(asked.last, formats.zone)[1])
    return wanted


def _view(entry: Entry, emails: dict[str, str], formats: Formats) -> ChangeView:
    return ChangeView(
        id=entry.id,
        at=entry.at.isoformat(),
        when=f"{formats.day_and_year(entry.at)}, {formats.time(entry.at)}",
        who=_who(entry.account_id, emails),
        action=entry.action,
        kind=entry.thing.kind,
        thing_id=entry.thing.id,
        name=entry.thing.name,
        address=entry.address,
        differences=[
            DifferenceView(one.label, _shortened(one.before), _shortened(one.after))
            for one in entry.differences
        ],
    )


def _who(account_id: str | None, emails: dict[str, str]) -> str:
    return _PORTAL_NAME if account_id is None else emails.get(account_id, _GONE)


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN].rstrip()} …"
