"""Many files of one customer at the same instant, where few fit."""

from functools import partial

import pytest

from portal_app.domain.files import rules
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from tests.concurrency.threads import run_concurrently
from tests.support.pictures import PDF
from tests.support.sample_business import new_customer
from tests.support.snapshots import database_snapshot
from tests.support.uploads import MemoryStorage, upload_file

pytestmark = pytest.mark.each_database

FILES = 20
FITTING = 3


def _upload_file(db: Database, shelf: MemoryStorage, who: Actor) -> FileView | Conflict:
    try:
        return upload_file(db, who, "document", shelf=shelf)
    except Conflict as full:
        return full


@pytest.mark.parametrize(
    ("bound", "value"),
    [
        ("MAX_FILES", FITTING),
        ("MAX_STORED_BYTES", FITTING * len(PDF)),
        ("MAX_UNUSED_FILES", FITTING),
        ("MAX_UNUSED_BYTES", FITTING * len(PDF)),
    ],
)
def test_concurrent_uploads_respect_the_limits(
    db: Database, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(rules, bound, value)
    maya = db.call(new_customer)
    shelf = MemoryStorage()
    answers = run_concurrently([partial(_upload_file, db, shelf, maya)] * FILES)
    taken = [answer for answer in answers if isinstance(answer, FileView)]
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(taken), len(refused)) == (FITTING, FILES - FITTING)
    stored = database_snapshot(db)["stored_file"]
    assert {row["id"] for row in stored} == {view.id for view in taken}
    assert len(shelf.contents) == FITTING
