"""``python -m portal_app``: what the person who runs the portal needs.

Every mistake that person can put right ends in one line that starts with
``portal:``, on standard error, with a non-zero exit code.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from portal_app import migrations, preflight
from portal_app.backups import locks, restoration
from portal_app.backups.creation import Summary, create_backup
from portal_app.backups.manifest import BackupError
from portal_app.backups.retention import backup_folder
from portal_app.demo.customers import DemoStorage
from portal_app.demo.loader import ACCOUNTS, PASSWORD, is_empty, load_demo
from portal_app.domain import listeners, wiring
from portal_app.domain.accounts import credentials, second_factor
from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.owners import has_owner
from portal_app.domain.accounts.rules import OFFICE, mailable_email
from portal_app.domain.business import service as businesses
from portal_app.domain.packs import service as packs
from portal_app.domain.packs.format import PackError
from portal_app.domain.sign_in import invitations
from portal_app.integrations.images import PillowImages
from portal_app.integrations.mail.mailer import build_mailer
from portal_app.integrations.pubsub import RedisPubSub
from portal_app.integrations.rate_limits import RedisLimitStore
from portal_app.jobs.schedule import portal_schedule
from portal_app.kernel.audiences import SYSTEM
from portal_app.kernel.db import (
    Database,
    DatabaseUnavailable,
    database_error_text,
)
from portal_app.kernel.errors import DomainError, InvalidInput
from portal_app.kernel.private_files import PRIVATE_UMASK
from portal_app.kernel.text_files import plain_text, read_text
from portal_app.preflight import (
    ConfigError,
    mail_folder,
    open_database,
    open_storage,
    short_path,
)
from portal_app.serving import build as frontend
from portal_app.serving import server
from portal_app.serving.logs import configure_logs
from portal_app.settings import Settings, SettingsError, load_settings

_INTERRUPTED = 130

main = typer.Typer(
    help="Run and look after the customer portal.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback must never show the values of variables.
    pretty_exceptions_enable=False,
)
demo = typer.Typer(help="demo load: load the demo business.", no_args_is_help=True)
office = typer.Typer(
    help="office create-account EMAIL, office invite EMAIL, "
    "office password-link EMAIL: let somebody into the office.",
    no_args_is_help=True,
)
jobs = typer.Typer(help="jobs run: what runs without a browser.", no_args_is_help=True)
pack = typer.Typer(
    help="pack import|export FILE: a trade as one readable file.", no_args_is_help=True
)
main.add_typer(demo, name="demo")
main.add_typer(office, name="office")
main.add_typer(jobs, name="jobs")
main.add_typer(pack, name="pack")


@main.callback()
def private() -> None:
    """Run and look after the customer portal."""
    listeners.connect()
    # Whatever is made from here on holds what customers told us.
    os.umask(PRIVATE_UMASK)
    # Whatever a command began is cleared up, however it is ended. The server and the
    # jobs end in a way of their own.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """End with one clear line for what a person can put right."""
    try:
        yield
    except (
        ConfigError,
        SettingsError,
        BackupError,
        server.PortInUse,
        frontend.BuildError,
    ) as error:
        sys.exit(f"portal: {error}")
    except InvalidInput as error:
        sys.exit(f"portal: {next(iter(error.fields.values()), error.message)}")
    except PackError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        sys.exit(f"portal: {error.message}\n{lines}")
    except DomainError as error:
        sys.exit(f"portal: {error.message}")
    except (OperationalError, DatabaseUnavailable) as error:
        reason = (
            error.reason
            if isinstance(error, DatabaseUnavailable)
            else database_error_text(error)
        )
        sys.exit(f"portal: PORTAL_DATABASE_URL: the database does not answer: {reason}")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _demo_storage(settings: Settings) -> DemoStorage:
    """Where the demo business keeps its photos and documents."""
    return DemoStorage(open_storage(settings), PillowImages())


@main.command()
def serve() -> None:
    """Prepare what is missing, and serve the portal until Ctrl-C."""
    with _one_line_errors():
        settings = load_settings()
        server.check_port_is_free(settings.port)
        preflight.check_redis(settings)
        with _database_in_use(settings) as database:
            preflight.prepare(database)
            if settings.env == "demo" and is_empty(database):
                load_demo(database, demo_storage=_demo_storage(settings))
            _build_if_needed()
            greeting = _greeting(settings, database)
            # Workers open their own connections; a fork must not share these.
            database.engine.dispose()
            server.serve(settings, lambda: print(greeting, flush=True))


@contextmanager
def _database_in_use(settings: Settings) -> Iterator[Database]:
    """The database, after an interrupted restore, and kept from being restored."""
    database = open_database(settings)
    try:
        restoration.settle(database, open_storage(settings))
        with locks.in_use(database):
            yield database
    finally:
        database.engine.dispose()


@contextmanager
def _prepared(settings: Settings) -> Iterator[Database]:
    """As ``_database_in_use``, on the newest schema and with a business in it."""
    with _database_in_use(settings) as database:
        yield preflight.prepare(database)


def _greeting(settings: Settings, database: Database) -> str:
    business = database.query(businesses.current_business)
    lines = ["", f"{business.name} is open: {settings.base_url}", ""]
    if business.demo:
        lines += [f"  Demo accounts, password {PASSWORD}"]
        lines += [f"    {email:<20}{what}" for email, what in ACCOUNTS.items()]
        if settings.mail_url.startswith("file://"):
            lines += ["", f"  Mails are kept in {short_path(mail_folder(settings))}"]
        lines += [""]
    elif not database.query(has_owner):
        path = database.call(invitations.first_owner_path)
        lines += [
            "  Make it yours (good once, for a day): " + settings.base_url + path,
            "",
        ]
    return "\n".join([*lines, "Press Ctrl-C to stop."])


@main.command()
def build() -> None:
    """Build the front end if its sources changed."""
    with _one_line_errors():
        load_settings()
        if not _build_if_needed():
            print("The front end is up to date.")


def _build_if_needed() -> bool:
    """Returns: Whether there was something to build."""
    if frontend.is_current():
        return False
    print("Building the front end ...", end=" ", flush=True)
    started = time.monotonic()
    try:
        frontend.build()
    except BaseException:
        print()
        raise
    print(f"done in {time.monotonic() - started:.0f} s.", flush=True)
    return True


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with _one_line_errors(), _prepared(load_settings()):
        print("The database is up to date.")


@demo.command("load")
def demo_load() -> None:
    """Load the demo business, or complete it; loading twice changes nothing."""
    with _one_line_errors():
        settings = load_settings()
        if settings.env == "production":
            raise ConfigError(
                "PORTAL_ENV: the demo business takes demo; "
                "everybody knows the passwords of its accounts"
            )
        with _prepared(settings) as database:
            is_new = load_demo(database, demo_storage=_demo_storage(settings))
        if is_new:
            print("The demo business is loaded.")
        else:
            print("The demo business was loaded already.")


@office.command("create-account")
def create_account(
    email: Annotated[str, typer.Argument(help="The email to log in with.")],
    password_stdin: Annotated[
        bool, typer.Option(help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account for somebody in the office."""
    with _one_line_errors():
        settings = load_settings()
        with _prepared(settings) as database:
            email = mailable_email(email)
            if password_stdin:
                password = plain_text(sys.stdin.readline()).rstrip("\n")
            else:
                password = typer.prompt(
                    "Password", hide_input=True, confirmation_prompt="Once more"
                )
            accounts.create_account(database, email, OFFICE, password)
        print(f"{email} can log in now: {settings.base_url}/login")


@office.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="The email to log in with.")],
) -> None:
    """Print a link by which somebody makes an account as an owner."""
    with _one_line_errors():
        settings = load_settings()
        with _prepared(settings) as database:
            path = database.call(invitations.first_owner_path, email)
        print(f"Good once, for a day: {settings.base_url}{path}")


@office.command("remove-second-factor")
def remove_second_factor(
    email: Annotated[str, typer.Argument(help="The email of who lost the app.")],
) -> None:
    """Let somebody log in without a code again who lost the authenticator app."""
    with _one_line_errors():
        with _prepared(load_settings()) as database:
            database.call(second_factor.reset_by_email, SYSTEM, email)
        print(f"{email} logs in without a code until an app is set up again.")


@office.command("password-link")
def password_link(
    email: Annotated[str, typer.Argument(help="The email of an office account.")],
) -> None:
    """Print a link to choose a new password; what strangers guessed is forgotten."""
    with _one_line_errors():
        settings = load_settings()
        if settings.redis_url:
            # The workers count attempts there.
            store = RedisLimitStore.connect(settings.redis_url)
            wiring.install(replace(wiring.current(), limit_store=store))
        with _prepared(settings) as database:
            path = credentials.issue_reset_path(database, SYSTEM, email)
        print(f"Good once, for an hour: {settings.base_url}{path}")


@pack.command("import")
def pack_import(
    file: Annotated[
        str,
        typer.Argument(
            help="A file, or the name of a pack that comes with the portal: "
            f"{', '.join(packs.shipped_packs())}."
        ),
    ],
) -> None:
    """Make the business as a pack says; importing twice changes nothing."""
    with _one_line_errors():
        text = _pack_text(file)
        with _prepared(load_settings()) as database:
            done = database.call(packs.import_pack, SYSTEM, text)
        if done.changed:
            print(f"{done.name} is imported: {done.contents}.")
        else:
            print(f"{done.name} was imported already. Nothing was changed.")


@pack.command("export")
def pack_export(
    file: Annotated[Path, typer.Argument(help="Where to, such as our-trade.toml.")],
) -> None:
    """Write the business's own types, fields, services and words as a pack."""
    with _one_line_errors():
        with _prepared(load_settings()) as database:
            text = database.query(packs.export_pack, SYSTEM)
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
        print(f"The business's own pack is in {file}.")


def _pack_text(file: str) -> str:
    path = Path(file)
    if not path.exists() and file in packs.shipped_packs():
        return packs.shipped_pack_text(file)
    try:
        return read_text(path)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is no text in UTF-8") from None


@jobs.command("run")
def jobs_run(
    once: Annotated[bool, typer.Option(help="Run every job once and end.")] = False,
) -> None:
    """Deliver mails and clean up, beside the portal or without it."""
    with _one_line_errors():
        settings = load_settings()
        configure_logs(settings)
        with _database_in_use(settings) as database:
            _run_jobs(settings, database, once=once)


def _run_jobs(settings: Settings, database: Database, *, once: bool) -> None:
    if not migrations.is_current(database):
        raise ConfigError(
            "the database is not up to date; run `python -m portal_app migrate`"
        )
    schedule = portal_schedule(
        database,
        build_mailer(settings),
        open_storage(settings),
        backup_folder(settings),
    )
    if settings.redis_url:
        # The portal's tabs are to know of what the jobs free.
        pubsub = RedisPubSub.connect(settings.redis_url)
        wiring.install(replace(wiring.current(), pubsub=pubsub))
    if once:
        schedule.run_once()
        return
    stopped = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: stopped.set())
    print("Running the jobs. Press Ctrl-C to stop.", flush=True)
    schedule.run_until(stopped)


@main.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to, such as portal.backup.")],
    encrypt: Annotated[
        bool,
        typer.Option(
            "--encrypt",
            help="With the passphrase in PORTAL_BACKUP_PASSPHRASE, or one it asks for.",
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Make none: restore FILE into a throw-away place, as a drill.",
        ),
    ] = False,
) -> None:
    """Keep the database and the files in one archive; the portal may be running."""
    with _one_line_errors():
        settings = load_settings()
        if verify:
            found = restoration.verify_backup(file, lambda: _passphrase(settings))
            print(f"{file} can be restored: {_contents(found)}.")
            return
        passphrase = _passphrase(settings, confirmed=True) if encrypt else None
        with _database_in_use(settings) as database:
            made = create_backup(
                database,
                open_storage(settings),
                file,
                passphrase=passphrase,
                overwrite=overwrite,
            )
        print(f"Everything is in {file}: {_contents(made)}.")
        if not encrypt:
            print("Keep it as safe as the portal itself.")


@main.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is in the database.")
    ] = False,
) -> None:
    """Bring back an archive. Stop the portal first."""
    with _one_line_errors():
        settings = load_settings()
        database = open_database(settings)
        if not force and not is_empty(database):
            raise ConfigError(
                "the database is not empty; --force replaces everything in it"
            )
        back = restoration.restore_backup(
            database, open_storage(settings), file, lambda: _passphrase(settings)
        )
        print(f"Everything in {file} is back: {_contents(back)}.")


def _passphrase(settings: Settings, *, confirmed: bool = False) -> str:
    """The passphrase of an archive, from the environment or from a person."""
    given = settings.backup_passphrase.get_secret_value()
    if given:
        return given
    asked = typer.prompt(
        "Passphrase",
        hide_input=True,
        confirmation_prompt="Once more" if confirmed else False,
    )
    return str(asked)


def _contents(found: Summary) -> str:
    parts = [f"{found.rows} rows", f"{found.files} files"]
    if found.missing_files:
        parts.append(f"{found.missing_files} files were gone already")
    if found.damaged_files:
        parts.append(f"{found.damaged_files} files were damaged already")
    return ", ".join(parts)


@main.command()
def check() -> None:
    """Say of everything the portal needs whether it is there."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(f"wrong  settings: {error}")
        sys.exit(1)
    print(f"ok     settings: {settings.env}, {settings.base_url}")
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("database", preflight.check_database),
        ("schema", preflight.check_schema),
        ("mail", preflight.check_mail),
        ("files", preflight.check_storage),
        ("redis", preflight.check_redis),
        ("geocoder", preflight.check_geocoder),
        ("backups", preflight.check_backups),
        ("front end", preflight.check_frontend),
    )
    failed = [name for name, ask in checks if not _check_line(name, ask, settings)]
    if failed:
        sys.exit(1)


def _check_line(name: str, ask: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        print(f"ok     {name}: {ask(settings)}")
    except ConfigError as error:
        print(f"wrong  {name}: {error}")
        return False
    return True
