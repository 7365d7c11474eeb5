"""Templates and what is there, as files for spreadsheets."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlmodel import Session

from portal_app.domain.imports import spreadsheets
from portal_app.domain.imports.kinds import Kind
from portal_app.domain.imports.registry import kind_of
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import NotFound
from portal_app.kernel.ownership import require_office

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY = 1_000_000


def export_file(
    db: Database, actor: Actor, kind_key: str, ending: str, *, template: bool
) -> IO[bytes]:
    """A table of everything of a kind, or an empty one with its headings.

    Args:
        db: The database.
        actor: The office.
        kind_key: Of which things.
        ending: ``csv`` or ``xlsx``.
        template: Without any row.

    Returns:
        The file, at its start; the caller closes it.

    Raises:
        NotAllowed: If the actor is not the office.
        NotFound: If there is no such kind or format.
    """
    require_office(actor)
    kind = kind_of(kind_key)
    if ending not in FORMATS:
        raise NotFound
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller's
    with db.read() as tx:
        rows = _rows(tx, kind, template=template)
        if ending == "csv":
            spreadsheets.write_csv(file, rows)
        else:
            spreadsheets.write_xlsx(file, kind.title, rows)
    file.seek(0)
    return file


def _rows(tx: Session, kind: Kind, *, template: bool) -> Iterator[list[str]]:
    yield [column.label for column in kind.columns]
    if template:
        return
    for one in kind.export(tx, kind.load(tx)):
        yield [one.cells.get(column.key, "") for column in kind.columns]
