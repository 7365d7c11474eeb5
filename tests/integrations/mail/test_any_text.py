"""Whatever people type, the mail is one that RFC 5322 allows, and says just that."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_app.domain.accounts.rules import normal_email
from portal_app.integrations.mail.headers import clean_line, clean_text
from portal_app.integrations.mail.messages import Sender, compose
from portal_app.integrations.mail.transports import _seven_bit
from portal_app.kernel import email_addresses
from portal_app.kernel.clock import frozen
from portal_app.kernel.errors import InvalidInput
from tests.integrations.mail.messages import BRANDING, MESSAGE_ID, NOW, PAYLOADS

SENDER = Sender.parse("portal@brightside.example.com", "https://portal.example.com")
SUBJECTS = {
    "booking_received": "New booking B-7K3M-9QXT: {0}",
    "booking_confirmed": "Booking B-7K3M-9QXT: {0}",
    "booking_told": "{0} booked {0}",
    "booking_reminder": "Reminder: {0} on Tuesday, 24 November 2026",
    "booking_news_told": "{0}: {0} was moved",
    "document_ends": "Biscuit: {0} expires soon",
}
UNFOLDED = (b"List-Unsubscribe: <", b"Message-ID: <")

# All there is: control characters and lone surrogates, too.
_ANYTHING = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60)
_TRICKY = st.sampled_from(
    [
        "Cleaning\r\nBcc: eve@example.com",
        "=?utf-8?q?not=20encoded?= and =?us-ascii?b?eA==?=",
        "Donaudampfschifffahrtsgesellschaftskapitän" * 30,
        "w" * 3000,
        "Привет, мир! " * 120,
        "ЖЖЖЖ" * 400,
        ".\n.\n..\n.",
        "From the start\nFrom within",
        'O"Brien, Söhne <x@y.example>; (a comment) \\ [list]',
        "👩‍👩‍👧‍👦" * 60,
        "\x00nul\x0bvertical\x0cform\x85next\u2028line\u2029paragraph",
        "lone \ud800 and \udfff",
        "trailing spaces   \n \n\ttabs\t",
        "سلام\u200f" * 50,
    ]
)
TYPED = st.one_of(_ANYTHING, _TRICKY)


def check_wire(raw: bytes, *, ascii_only: bool = False) -> EmailMessage:
    """Check what RFC 5321 and 5322 ask of a mail's octets; the mail, read again."""
    assert b"\x00" not in raw
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", raw) is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    for line in head.split(b"\r\n"):
        assert len(line) <= 78 or line.startswith(UNFOLDED)
        assert re.fullmatch(rb"[A-Za-z-]+: .+|[ \t]+.*\S.*", line)
    assert not ascii_only or raw.isascii()
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    for part in read.iter_parts():
        body = part.get_payload()
        assert isinstance(body, str)
        if part["Content-Transfer-Encoding"] == "quoted-printable":
            assert max(map(len, body.splitlines())) <= 76
        assert not part.defects
    return read


def decoded(raw: bytes, name: str) -> str:
    """A header as mail programs read it."""
    value = message_from_bytes(raw, policy=policy.compat32)[name]
    return str(make_header(decode_header(re.sub(r"\r\n(?=[ \t])", "", value))))


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(kind=st.sampled_from(sorted(SUBJECTS)), typed=TYPED, name=TYPED)
def test_any_text_makes_a_mail_that_arrives(kind: str, typed: str, name: str) -> None:
    payload: dict[str, Any] = PAYLOADS[kind] | {
        key: typed
        for key in ("service", "notes", "contact_name", "customer", "document")
        if key in PAYLOADS[kind]
    }
    if kind == "booking_received":
        payload["answers"] = [{"question": typed, "answer": typed}]
    with frozen(NOW):
        letter = compose(
            SENDER,
            kind,
            "maya@example.com",
            payload,
            replace(BRANDING, name=name),
            message_id=MESSAGE_ID,
        )
    raw = letter.as_bytes()
    read = check_wire(raw)
    for kind_of_part in ("plain", "html"):
        sent, arrived = (one.get_body((kind_of_part,)) for one in (letter, read))
        assert sent is not None
        assert arrived is not None
        content = arrived.get_content()
        assert content == sent.get_content().replace("\n", "\r\n")
        if kind_of_part == "plain":
            said = "".join(content.split())
            assert "".join(clean_text(typed).split()) in said
    assert decoded(raw, "Subject") == clean_line(SUBJECTS[kind].format(typed))
    for header, address in (("From", SENDER.address), ("To", "maya@example.com")):
        assert [one.addr_spec for one in read[header].addresses] == [address]
    assert read["Bcc"] is None
    check_wire(_seven_bit(letter).as_bytes(), ascii_only=True)


@pytest.mark.parametrize(
    "name",
    [
        "Brightside",
        "Brightside & Söhne",
        'The "Best", Ltd. <x>',
        "back\\slash",
        "=?utf-8?q?x?=",
        "w" * 200,
        "Привет мир " * 12,
    ],
)
def test_the_name_of_the_business_arrives(name: str) -> None:
    letter = compose(
        SENDER,
        "verify_email",
        "maya@example.com",
        PAYLOADS["verify_email"],
        replace(BRANDING, name=name),
        message_id=MESSAGE_ID,
    )
    shown = decoded(letter.as_bytes(), "From").rpartition("<")[0].strip()
    if shown.startswith('"'):
        shown = re.sub(r"\\(.)", r"\1", shown[1:-1])
    assert shown == name.strip()


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    local=st.text(
        st.one_of(
            st.characters(exclude_categories=()), st.sampled_from("a.+-_é'\"@<>")
        ),
        min_size=1,
        max_size=70,
    ),
    domain=st.sampled_from(["example.com", "bücher.example", "xn--bcher-kva.example"]),
)
def test_what_a_form_takes_the_mailer_can_write(local: str, domain: str) -> None:
    try:
        address = normal_email(f"{local}@{domain}")
    except InvalidInput:
        return
    letter = compose(
        SENDER,
        "verify_email",
        address,
        PAYLOADS["verify_email"],
        BRANDING,
        message_id=MESSAGE_ID,
    )
    (line,) = re.findall(rb"\r\nTo: (.*)\r\n", letter.as_bytes())
    assert line.decode() == email_addresses.wire_form(address)
    assert line.isascii() is not email_addresses.needs_smtputf8(address)


@pytest.mark.parametrize(
    ("notes", "encoding"),
    [
        ("The dog is friendly.", "7bit"),
        ("Der Hund heißt Söhnlein.", "8bit"),
        ("A long paragraph. " * 200, "7bit"),
        ("Ж" * 450, "8bit"),
        ("w" * 984, "7bit"),
        ("w" * 985, "quoted-printable"),
        ("Ж" * 500, "quoted-printable"),
    ],
)
def test_a_text_is_encoded_only_where_it_must_be(notes: str, encoding: str) -> None:
    payload = PAYLOADS["booking_received"] | {"notes": notes, "time": "9 - 11"}
    letter = compose(
        SENDER,
        "booking_received",
        "office@example.com",
        payload,
        replace(BRANDING, name="Brightside"),
        message_id=MESSAGE_ID,
    )
    text = letter.get_body(("plain",))
    assert text is not None
    assert text["Content-Transfer-Encoding"] == encoding
