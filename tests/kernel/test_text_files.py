"""Text files with and without marks, whatever ends their lines."""

import codecs
from pathlib import Path

import pytest

from portal_app.kernel.text_files import decode_text, plain_text, read_text

TEXT = 'name = "Zoë"\n\nkind = "pet"\n'


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.replace("\n", "\r\n").encode("utf-16-be"),
    ],
)
def test_every_editor_is_read_alike(content: bytes, tmp_path: Path) -> None:
    assert decode_text(content) == TEXT
    file = tmp_path / "file"
    file.write_bytes(content)
    assert read_text(file) == TEXT


@pytest.mark.parametrize("content", [b"\xff\x00\x01", b"caf\xe9", b"\xff\xfea"])
def test_what_is_no_text_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text(content)


def test_only_the_first_mark_is_one() -> None:
    assert plain_text("\ufeffa\ufeffb") == "a\ufeffb"
    assert plain_text("") == ""
