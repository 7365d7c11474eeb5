"""The field that only robots fill in: no browser and no password manager knows it."""

import re

from portal_app.components.layout.first_html import to_html
from portal_app.pages import signup

# What browsers and password managers look for in names, ids and labels.
_KNOWN_TO_FILLERS = re.compile(
    "account|address|addr|apt|area|attn|bank|birth|business|card|city|code|company|"
    "contact|country|county|coupon|cvc|date|email|e-mail|employer|fax|firm|first|"
    "gender|home|house|iban|job|language|last|link|login|loyalty|mail|merchant|mobile|"
    "month|name|nick|number|organi[sz]ation|otp|pass|phone|pin|place|post|price|promo|"
    "province|region|search|ssn|state|street|suburb|suite|tax|tel|title|token|town|"
    "unit|url|user|vat|web|year|zip"
)


def test_nothing_about_the_hidden_field_is_known_to_what_fills_in_forms() -> None:
    html = to_html(signup._honeypot())
    (field,) = re.findall("<input[^>]*>", html)
    said = re.findall(r' (?:name|id|placeholder)="([^"]*)"', field)
    said += re.findall(r"<label[^>]*>([^<]*)<", html)
    assert said == ["topic", "field-topic", "Topic"]
    for text in said:
        assert _KNOWN_TO_FILLERS.search(text.removeprefix("field-").lower()) is None


def test_managers_are_told_to_ignore_it_and_people_never_reach_it() -> None:
    html = to_html(signup._honeypot())
    for attribute in (
        'autocomplete="off"',
        'tabindex="-1"',
        'data-1p-ignore="true"',
        'data-bwignore="true"',
        'data-lpignore="true"',
        'data-protonpass-ignore="true"',
        'data-form-type="other"',
        'aria-hidden="true"',
    ):
        assert attribute in html
    # Moved out of the page it would widen it in one of the two directions.
    assert re.search(r"-(left|right|start|end)-|-translate", html) is None
