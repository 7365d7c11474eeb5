"""Everything that can be asked, by everybody it is not for: the exact outcome each.

What there is comes from the registries (pages, routes, handlers); what shall happen
from the tables in ``matrix``. Raw sockets and requests, no browser.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from reflex_base.registry import RegistrationContext
from sqlmodel import select
from starlette.routing import Route

from portal_app import portal_app as portal_module
from portal_app.demo.loader import PASSWORD as DEMO_PASSWORD
from portal_app.domain.bookings import drafts, guests
from portal_app.domain.bookings.models import Booking, BookingDraft
from portal_app.domain.customers import contacts, profiles
from portal_app.domain.customers.models import Contact, ContactEmail, Customer, Location
from portal_app.domain.files.models import StoredFile
from portal_app.domain.notifications.models import OutboxMessage
from portal_app.integrations.storage import FsspecStorage
from portal_app.state.core.gate import REFLEX_LIFECYCLE
from tests.e2e import matrix
from tests.e2e.matrix import (
    BOOKINGS,
    CUSTOMER,
    FIELDWORKER,
    GUEST,
    HOME,
    LOG_IN,
    OFFICE,
    OFFICE_PAGE,
    OTHERS,
    OWNER,
    READER,
    SHOWN,
    STRANGER,
    Asked,
)
from tests.support.bookings import book_first_free_time
from tests.support.contacts import add_contact
from tests.support.fuzzed_events import fitting_value
from tests.support.people import (
    Person,
    actor_of,
    guest_cookie,
    new_customer,
    new_reader,
    session_cookie,
)
from tests.support.server import RunningPortal
from tests.support.sockets import RawTab, raw_tab
from tests.support.uploads import upload_file

EVERYBODY = (*OTHERS, OWNER)
ADDRESS = "/somewhere"
_AT_A_TIME = 10
_TABLES = (Booking, BookingDraft, Contact, ContactEmail, Location, StoredFile)
_ROOT = "reflex___state____state."
_SETVAR = ".setvar"


@dataclass(frozen=True)
class Scene:
    """The owner's things, and a cookie for everybody."""

    cookies: dict[str, str]
    owner: Person
    customer_id: str
    number: str
    draft_id: str
    upload: str
    picture: str
    link_id: str
    session_id: str
    contact_id: str
    email_id: str

    @property
    def ids(self) -> list[str]:
        """What somebody else might send as an argument."""
        return [
            self.number,
            self.draft_id,
            self.upload,
            self.picture,
            self.link_id,
            self.session_id,
            self.contact_id,
            self.email_id,
            self.customer_id,
        ]

    def secrets(self, person: str) -> list[str]:
        """What this person may not be told."""
        # The office sees who booked.
        if person in {OWNER, OFFICE, READER}:
            return []
        return [self.owner.last_name, self.owner.email]


@pytest.fixture(scope="module")
def portal(patient_portal: RunningPortal) -> RunningPortal:
    """Everything is tried at once, which is more than a browser may."""
    return patient_portal


@pytest.fixture(scope="module")
def scene(portal: RunningPortal) -> Scene:
    """An owner with a booking, a draft and files; everybody else."""
    db = portal.database
    owner = new_customer(db, "Olivia")
    number = book_first_free_time(db, owner)
    cookie = session_cookie(db, owner)
    who = actor_of(db, cookie)
    shelf = FsspecStorage(str(portal.log.parent / "files"))
    picture = upload_file(db, who, shelf=shelf).id
    db.call(profiles.set_picture, who, picture)
    add_contact(db, who, confirmed=False)
    [contact] = db.query(contacts.list_contacts, who)
    passer_by = new_customer(db, "Gus")
    people = {
        CUSTOMER: new_customer(db, "Carl"),
        FIELDWORKER: Person("sam@example.com", "Sam", "", DEMO_PASSWORD),
        OFFICE: Person("office@example.com", "Office", "", DEMO_PASSWORD),
        READER: new_reader(db),
    }
    assert who.customer_id is not None
    assert who.session_id is not None
    return Scene(
        cookies={
            STRANGER: "",
            GUEST: guest_cookie(db, passer_by, book_first_free_time(db, passer_by)),
            OWNER: cookie,
            **{name: session_cookie(db, person) for name, person in people.items()},
        },
        owner=owner,
        customer_id=who.customer_id,
        number=number,
        draft_id=db.call(drafts.open_draft, who, "dog-walking").id,
        upload=upload_file(db, who, shelf=shelf).id,
        picture=picture,
        link_id=db.query(guests.booking_links, who)[0].id,
        session_id=who.session_id,
        contact_id=contact.id,
        email_id=contact.emails[0].id,
    )


def _owned(portal: RunningPortal, scene: Scene) -> str:
    """Every row of the owner that somebody else could change."""
    with portal.database.read() as tx:
        rows = [
            row.model_dump()
            for table in _TABLES
            for row in tx.exec(
                select(table)
                .where(table.customer_id == scene.customer_id)
                .order_by(table.id)
            )
        ]
        customer = tx.exec(
            select(Customer).where(Customer.id == scene.customer_id)
        ).one()
        mails = tx.exec(
            select(OutboxMessage.id).where(OutboxMessage.recipient == scene.owner.email)
        ).all()
    return repr((rows, customer.model_dump(), mails))


@contextmanager
def _untouched(portal: RunningPortal, scene: Scene) -> Iterator[None]:
    """Nothing of the owner changes, and nothing is sent to the owner."""
    before = _owned(portal, scene)
    yield
    assert _owned(portal, scene) == before


# --- Handlers ---------------------------------------------------------------------


def _registered() -> dict[str, str]:
    """Every handler that is not Reflex's lifecycle: full name by short name."""
    return {
        _short(name): name
        for name in RegistrationContext.get().event_handlers
        if name not in REFLEX_LIFECYCLE
    }


def _short(name: str) -> str:
    state, _, handler = name.removeprefix(_ROOT).rpartition(".")
    return f"{state.rpartition('____')[2]}.{handler}"


def _in_the_table() -> dict[str, str]:
    """Whom each handler is for, by short name."""
    return {
        f"{state}.{handler}": group
        for group, states in matrix.HANDLERS.items()
        for state, handlers in states.items()
        for handler in handlers.split()
    }


REGISTERED = _registered()
TABLE = _in_the_table()
SETVARS = sorted(name for name in REGISTERED if name.endswith(_SETVAR))


def test_every_handler_has_a_row() -> None:
    assert set(REGISTERED) - set(SETVARS) == set(TABLE)


def _refusal(person: str, short: str) -> list[str]:
    if person in {STRANGER, GUEST}:
        return [f"/login?next={ADDRESS}"]
    # Who may look at a page of the office stays there, and is told.
    changes = not short.endswith(".load") and OFFICE in matrix.WHO_MAY[TABLE[short]]
    return [] if person == READER and changes else ["/"]


def _arguments(name: str) -> dict[str, Any]:
    handler = RegistrationContext.get().event_handlers[name].handler
    parameters = inspect.signature(handler.fn, eval_str=True).parameters
    return {p.name: p.annotation for p in parameters.values() if p.name != "self"}


def _payload(name: str, value: str) -> dict[str, Any]:
    """Arguments that the handler takes, with this wherever a text may be."""
    return {
        argument: fitting_value(annotation, lambda: value)
        for argument, annotation in _arguments(name).items()
        if annotation is not inspect.Parameter.empty
    }


def _redirects(frames: list[dict[str, Any]]) -> list[str]:
    return [
        event["payload"]["path"]
        for frame in frames
        for event in frame.get("events", [])
        if event["name"] == "_redirect"
    ]


def _fire_at_once(tab: RawTab, handlers: list[str]) -> list[str]:
    """Fire at an address that is no page; where one is sent, once for each if at all.

    An answer that is waited for carries every state, so all are fired first.
    """
    before = len(tab.frames)
    for short in handlers:
        tab.fire(REGISTERED[short], {}, pathname=ADDRESS, asPath=ADDRESS)
    tab.round_trip()
    return _redirects(tab.frames[before:])


# Where a handler itself sends those who are signed in.
_GOES_ON = {CUSTOMER: ["/bookings"], OFFICE: ["/office"], READER: ["/office"]}
_SENDS = {
    "login_state.load": _GOES_ON | {FIELDWORKER: ["/"]},
    "sign_up_state.load": _GOES_ON | {FIELDWORKER: ["/"]},
    # Who does not look as somebody else has nothing to stop.
    "customer_preview_state.stop": {CUSTOMER: ["/"]},
}
_BECOMES_SOMEBODY_ELSE = "customer_preview_state.start"


# The owner may do what another customer may; here it would change what the others
# are tried with.
@pytest.mark.parametrize("person", OTHERS)
def test_every_handler(portal: RunningPortal, scene: Scene, person: str) -> None:
    may = {short: person in matrix.WHO_MAY[group] for short, group in TABLE.items()}
    refused = [s for s, group in TABLE.items() if not may[s] and group != "for nobody"]
    nobodys = [short for short, group in TABLE.items() if group == "for nobody"]
    sending = [s for s in _SENDS if may[s]]
    others = [short for short in TABLE if may[short] and short not in _SENDS]
    with _untouched(portal, scene), _tab(portal, scene, person) as tab:
        refusals = [_refusal(person, short) for short in refused]
        assert _fire_at_once(tab, refused) == [one for sent in refusals for one in sent]
        for quiet in (nobodys, others):
            assert _fire_at_once(tab, quiet) == []
        for short in sending:
            expected = _SENDS[short].get(person, [])
            assert _fire_at_once(tab, [short]) == expected, short


@pytest.mark.parametrize("person", OTHERS)
def test_every_handler_with_what_is_the_owners(
    portal: RunningPortal, scene: Scene, person: str
) -> None:
    """Ids as arguments and in the address open nothing, and change nothing."""
    addresses = (f"/bookings/{scene.number}", "/account", "/book/dog-walking")
    with _untouched(portal, scene), _tab(portal, scene, person) as tab:
        tried = [short for short in TABLE if short != _BECOMES_SOMEBODY_ELSE]
        for number, name in enumerate((REGISTERED[short] for short in tried), 1):
            for value in scene.ids if _arguments(name) else [""]:
                payload = _payload(name, value)
                for address in addresses:
                    tab.fire(name, payload, pathname=address, asPath=address)
            if number % _AT_A_TIME == 0:
                tab.round_trip()
        tab.round_trip()
        received = repr(tab.frames)
    assert [secret for secret in scene.secrets(person) if secret in received] == []


@pytest.mark.parametrize("person", EVERYBODY)
def test_setvar_is_for_nobody(portal: RunningPortal, scene: Scene, person: str) -> None:
    with _tab(portal, scene, person) as tab:
        before = tab.state()
        for short in SETVARS:
            payload = {"var_name": "loaded", "value": True}
            tab.fire(REGISTERED[short], payload)
        tab.round_trip()
        assert tab.state() == before
        assert tab.events() == []


@contextmanager
def _tab(portal: RunningPortal, scene: Scene, person: str) -> Iterator[RawTab]:
    with raw_tab(portal.url, scene.cookies[person]) as tab:
        tab.round_trip()
        yield tab


# --- Pages ------------------------------------------------------------------------


PAGES = {page.route: page for page in portal_module.PAGES}
_OUTCOMES = {"/": HOME, "/bookings": BOOKINGS, "/office": OFFICE_PAGE}


def test_every_page_has_a_row() -> None:
    assert set(PAGES) == set(matrix.PAGES)


def _address(route: str, scene: Scene) -> str:
    known = {
        "[slug]": "dog-walking",
        "[number]": scene.number,
        "[id]": scene.customer_id,
    }
    address = route if route.startswith("/") else "/no-such-page"
    for part, value in known.items():
        address = address.replace(part, value)
    assert "[" not in address, f"say what stands for the parts of {route}"
    return address


@pytest.mark.parametrize("person", EVERYBODY)
def test_every_page(portal: RunningPortal, scene: Scene, person: str) -> None:
    found = {}
    with _untouched(portal, scene), _tab(portal, scene, person) as tab:
        for route, page in PAGES.items():
            address = _address(route, scene)
            tab.frames.clear()
            for handler in page.on_load:
                name = f"{handler.state_full_name}.{handler.fn.__name__}"
                tab.fire(name, pathname=address, asPath=address)
            tab.round_trip()
            found[route] = _outcome(tab, address)
            received = repr(tab.frames)
            assert [s for s in scene.secrets(person) if s in received] == [], route
    assert found == {route: row[person] for route, row in matrix.PAGES.items()}


def _outcome(tab: RawTab, address: str) -> str:
    """Where the page's events send the browser, if anywhere: all to one place."""
    sent = set(_redirects(tab.frames))
    if not sent:
        return SHOWN
    if sent == {f"/login?next={address}"}:
        return LOG_IN
    assert len(sent) == 1, sent
    return _OUTCOMES.get(sent.pop(), "sent elsewhere")


@pytest.mark.parametrize("person", EVERYBODY)
def test_every_page_without_script_tells_nothing(
    portal: RunningPortal, scene: Scene, person: str
) -> None:
    statuses = {}
    headers = {"cookie": scene.cookies[person]} if scene.cookies[person] else {}
    with httpx.Client(base_url=portal.url, headers=headers) as client:
        for route in PAGES:
            answer = client.get(_address(route, scene))
            statuses[route] = answer.status_code
            assert [s for s in scene.secrets(person) if s in answer.text] == [], route
    assert statuses == {route: 404 if route == "404" else 200 for route in PAGES}


# --- Routes -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    """Opened once: each new one reads every certificate of the machine."""
    with httpx.Client() as client:
        yield client


def _routes() -> dict[str, Route]:
    registered = [*portal_module._routes.routes, *portal_module.app._api.routes]
    return {
        f"{method} {route.path}": route
        for route in registered
        if isinstance(route, Route)
        for method in route.methods or ()
    }


def _asked(key: str) -> tuple[Asked, ...]:
    row = matrix.ROUTES[key]
    return row if isinstance(row, tuple) else (row,)


def test_every_route_has_a_row() -> None:
    routes = set(_routes())
    heads = {key.replace("GET ", "HEAD ") for key in routes if key.startswith("GET ")}
    assert routes - heads == set(matrix.ROUTES)
    mounted = {
        getattr(route, "path", "?")
        for route in portal_module.app._api.routes
        if not isinstance(route, Route)
    }
    assert mounted == matrix.MOUNTED


@pytest.mark.parametrize("person", EVERYBODY)
def test_every_route(
    http: httpx.Client, portal: RunningPortal, scene: Scene, person: str
) -> None:
    found, expected = {}, {}
    with _untouched(portal, scene):
        for key in sorted(matrix.ROUTES):
            method, path = key.split(" ")
            for asked in _asked(key):
                address = asked.path.format(
                    number=scene.number, upload=scene.upload, picture=scene.picture
                )
                case = f"{key} at {asked.path}"
                found[case] = _ask(http, portal, scene, person, method, address, asked)
                expected[case] = asked.status[person]
                if method == "GET":
                    head = _ask(http, portal, scene, person, "HEAD", address, asked)
                    found[f"HEAD {case}"] = head
                    expected[f"HEAD {case}"] = matrix.HEAD_DIFFERS.get(
                        path, asked.status[person]
                    )
    assert found == expected


def _ask(  # noqa: PLR0917 - a request has many parts
    http: httpx.Client,
    portal: RunningPortal,
    scene: Scene,
    person: str,
    method: str,
    address: str,
    asked: Asked,
) -> int:
    cookie = scene.cookies[person]
    http.cookies.clear()
    if address == "/api/auth/logout" and cookie:
        # Whoever logs out is out; so not the session of the other tests.
        cookie = "portal=forged"
    headers = {"origin": portal.url} | ({"cookie": cookie} if cookie else {})
    sent = {"data": dict(asked.data)} if method == "POST" else {}
    answer = http.request(method, f"{portal.url}{address}", headers=headers, **sent)
    assert [s for s in scene.secrets(person) if s in answer.text] == []
    return answer.status_code


@pytest.mark.parametrize("origin", ["", "https://evil.example.com", "null"])
def test_no_route_takes_another_sites_form(
    http: httpx.Client, portal: RunningPortal, scene: Scene, origin: str
) -> None:
    """But what comes from elsewhere on purpose: Apple's answer, which is passed on,
    and the press of *Unsubscribe* in a mail, for which a link is enough."""
    statuses = {}
    with _untouched(portal, scene):
        for key in sorted(matrix.ROUTES):
            method, path = key.split(" ")
            if method != "POST":
                continue
            [asked] = _asked(key)
            headers = {"cookie": scene.cookies[OWNER]}
            if origin:
                headers["origin"] = origin
            http.cookies.clear()
            statuses[path] = http.post(
                f"{portal.url}{asked.path}", headers=headers, data=dict(asked.data)
            ).status_code
    assert statuses == dict.fromkeys(statuses, 403) | {
        "/api/auth/{provider}/callback": 303,
        "/api/mail/stop-mails": 200,
    }
