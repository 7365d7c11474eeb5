"""The words by which the office finds a booking: number, people, phone, place.

They are rows with an index of their own, so that a search reads what it finds and not
every booking. What is typed is looked for at the beginning of words.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import reduce

from sqlalchemy import ColumnElement, delete, false
from sqlmodel import Session, col, select

from portal_app.domain.bookings.models import Booking, BookingWord
from portal_app.domain.customers.models import Customer
from portal_app.kernel.text import code, one_line

_MAX_WORD = 64
_MAX_ASKED = 6
_SHORTEST_PHONE = 7
_ADDRESS_PARTS = ("street", "unit", "town", "state", "postcode")
_APOSTROPHES = str.maketrans("", "", "'’`")
_SIGNS = re.compile(r"[^\W_]+")
_PHONE_SIGNS = re.compile(r"[+\d()./-]+")


def store_words(tx: Session, booking: Booking) -> None:
    """Let a new booking be found by what it says."""
    customer = tx.get_one(Customer, booking.customer_id)
    words = words_of(
        booking.number,
        (
            booking.contact_name,
            booking.contact_email,
            customer.first_name,
            customer.last_name,
            customer.email,
            str(booking.company.get("name", "")),
            *(str(booking.address.get(part) or "") for part in _ADDRESS_PARTS),
        ),
        (booking.contact_phone, customer.phone),
    )
    tx.add_all(BookingWord(word=word, booking_id=booking.id) for word in sorted(words))


def renew_words(tx: Session, booking: Booking) -> None:
    """As ``store_words``, of a booking that says something else now."""
    tx.execute(delete(BookingWord).where(col(BookingWord.booking_id) == booking.id))
    store_words(tx, booking)


def words_of(number: str, texts: Iterable[str], phones: Iterable[str]) -> set[str]:
    """What a booking is found by.

    Args:
        number: The booking's.
        texts: Names, emails and parts of an address.
        phones: Numbers as they are stored, such as ``+61491570156``.
    """
    signs = _plain_digits_and_letters(number)
    found = {signs, signs[1:]}
    for text in texts:
        found.update(_words(text))
    for phone in phones:
        found.update(_phone_words(phone))
    return {word[:_MAX_WORD] for word in found if word}


def matches(asked: str) -> ColumnElement[bool]:
    """Bookings that have, for each word asked for, one that begins with it."""
    wanted = _asked_words(asked)
    if not wanted:
        return false()
    conditions: list[ColumnElement[bool]] = [
        col(Booking.id).in_(
            select(BookingWord.booking_id).where(
                col(BookingWord.word) >= word,
                col(BookingWord.word) < f"{word}\U0010ffff",
            )
        )
        for word in wanted
    ]
    return reduce(lambda one, other: one & other, conditions)


def _asked_words(asked: str) -> list[str]:
    """The words of a search; digits that stand together are one phone number."""
    found: list[str] = []
    for chunk in _phone_chunks(one_line(asked).split()):
        digits = "".join(filter(str.isdecimal, chunk))
        if _PHONE_SIGNS.fullmatch(chunk) and len(digits) >= _SHORTEST_PHONE:
            found.append(digits.lstrip("0"))
        elif _is_number(chunk):
            found.append(_plain_digits_and_letters(chunk))
        else:
            found += _words(chunk)
    return [word[:_MAX_WORD] for word in found if word][:_MAX_ASKED]


def _phone_chunks(parts: list[str]) -> list[str]:
    chunks: list[str] = []
    joins = False
    for part in parts:
        is_phone = _PHONE_SIGNS.fullmatch(part) is not None
        if is_phone and joins:
            chunks[-1] += part
        else:
            chunks.append(part)
        joins = is_phone
    return chunks


def _is_number(chunk: str) -> bool:
    """Whether it is written as numbers of bookings are, or the beginning of one."""
    return (
        re.fullmatch(r"[A-Z]-[0-9A-Z]{1,4}(-[0-9A-Z]{0,4})?", code(chunk)) is not None
    )


def _words(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes; an email is one."""
    plain = _folded(text)
    return [
        word
        for chunk in plain.split()
        for word in ([chunk] if "@" in chunk else _SIGNS.findall(chunk))
    ]


def _phone_words(phone: str) -> set[str]:
    """A phone with and without the code of its country."""
    digits = "".join(filter(str.isdecimal, phone.partition(";")[0]))
    # A code has one to three digits: whichever it is, the rest is a beginning.
    return {digits[cut:].lstrip("0") for cut in range(4)} if digits else set()


def _plain_digits_and_letters(number: str) -> str:
    return "".join(filter(str.isalnum, code(number))).casefold()


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", one_line(text).casefold())
    return "".join(
        sign
        for sign in apart.translate(_APOSTROPHES)
        if not unicodedata.combining(sign)
    )
