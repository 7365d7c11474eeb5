import pytest

from portal_app.kernel.text import code, decimal, one_line, paragraphs, readable_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Maya\t Chen ", "Maya Chen"),
        ("Maya\u200b\ufeff Chen\u00ad", "Maya Chen"),
        ("\u202eneh C\u202c", "neh C"),
        ("Zoe\u0308", "Zoë"),
        # Latin letters need no joiner.
        ("Ma\u200dya", "Maya"),
        ("\u200cMaya\u200d", "Maya"),
        # Persian, Sinhala and Malayalam do.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("അവന്\u200d", "അവന്\u200d"),
        ("می\u200c", "می"),
        # So do pictures of several signs.
        ("👩\u200d⚕\ufe0f", "👩\u200d⚕\ufe0f"),
        ("👩🏽\u200d🔧", "👩🏽\u200d🔧"),
        ("👩\u200d", "👩"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("A\U000e0067", "A"),
    ],
)
def test_a_line_keeps_what_was_meant(typed: str, kept: str | None) -> None:
    assert one_line(typed) == (typed if kept is None else kept)
    assert one_line(one_line(typed)) == one_line(typed)


def test_paragraphs_keep_their_lines() -> None:
    typed = " Gate code 4711.  \r\nRing\u2028twice.\u200b\r\n\n  - dog\r"
    assert paragraphs(typed) == "Gate code 4711.\nRing\ntwice.\n\n  - dog"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" b–7k3m‑9qxt\u200b", "B-7K3M-9QXT"),
        ("２０００", "2000"),
        ("٢٠٢٦", "2026"),
        ("sw1a  1aa", "SW1A 1AA"),
    ],
)
def test_a_code_is_plain(typed: str, kept: str) -> None:
    assert code(typed) == kept


@pytest.mark.parametrize(
    ("typed", "mark", "number"),
    [
        ("12,5", ".", "12.5"),
        ("12.5", ",", "12.5"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ".", "1.234"),
        ("0,125", ".", "0.125"),
        ("1,234.5", ",", "1234.5"),
        ("1.234,5", ".", "1234.5"),
        ("1 234 567,89", ".", "1234567.89"),
        ("1'234.50", ".", "1234.50"),
        ("1,234,567", ".", "1234567"),
        ("−3", ".", "-3"),
        ("１２", ".", "12"),
        ("٣٫٥", ".", "3٫5"),
        ("٣", ".", "3"),
        ("1,2.3.4", ".", "1,2.3.4"),
        ("twelve", ".", "twelve"),
        ("", ".", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(
    typed: str, mark: str, number: str
) -> None:
    assert decimal(typed, mark) == number


def test_what_nobody_writes_becomes_a_blank() -> None:
    assert readable_line(" Bay\x1b[2J \x00Street\ue000 ") == "Bay [2J Street"
    assert readable_line("ශ්\u200dරී") == "ශ්\u200dරී"
