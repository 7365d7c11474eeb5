"""Events as no page sends them: any handler, with arguments that may not fit.

A seed names a case, so that what fails can be tried again alone.
"""

import inspect
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, get_args, get_origin

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

import portal_app.portal_app  # noqa: F401 - registers every state
from portal_app.kernel.audiences import Audience
from portal_app.state.core.access import audiences_of

FIELDS = (
    *("access_notes", "apple", "asks_birthday", "billing_email", "birthday"),
    *("booking_at_billing", "booking_for", "company", "contact", "country", "current"),
    *("decimals", "document", "email", "expires_on", "field", "file_id", "first_name"),
    *("guest_session_minutes", "help", "icon", "is_default", "kind", "label"),
    *("language", "last_name", "latitude", "location", "longitude", "maximum"),
    *("minimum", "name", "notes", "number", "password", "password_min_length"),
    *("password_min_score", "period", "phone", "picture_id", "place", "plural"),
    *("policy", "postcode", "remember", "remembered_days", "request", "required"),
    *("role", "session_hours", "shown_when", "singular", "state", "street"),
    *("tax_number", "terms", "text", "title", "town", "type", "unit", "version"),
    *("website", "emails.0", "emails.1", "emails.primary", "phones.0"),
    *("phones.0.country", "other_names.0", "contacts.0.name", "contacts.0.email"),
    *("contacts.0.phone", "choices.0.key", "choices.0.name", "documents.0.key"),
    *("documents.0.name", "documents.0.expires", "field.size", "field.species"),
    *("choices.with", "for.A", "told_about.bookings", "may.book"),
    *(
        "visible_to.customer",
        "editable_by.customer",
        "shown_values.dog",
        "mail",
        "update_existing",
    ),
)
"""The fields of the portal's forms, and a row or key of each group of them."""

_IN_A_ROW = 50
ID_FIELDS = (
    *("contact", "company", "place", "field", "type", "policy", "document", "file_id"),
    *("picture_id", "location", "name", "field.size", "for.A"),
)
"""The fields that name things by their ids, and two that need a text."""
ODD_TEXTS = (
    *("", " ", "on", "0", "-1", "1e309", "nan", "null", "true", "[]", "{}"),
    *("' OR 1=1 --", "<script>alert(1)</script>", "%00", "../../etc/passwd", "\\"),
    *("\u202e\u200d\ufeff", "\U0001f469\u200d\U0001f467", "e\u0301" * 40, "\x01\x1f"),
    *("2026-02-30", "2026-11-31T25:61:00Z", "9999-12-31", "0001-01-01"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    *(
        "\u0661\u0662\u0663",
        "\u00b2",
        "9" * 60,
        "AU",
        "a@b",
        "a@example.com",
        "x" * 300,
    ),
    *("new", "personal", "business", "dog-walking", "single", "several", "quantity"),
    *("josé@exämple.com", '"quoted"@example.com', "+61 412 345 678", "\n\r\n", "a\tb"),
)
UNFIT = (
    *(None, True, False, 0, 1, -1, 2**63, -(2**63) - 1, 10**40, 0.5, 1.0, math.nan),
    *(math.inf, "\x00", "a\x00b", "\ud800", "a\udfffb", "x" * 25_001, b"bytes"),
    *([], {}, [[]], {"id": 1}, [1, "x"], {"x": {"x": {"x": {"x": {"x": {}}}}}}),
    {FORM_DATA_ENTRIES_KEY: [["name"]]},
    {FORM_DATA_ENTRIES_KEY: "name"},
    {FORM_DATA_ENTRIES_KEY: [["name", None]]},
    {str(at): "x" for at in range(2_100)},
)
"""Values that hardly any signature has room for."""

ADDRESSES = (
    *("/book/deep-clean", "/", "/account", "/bookings", "/dependents", "/services/x"),
    *("/book/dog-walking?step=time", "/book/dog-walking?step=overview&draft=\x00"),
    *("/dependents?q=%00&page=%D9%A1&type='", "/dependents/add?type=pet&next=//x"),
    *("/dependents/%00", "/bookings/\ud800", "/services/" + "x" * 5_000, "//[", "x"),
    *("/login?next=%5C%5Cevil", "/office/fields?type=%FF&service=a&a=1&a=2", None, 7),
)


@dataclass(frozen=True)
class Endpoint:
    """A handler of ours that a browser can reach."""

    name: str
    fn: Callable[..., Any]
    audiences: frozenset[Audience]
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The full name of its state."""
        return self.name.rpartition(".")[0]


def endpoints() -> list[Endpoint]:
    """Every declared handler, with the types of its arguments."""
    found = []
    for name, entry in sorted(RegistrationContext.get().event_handlers.items()):
        audiences = audiences_of(entry.handler.fn)
        if audiences is None:
            continue
        parameters = inspect.signature(entry.handler.fn, eval_str=True).parameters
        types = {one.name: one.annotation for one in list(parameters.values())[1:]}
        found.append(Endpoint(name, entry.handler.fn, audiences, types))
    return found


def fitting_value(
    annotation: Any, text: Callable[[], str], fields: Sequence[str] = ID_FIELDS
) -> Any:
    """A value of a type, its texts made by ``text``.

    Args:
        annotation: Of an argument.
        text: Called for each.
        fields: What a form has.
    """
    if annotation in {str, Any}:
        return text()
    if annotation is bool:
        return True
    if annotation is int:
        return 1
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    assert get_origin(annotation) is dict, f"what is a value of {annotation}?"
    key, value = get_args(annotation)
    assert key is str
    return {name: fitting_value(value, text) for name in fields}


@dataclass(frozen=True)
class Case:
    """An event to fire."""

    seed: int
    endpoint: Endpoint
    payload: Any
    address: Any

    @property
    def frame(self) -> dict[str, Any]:
        """As a socket brings it."""
        router_data = {"pathname": self.address, "asPath": self.address, "query": {}}
        return {
            "name": self.endpoint.name,
            "payload": self.payload,
            "router_data": router_data,
        }


def case(
    seed: int, known: Sequence[Endpoint], keys: Mapping[str, Sequence[str]]
) -> Case:
    """The case of this number: every other one fits, the others differ in one place.

    Successive numbers are events of one state, as a page fires them: of each of its
    handlers, in an order by chance.

    Args:
        seed: The number.
        known: The handlers to choose from, in order of their states.
        keys: Texts that mean something here, such as ids, by the argument that
            takes them; ``""`` for all others.
    """
    chance = random.Random(seed)
    states = list(dict.fromkeys(one.state for one in known))
    row, place = divmod(seed, _IN_A_ROW)
    theirs = [one for one in known if one.state == states[row % len(states)]]
    random.Random(row).shuffle(theirs)
    endpoint = theirs[place // 2 % len(theirs)]
    names = chance.sample(FIELDS, chance.randint(0, 12))

    def text_for(argument: str) -> str:
        meant = keys.get(argument, keys[""])
        return chance.choice(meant if chance.random() < 0.5 else ODD_TEXTS)

    payload: Any = {
        name: {one: text_for(one) for one in names}
        if annotation == dict[str, str]
        else fitting_value(annotation, partial(text_for, name))
        for name, annotation in endpoint.parameters.items()
    }
    if place % 2:
        payload = _spoilt(payload, chance)
    # Most often at a page that there is, or nothing would ever be loaded.
    address = chance.choice(ADDRESSES) if chance.random() < 0.3 else ADDRESSES[0]
    return Case(seed, endpoint, payload, address)


def _spoilt(payload: dict[str, Any], chance: random.Random) -> Any:
    """The arguments with something that does not fit, or almost."""
    odd = chance.choice(UNFIT)
    name = chance.choice([*payload, "another"])
    match chance.randrange(6):
        case 0:
            return odd
        case 1:
            return {key: value for key, value in payload.items() if key != name}
        case 2 if isinstance(payload.get(name), dict):
            return payload | {name: payload[name] | {chance.choice(FIELDS): odd}}
        case 3 if isinstance(payload.get(name), dict):
            entries = [[key, value] for key, value in payload[name].items()]
            form = {FORM_DATA_ENTRIES_KEY: [*entries, [chance.choice(FIELDS), odd]]}
            return payload | {name: form}
        case _:
            return payload | {name: odd}
