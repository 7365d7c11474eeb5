"""Pages of the built front end, filled in and ready to be sent."""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import brotli
from starlette.requests import Request
from starlette.responses import Response

_OK, _NOT_MODIFIED = 200, 304
_SLOT = re.compile(
    r'<div data-first-html="page">.*?</div>(?=<i hidden="" data-first-html-end="page")',
    re.S,
)
_TITLE = re.compile(r"<title>.*?</title>", re.S)
_PLACEHOLDER_IMAGE = re.compile(r'<meta (?=[^>]*property="og:image")[^>]*>')
_PRELOADED_SCRIPT = '<link rel="modulepreload"'
_LOW_PRIORITY = 'fetchpriority="low"'
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_MAX_CACHED = 500

Data = tuple[Any, ...]


@dataclass(frozen=True)
class PageContent:
    """What a page puts into its first HTML.

    Attributes:
        html: The whole page below ``<body>``.
        title: The browser's title.
        description: One or two sentences for search engines and previews.
        image: Path of the picture for previews, or an empty string.
    """

    html: str
    title: str
    description: str = ""
    image: str = ""


@dataclass(frozen=True)
class PageResponse:
    """A finished page in every encoding browsers ask for."""

    status: int
    bodies: Mapping[str, bytes]
    etag: str

    @classmethod
    def of(cls, status: int, html: str) -> "PageResponse":
        """Encode a page once for all its readers."""
        body = html.encode()
        return cls(
            status,
            {
                "br": brotli.compress(body, quality=_BROTLI_QUALITY),
                "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
                "": body,
            },
            hashlib.sha256(body).hexdigest()[:32],
        )

    def to(self, request: Request) -> Response:
        """Answer one request: encoded as it likes, or not at all if unchanged."""
        encoding = _encoding(request.headers.get("accept-encoding", ""))
        etag = f'"{self.etag}{"-" if encoding else ""}{encoding}"'
        headers = {
            "cache-control": "no-cache",
            "etag": etag,
            "vary": "Accept-Encoding, Cookie",
        }
        known = [
            tag.strip() for tag in request.headers.get("if-none-match", "").split(",")
        ]
        if self.status == _OK and etag in {tag.removeprefix("W/") for tag in known}:
            return Response(status_code=_NOT_MODIFIED, headers=headers)
        if encoding:
            headers["content-encoding"] = encoding
        return Response(
            self.bodies[encoding],
            status_code=self.status,
            headers=headers,
            media_type="text/html",
        )


@dataclass
class BuiltPage:
    """A page of the built front end, read again when a build replaced it."""

    path: Path
    _read_at: int = 0
    _html: str = ""

    def version(self) -> int:
        """When the file was last written, in nanoseconds."""
        return self.path.stat().st_mtime_ns

    def filled(self, drawing: PageContent, head: str) -> str:
        """The page with a drawing in its slot.

        Args:
            drawing: What goes into the slot, and the title.
            head: Further elements for ``<head>``.

        Raises:
            LookupError: If the build holds no slot.
        """
        read_at = self.version()
        if read_at != self._read_at:
            self._html, self._read_at = self.path.read_text("utf-8"), read_at
        page = f'<div data-first-html="page">{drawing.html}</div>'
        html, slots = _SLOT.subn(lambda _: page, self._html, count=1)
        if slots == 0:
            raise LookupError(f"{self.path.name} has no slot to fill")
        before, end, after = html.partition("</head>")
        before = _PLACEHOLDER_IMAGE.sub("", _TITLE.sub("", before))
        # The page can be read without script, so style and font go first.
        before = before.replace(
            _PRELOADED_SCRIPT, f"{_PRELOADED_SCRIPT} {_LOW_PRIORITY}"
        )
        title = f"<title>{escape(drawing.title, quote=False)}</title>"
        return f"{before}{title}{head}{end}{after}"


@dataclass
class PageCache:
    """Finished pages, each good for exactly the data it was drawn from."""

    answers: dict[str, tuple[int, Data, PageResponse]] = field(default_factory=dict)

    def get(
        self, key: str, page: BuiltPage, data: Data, draw: Callable[[], PageResponse]
    ) -> PageResponse:
        """The page that was kept, or a new one if anything changed.

        Args:
            key: Which page.
            page: What it is made from.
            data: What it is drawn from.
            draw: Makes it anew.
        """
        version = page.version()
        kept = self.answers.get(key)
        if kept and kept[:2] == (version, data):
            return kept[2]
        answer = draw()
        if len(self.answers) >= _MAX_CACHED:
            self.answers.clear()
        self.answers[key] = (version, data, answer)
        return answer


def _encoding(accepted: str) -> str:
    """The best encoding we have that a client takes; empty for none."""
    taken = set()
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        weight = parameters.replace(" ", "").removeprefix("q=")
        if weight.strip("0.") or not parameters.strip():
            taken.add(name.strip())
    return next((name for name in ("br", "gzip") if name in taken), "")
