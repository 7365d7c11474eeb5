"""The command line as its operator meets it.

Most commands run within this process, which saves the seconds that starting one
takes; those that set signals and logs up for good, and the help, run in their own.
"""

import codecs
import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from pydantic import SecretStr
from sqlalchemy import inspect

from portal_app import cli, preflight
from portal_app.backups import locks
from portal_app.demo.loader import is_empty
from portal_app.domain.accounts import credentials
from portal_app.domain.accounts import service as accounts
from portal_app.domain.business import service as businesses
from portal_app.domain.sign_in import invitations
from portal_app.domain.sign_in.invitations import AcceptanceForm
from portal_app.integrations.storage import FsspecStorage
from portal_app.kernel.audiences import Actor
from portal_app.kernel.clock import frozen
from portal_app.kernel.db import Database
from portal_app.settings import ROOT, Settings
from tests.support.archives import small_portal
from tests.support.demo import ordered_rows, row_counts
from tests.support.geocoder_server import geocoder_server
from tests.support.mailbox import smtp_server
from tests.support.ports import free_port

PASSWORD = "sunny-otter-42"
_USUAL_UMASK = 0o022


@dataclass(frozen=True)
class Portal:
    """An installation of its own: database, mail folder and port."""

    folder: Path
    port: int

    @property
    def database(self) -> Database:
        """Its database."""
        return Database(f"sqlite:///{self.folder / 'portal.db'}")

    def environment(self, **variables: str) -> dict[str, str]:
        """What its commands run with."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
        return {
            **kept,
            "PORTAL_PORT": str(self.port),
            "PORTAL_DATABASE_URL": f"sqlite:///{self.folder / 'portal.db'}",
            "PORTAL_MAIL_URL": f"file://{self.folder / 'mail'}",
            "PORTAL_STORAGE_URL": str(self.folder / "files"),
            "NO_COLOR": "1",
            "COLUMNS": "100",
            **variables,
        }

    def run(
        self, *arguments: str, typed: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, within this process."""
        out, err = StringIO(), StringIO()
        umask = os.umask(_USUAL_UMASK)
        with (
            patch.dict(os.environ, self.environment(**variables), clear=True),
            patch("sys.stdin", StringIO(typed)),
            redirect_stdout(out),
            redirect_stderr(err),
            chdir(ROOT),
        ):
            try:
                cli.main(list(arguments), prog_name="python -m portal_app")
                code: str | int | None = 0
            except SystemExit as ended:
                code = ended.code
            finally:
                os.umask(umask)
        if isinstance(code, str):  # as the interpreter does
            err.write(f"{code}\n")
            code = 1
        return subprocess.CompletedProcess(
            arguments, code or 0, out.getvalue(), err.getvalue()
        )

    def run_apart(
        self, *arguments: str, typed: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "portal_app", *arguments],
            cwd=ROOT,
            env=self.environment(**variables),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def refused(self, *arguments: str, typed: str = "", **variables: str) -> str:
        """Run a command that must fail with one line only; that line."""
        return _line(self.run(*arguments, typed=typed, **variables))


def _line(finished: subprocess.CompletedProcess[str]) -> str:
    assert finished.returncode == 1, finished.stderr
    assert finished.stdout == ""
    assert finished.stderr.endswith("\n")
    return finished.stderr.removesuffix("\n")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    before = signal.getsignal(signal.SIGTERM)
    yield Portal(tmp_path, free_port())
    # Every command takes it.
    signal.signal(signal.SIGTERM, before)


PRODUCTION = {
    "PORTAL_ENV": "production",
    "PORTAL_BASE_URL": "https://portal.example.com",
    "PORTAL_SECRET_KEY": "x" * 32,
    "PORTAL_MAIL_URL": "smtp://mail.example.com:587",
}


@contextmanager
def _somebody_listens(port: int) -> Iterator[None]:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", port))
        listener.listen()
        yield


def test_help_lists_the_commands(portal: Portal) -> None:
    told = portal.run_apart("--help").stdout
    for command in (
        "serve",
        "build",
        "migrate",
        "demo load",
        "office create-account EMAIL",
        "office password-link EMAIL",
        "jobs run",
        "backup",
        "restore",
        "check",
    ):
        assert command in told


def test_a_taken_port(portal: Portal) -> None:
    with _somebody_listens(portal.port):
        line = _line(portal.run_apart("serve"))
    assert line == (
        f"portal: port {portal.port} is taken; choose another with PORTAL_PORT"
    )
    assert not (portal.folder / "portal.db").exists()


@pytest.mark.parametrize("command", ["serve", "migrate", "demo load"])
def test_a_wrong_variable_is_named(portal: Portal, command: str) -> None:
    line = portal.refused(*command.split(), PORTAL_MAIL_URL="carrier-pigeon://loft")
    assert line == (
        "portal: PORTAL_MAIL_URL: takes file://FOLDER, smtp://… or smtps://…"
    )


def test_an_unreachable_database(portal: Portal) -> None:
    nowhere = free_port()
    line = portal.refused(
        "serve",
        PORTAL_DATABASE_URL=f"postgresql+psycopg://portal@127.0.0.1:{nowhere}/portal",
    )
    assert line == (
        "portal: PORTAL_DATABASE_URL: the database does not answer: "
        f"127.0.0.1:{nowhere}: Connection refused"
    )


def test_an_invalid_database_is_reported(portal: Portal) -> None:
    (portal.folder / "portal.db").write_text("dear diary " * 200)
    assert portal.refused("migrate") == (
        "portal: PORTAL_DATABASE_URL: the database does not answer: "
        "file is not a database"
    )


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite:///:memory:", "postgresql+psycopg://localhost:x/y"]
)
def test_an_invalid_database_url_is_reported(portal: Portal, url: str) -> None:
    assert portal.refused("migrate", PORTAL_DATABASE_URL=url) == (
        "portal: PORTAL_DATABASE_URL: takes sqlite:///FILE or "
        "postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME"
    )


def test_an_unreachable_redis(portal: Portal) -> None:
    nowhere = free_port()
    line = portal.refused("serve", PORTAL_REDIS_URL=f"redis://127.0.0.1:{nowhere}/0")
    assert line == (
        "portal: PORTAL_REDIS_URL: Redis does not answer: "
        f"Error 111 connecting to 127.0.0.1:{nowhere}. Connection refused."
    )


def test_check_prints_one_line_each(portal: Portal) -> None:
    before = portal.run("check")
    assert before.returncode == 1
    lines = before.stdout.splitlines()
    assert lines[:8] == [
        f"ok     settings: demo, http://localhost:{portal.port}",
        "ok     database: SQLite answers",
        "wrong  schema: not up to date; run `python -m portal_app migrate`",
        f"ok     mail: kept in {portal.folder / 'mail'}",
        f"ok     files: kept in {portal.folder / 'files'}",
        "ok     redis: not used",
        "ok     geocoder: not used; towns are found without one",
        "ok     backups: not made by themselves; PORTAL_BACKUP_DIR says where to",
    ]
    assert len(lines) == 9
    assert portal.run("migrate").stdout == "The database is up to date.\n"
    assert "ok     schema: up to date" in portal.run("check").stdout


def test_check_asks_the_geocoder(portal: Portal) -> None:
    with geocoder_server() as geocoder:
        told = portal.run("check", PORTAL_GEOCODER_URL=geocoder.url)
        assert "ok     geocoder: answers" in told.stdout.splitlines()
        geocoder.status = 403
        told = portal.run("check", PORTAL_GEOCODER_URL=geocoder.url)
    assert (
        "wrong  geocoder: PORTAL_GEOCODER_URL: the geocoder does not answer: status 403"
    ) in told.stdout.splitlines()


@pytest.mark.parametrize(
    ("offered", "taken", "line"),
    [
        (False, "false", "ok     mail: 127.0.0.1:{port} answers"),
        (True, "true", "ok     mail: 127.0.0.1:{port} answers"),
        (
            True,
            "false",
            "ok     mail: 127.0.0.1:{port} answers, and takes letters beyond a to z "
            "before the @: PORTAL_MAIL_SMTPUTF8=true lets customers have them",
        ),
        (
            False,
            "true",
            "wrong  mail: PORTAL_MAIL_SMTPUTF8: the mail server does not take "
            "addresses with letters beyond a to z before the @; leave it out",
        ),
    ],
)
def test_check_compares_what_mail_servers_take(
    portal: Portal, offered: bool, taken: str, line: str
) -> None:
    with smtp_server(smtputf8=offered) as mailbox:
        variables = {"PORTAL_MAIL_URL": mailbox.url, "PORTAL_MAIL_SMTPUTF8": taken}
        told = portal.run("check", **variables)
        assert line.format(port=mailbox.port) in told.stdout.splitlines()
        assert mailbox.to("") == []


def test_check_says_when_mail_servers_let_nobody_in(portal: Portal) -> None:
    with smtp_server() as mailbox:
        url = mailbox.url.replace("//", "//me:secret@")
        told = portal.run("check", PORTAL_MAIL_URL=url)
    assert (
        "wrong  mail: PORTAL_MAIL_URL: the mail server takes no mail from us: The mail "
        "server did not take the portal's user name and password."
    ) in told.stdout.splitlines()


def test_what_commands_make_is_for_nobody_else(portal: Portal) -> None:
    portal.run("migrate")
    # As an earlier version made it.
    (portal.folder / "portal.db").chmod(0o644)
    (portal.folder / "files").mkdir(0o755, exist_ok=True)
    portal.run("demo", "load")
    portal.run("backup", str(portal.folder / "kept.tar.gz"))
    portal.run("check")
    modes = {
        path.relative_to(portal.folder).parts[0]: path.stat().st_mode & 0o777
        for path in [
            *portal.folder.iterdir(),
            *(path for path in (portal.folder / "files").rglob("*") if path.is_file()),
        ]
    }
    readable = {
        str(path)
        for path in portal.folder.rglob("*")
        if path.stat().st_mode & 0o077 and path != portal.folder
    }
    assert readable == set()
    assert modes["portal.db"] == 0o600


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        (
            "PORTAL_DATABASE_URL",
            "sqlite:///file:{folder}/portal.db?mode=ro&uri=true",
            "wrong  database: PORTAL_DATABASE_URL: nothing can be stored there: "
            "attempt to write a readonly database",
        ),
        (
            "PORTAL_MAIL_URL",
            "file://{folder}/portal.db/mail",
            "wrong  mail: PORTAL_MAIL_URL: nothing can be stored there: "
            "Not a directory",
        ),
        (
            "PORTAL_STORAGE_URL",
            "{folder}/portal.db/files",
            "wrong  files: PORTAL_STORAGE_URL: nothing can be stored there: "
            "Not a directory",
        ),
        (
            "PORTAL_REDIS_URL",
            "redis://127.0.0.1:1/0",
            "wrong  redis: PORTAL_REDIS_URL: Redis does not answer: ",
        ),
    ],
)
def test_check_says_where_nothing_can_be_stored(
    portal: Portal, variable: str, value: str, line: str
) -> None:
    portal.run("migrate")
    finished = portal.run("check", **{variable: value.format(folder=portal.folder)})
    assert finished.returncode == 1
    wrong = [x for x in finished.stdout.splitlines() if x.startswith("wrong")]
    assert [x.startswith(line) for x in wrong if "front end" not in x] == [True]


def test_check_leaves_nothing_behind(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither after it worked nor on a full disk."""
    portal.run("migrate")
    portal.run("check")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(preflight.os, "fsync", full)
    assert (
        "wrong  mail: PORTAL_MAIL_URL: nothing can be stored there: "
        "No space left on device"
    ) in portal.run("check").stdout
    assert list((portal.folder / "mail").iterdir()) == []
    assert [p for p in (portal.folder / "files").rglob("*") if p.is_file()] == []
    with portal.database.read() as tx:
        tables = inspect(tx.connection()).get_table_names()
    assert [name for name in tables if "check" in name] == []


def test_check_tells_how_old_the_newest_backup_is(portal: Portal) -> None:
    folder, now = portal.folder / "backups", datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    folder.mkdir()

    def told() -> str:
        with frozen(now):
            lines = portal.run("check", PORTAL_BACKUP_DIR=str(folder)).stdout
        return next(line for line in lines.splitlines() if " backups: " in line)

    assert told() == f"ok     backups: none yet in {folder}; the portal makes one a day"
    (folder / "portal-20261120T070000Z.backup").write_bytes(b"")
    assert told() == (
        f"wrong  backups: the newest in {folder} is 4 days old; the log says why"
    )
    (folder / "portal-20261123T070000Z.backup").write_bytes(b"")
    assert told() == (
        f"ok     backups: the newest in {folder} is of 2026-11-23 07:00 UTC"
    )


def test_check_tells_a_wrong_variable(portal: Portal) -> None:
    finished = portal.run("check", PORTAL_WORKERS="many")
    assert finished.returncode == 1
    assert finished.stdout.startswith("wrong  settings: PORTAL_WORKERS: ")
    assert len(finished.stdout.splitlines()) == 1


def test_migrating_gives_a_fresh_portal_a_business(portal: Portal) -> None:
    portal.run("migrate", **PRODUCTION)
    assert portal.database.query(businesses.business_view).name == "My business"


def test_the_demo_business_is_loaded_once(portal: Portal) -> None:
    assert portal.run("demo", "load").stdout == "The demo business is loaded.\n"
    once = row_counts(portal.database)
    assert portal.run("demo", "load").stdout == (
        "The demo business was loaded already.\n"
    )
    assert row_counts(portal.database) == once


def test_the_demo_business_is_no_production(portal: Portal) -> None:
    assert portal.refused("demo", "load", **PRODUCTION) == (
        "portal: PORTAL_ENV: the demo business takes demo; "
        "everybody knows the passwords of its accounts"
    )
    assert not (portal.folder / "portal.db").exists()


def test_an_account_for_the_office(portal: Portal) -> None:
    arguments = ("office", "create-account", "Boss@Example.com", "--password-stdin")
    made = portal.run(*arguments, typed=f"{PASSWORD}\n")
    assert made.stdout == (
        f"boss@example.com can log in now: http://localhost:{portal.port}/login\n"
    )
    stranger = Actor(address="203.0.113.9", device="test")
    ticket = accounts.sign_in(
        portal.database, stranger, "boss@example.com", PASSWORD, remember=False
    )
    signed_in = portal.database.call(accounts.redeem_ticket, stranger, ticket)
    assert signed_in.role == "office"
    assert portal.refused(*arguments, typed=f"{PASSWORD}\n") == (
        "portal: There is an account with this email already."
    )


def test_a_link_makes_an_account_of_an_owner(portal: Portal) -> None:
    portal.run("migrate")
    told = portal.run("office", "invite", "Boss@Example.com").stdout
    address = f"http://localhost:{portal.port}/join?token="
    assert told.startswith(f"Good once, for a day: {address}")
    _become_owner(portal.database, told.strip().rpartition("=")[2], "")
    assert portal.refused("office", "invite", "boss@example.com") == (
        "portal: Somebody of the office has this email already."
    )


def test_a_link_lets_the_office_in_again(portal: Portal) -> None:
    portal.run("migrate")
    accounts.create_account(portal.database, "boss@example.com", "office", PASSWORD)
    told = portal.run("office", "password-link", "Boss@Example.com").stdout
    address = f"http://localhost:{portal.port}/reset-password?token="
    assert told.startswith(f"Good once, for an hour: {address}")
    token = told.strip().rpartition("=")[2]
    stranger = Actor(address="203.0.113.9", device="test")
    credentials.reset_password(portal.database, stranger, token, f"{PASSWORD}-new")
    assert accounts.sign_in(
        portal.database, stranger, "boss@example.com", f"{PASSWORD}-new", False
    )
    assert portal.refused("office", "password-link", "who@example.com") == (
        "portal: Nobody in the office has this email."
    )


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        (
            "nonsense",
            PASSWORD,
            "Please enter an email address such as maya@example.com.",
        ),
        ("boss@example.com", "short", "Please use at least 10 characters."),
    ],
)
def test_an_invalid_account_is_refused(
    portal: Portal, email: str, password: str, reason: str
) -> None:
    arguments = ("office", "create-account", email, "--password-stdin")
    assert portal.refused(*arguments, typed=f"{password}\n") == f"portal: {reason}"
    assert row_counts(portal.database)["account"] == 0


def test_jobs_run_once(portal: Portal) -> None:
    refused = portal.run_apart("jobs", "run", "--once")
    assert _line(refused) == (
        "portal: the database is not up to date; run `python -m portal_app migrate`"
    )
    portal.run("migrate")
    finished = portal.run_apart("jobs", "run", "--once")
    assert (finished.returncode, finished.stderr) == (0, "")


def test_backup_and_restore(portal: Portal, tmp_path: Path) -> None:
    load = portal.run("demo", "load")
    assert load.returncode == 0
    kept = ordered_rows(portal.database)
    contents = f"{sum(len(rows) for rows in kept.values())} rows, 21 files"
    archive = str(tmp_path / "kept.backup")
    assert portal.run("backup", archive).stdout == (
        f"Everything is in {archive}: {contents}.\n"
        "Keep it as safe as the portal itself.\n"
    )
    assert portal.refused("backup", archive) == (
        f"portal: {archive} exists already; --overwrite replaces it"
    )
    assert portal.run("backup", "--verify", archive).stdout == (
        f"{archive} can be restored: {contents}.\n"
    )
    assert portal.refused("restore", archive) == (
        "portal: the database is not empty; --force replaces everything in it"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = Portal(elsewhere, portal.port)
    assert other.run("restore", archive).stdout == (
        f"Everything in {archive} is back: {contents}.\n"
    )
    assert ordered_rows(other.database) == kept


def test_an_encrypted_backup(portal: Portal, tmp_path: Path) -> None:
    # A command that ended has closed the database; within this process it has not.
    portal.run_apart("migrate")
    archive = str(tmp_path / "secret.backup")
    secret = {"PORTAL_BACKUP_PASSPHRASE": "correct horse battery"}
    made = portal.run("backup", "--encrypt", archive, **secret)
    assert made.stdout == f"Everything is in {archive}: 1 rows, 0 files.\n"
    wrong = {"PORTAL_BACKUP_PASSPHRASE": "wrong horse battery"}
    assert portal.refused("backup", "--verify", archive, **wrong) == (
        f"portal: {archive} cannot be restored: "
        "the passphrase is wrong, or its first bytes are damaged"
    )
    assert portal.run("restore", archive, **secret).stdout == (
        f"Everything in {archive} is back: 1 rows, 0 files.\n"
    )
    assert portal.refused("backup", archive, PORTAL_BACKUP_PASSPHRASE="short") == (
        "portal: PORTAL_BACKUP_PASSPHRASE: takes at least 12 characters"
    )


def test_a_passphrase_is_asked_twice_and_long_enough(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.run("migrate")
    typed: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda _prompt: typed.pop(0))
    archive = portal.folder / "secret.backup"
    typed += ["short", "short"]
    short = portal.run("backup", "--encrypt", str(archive))
    assert short.returncode == 1
    assert short.stderr.splitlines()[-1] == (
        "portal: the passphrase takes at least 12 characters"
    )
    assert list(portal.folder.glob("secret*")) == []
    passphrase = "correct horse battery"
    typed += [passphrase, "correct horse butter", passphrase, passphrase]
    assert portal.run("backup", "--encrypt", str(archive)).returncode == 0
    typed += [passphrase]
    assert portal.run("backup", "--verify", str(archive)).returncode == 0
    assert typed == []


def test_a_backup_that_cannot_be_written_is_one_line(portal: Portal) -> None:
    portal.run("migrate")
    portal.run("backup", str(portal.folder / "kept.backup"))
    before = set(portal.folder.rglob("*"))
    reasons = {
        "nowhere/kept.backup": "cannot be written: No such file or directory",
        "portal.db/kept.backup": "cannot be written: Not a directory",
        "x" * 300: "cannot be written: File name too long",
        "": "is a folder; name a file in it",
        "kept.backup": "exists already; --overwrite replaces it",
    }
    for name, reason in reasons.items():
        target = portal.folder / name
        assert portal.refused("backup", str(target)) == f"portal: {target} {reason}"
        assert set(portal.folder.rglob("*")) == before


def test_a_backup_that_is_ended_leaves_nothing(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EndingStorage(FsspecStorage):
        def list_keys(self, folder: str = "") -> Iterator[str]:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().list_keys(folder)

    def open_storage(settings: Settings) -> EndingStorage:
        return EndingStorage(settings.storage_url)

    portal.run("migrate")
    monkeypatch.setattr(cli, "open_storage", open_storage)
    before = set(portal.folder.rglob("*"))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ended = portal.run("backup", str(portal.folder / "kept.backup"))
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
    assert set(portal.folder.rglob("*")) == before


def test_a_backup_tells_of_files_that_are_gone(portal: Portal) -> None:
    portal.run("migrate")
    filled = small_portal(portal.database, portal.folder / "filled")
    lost = filled.add_file(b"a picture that goes")
    (filled.folder / "files" / lost / "full").unlink()
    archive, place = str(portal.folder / "kept.backup"), str(filled.folder / "files")
    told = portal.run("backup", archive, PORTAL_STORAGE_URL=place)
    assert told.stdout.splitlines()[0] == (
        f"Everything is in {archive}: 6 rows, 4 files, 1 files were gone already."
    )


def test_no_restore_under_a_portal_that_serves(portal: Portal, tmp_path: Path) -> None:
    portal.run("migrate")
    archive = str(tmp_path / "kept.backup")
    portal.run("backup", archive)
    with locks.in_use(portal.database):
        assert portal.refused("restore", archive) == (
            "portal: the portal is running; "
            "stop it first, wherever it runs on this database"
        )
    with locks.exclusive(portal.database):
        for command in (
            ("jobs", "run", "--once"),
            ("migrate",),
            ("demo", "load"),
            ("pack", "export", str(tmp_path / "pack.toml")),
            ("pack", "import", "pool-care"),
            ("office", "password-link", "office@example.com"),
        ):
            assert portal.refused(*command) == (
                "portal: a backup is being restored; start again when that has ended"
            )


def test_production_prints_no_password(sqlite_db: Database) -> None:
    settings = Settings(
        env="production",
        base_url="https://portal.example.com",
        secret_key=SecretStr("x" * 32),
        mail_url="smtp://mail.example.com",
    )
    sqlite_db.call(businesses.ensure_business)
    *_, link, _, end = cli._greeting(settings, sqlite_db).splitlines()
    words, _, token = link.partition("/join?token=")
    assert words == (
        "  Make it yours (good once, for a day): https://portal.example.com"
    )
    assert end == "Press Ctrl-C to stop."
    _become_owner(sqlite_db, token, "boss@example.com")
    assert cli._greeting(settings, sqlite_db).splitlines()[3:] == [
        "Press Ctrl-C to stop."
    ]


def _become_owner(db: Database, token: str, email: str) -> None:
    form = AcceptanceForm(PASSWORD, "Bo", email)
    stranger = Actor(address="203.0.113.9", device="test")
    ticket = invitations.accept(db, stranger, token, form)
    assert db.call(accounts.redeem_ticket, stranger, ticket).role == "office"


def test_the_demo_prints_its_accounts(demo_db: Database, tmp_path: Path) -> None:
    settings = Settings(env="demo", port=3000, mail_url=f"file://{tmp_path}")
    assert cli._greeting(settings, demo_db).splitlines() == [
        "",
        "Brightside Home & Pet Care is open: http://localhost:3000",
        "",
        "  Demo accounts, password demo-portal-1",
        "    maya@example.com    customer with appointments",
        "    noah@example.com    customer with nothing yet",
        "    office@example.com  the office",
        "    sam@example.com     fieldworker",
        "",
        f"  Mails are kept in {tmp_path}",
        "",
        "Press Ctrl-C to stop.",
    ]


def _assert_no_restore_under(portal: Portal) -> None:
    archive = str(portal.folder / "kept.backup")
    assert portal.run("backup", archive).returncode == 0
    customers = ordered_rows(portal.database)["customer"]
    assert portal.refused("restore", "--force", archive) == (
        "portal: the portal is running; "
        "stop it first, wherever it runs on this database"
    )
    assert ordered_rows(portal.database)["customer"] == customers
    assert not list(portal.folder.rglob("*restoring*"))


def test_a_server_keeps_restores_away_until_ctrl_c_stops_it(portal: Portal) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "portal_app", "serve"],
        cwd=ROOT,
        env=portal.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert serving.stdout is not None
    told = []
    for line in serving.stdout:
        told.append(line.rstrip())
        if line.startswith("Press Ctrl-C"):
            break
    assert f"Brightside Home & Pet Care is open: http://localhost:{portal.port}" in told
    assert is_empty(portal.database) is False
    _assert_no_restore_under(portal)
    serving.send_signal(signal.SIGINT)
    rest, _ = serving.communicate(timeout=15)
    assert serving.returncode == 0
    assert "Traceback" not in rest
    with pytest.raises(ProcessLookupError):
        os.killpg(serving.pid, 0)


BROKEN_PACK = """\
[pack]
name = "Boats"

[[dependent_types]]
key = "boat"
singular = "Boat"
plurals = "Boats"
"""


def test_a_pack_is_imported_once_and_exported(portal: Portal) -> None:
    first = portal.run("pack", "import", "pool-care")
    assert (first.returncode, first.stdout) == (
        0,
        "Pool care is imported: 1 dependent type, 21 fields, 3 services, "
        "3 policies, 2 templates.\n",
    )
    before = ordered_rows(portal.database)
    exported = portal.folder / "ours.toml"
    done = portal.run("pack", "export", str(exported))
    assert done.stdout == f"The business's own pack is in {exported}.\n"
    # As an editor on Windows would keep it.
    lines = exported.read_bytes().splitlines()
    exported.write_bytes(codecs.BOM_UTF8 + b"\r\n".join(lines))
    again = portal.run("pack", "import", str(exported))
    assert again.stdout == "My business was imported already. Nothing was changed.\n"
    assert ordered_rows(portal.database) == before


def test_a_broken_pack_says_where_and_changes_nothing(portal: Portal) -> None:
    portal.run("migrate")
    before = ordered_rows(portal.database)
    file = portal.folder / "boats.toml"
    file.write_text(BROKEN_PACK)
    assert portal.refused("pack", "import", str(file)).splitlines() == [
        "portal: The pack is wrong in 2 places. Nothing was changed.",
        "  line 4: dependent_types.boat.plural: Please give the plural.",
        "  line 7: dependent_types.boat.plurals: "
        "“plurals” is not known here. Did you mean “plural”?",
    ]
    assert ordered_rows(portal.database) == before


def test_a_missing_pack_file_is_reported(portal: Portal) -> None:
    assert portal.refused("pack", "import", "/nowhere/boats.toml") == (
        "portal: /nowhere/boats.toml cannot be read: No such file or directory"
    )
    no_text = portal.folder / "boats.toml"
    no_text.write_bytes(b"caf\xe9")
    assert portal.refused("pack", "import", str(no_text)) == (
        f"portal: {no_text} is no text in UTF-8"
    )
    assert portal.refused("pack", "export", "/nowhere/boats.toml") == (
        "portal: /nowhere/boats.toml cannot be written: No such file or directory"
    )
