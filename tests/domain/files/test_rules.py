import pytest

from portal_app.domain.files import rules
from portal_app.kernel.errors import InvalidInput
from tests.support.pictures import HTML, PDF, SVG, picture

PICTURE = rules.PURPOSES[rules.PICTURE]
DOCUMENT = rules.PURPOSES[rules.DOCUMENT]


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("HEIF"), "image/heic"),
        (PDF, "application/pdf"),
        (SVG, ""),
        (HTML, ""),
        (b"GIF89a" + b"\0" * 20, ""),
        (b"RIFF\0\0\0\0AVI LIST", ""),
        (b"\0\0\0\x1cftypmp42" + b"\0" * 20, ""),
        (b"PK\x03\x04" + b"\0" * 20, ""),
        (b"\n%PDF-1.4", ""),
        (b"\xff\xd8", ""),
    ],
)
def test_the_media_type_is_sniffed_from_bytes(head: bytes, media_type: str) -> None:
    assert rules.sniff_media_type(head[:64]) == media_type


@pytest.mark.parametrize(
    ("purpose", "head", "sentence"),
    [
        (PICTURE, b"", "This file is empty. Please choose another one."),
        (
            PICTURE,
            HTML,
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            PICTURE,
            SVG,
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            PICTURE,
            PDF,
            "We cannot take this file. "
            "Please choose a JPEG, PNG, WebP or HEIC picture.",
        ),
        (
            DOCUMENT,
            b"PK\x03\x04" + b"\0" * 20,
            "We cannot take this file. "
            "Please choose a PDF or a picture (JPEG, PNG, WebP, HEIC).",
        ),
    ],
)
def test_a_refused_file_gets_a_message(
    purpose: rules.Purpose, head: bytes, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        rules.check_type(purpose, head)
    assert refusal.value.fields == {"file": sentence}
    assert refusal.value.message == sentence


@pytest.mark.parametrize(
    ("name", "media_type", "stored"),
    [
        ("a.jpg", rules.JPEG, "a.jpg"),
        ("A.JPEG", rules.JPEG, "A.JPEG"),
        ("a.b.jfif", rules.JPEG, "a.b.jfif"),
        # Another kind's ending, as of a camera that was asked for JPEG files.
        ("IMG_1234.JPG", rules.HEIC, "IMG_1234.heic"),
        ("scan.jpg", rules.PDF, "scan.pdf"),
        ("photo.jpg_large", rules.JPEG, "photo.jpg"),
        ("photo.jpg_large", rules.WEBP, "photo.webp"),
        ("photo.JPEG~2", rules.PNG, "photo.png"),
        # No ending, or none that tells.
        ("IMG_1234", rules.JPEG, "IMG_1234.jpg"),
        (
            "WhatsApp Image 2024-01-01 at 10.05.42",
            rules.JPEG,
            "WhatsApp Image 2024-01-01 at 10.05.42.jpg",
        ),
        ("holiday.jpg.html", rules.JPEG, "holiday.jpg.html.jpg"),
        ("plan.final", rules.PDF, "plan.final.pdf"),
        ("jpg", rules.JPEG, "jpg.jpg"),
        (".jpg", rules.JPEG, "jpg.jpg"),
        ("", rules.PNG, "picture.png"),
        ("x" * 200, rules.WEBP, "x" * 115 + ".webp"),
        ("../../etc/passwd", rules.PNG, "passwd.png"),
    ],
)
def test_the_bytes_decide_how_a_name_ends(
    name: str, media_type: str, stored: str
) -> None:
    assert rules.stored_name(name, rules.PICTURE, media_type) == stored


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("C:\\photos\\rex.jpg", "rex.jpg"),
        ("/", "picture"),
        ("..", "picture"),
        ("", "picture"),
        ("rex\0.jpg\r\nset-cookie: a=b", "rex.jpgset-cookie a=b"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('a"b<c>.jpg', "abc.jpg"),
        ("  Rex   und Bello.jpg ", "Rex und Bello.jpg"),
        ("Zoe\u0308.jpg", "Zoë.jpg"),
        ("x" * 200 + ".jpg", "x" * 116 + ".jpg"),
        ("x" * 200, "x" * 120),
    ],
)
def test_names_are_sanitised(name: str, shown: str) -> None:
    assert rules.display_name(name, rules.PICTURE) == shown


@pytest.mark.parametrize(
    ("name", "media_type", "stored_as"),
    [
        ("rex.jpg", "image/webp", "rex.webp"),
        ("IMG_1234.HEIC", "image/webp", "IMG_1234.webp"),
        ("Image 10.05.42.jpg", "image/webp", "Image 10.05.42.webp"),
        ("rex", "image/webp", "rex.webp"),
        ("12.5 kg", "image/webp", "12.5 kg.webp"),
        ("card.pdf", "application/pdf", "card.pdf"),
    ],
)
def test_a_download_name_has_the_right_extension(
    name: str, media_type: str, stored_as: str
) -> None:
    assert rules.download_name(name, media_type) == stored_as


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "2 kB"), (1_240_000, "1.2 MB")],
)
def test_sizes_are_human_readable(size: int, text: str) -> None:
    assert rules.size_text(size) == text


def test_a_truncated_pdf_is_refused() -> None:
    rules.check_pdf(PDF)
    with pytest.raises(InvalidInput) as refusal:
        rules.check_pdf(PDF[:20])
    assert refusal.value.message == (
        "This PDF is not complete. Please save it again and try anew."
    )
