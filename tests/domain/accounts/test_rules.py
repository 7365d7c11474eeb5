import pytest

from portal_app.domain.accounts.rules import mailable_email, normal_email
from portal_app.domain.rate_limits.rules import network_of
from portal_app.kernel.errors import InvalidInput
from tests.support.wiring import wired


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("maya@example.com", "maya@example.com"),
        ("  Maya.Chen@EXAMPLE.com ", "maya.chen@example.com"),
        ("maya+pool@example.com", "maya+pool@example.com"),
        ("maya@xn--bcher-kva.example.com", "maya@bücher.example.com"),
        ("maya@BÜCHER.example.com", "maya@bücher.example.com"),
        ("maya@bu\u0308cher.example.com", "maya@bücher.example.com"),
        ("JOSE\u0301@example.com", "josé@example.com"),
        ("\u200emaya@example.com\u2069\ufeff", "maya@example.com"),
    ],
)
def test_an_email_has_one_normal_form(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "maya",
        "maya@",
        "@example.com",
        "maya@example",
        "maya@localhost",
        "ma ya@example.com",
        "maya@example.com\nBcc: eve@example.com",
        "maya@example.com, eve@example.com",
        "Maya <maya@example.com>",
        '"maya"@example.com',
        "maya@[127.0.0.1]",
        "m" * 250 + "@example.com",
        "é" * 40 + "@example.com",
        "ma\x00ya@example.com",
        "ma\ud800ya@example.com",
        "maya@" + "bücher." * 25 + "example.com",
    ],
)
def test_invalid_emails(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normal_email(typed)
    assert refused.value.fields == {
        "email": "Please enter an email address such as maya@example.com."
    }


def test_an_address_that_mail_cannot_reach_is_refused_in_words() -> None:
    assert normal_email("josé@example.com") == "josé@example.com"
    with pytest.raises(InvalidInput) as refused:
        mailable_email("josé@example.com")
    assert refused.value.fields == {
        "email": "We cannot send email to an address with “é” before the @. "
        "Please give another address."
    }


def test_a_domain_in_any_letters_is_fine() -> None:
    assert mailable_email("maya@bücher.example.com") == "maya@bücher.example.com"


def test_where_mail_servers_take_it_so_do_forms() -> None:
    with wired(smtputf8=True):
        assert mailable_email("JOSÉ@example.com") == "josé@example.com"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("somewhere", ""),
    ],
)
def test_network_of(address: str, network: str) -> None:
    assert network_of(address) == network
