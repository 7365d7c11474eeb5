"""The work on large files: in pieces, taken over, stopped, with few queries."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import delete

from portal_app.domain.customers.models import Customer, CustomerDetails
from portal_app.domain.imports import service as imports
from portal_app.domain.imports.work import ImportWork, Step
from portal_app.kernel.clock import frozen, utc_now
from portal_app.kernel.errors import Conflict
from tests.support.imports import ImportDesk, csv_file
from tests.support.snapshots import database_snapshot
from tests.support.statements import statements_of

HEAD = ("Email", "First name", "Phone")


def table(count: int) -> bytes:
    rows = ((f"c{at}@example.com", f"Name {at}", "0412 345 678") for at in range(count))
    return csv_file(HEAD, *rows)


def without_import(desk: ImportDesk) -> dict[str, object]:
    found = database_snapshot(desk.db)
    for name in ("import_run", "stored_file", "attempt_window"):
        del found[name]
    return found


def test_it_goes_in_pieces_that_are_told(desk: ImportDesk) -> None:
    before = without_import(desk)
    import_id = desk.begin(table(1200))
    work = ImportWork(desk.db, desk.storage, import_id)
    told = [desk.now().words]
    while work.step() is Step.MORE:
        told.append(desk.now().words)
    work.close()
    assert told == [
        "Reading the file: 0 rows so far.",
        "Reading the file: 500 rows so far.",
        "Reading the file: 1,000 rows so far.",
        "0 of 1,200 rows checked.",
        "500 of 1,200 rows checked.",
        "1,000 of 1,200 rows checked.",
    ]
    view = desk.now()
    assert (view.stage, view.total, view.added) == ("ready", 1200, 1200)
    page = desk.db.query(imports.read_rows, desk.actor, import_id, "added", 48)
    assert (len(page.rows), page.has_more, page.total) == (25, False, 1200)
    assert [row.number for row in page.rows] == list(range(1177, 1202))
    assert imports.stop(desk.db, desk.actor, import_id)
    assert without_import(desk) == before
    assert not imports.stop(desk.db, desk.actor, import_id)


def test_another_process_takes_over_where_one_was_left(desk: ImportDesk) -> None:
    import_id = desk.begin(table(1200))
    now = utc_now()
    with frozen(now):
        first = ImportWork(desk.db, desk.storage, import_id)
        assert first.step() is Step.MORE
        second = ImportWork(desk.db, desk.storage, import_id)
        assert second.step() is Step.ELSEWHERE
    with frozen(now + timedelta(minutes=1)):
        desk.work(import_id)
        # The one that was given up changes nothing any more.
        assert first.step() is Step.OVER
    first.close()
    view = desk.now()
    assert (view.stage, view.total, view.added) == ("ready", 1200, 1200)


def test_twins_far_apart_in_a_file_are_found(desk: ImportDesk) -> None:
    content = table(1100) + b"C3@example.com,Twin,\r\n"
    view = desk.check(content)
    assert (view.added, view.refused) == (1100, 1)
    assert desk.refusals() == {1102: {"Email": "Row 5 has this email already."}}


def test_the_queries_do_not_grow_with_the_rows(desk: ImportDesk) -> None:
    def cost(count: int) -> tuple[int, int]:
        import_id = desk.begin(table(count))
        with statements_of(desk.db) as checking:
            desk.work(import_id)
        with statements_of(desk.db) as storing:
            desk.carry_out()
        with desk.db.write() as tx:
            tx.execute(delete(CustomerDetails))
            tx.execute(delete(Customer))
        return len(checking), len(storing)

    assert cost(20) == cost(400)


@pytest.mark.parametrize("told_in", ["this process", "another process"])
def test_stopping_it_while_it_is_stored_leaves_nothing(
    desk: ImportDesk, told_in: str
) -> None:
    before = without_import(desk)
    view = desk.check(table(1200))
    asked: list[bool] = []

    def is_stop_asked(_db: object, import_id: str) -> bool:
        if told_in == "another process":
            return True
        asked.append(imports.stop(desk.db, desk.actor, import_id))
        return False

    with patch.object(imports, "_is_stop_asked", is_stop_asked):
        assert not desk.carry_out()
    assert without_import(desk) == before
    assert desk.now().stage == "stopped"
    with pytest.raises(Conflict):
        desk.carry_out()
    assert asked in ([], [True])
    assert view.added == 1200


def test_what_a_process_left_behind_while_storing_can_be_stored_again(
    desk: ImportDesk,
) -> None:
    view = desk.check(table(3))
    desk.db.call(imports._take_up, desk.actor, view.id)
    work = ImportWork(desk.db, desk.storage, view.id)
    assert work.step() is Step.ELSEWHERE
    assert desk.now().stage == "importing"
    with pytest.raises(Conflict):
        desk.begin(table(1))
    with frozen(utc_now() + timedelta(minutes=16)):
        assert work.step() is Step.ELSEWHERE
        assert work.step() is Step.OVER
    assert desk.carry_out()
    assert desk.now().added == 3


def test_a_failure_leaves_everything_as_it_was(desk: ImportDesk) -> None:
    before = without_import(desk)
    desk.check(table(3))
    with (
        patch.object(imports.change_log, "record", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        desk.carry_out()
    assert desk.now().stage == "ready"
    assert {k: v for k, v in without_import(desk).items() if k != "import_row"} == {
        k: v for k, v in before.items() if k != "import_row"
    }
    assert desk.carry_out()


def test_a_new_file_puts_the_open_one_away(desk: ImportDesk) -> None:
    desk.check(table(3))
    view = desk.check(table(2))
    assert (view.total, len(database_snapshot(desk.db)["import_row"])) == (2, 2)
    desk.carry_out()
    desk.db.call(imports.put_away, desk.actor, view.id)
    assert desk.now().id == ""


def test_one_that_was_left_while_stored_is_forgotten_as_well(desk: ImportDesk) -> None:
    view = desk.check(table(3))
    now = utc_now()
    with frozen(now + timedelta(hours=24)):
        desk.db.call(imports._take_up, desk.actor, view.id)
    for minutes, left in ((10, 1), (16, 0)):
        with frozen(now + timedelta(hours=24, minutes=minutes)):
            desk.db.call(imports.purge)
        assert len(database_snapshot(desk.db)["import_run"]) == left


def test_imports_are_forgotten_after_a_day(desk: ImportDesk) -> None:
    desk.check(table(3))
    now = utc_now()
    for hours, left in ((23, 1), (25, 0)):
        with frozen(now + timedelta(hours=hours)):
            desk.db.call(imports.purge)
        assert len(database_snapshot(desk.db)["import_run"]) == left
    found = database_snapshot(desk.db)
    assert found["import_row"] == []
    assert found["stored_file"][0]["removed_at"] is not None
