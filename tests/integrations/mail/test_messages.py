from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from portal_app.integrations.mail.messages import KINDS, Sender, compose
from portal_app.kernel.clock import frozen
from tests.integrations.mail.messages import (
    BRANDING,
    FOR_A_CONTACT,
    MESSAGE_ID,
    NOW,
    PAYLOADS,
)
from tests.support import mailbox
from tests.support.mailbox import html_of

SENDER = Sender.parse("portal@brightside.example.com", "https://portal.example.com/")


def letter(
    kind: str, recipient: str = "maya@example.com", **changes: object
) -> EmailMessage:
    """A letter as it arrives: written, sent as bytes, read again."""
    payload = {**PAYLOADS[kind], **changes}
    with frozen(NOW):
        written = compose(
            SENDER, kind, recipient, payload, BRANDING, message_id=MESSAGE_ID
        )
    read = message_from_bytes(written.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def text_of(mail: EmailMessage) -> str:
    return mailbox.text_of(mail).replace("\r\n", "\n")


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []
        self.sources: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "a":
            self.links.append(named["href"] or "")
        if "src" in named:
            self.sources.append(named["src"] or "")
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_kind_is_tested() -> None:
    assert set(PAYLOADS) == KINDS


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("verify_email", "Activate your account at Brightside & Söhne"),
        ("already_registered", "You already have an account at Brightside & Söhne"),
        ("reset_password", "Choose a new password at Brightside & Söhne"),
        ("password_changed", "Your password at Brightside & Söhne was changed"),
        ("change_email", "Confirm your new email at Brightside & Söhne"),
        ("email_taken", "Your email has an account at Brightside & Söhne already"),
        ("email_changed", "Your email at Brightside & Söhne was changed"),
        ("confirm_provider", "Confirm your email at Brightside & Söhne"),
        ("ways_changed", "How you log in at Brightside & Söhne has changed"),
        ("new_device", "A new log-in to your account at Brightside & Söhne"),
        ("booking_confirmed", "Booking B-7K3M-9QXT: Home cleaning"),
        ("document_ends", "Biscuit: Vaccination certificate expires soon"),
        ("booking_told", "Maya Chen booked Home cleaning"),
        ("booking_received", "New booking B-7K3M-9QXT: Home cleaning"),
        (
            "booking_reminder",
            "Reminder: Home cleaning on Tuesday, 24 November 2026",
        ),
        ("booking_news", "Booking B-7K3M-9QXT was moved"),
        ("booking_news_told", "Maya Chen: Home cleaning was moved"),
        ("booking_news_office", "Booking B-7K3M-9QXT was moved"),
    ],
)
def test_headers(kind: str, subject: str) -> None:
    mail = letter(kind)
    unsubscribe = {"List-Unsubscribe", "List-Unsubscribe-Post"}
    headers = {name: value for name, value in mail.items() if name not in unsubscribe}
    assert headers | {"Content-Type": ""} == {
        "Subject": subject,
        "From": "Brightside & Söhne <portal@brightside.example.com>",
        "To": "maya@example.com",
        "Reply-To": "Brightside & Söhne <hello@brightside.example.com>",
        "Date": "Tue, 24 Nov 2026 09:30:15 +0000",
        "Message-ID": f"<{MESSAGE_ID}@brightside.example.com>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("verify_email", ["https://portal.example.com/verify-email?token=abc-DEF_123"]),
        ("already_registered", ["https://portal.example.com/login"]),
        (
            "reset_password",
            ["https://portal.example.com/reset-password?token=abc-DEF_123"],
        ),
        ("password_changed", ["https://portal.example.com/forgot-password"]),
        (
            "change_email",
            ["https://portal.example.com/confirm-email?token=abc-DEF_123"],
        ),
        ("email_taken", ["https://portal.example.com/login"]),
        ("email_changed", []),
        (
            "confirm_provider",
            ["https://portal.example.com/login/connect?token=abc-DEF_123"],
        ),
        ("ways_changed", ["https://portal.example.com/account/security"]),
        ("new_device", ["https://portal.example.com/account/security"]),
        ("booking_confirmed", ["https://portal.example.com/bookings/B-7K3M-9QXT"]),
        (
            "document_ends",
            ["https://portal.example.com/dependents/01M800AH5V8MN7TBHNX62D7VSW"],
        ),
        (
            "booking_told",
            [
                "https://portal.example.com/login/booking?link=abc-DEF_123",
                "https://portal.example.com/stop-mails?token=abc-DEF_123",
            ],
        ),
        ("booking_received", []),
        (
            "booking_reminder",
            ["https://portal.example.com/login/booking?link=abc-DEF_123"],
        ),
        (
            "booking_news",
            ["https://portal.example.com/login/booking?link=abc-DEF_123"],
        ),
        (
            "booking_news_told",
            [
                "https://portal.example.com/login/booking?link=abc-DEF_123",
                "https://portal.example.com/stop-mails?token=abc-DEF_123",
            ],
        ),
        ("booking_news_office", []),
    ],
)
def test_the_html_is_whole_and_loads_nothing(kind: str, links: list[str]) -> None:
    mail = letter(kind)
    page = _Page(html_of(mail))
    assert (page.open, page.sources, page.links) == ([], [], links)
    for link in links:
        assert f"\n{link}\n" in text_of(mail)


def test_the_text_of_an_activation() -> None:
    assert text_of(letter("verify_email")) == (
        "Brightside & Söhne\n"
        "==================\n"
        "\n"
        "ACTIVATE YOUR ACCOUNT\n"
        "\n"
        "Somebody signed up at Brightside & Söhne with this email address. If it\n"
        "was you, open this link to activate your account:\n"
        "\n"
        "https://portal.example.com/verify-email?token=abc-DEF_123\n"
        "\n"
        "The page asks you once more. The link is good for 48 hours.\n"
        "\n"
        "It was not you? Then do not use the link. Without it nothing happens.\n"
        "\n"
        "-- \n"
        "You get this email because this address was typed into our sign-up form.\n"
        "\n"
        "Brightside & Söhne - A lighter week\n"
        "1 Harbour Street, Sydney NSW 2000\n"
        "(02) 5550 1234\n"
        "hello@brightside.example.com\n"
    )


def test_the_text_of_a_new_log_in() -> None:
    assert (
        "A NEW LOG-IN TO YOUR ACCOUNT\n"
        "\n"
        "Somebody logged in to your account at Brightside & Söhne from a browser\n"
        "that was not used for it before: Firefox on Windows, Network\n"
        "203.0.113.x. It was on Tuesday, 24 November 2026, 8:30 pm (Sydney time).\n"
        "\n"
        "See where you are logged in:\n"
        "https://portal.example.com/account/security\n"
    ) in text_of(letter("new_device"))


def test_the_old_email_is_told_the_new_one() -> None:
    assert (
        "Your account at Brightside & Söhne now has the email\nmaya.chen@example.com."
    ) in text_of(letter("email_changed"))


def test_the_text_of_a_confirmation() -> None:
    text = text_of(letter("booking_confirmed"))
    assert (
        "Booking   B-7K3M-9QXT\n"
        "Service   Home cleaning\n"
        "Company   Bay Studio\n"
        "For       Rex, Tom\n"
        "When      Tuesday, 24 November 2026\n"
        "          9:00 am – 11:30 am\n"
        "With      Sam Rivers\n"
        "Where     Unit 4, 12 Bay Street\n"
        "          Bondi NSW 2026\n"
        "\n"
        "Home cleaning, 2 bedrooms: $150\n"
        "Oven: $35\n"
        "Total: $185\n"
    ) in text
    assert "Key under the mat" not in text


def test_the_office_reads_what_it_needs() -> None:
    text = text_of(letter("booking_received"))
    for line in (
        "Access        Key under the mat",
        "Customer      Maya Chen\n              maya@example.com",
        "Company       Bay Studio\n              Tax number 51 824 753 556",
        "Contacts      May change or make appointments:\n"
        "              Tom Chen, Partner, 0412 345 679\n"
        "              Ann, Receptionist\n",
        "For           Rex, Tom\nNotes         The dog is friendly.\n",
        "\nWhere do we meet?\nIn the park\n",
        "\nA favourite route?\nDown.\nAnd up <again>.\n",
    ):
        assert line in text
    html = html_of(letter("booking_received"))
    assert "0412 345 679" in html
    assert "Down.\r\nAnd up &lt;again&gt;." in html
    assert "Contacts" not in text_of(letter("booking_received", speakers=[]))


def test_a_contact_who_may_not_see_bookings_reads_when_and_what() -> None:
    with frozen(NOW):
        mail = compose(
            SENDER,
            "booking_told",
            "tom@example.com",
            FOR_A_CONTACT,
            BRANDING,
            message_id=MESSAGE_ID,
        )
    assert text_of(mail) == (
        "Brightside & Söhne\n"
        "==================\n"
        "\n"
        "MAYA CHEN HAS AN APPOINTMENT\n"
        "\n"
        "Hello Tom Chen, Maya Chen made an appointment with us and would like you\n"
        "to know.\n"
        "\n"
        "Service   Home cleaning\n"
        "When      Tuesday, 24 November 2026\n"
        "          9:00 am – 11:30 am\n"
        "\n"
        "-- \n"
        "You get this email because Maya Chen named you as a contact and you\n"
        "confirmed this address. To stop these emails, open:\n"
        "https://portal.example.com/stop-mails?token=abc-DEF_123\n"
        "\n"
        "Brightside & Söhne - A lighter week\n"
        "1 Harbour Street, Sydney NSW 2000\n"
        "(02) 5550 1234\n"
        "hello@brightside.example.com\n"
    )
    assert _Page(html_of(mail)).links == [
        "https://portal.example.com/stop-mails?token=abc-DEF_123"
    ]


@pytest.mark.parametrize("kind", ["booking_confirmed", "booking_received"])
def test_a_booking_for_nobody_s_company_says_nothing_of_one(kind: str) -> None:
    mail = letter(kind, company="", company_tax_number="")
    assert "Company" not in text_of(mail) + html_of(mail)
    named = letter(kind)
    assert "Bay Studio" in text_of(named)
    assert "Bay Studio" in html_of(named)
    assert ("Tax number" in html_of(named)) is (kind == "booking_received")


def test_a_document_that_ends_soon_or_has_ended() -> None:
    text = text_of(letter("document_ends"))
    assert "this document of Biscuit expires on Thursday, 24 December\n2026." in text
    assert "Expires: Thursday, 24 December 2026" in text
    ended = letter("document_ends", expired=True, ends="has expired")
    assert ended["Subject"] == "Biscuit: Vaccination certificate has expired"
    assert "Expired: Thursday, 24 December 2026" in text_of(ended)


def test_what_people_typed_is_text_not_html() -> None:
    mail = letter("booking_received", contact_name="<img src=x>", notes="<b>&amp;")
    html = html_of(mail)
    assert "&lt;img src=x&gt;" in html
    assert "&lt;b&gt;&amp;amp;" in html
    assert "<img" not in html
    assert "Customer      <img src=x>" in text_of(mail)


def test_the_business_s_colours() -> None:
    html = html_of(letter("verify_email"))
    assert 'bgcolor="#0f766e"' in html
    assert "color:#ffffff;text-decoration:none" in html
    assert 'content="light dark"' in html


@pytest.mark.parametrize(
    "recipient",
    [
        "maya@example.com\nBcc: eve@example.com",
        "maya@example.com\r\nBcc: eve@example.com",
        "maya@example.com, eve@example.com",
        "Maya <maya@example.com>",
        "maya@example.com>",
        "maya",
        "",
    ],
)
def test_a_recipient_is_one_address(recipient: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's headers say no more
        letter("verify_email", recipient)


def test_a_line_break_in_a_subject_is_a_space() -> None:
    mail = letter("booking_confirmed", service="Cleaning\r\nBcc: eve@example.com")
    assert mail["Subject"] == "Booking B-7K3M-9QXT: Cleaning Bcc: eve@example.com"
    assert mail["Bcc"] is None


def test_a_line_break_in_a_name_is_a_space() -> None:
    mail = compose(
        SENDER,
        "verify_email",
        "maya@example.com",
        PAYLOADS["verify_email"],
        replace(BRANDING, name="Bright\r\nBcc: eve@example.com"),
        message_id=MESSAGE_ID,
    )
    (shown,) = mail["From"].addresses
    assert (shown.display_name, shown.addr_spec) == (
        "Bright Bcc: eve@example.com",
        "portal@brightside.example.com",
    )
    assert mail["Bcc"] is None


def test_a_contact_s_mail_program_can_stop_the_mails_with_one_click() -> None:
    stops = "https://portal.example.com/api/mail/stop-mails?token=abc-DEF_123"
    mail = letter("booking_told")
    assert mail["List-Unsubscribe"] == f"<{stops}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_https_the_mail_program_opens_the_page_that_asks() -> None:
    mail = compose(
        Sender.parse("portal@example.com", "http://localhost:3000"),
        "booking_told",
        "tom@example.com",
        PAYLOADS["booking_told"],
        BRANDING,
        message_id=MESSAGE_ID,
    )
    stops = "http://localhost:3000/stop-mails?token=abc-DEF_123"
    assert mail["List-Unsubscribe"] == f"<{stops}>"
    assert mail["List-Unsubscribe-Post"] is None


TO_CONTACTS = {"booking_told", "booking_news_told", "quote_told"}


@pytest.mark.parametrize("kind", sorted(KINDS - TO_CONTACTS))
def test_mails_that_are_owed_cannot_be_unsubscribed_from(kind: str) -> None:
    assert letter(kind)["List-Unsubscribe"] is None


def test_an_address_beyond_ascii_is_written_as_it_is() -> None:
    mail = compose(
        SENDER,
        "verify_email",
        "josé@bücher.example",
        PAYLOADS["verify_email"],
        BRANDING,
        message_id=MESSAGE_ID,
    )
    assert "\r\nTo: josé@xn--bcher-kva.example\r\n".encode() in mail.as_bytes()


def test_an_international_domain_is_written_for_the_mail_system() -> None:
    assert letter("verify_email", "maya@bücher.example")["To"] == (
        "maya@xn--bcher-kva.example"
    )


def test_a_sender_may_have_a_name() -> None:
    sender = Sender.parse("The Portal <portal@example.com>", "http://localhost:3000")
    assert (sender.name, sender.address, sender.domain) == (
        "The Portal",
        "portal@example.com",
        "example.com",
    )


def test_an_unknown_kind_raises() -> None:
    with pytest.raises(KeyError):
        compose(SENDER, "love_letter", "a@example.com", {}, BRANDING, message_id="1")


def test_without_a_reply_address_no_reply_is_invited() -> None:
    silent = replace(BRANDING, email="", phone="", address="", tagline="")
    mail = compose(
        SENDER,
        "booking_confirmed",
        "maya@example.com",
        PAYLOADS["booking_confirmed"],
        silent,
        message_id=MESSAGE_ID,
    )
    assert mail["Reply-To"] is None
    assert "answer this email" not in html_of(mail) + text_of(mail)
