"""Imports for tests: files made of rows, handed in and worked on to the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.models import Account
from portal_app.domain.files import uploads
from portal_app.domain.files.uploads import Upload
from portal_app.domain.imports import service as imports
from portal_app.domain.imports import spreadsheets
from portal_app.domain.imports.views import ImportView, RowView
from portal_app.domain.imports.work import ImportWork, Step
from portal_app.kernel.audiences import Actor, Audience
from portal_app.kernel.db import Database
from tests.support.accounts import PASSWORD
from tests.support.uploads import IMAGES, MemoryStorage


def csv_file(*rows: Sequence[str]) -> bytes:
    """A CSV of these rows."""
    file = BytesIO()
    spreadsheets.write_csv(file, [list(row) for row in rows])
    return file.getvalue()


def office_actor(db: Database, email: str = "office@example.com") -> Actor:
    """Somebody of the office with an account."""
    account_id = accounts.create_account(db, email, "office", PASSWORD)
    return Actor(Audience.OFFICE, account_id=account_id, address="203.0.113.7")


def remove_account(db: Database, account_id: str) -> None:
    """Take an account away."""
    with db.write() as tx:
        tx.delete(tx.get_one(Account, account_id))


@dataclass
class ImportDesk:
    """Where somebody of the office imports files."""

    db: Database
    actor: Actor
    storage: MemoryStorage

    def hand_in(self, content: bytes, name: str = "table.csv") -> str:
        """Hand a file in; its id."""
        upload = Upload("table", name, BytesIO(content), len(content))
        return uploads.accept_upload(
            self.db, self.storage, IMAGES, self.actor, upload
        ).id

    def begin(self, content: bytes, kind: str = "customers") -> str:
        """Begin to import a file; the import's id."""
        file_id = self.hand_in(content)
        return self.db.call(imports.begin, self.actor, kind, file_id)

    def work(self, import_id: str) -> None:
        """Do all the work there is to do."""
        work = ImportWork(self.db, self.storage, import_id)
        try:
            while (step := work.step()) is Step.MORE:
                pass
            assert step is Step.OVER
        finally:
            work.close()

    def check(self, content: bytes, kind: str = "customers") -> ImportView:
        """The dry run of a file, done."""
        self.work(self.begin(content, kind))
        return self.now()

    def now(self) -> ImportView:
        """The import as it is shown now."""
        return self.db.query(imports.current_import, self.actor)

    def rows(self, outcome: str = "") -> list[RowView]:
        """The rows that are shown, of all pages."""
        import_id, page, found = self.now().id, 1, []
        while True:
            rows = self.db.query(
                imports.read_rows, self.actor, import_id, outcome, page
            )
            found += rows.rows
            if not rows.has_more:
                return found
            page += 1

    def outcomes(self) -> list[tuple[int, str]]:
        """Number and outcome of each row."""
        return [(row.number, row.outcome) for row in self.rows()]

    def refusals(self) -> dict[int, dict[str, str]]:
        """Why rows are refused: by number, then by column."""
        return {
            row.number: {cell.label: cell.error for cell in row.cells if cell.error}
            for row in self.rows("refused")
        }

    def differences(self) -> dict[int, list[tuple[str, str, str]]]:
        """What would change: by number, column with before and after."""
        return {
            row.number: [(cell.label, cell.before, cell.text) for cell in row.cells]
            for row in self.rows("changed")
        }

    def carry_out(self, *, update: bool = False, mail: bool = False) -> bool:
        """Store what was checked."""
        return imports.carry_out(
            self.db, self.actor, self.now().id, update_existing=update, mail=mail
        )

    def bring_in(self, rows: Iterable[Sequence[str]], **wishes: bool) -> ImportView:
        """Check a table and store it."""
        self.check(csv_file(*rows))
        assert self.carry_out(**wishes)
        return self.now()
