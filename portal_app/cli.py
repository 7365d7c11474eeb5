"""``python -m portal_app``: what the person who runs the portal needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError

from portal_app.kernel.db import Database
from portal_app.migrations import migrate as bring_up_to_date
from portal_app.serving import build as frontend
from portal_app.serving import server
from portal_app.settings import Settings, SettingsError, load_settings

main = typer.Typer(help="Run and look after the customer portal.", no_args_is_help=True)
demo = typer.Typer(help="The demo business.", no_args_is_help=True)
office = typer.Typer(help="The office's accounts.", no_args_is_help=True)
jobs = typer.Typer(help="What runs without a browser.", no_args_is_help=True)
main.add_typer(demo, name="demo")
main.add_typer(office, name="office")
main.add_typer(jobs, name="jobs")


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """End with one clear line for what a person can put right."""
    try:
        yield
    except (SettingsError, server.PortTaken, frontend.BuildError) as error:
        sys.exit(f"portal: {error}")
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        sys.exit(f"portal: PORTAL_DATABASE_URL: the database does not answer: {reason}")


def _open_database(settings: Settings) -> Database:
    database = Database(settings.database_url)
    if database.is_sqlite and database.engine.url.database:
        from pathlib import Path

        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    return database


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with _one_line_errors():
        bring_up_to_date(_open_database(load_settings()))
    print("The database is up to date.")
