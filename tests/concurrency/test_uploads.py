"""Many files of one customer at the same instant, where few fit."""

from functools import partial

import pytest

from portal_app.domain.files import rules
from portal_app.domain.files.views import FileView
from portal_app.kernel.audiences import Actor
from portal_app.kernel.db import Database
from portal_app.kernel.errors import Conflict
from tests.concurrency.at_once import at_once
from tests.support.contents import contents
from tests.support.handing_in import Shelf, hand_in
from tests.support.pictures import PDF
from tests.support.shop import new_customer

pytestmark = pytest.mark.each_database

FILES = 20
FITTING = 3


def _hand_in(db: Database, shelf: Shelf, who: Actor) -> FileView | Conflict:
    try:
        return hand_in(db, who, "document", shelf=shelf)
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
def test_no_more_get_in_than_fit(
    db: Database, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(rules, bound, value)
    maya = db.call(new_customer)
    shelf = Shelf()
    answers = at_once([partial(_hand_in, db, shelf, maya)] * FILES)
    taken = [answer for answer in answers if isinstance(answer, FileView)]
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(taken), len(refused)) == (FITTING, FILES - FITTING)
    stored = contents(db)["stored_file"]
    assert {row["id"] for row in stored} == {view.id for view in taken}
    assert len(shelf.contents) == FITTING
