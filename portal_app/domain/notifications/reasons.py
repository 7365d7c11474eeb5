"""Why a mail was not delivered: keys to store, and words for the office."""

UNKNOWN_ADDRESS = "unknown_address"
UNKNOWN_DOMAIN = "unknown_domain"
NOT_SUPPORTED = "not_supported"
MAILBOX_FULL = "mailbox_full"
MAILBOX_CLOSED = "mailbox_closed"
TOO_LARGE = "too_large"
REFUSED = "refused"
SENDER_REFUSED = "sender_refused"
TRY_LATER = "try_later"
UNREACHABLE = "unreachable"
NO_ENCRYPTION = "no_encryption"
WRONG_LOGIN = "wrong_login"
NOT_WRITTEN = "not_written"
INTERRUPTED = "interrupted"
LINK_EXPIRED = "link_expired"
OTHER = "other"

WORDS = {
    UNKNOWN_ADDRESS: "There is no such address.",
    UNKNOWN_DOMAIN: "The part of the address after the @ takes no email.",
    NOT_SUPPORTED: "The mail server cannot send to an address with such letters.",
    MAILBOX_FULL: "The mailbox is full.",
    MAILBOX_CLOSED: "The mailbox takes no email.",
    TOO_LARGE: "The email is too large for the receiver.",
    REFUSED: "The receiver's server refused it as spam, or by a rule of its own.",
    SENDER_REFUSED: (
        "The server does not accept email from our address. Whoever runs the portal "
        "should look at PORTAL_MAIL_FROM, and at SPF and DKIM of its domain."
    ),
    TRY_LATER: "The server asked to try later, and has not taken it so far.",
    UNREACHABLE: "The mail server could not be reached, or hung up.",
    NO_ENCRYPTION: "There is no encrypted connection to the mail server.",
    WRONG_LOGIN: "The mail server did not take the portal's user name and password.",
    NOT_WRITTEN: "The portal could not write this email; its log says why.",
    INTERRUPTED: "The portal stopped each time it tried to send it.",
    LINK_EXPIRED: "The link in it ran out before the email could be sent.",
    OTHER: "The mail server refused it.",
}


def words_of(reason: str) -> str:
    """A stored reason as the office reads it."""
    return WORDS.get(reason, "The reason is not known.")
