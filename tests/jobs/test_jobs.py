from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from portal_app.backups.retention import BackupFolder
from portal_app.domain.accounts import email_verification
from portal_app.domain.accounts import service as accounts
from portal_app.domain.dependents import documents
from portal_app.domain.dependents.rules import DocumentForm
from portal_app.domain.files import attachments
from portal_app.domain.notifications import outbox as notifications
from portal_app.domain.sign_in import sign_up as customers
from portal_app.integrations.mail.mailer import TemplateMailer
from portal_app.integrations.mail.transports import FolderTransport
from portal_app.integrations.storage import FsspecStorage
from portal_app.jobs.schedule import Job, Schedule, portal_schedule
from portal_app.jobs.tasks import delete_unused_files, deliver_outbox, purge_expired
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from tests.support.accounts import (
    FORM,
    OTHER_PASSWORD,
    PASSWORD,
    STRANGER,
    cheap_hashing,
    outbox_messages,
    set_up_business,
)
from tests.support.dependents import add_pet, define_dependent_types
from tests.support.people import actor_of, new_customer, session_cookie
from tests.support.sample_business import new_customer as shop_customer
from tests.support.snapshots import database_snapshot
from tests.support.uploads import MemoryStorage, upload_file

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_PATIENCE_SECONDS = 20


def folder_mailer(folder: Path) -> TemplateMailer:
    return TemplateMailer(
        FolderTransport(folder), "http://localhost:3000", "portal@localhost"
    )


def create_expiring_records(db: Database) -> None:
    """A sign-up, an activation, a wrong and a right password, a session."""
    set_up_business(db)
    with frozen(NOW), cheap_hashing():
        customers.sign_up(db, STRANGER, FORM)
        token = str(outbox_messages(db)[0].payload["path"]).partition("=")[2]
        db.call(email_verification.verify_email, STRANGER, token)
        ticket = accounts.sign_in(db, STRANGER, FORM.email, PASSWORD, False)
        db.call(accounts.redeem_ticket, STRANGER, ticket)
        with pytest.raises(Exception, match="not right"):
            accounts.sign_in(db, STRANGER, FORM.email, OTHER_PASSWORD, False)


def test_outbox_messages_are_delivered_to_the_folder(
    db: Database, tmp_path: Path
) -> None:
    create_expiring_records(db)
    with frozen(NOW):
        assert deliver_outbox(db, folder_mailer(tmp_path / "mail")) == 1
        assert deliver_outbox(db, folder_mailer(tmp_path / "mail")) == 0
    (file,) = (tmp_path / "mail").iterdir()
    (message,) = outbox_messages(db)
    assert file.name == f"20261124T090000.000000Z-verify_email-{message.id}.eml"


def test_logs_contain_no_personal_data(db: Database, tmp_path: Path) -> None:
    with capture_logs() as lines:
        create_expiring_records(db)
        with frozen(NOW):
            deliver_outbox(db, folder_mailer(tmp_path))
    assert [line["event"] for line in lines] == [
        "account activated",
        "signed in",
        "sign-in refused",
        "delivered",
    ]
    text = repr(lines).lower()
    for secret in ("maya", "chen", PASSWORD, "203.0.113.7", "token="):
        assert secret not in text


def test_expired_data_is_deleted(db: Database, tmp_path: Path) -> None:
    create_expiring_records(db)
    with frozen(NOW):
        deliver_outbox(db, folder_mailer(tmp_path))
        nothing = dict.fromkeys(purge_expired(db), 0)
        assert purge_expired(db) == nothing
    # Windows of sign-in (15 min) and sign-up (1 h), by network, address, email, and
    # email in its neighbourhood, are remembered for a day after their end.
    with frozen(NOW + timedelta(hours=25)):
        assert purge_expired(db) == nothing | {"attempt_windows": 8}
    with frozen(NOW + timedelta(days=30, hours=12)):
        assert purge_expired(db) == nothing | {"tokens": 1, "messages": 1}
    with frozen(NOW + timedelta(days=32, microseconds=1)):
        assert purge_expired(db) == nothing | {"tokens": 1, "sessions": 1}
    with frozen(NOW + timedelta(days=180, microseconds=1)):
        assert purge_expired(db) == nothing | {"security_events": 2}
    with frozen(NOW + timedelta(days=400, hours=12)):
        assert purge_expired(db) == nothing | {"devices": 1}
    left = {name for name, rows in database_snapshot(db).items() if rows}
    assert left == {"account", "business", "change_entry", "customer"}


def test_deletions_and_reminders_are_logged_as_counts(
    db: Database, tmp_path: Path
) -> None:
    set_up_business(db)
    with frozen(NOW), cheap_hashing():
        customers.sign_up(db, STRANGER, FORM)
        who = actor_of(db, session_cookie(db, new_customer(db)))
        db.call(define_dependent_types)
        file = upload_file(db, who, "document")
        ends = (NOW + timedelta(days=38)).date().isoformat()
        paper = DocumentForm(name="Passport", file_id=file.id, expires_on=ends)
        db.call(documents.add_document, who, add_pet(db, who), paper)
    schedule = portal_schedule(db, folder_mailer(tmp_path), MemoryStorage())
    with frozen(NOW + timedelta(days=31)), capture_logs() as lines:
        schedule.run_once()
    told = [mail.kind for mail in outbox_messages(db)]
    assert told == ["verify_email", "document_ends"]
    found = {line.pop("event"): line for line in lines}
    assert found["reminded of documents"]["count"] == 1
    assert found["purged"]["unverified_accounts"] == 1
    text = repr(lines).lower()
    for secret in ("maya", "ada", "@", "rex", "passport"):
        assert secret not in text


def test_a_schedule_runs_its_jobs_until_it_is_stopped() -> None:
    ran = Event()
    schedule = Schedule([Job("tick", 1, ran.set)])
    schedule.start()
    schedule.start()
    try:
        assert ran.wait(_PATIENCE_SECONDS)
    finally:
        schedule.stop()
        schedule.stop()


def test_stopping_waits_for_running_jobs() -> None:
    began, go_on, ended = Event(), Event(), Event()

    def slow() -> None:
        began.set()
        go_on.wait(_PATIENCE_SECONDS)
        ended.set()

    schedule = Schedule([Job("slow", 1, slow)])
    schedule.start()
    assert began.wait(_PATIENCE_SECONDS)
    stopping = Thread(target=schedule.stop)
    stopping.start()
    go_on.set()
    stopping.join(_PATIENCE_SECONDS)
    assert (ended.is_set(), stopping.is_alive()) == (True, False)


def test_a_job_that_fails_does_not_stop_the_others() -> None:
    ran: list[str] = []

    def broken() -> None:
        ran.append("broken")
        raise RuntimeError("no")

    schedule = Schedule(
        [Job("broken", 1, broken), Job("fine", 1, lambda: ran.append("fine"))]
    )
    with capture_logs() as lines:
        schedule.run_once()
        schedule.run_once()
    assert ran == ["broken", "fine", "broken", "fine"]
    assert [(line["event"], line["job"]) for line in lines] == [
        ("job failed", "broken")
    ] * 2


def test_jobs_run_without_the_server_until_a_signal(
    sqlite_db: Database, tmp_path: Path
) -> None:
    set_up_business(sqlite_db)
    folder = tmp_path / "mail"
    arrived, stopped = Event(), Event()

    class Telling(FolderTransport):
        def deliver(self, *args: object) -> None:
            super().deliver(*args)  # type: ignore[arg-type]
            arrived.set()

    mailer = TemplateMailer(Telling(folder), "http://localhost:3000", "a@example.com")
    schedule = portal_schedule(sqlite_db, mailer, MemoryStorage())
    running = Thread(target=schedule.run_until, args=[stopped])
    running.start()
    try:
        sqlite_db.call(
            notifications.enqueue,
            "already_registered",
            "maya@example.com",
            {"path": "/login"},
            "one",
        )
        assert arrived.wait(_PATIENCE_SECONDS)
    finally:
        stopped.set()
        running.join(_PATIENCE_SECONDS)
    assert running.is_alive() is False
    assert len(list(folder.iterdir())) == 1


def test_all_removed_files_are_deleted_in_one_run(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "_DELETE_BATCH_SIZE", 2)
    maya, shelf = db.call(shop_customer), MemoryStorage()
    handed_in = [upload_file(db, maya, shelf=shelf).id for _ in range(5)]
    for file_id in handed_in[:4]:
        db.call(attachments.release, file_id)
    assert delete_unused_files(db, shelf) == 4
    [left] = database_snapshot(db)["stored_file"]
    assert left["id"] == handed_in[4]
    assert {key.rpartition("/")[0] for key in shelf.contents} == {left["storage_key"]}


def test_one_runner_of_two_makes_the_backup_of_the_day(
    db: Database, tmp_path: Path
) -> None:
    set_up_business(db)
    folder, storage = tmp_path / "backups", FsspecStorage(str(tmp_path / "files"))
    mailer = folder_mailer(tmp_path / "mail")
    runners = [
        portal_schedule(Database(db.url), mailer, storage, BackupFolder(folder, 1))
        for _ in range(2)
    ]
    for day in range(3):
        with frozen(NOW + timedelta(days=day)), capture_logs() as lines:
            for runner in runners:
                runner.run_once()
        made = [line for line in lines if line["event"] == "backup made"]
        # The business, and the entry of the change log that set it up.
        assert [(line["rows"], line["deleted"]) for line in made] == [(2, day // 2)]
    assert {path.name for path in folder.glob("*.backup")} == {
        "portal-20261125T090000Z.backup",
        "portal-20261126T090000Z.backup",
    }


def test_a_backup_that_cannot_be_made_is_logged_in_a_line(
    db: Database, tmp_path: Path
) -> None:
    set_up_business(db)
    (tmp_path / "file").write_bytes(b"")
    folder, storage = tmp_path / "file", FsspecStorage(str(tmp_path / "files"))
    schedule = portal_schedule(
        db, folder_mailer(tmp_path / "mail"), storage, BackupFolder(folder, 1)
    )
    with capture_logs() as lines:
        schedule.run_once()
    assert lines == [
        {
            "event": "no backup was made",
            "log_level": "error",
            "reason": f"PORTAL_BACKUP_DIR: File exists: {folder}",
        }
    ]
