"""People for tests, made by the domain's own services."""

import secrets
from dataclasses import dataclass

from portal_app.domain.accounts import service as accounts
from portal_app.domain.accounts.rules import OFFICE, READER
from portal_app.domain.bookings import guests
from portal_app.domain.sign_in import invitations, rules, session_lookup
from portal_app.domain.sign_in import sign_up as customers
from portal_app.domain.sign_in.invitations import AcceptanceForm
from portal_app.kernel.audiences import SYSTEM, Actor
from portal_app.kernel.db import Database
from portal_app.kernel.ids import hash_secret

PASSWORD = "correct-horse-battery-9"


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    email: str
    first_name: str
    last_name: str
    password: str = PASSWORD

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


def new_customer(database: Database, first_name: str = "Ada") -> Person:
    """An activated customer with an email nobody else has."""
    unique = secrets.token_hex(5)
    person = Person(f"ada-{unique}@example.com", first_name, f"Tester{unique}")
    customers.create_active_customer(
        database,
        rules.SignUpForm(
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone="",
            password=person.password,
            terms=True,
        ),
    )
    return person


def new_reader(database: Database) -> Person:
    """Somebody of the office who may change nothing."""
    return new_colleague(database, READER)


def new_colleague(database: Database, office_role: str = OFFICE) -> Person:
    """Somebody of the office with this role there."""
    person = Person(f"reader-{secrets.token_hex(5)}@example.com", "Rita", "")
    issued = database.call(
        invitations.issue, SYSTEM, person.email, OFFICE, office_role=office_role
    )
    form = AcceptanceForm(person.password, person.first_name)
    stranger = Actor(address=f"test-{secrets.token_hex(4)}", device="test")
    token = issued.path.partition("=")[2]
    invitations.accept(database, stranger, token, form)
    return person


def session_cookie(database: Database, person: Person) -> str:
    """The value of a ``cookie`` header of a browser in which this person signed in."""
    stranger = Actor(address=f"test-{secrets.token_hex(4)}", device="test")
    ticket = accounts.sign_in(
        database, stranger, person.email, person.password, remember=False
    )
    signed_in = database.call(accounts.redeem_ticket, stranger, ticket)
    return f"portal={signed_in.secret}"


def actor_of(database: Database, cookie: str) -> Actor:
    """The actor behind a cookie header."""
    secret = cookie.removeprefix("portal=")
    return database.query(
        session_lookup.resolve_actor, hash_secret(secret), "test", "test"
    )


def guest_cookie(database: Database, person: Person, number: str) -> str:
    """As ``session_cookie``, for a guest who knows email and booking number."""
    stranger = Actor(address=f"test-{secrets.token_hex(4)}", device="test")
    found = guests.sign_in_by_number(database, stranger, person.email, number)
    signed_in = database.call(accounts.redeem_ticket, stranger, found.ticket)
    return f"portal={signed_in.secret}"
