"""What people type, in the one form in which it is stored, compared and sent.

Copying from a chat, a spreadsheet or a web page brings characters along that nobody
sees. They are taken out instead of refused; what a script or a picture sign needs
stays. The form, an import, a mail and a search use the same functions.
"""

import re
import unicodedata

_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_JOINERS = frozenset({_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER})
_VIRAMA = 9
"""The combining class of the signs after which Indic scripts need a joiner."""
_SEPARATE_LETTERS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "CJK", "HANGUL")
"""Scripts in which a joiner between two letters means nothing."""
_UNREADABLE = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """A text on one line: composed (NFC), single blanks, nothing invisible."""
    return " ".join(_without_strays(text).split())


def paragraphs(text: str) -> str:
    """A text of several lines: as ``one_line``, but blanks and lines stay."""
    lines = _without_strays(_LINE_ENDS.sub("\n", text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def code(text: str) -> str:
    """A number or code as typed on any keyboard: plain digits, letters and dashes.

    Letters become upper case, the digits of any script 0 to 9; blanks stay single.
    """
    return " ".join(_plain_signs(text).upper().split())


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether a text holds nothing that people do not write, such as controls.

    Joiners and other format characters may stand in it.

    Args:
        text: As one of the functions above leaves it.
        lines: Whether it may have several lines, and tabs.
    """
    return all(
        (lines and sign in "\n\t") or unicodedata.category(sign) not in _UNREADABLE
        for sign in text
    )


def readable_line(text: str) -> str:
    """A text as ``one_line``, with a blank for whatever people do not write."""
    line = one_line(text)
    return one_line("".join(sign if is_readable(sign) else " " for sign in line))


def decimal(text: str, decimal_mark: str = ".") -> str:
    """A number as people write it, in the spelling of ``Decimal``.

    Both ``12,5`` and ``12.5`` are twelve and a half; of two kinds of marks the last
    one is the decimal mark; one that is repeated, and blanks and apostrophes, part
    thousands. A single mark before exactly three digits is read as the business
    writes it.

    Args:
        text: As typed.
        decimal_mark: The one that the business's locale uses, "." or ",".
    """
    plain = re.sub(r"[\s'’]", "", _plain_signs(text))
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return plain
    last = marks[-1]
    other = "," if last == "." else "."
    parts_thousands = marks.count(last) > 1 or (
        len(marks) == 1
        and last != decimal_mark
        and re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", plain) is not None
    )
    if parts_thousands and len(set(marks)) > 1:
        return plain  # 1,2.3.4 is no number
    plain = plain.replace(other, "")
    return plain.replace(last, "" if parts_thousands else ".")


def _plain_signs(text: str) -> str:
    """With the digits, dashes and letters of a plain keyboard where there are such."""
    plain = unicodedata.normalize("NFKC", _without_strays(text))
    digits = (str(unicodedata.decimal(it, it)) for it in plain)
    return _DASHES.sub("-", "".join(digits))


def _without_strays(text: str) -> str:
    """Without format characters, except joiners and tags that mean something."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    kept: list[str] = []
    for at, sign in enumerate(composed):
        if unicodedata.category(sign) != "Cf":
            kept.append(sign)
        elif sign in _JOINERS:
            before = kept[-1] if kept else ""
            if _joins(sign, before, composed[at + 1 : at + 2]):
                kept.append(sign)
        elif "\U000e0020" <= sign <= "\U000e007f" and kept and _in_flag(kept[-1]):
            kept.append(sign)
    return "".join(kept)


def _joins(joiner: str, before: str, after: str) -> bool:
    """Whether a joiner between two characters changes what is read."""
    if not before:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if not after:
        return False
    if joiner == _ZERO_WIDTH_JOINER and _is_picture(before) and _is_picture(after):
        return True
    return _is_joining_letter(before) and _is_joining_letter(after)


def _is_picture(sign: str) -> bool:
    """A picture sign, or what stands at the end of one (skin tone, variation)."""
    return unicodedata.category(sign) in {"So", "Sk"} or sign == "\ufe0f"


def _is_joining_letter(sign: str) -> bool:
    if unicodedata.category(sign)[0] not in {"L", "M"} or sign == "\ufe0f":
        return False
    return not unicodedata.name(sign, "").startswith(_SEPARATE_LETTERS)


def _in_flag(sign: str) -> bool:
    """The black flag that tags turn into England's, or one of those tags."""
    return sign == "\U0001f3f4" or "\U000e0020" <= sign <= "\U000e007f"
