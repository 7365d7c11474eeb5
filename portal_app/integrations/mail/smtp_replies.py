"""What a mail server's refusal means: its reply code and status code in a reason."""

import re

from portal_app.domain.notifications import reasons
from portal_app.domain.notifications.outbox import DeliveryFailed
from portal_app.integrations.mail.headers import clean_line

CONNECT, LOGIN, SENDER, RECIPIENT, CONTENT = range(5)
"""The steps of handing a letter over, in order."""

_PERMANENT = 500
_STATUS = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")
# RFC 3463, and the registry of its codes.
_BY_STATUS = {
    "1.0": reasons.UNKNOWN_ADDRESS,
    "1.1": reasons.UNKNOWN_ADDRESS,
    "1.2": reasons.UNKNOWN_DOMAIN,
    "1.3": reasons.UNKNOWN_ADDRESS,
    "1.6": reasons.UNKNOWN_ADDRESS,
    "1.7": reasons.SENDER_REFUSED,
    "1.8": reasons.SENDER_REFUSED,
    "1.10": reasons.UNKNOWN_DOMAIN,
    "2.1": reasons.MAILBOX_CLOSED,
    "2.2": reasons.MAILBOX_FULL,
    "2.3": reasons.TOO_LARGE,
    "3.1": reasons.TRY_LATER,
    "3.2": reasons.TRY_LATER,
    "3.4": reasons.TOO_LARGE,
    "4.4": reasons.UNKNOWN_DOMAIN,
    "4.5": reasons.TRY_LATER,
    "6.7": reasons.NOT_SUPPORTED,
    "6.8": reasons.NOT_SUPPORTED,
    "7.0": reasons.REFUSED,
    "7.1": reasons.REFUSED,
    "7.8": reasons.WRONG_LOGIN,
    "7.9": reasons.WRONG_LOGIN,
    "7.20": reasons.SENDER_REFUSED,
    "7.23": reasons.SENDER_REFUSED,
    "7.25": reasons.SENDER_REFUSED,
    "7.26": reasons.SENDER_REFUSED,
    "7.27": reasons.SENDER_REFUSED,
}
# Where there is no status code, or one that says nothing: by step and reply code.
_BY_REPLY = {
    (RECIPIENT, 550): reasons.UNKNOWN_ADDRESS,
    (RECIPIENT, 551): reasons.UNKNOWN_ADDRESS,
    (RECIPIENT, 553): reasons.UNKNOWN_ADDRESS,
    (RECIPIENT, 556): reasons.UNKNOWN_DOMAIN,
    (RECIPIENT, 452): reasons.MAILBOX_FULL,
    (RECIPIENT, 552): reasons.MAILBOX_FULL,
    (RECIPIENT, 554): reasons.REFUSED,
    (SENDER, 552): reasons.TOO_LARGE,
    (CONTENT, 550): reasons.REFUSED,
    (CONTENT, 552): reasons.TOO_LARGE,
    (CONTENT, 554): reasons.REFUSED,
}
_BY_STEP = {LOGIN: reasons.WRONG_LOGIN, SENDER: reasons.SENDER_REFUSED}


def refusal(step: int, code: int, reply: bytes | str) -> DeliveryFailed:
    """What to raise for a reply that is no success.

    A reply about the letter or its recipient that begins with 5 is final. One about
    the connection, the login or the sender is ours to put right, so the letter waits;
    but for its size, which does not change.

    Args:
        step: In which it came.
        code: Three digits.
        reply: What the server said beside it.
    """
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    found = _STATUS.search(text[:40])
    reason = (
        (_BY_STATUS.get(found[1]) if found else None)
        or _BY_REPLY.get((step, code))
        or (reasons.TRY_LATER if 400 <= code < _PERMANENT and step != LOGIN else None)
        or _BY_STEP.get(step, reasons.OTHER)
    )
    # A server that is only busy says so by the first digit, whatever comes after.
    if 400 <= code < _PERMANENT and reason in {reasons.REFUSED, reasons.SENDER_REFUSED}:
        reason = reasons.TRY_LATER
    final = code >= _PERMANENT and (
        step in {RECIPIENT, CONTENT} or reason == reasons.TOO_LARGE
    )
    return DeliveryFailed(
        reason, permanent=final, code=code, detail=f"{code} {clean_line(text)}"
    )
